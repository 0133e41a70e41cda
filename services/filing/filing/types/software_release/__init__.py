"""计算机软件著作权质权注销登记 (R42)."""

from __future__ import annotations

from contracts.forms import PledgeReleaseForm

from filing.types.dealing.releasing import PLEDGE, ending_type
from filing.types.filing_type import FilingType

SOFTWARE_RELEASE: FilingType[PledgeReleaseForm] = ending_type(
    name="software_release",
    kind="software",
    department="软件登记部",
    form=PledgeReleaseForm,
    burden=PLEDGE,
)
