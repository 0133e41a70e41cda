"""计算机软件著作权登记 (R11)."""

from __future__ import annotations

from contracts.forms import SoftwareForm

from filing.forms.delivery import without_needless
from filing.forms.fields import fields_beside
from filing.types.filing_type import FilingType
from filing.types.software_registration import agreement, applicant, effects, materials, rules

SOFTWARE_REGISTRATION: FilingType[SoftwareForm] = FilingType(
    name="software_registration",
    kind="software",
    department="软件登记部",
    form=SoftwareForm,
    fields=fields_beside(__name__),
    begin=applicant.begin,
    with_applicant=applicant.with_applicant,
    check=rules.check,
    materials=materials.needs,
    title=effects.title,
    subject=effects.subject,
    printed=effects.printed,
    fee_basis=effects.fee_basis,
    declaration_title="软件著作权声明书",
    declaration=effects.declaration,
    entry=effects.entry,
    settle=without_needless,
    compare=agreement.compare,
)
