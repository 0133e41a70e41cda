"""作品登记撤销 (Z61)."""

from __future__ import annotations

from functools import partial

from contracts.forms import WorkCancellationForm

from filing.forms.fields import fields_beside
from filing.types.cancelling import effects, materials, rules
from filing.types.changing import effects as changing
from filing.types.changing import registered
from filing.types.filing_type import FilingType

WORK_CANCELLATION: FilingType[WorkCancellationForm] = FilingType(
    name="work_cancellation",
    kind="work",
    department="作品登记部",
    form=WorkCancellationForm,
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
    declaration=partial(effects.declaration, note="《作品自愿登记试行办法》"),
    entry=effects.entry,
)
