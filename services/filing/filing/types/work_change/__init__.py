"""作品登记变更或补充 (Z21)."""

from __future__ import annotations

from contracts.forms import WorkChangeForm

from filing.forms.fields import fields_beside
from filing.types import about
from filing.types.changing import materials
from filing.types.filing_type import FilingType
from filing.types.work_change import effects, rules

WORK_CHANGE: FilingType[WorkChangeForm] = FilingType(
    name="work_change",
    kind="work",
    department="作品登记部",
    form=WorkChangeForm,
    fields=fields_beside(__name__),
    begin=about.begin,
    with_applicant=about.with_applicant,
    check=rules.check,
    materials=materials.needs,
    title=about.title,
    subject=about.subject,
    printed=effects.printed,
    fee_basis=about.fee_basis,
    declaration_title="变更或补充声明书",
    declaration=effects.declaration,
    entry=effects.entry,
    settle=rules.settle,
)
