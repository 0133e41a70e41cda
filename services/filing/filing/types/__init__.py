"""The filing types: what can be filed, one room each. :data:`TYPES` is the only place that tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.forms import FilingType as FilingTypeName

from filing.types.filing_type import FilingType
from filing.types.software_assignment import SOFTWARE_ASSIGNMENT
from filing.types.software_cancellation import SOFTWARE_CANCELLATION
from filing.types.software_change import SOFTWARE_CHANGE
from filing.types.software_licence import SOFTWARE_LICENCE
from filing.types.software_pledge import SOFTWARE_PLEDGE
from filing.types.software_registration import SOFTWARE_REGISTRATION
from filing.types.software_reissue import SOFTWARE_REISSUE
from filing.types.software_release import SOFTWARE_RELEASE
from filing.types.software_termination import SOFTWARE_TERMINATION
from filing.types.work_assignment import WORK_ASSIGNMENT
from filing.types.work_cancellation import WORK_CANCELLATION
from filing.types.work_change import WORK_CHANGE
from filing.types.work_licence import WORK_LICENCE
from filing.types.work_pledge import WORK_PLEDGE
from filing.types.work_registration import WORK_REGISTRATION
from filing.types.work_reissue import WORK_REISSUE
from filing.types.work_release import WORK_RELEASE
from filing.types.work_termination import WORK_TERMINATION

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
        WORK_ASSIGNMENT,
        SOFTWARE_ASSIGNMENT,
        WORK_LICENCE,
        SOFTWARE_LICENCE,
        WORK_PLEDGE,
        SOFTWARE_PLEDGE,
        WORK_RELEASE,
        SOFTWARE_RELEASE,
        WORK_TERMINATION,
        SOFTWARE_TERMINATION,
    )
}
