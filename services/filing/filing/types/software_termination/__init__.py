"""计算机软件著作权专有许可终止登记 (R33)."""

from __future__ import annotations

from contracts.forms import TerminationForm

from filing.types.dealing.releasing import LICENCE, ending_type
from filing.types.filing_type import FilingType

SOFTWARE_TERMINATION: FilingType[TerminationForm] = ending_type(
    name="software_termination",
    kind="software",
    department="软件登记部",
    form=TerminationForm,
    burden=LICENCE,
)
