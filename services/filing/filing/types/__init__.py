"""The filing types: what can be filed, one room each. :data:`TYPES` is the only place that tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.forms import FilingType as FilingTypeName

from filing.types.filing_type import FilingType
from filing.types.software_cancellation import SOFTWARE_CANCELLATION
from filing.types.software_change import SOFTWARE_CHANGE
from filing.types.software_registration import SOFTWARE_REGISTRATION
from filing.types.software_reissue import SOFTWARE_REISSUE
from filing.types.work_cancellation import WORK_CANCELLATION
from filing.types.work_change import WORK_CHANGE
from filing.types.work_registration import WORK_REGISTRATION
from filing.types.work_reissue import WORK_REISSUE

TYPES: Mapping[FilingTypeName, FilingType[Any]] = {
    filing_type.name: filing_type
    for filing_type in (
        WORK_REGISTRATION,
        SOFTWARE_REGISTRATION,
        WORK_CHANGE,
        SOFTWARE_CHANGE,
        WORK_REISSUE,
        SOFTWARE_REISSUE,
        WORK_CANCELLATION,
        SOFTWARE_CANCELLATION,
    )
}
