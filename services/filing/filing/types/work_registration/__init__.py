"""作品著作权登记 (Z11)."""

from __future__ import annotations

from contracts.forms import WorkForm

from filing.forms.delivery import without_needless
from filing.forms.fields import fields_beside
from filing.types.filing_type import FilingType
from filing.types.work_registration import applicant, effects, materials, rules

WORK_REGISTRATION: FilingType[WorkForm] = FilingType(
    name="work_registration",
    kind="work",
    department="作品登记部",
    form=WorkForm,
    fields=fields_beside(__name__),
    begin=applicant.begin,
    with_applicant=applicant.with_applicant,
    check=rules.check,
    materials=materials.needs,
    title=effects.title,
    subject=effects.subject,
    printed=effects.printed,
    fee_basis=effects.fee_basis,
    declaration_title="作品创作声明书",
    declaration=effects.declaration,
    entry=effects.entry,
    settle=without_needless,
    compare=materials.compare,
)
