"""计算机软件著作权转让合同登记 (R31)."""

from __future__ import annotations

from contracts.forms import AssignmentForm

from filing.types.dealing.procedure import ASSIGNMENT, dealing_type
from filing.types.filing_type import FilingType

SOFTWARE_ASSIGNMENT: FilingType[AssignmentForm] = dealing_type(
    name="software_assignment",
    kind="software",
    department="软件登记部",
    form=AssignmentForm,
    procedure=ASSIGNMENT,
    basis="《计算机软件著作权登记办法》",
)
