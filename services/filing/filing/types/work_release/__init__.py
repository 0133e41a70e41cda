"""作品著作权质权注销登记 (Z42)."""

from __future__ import annotations

from contracts.forms import PledgeReleaseForm

from filing.types.dealing.releasing import PLEDGE, ending_type
from filing.types.filing_type import FilingType

WORK_RELEASE: FilingType[PledgeReleaseForm] = ending_type(
    name="work_release",
    kind="work",
    department="作品登记部",
    form=PledgeReleaseForm,
    burden=PLEDGE,
)
