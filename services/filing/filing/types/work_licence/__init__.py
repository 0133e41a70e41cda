"""作品著作权专有许可合同登记 (Z32)."""

from __future__ import annotations

from contracts.forms import LicenceForm

from filing.types.dealing.procedure import LICENCE, dealing_type
from filing.types.filing_type import FilingType

WORK_LICENCE: FilingType[LicenceForm] = dealing_type(
    name="work_licence",
    kind="work",
    department="作品登记部",
    form=LicenceForm,
    procedure=LICENCE,
    basis="《中华人民共和国著作权法》",
)
