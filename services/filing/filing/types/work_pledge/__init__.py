"""作品著作权质权登记 (Z41)."""

from __future__ import annotations

from contracts.forms import PledgeForm

from filing.types.dealing.procedure import PLEDGE, dealing_type
from filing.types.filing_type import FilingType

WORK_PLEDGE: FilingType[PledgeForm] = dealing_type(
    name="work_pledge",
    kind="work",
    department="作品登记部",
    form=PledgeForm,
    procedure=PLEDGE,
    basis="《著作权质权登记办法》",
)
