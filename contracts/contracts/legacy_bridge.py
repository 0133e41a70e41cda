"""Contracts of legacy-bridge: is this a number of the old system, and where does its case live?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from contracts.base import ANONYMOUS, EventType, Model, RpcMethod
from contracts.legacy.events import ImportWithdrawn, RecordImported, StagedAccounts, StagedRegistrations, SumsAsked


class Locate(Model):
    number: str = Field(max_length=60)


class Located(Model):
    """``kind`` is what the number looks like; ``legacy`` says whether the old system answers for it."""

    number: str
    legacy: bool
    kind: Literal["serial_number", "acceptance_number", "software_registration", "work_registration", "unrecognised"]
    known: bool = Field(description="the old system's imported data holds this number")
    suggestion: str | None = Field(default=None, description="right spelling (letter case, width)")
    office: str | None = Field(
        default=None,
        description="province (北京市) whose own copyright office gave the works number; it answers for it",
    )


_S = "legacy_bridge"
LOCATE = RpcMethod(_S, "locate", Locate, Located, ANONYMOUS)

_OWNERS = ("archive", "identity")
EVENTS = (
    LEGACY_REGISTRATIONS_STAGED := EventType(
        _S, "legacy_registrations_staged", StagedRegistrations, "import_id", ("archive",)
    ),
    LEGACY_ACCOUNTS_STAGED := EventType(_S, "legacy_accounts_staged", StagedAccounts, "import_id", ("identity",)),
    LEGACY_IMPORT_WITHDRAWN := EventType(_S, "legacy_import_withdrawn", ImportWithdrawn, "import_id", _OWNERS),
    LEGACY_SUMS_ASKED := EventType(_S, "legacy_sums_asked", SumsAsked, "import_id", _OWNERS),
    LEGACY_RECORD_IMPORTED := EventType(
        _S, "legacy_record_imported", RecordImported, "import_id", ("archive",), public=True
    ),
)

ERRORS: dict[str, int] = {}
