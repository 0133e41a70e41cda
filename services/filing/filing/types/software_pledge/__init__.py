"""计算机软件著作权质权登记 (R41)."""

from __future__ import annotations

from contracts.forms import PledgeForm

from filing.types.dealing.procedure import PLEDGE, dealing_type
from filing.types.filing_type import FilingType

SOFTWARE_PLEDGE: FilingType[PledgeForm] = dealing_type(
    name="software_pledge",
    kind="software",
    department="软件登记部",
    form=PledgeForm,
    procedure=PLEDGE,
    basis="《著作权质权登记办法》",
)
