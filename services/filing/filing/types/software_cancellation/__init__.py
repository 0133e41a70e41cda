"""计算机软件著作权登记撤销 (R61)."""

from __future__ import annotations

from functools import partial

from contracts.forms import SoftwareCancellationForm

from filing.forms.fields import fields_beside
from filing.types.cancelling import effects, materials, rules
from filing.types.changing import effects as changing
from filing.types.changing import registered
from filing.types.filing_type import FilingType

SOFTWARE_CANCELLATION: FilingType[SoftwareCancellationForm] = FilingType(
    name="software_cancellation",
    kind="software",
    department="软件登记部",
    form=SoftwareCancellationForm,
    fields=fields_beside("filing.types.cancelling"),
    begin=registered.begin,
    with_applicant=registered.with_applicant,
    check=rules.check,
    materials=materials.needs,
    title=changing.title,
    subject=changing.subject,
    printed=effects.printed,
    fee_basis=changing.fee_basis,
    declaration_title="撤销登记声明书",
    declaration=partial(effects.declaration, note="《计算机软件著作权登记办法》"),
    entry=effects.entry,
)
