"""作品著作权专有许可终止登记 (Z33)."""

from __future__ import annotations

from contracts.forms import TerminationForm

from filing.types.dealing.releasing import LICENCE, ending_type
from filing.types.filing_type import FilingType

WORK_TERMINATION: FilingType[TerminationForm] = ending_type(
    name="work_termination",
    kind="work",
    department="作品登记部",
    form=TerminationForm,
    burden=LICENCE,
)
