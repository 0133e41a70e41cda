"""Contracts of legacy-bridge: whose number this is, and the cases that the old system had not finished."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from contracts.base import ACCOUNT, ANONYMOUS, SIGNED_IN, Empty, EventType, Model, RpcMethod, staff
from contracts.legacy.cases import (
    AnswerLegacyCorrection,
    DecideLegacyCase,
    LegacyCaseAdvanced,
    LegacyCaseApproved,
    LegacyCaseCompleted,
    LegacyCaseEnded,
    LegacyCaseMoved,
    LegacyCaseView,
    LegacyFeeDue,
    LegacyList,
    LegacyProgress,
    LegacyQueue,
    LegacyRef,
    LegacyTotals,
    OpenLegacyFile,
)
from contracts.legacy.events import (
    ImportWithdrawn,
    NumbersTold,
    RecordImported,
    StagedAccounts,
    StagedRegistrations,
    SumsAsked,
    WithdrawalDone,
)
from contracts.legacy.imports import (
    LegacyImportRef,
    LegacyImports,
    LegacyImportView,
    LegacySample,
    ListRejects,
    RejectedRows,
    UndoLegacyImport,
)
from contracts.legacy.scans import ScansTaken
from contracts.objects import DocumentRef
from contracts.paging import Page


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
    case: LegacyProgress | None = Field(default=None, description="an old case that is gone on with at 旧系统入口")


_S = "legacy_bridge"
LOCATE = RpcMethod(_S, "locate", Locate, Located, ANONYMOUS)
LIST_LEGACY_CASES = RpcMethod(_S, "list_legacy_cases", Page, LegacyList, ACCOUNT)
LIST_ENDED_LEGACY_CASES = RpcMethod(_S, "list_ended_legacy_cases", Page, LegacyList, ACCOUNT)
GET_LEGACY_CASE = RpcMethod(_S, "get_legacy_case", LegacyRef, LegacyCaseView, SIGNED_IN)
ASK_LEGACY_FEE = RpcMethod(_S, "ask_legacy_fee", LegacyRef, LegacyCaseView, ACCOUNT, "command")
ANSWER_LEGACY_CORRECTION = RpcMethod(
    _S, "answer_legacy_correction", AnswerLegacyCorrection, LegacyCaseView, ACCOUNT, "command"
)
COMPLETE_LEGACY_CASE = RpcMethod(_S, "complete_legacy_case", LegacyRef, LegacyCaseView, ACCOUNT, "command")
LIST_LEGACY_QUEUE = RpcMethod(_S, "list_legacy_queue", LegacyQueue, LegacyList, staff("examiner", "senior_examiner"))
TOTAL_LEGACY_CASES = RpcMethod(_S, "total_legacy_cases", Empty, LegacyTotals, staff("examiner", "senior_examiner"))
DECIDE_LEGACY_CASE = RpcMethod(
    _S, "decide_legacy_case", DecideLegacyCase, LegacyCaseView, staff("examiner", "senior_examiner"), "command"
)
CHECK_LEGACY_DECISION = RpcMethod(
    _S, "check_legacy_decision", DecideLegacyCase, LegacyCaseView, staff("examiner", "senior_examiner")
)
OPEN_LEGACY_FILE = RpcMethod(_S, "open_legacy_file", OpenLegacyFile, DocumentRef, SIGNED_IN)
LIST_LEGACY_IMPORTS = RpcMethod(_S, "list_legacy_imports", Page, LegacyImports, staff("administrator"))
GET_LEGACY_IMPORT = RpcMethod(_S, "get_legacy_import", LegacyImportRef, LegacyImportView, staff("administrator"))
SAMPLE_LEGACY_IMPORT = RpcMethod(_S, "sample_legacy_import", LegacyImportRef, LegacySample, staff("administrator"))
LIST_LEGACY_REJECTS = RpcMethod(_S, "list_legacy_rejects", ListRejects, RejectedRows, staff("administrator"))
UNDO_LEGACY_IMPORT = RpcMethod(
    _S, "undo_legacy_import", UndoLegacyImport, LegacyImportView, staff("administrator"), "command"
)

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
    LEGACY_CASES_NUMBERED := EventType(_S, "legacy_cases_numbered", NumbersTold, "import_id", ("identity",)),
    LEGACY_CASES_WITHDRAWN := EventType(_S, "legacy_cases_withdrawn", WithdrawalDone, "import_id", ("identity",)),
    LEGACY_SCANS_TAKEN := EventType(_S, "legacy_scans_taken", ScansTaken, "import_id", ("archive",)),
    LEGACY_FEE_DUE := EventType(_S, "legacy_fee_due", LegacyFeeDue, "application_id", ("payment", "archive")),
    LEGACY_CASE_APPROVED := EventType(_S, "legacy_case_approved", LegacyCaseApproved, "application_id", ("archive",)),
    LEGACY_CASE_ENDED := EventType(_S, "legacy_case_ended", LegacyCaseEnded, "application_id", ("payment", "archive")),
    LEGACY_CASE_ADVANCED := EventType(_S, "legacy_case_advanced", LegacyCaseAdvanced, "application_id", ("identity",)),
    LEGACY_CASE_MOVED := EventType(
        _S, "legacy_case_moved", LegacyCaseMoved, "application_id", ("identity", "payment", "archive")
    ),
    LEGACY_CASE_COMPLETED := EventType(
        _S, "legacy_case_completed", LegacyCaseCompleted, "application_id", ("archive", "identity"), public=True
    ),
)

ERRORS: dict[str, int] = {
    "legacy_case_unknown": 404,
    "legacy_answer_empty": 422,
    "legacy_reason_missing": 422,
    "legacy_particulars_missing": 422,
    "legacy_source_missing": 422,
    "legacy_file_unknown": 404,
    "legacy_file_not_scanned": 409,
    "legacy_file_infected": 409,
    "legacy_import_unknown": 404,
    "legacy_import_not_to_undo": 409,
    "legacy_import_built_upon": 409,
}
