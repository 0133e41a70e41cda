"""计算机软件著作权专有许可合同登记 (R32)."""

from __future__ import annotations

from contracts.forms import LicenceForm

from filing.types.dealing.procedure import LICENCE, dealing_type
from filing.types.filing_type import FilingType

SOFTWARE_LICENCE: FilingType[LicenceForm] = dealing_type(
    name="software_licence",
    kind="software",
    department="软件登记部",
    form=LicenceForm,
    procedure=LICENCE,
    basis="《计算机软件著作权登记办法》",
)
