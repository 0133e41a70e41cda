"""作品著作权转让合同登记 (Z31)."""

from __future__ import annotations

from contracts.forms import AssignmentForm

from filing.types.dealing.procedure import ASSIGNMENT, dealing_type
from filing.types.filing_type import FilingType

WORK_ASSIGNMENT: FilingType[AssignmentForm] = dealing_type(
    name="work_assignment",
    kind="work",
    department="作品登记部",
    form=AssignmentForm,
    procedure=ASSIGNMENT,
    basis="《中华人民共和国著作权法》",
)
