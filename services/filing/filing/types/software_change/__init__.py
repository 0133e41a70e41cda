"""计算机软件著作权登记变更或补充 (R21)."""

from __future__ import annotations

from contracts.forms import SoftwareChangeForm

from filing.forms.fields import fields_beside
from filing.types import about
from filing.types.changing import materials, registered
from filing.types.filing_type import FilingType
from filing.types.software_change import effects, rules

SOFTWARE_CHANGE: FilingType[SoftwareChangeForm] = FilingType(
    name="software_change",
    kind="software",
    department="软件登记部",
    form=SoftwareChangeForm,
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
    settle=registered.settle,
)
