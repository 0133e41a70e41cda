"""What identity says happened to an account."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from contracts.base import EventType, Model
from contracts.identity.accounts import AccountKind
from contracts.legacy.events import BatchLoaded, SumsTold, WithdrawalDone

_S = "identity"


class AccountRegistered(Model):
    account_id: str
    kind: AccountKind
    registered_at: datetime


class AccountClosed(Model):
    """Its holder closed it: what was kept of who they are and how to reach them is to go, as far as no law keeps it."""

    account_id: str
    closed_at: datetime


class VerificationSubmitted(Model):
    account_id: str
    verification_id: str
    submitted_at: datetime
    due_on: date


class IdentityVerified(Model, personal=("name", "operator_name", "masked_id_number")):
    """What others may keep of a verified identity: name, kind and masked number. The number itself stays here, but for
    an organisation's, which is public."""

    account_id: str
    verification_id: str
    kind: AccountKind
    name: str = Field(description="of the person, or of the organisation")
    operator_name: str | None = None
    id_type: str
    masked_id_number: str
    tax_id: str = Field(default="", description="of an organisation: 统一社会信用代码, which invoices to it name")
    verified_at: datetime


class IdentityReopened(Model):
    """An approval was wrong: from now on the account is nobody's who was verified."""

    account_id: str
    verification_id: str
    reason: str
    reopened_at: datetime


class VerificationRefused(Model):
    account_id: str
    verification_id: str
    reasons: list[str]
    refused_at: datetime


class SealReplaced(Model):
    """From now on the organisation signs with another seal; what it has signed keeps the one it was signed with."""

    account_id: str
    verification_id: str
    seal_sha256: str
    replaced_at: datetime


class SessionRevoked(Model):
    """Access tokens of this session are no longer to be accepted; forget the entry after ``until``."""

    session_id: str
    until: datetime


class AccountCasesMoved(Model):
    """The cases of an account are another's: its owner could not be reached and signed up anew. ``move_id`` names this,
    also when it is undone."""

    move_id: str
    account_id: str = Field(description="whose they are now")
    from_account_id: str
    moved_at: datetime


class AccountCasesReturned(Model):
    """A move was undone: what it moved, and is still there, goes back."""

    move_id: str
    account_id: str = Field(description="whose they are again")
    from_account_id: str
    returned_at: datetime


class LegacyAccountLinked(Model):
    """What an old account had is this account's from now on. ``record_id``: of the old account, as its import named it
    (``contracts.legacy.account_record``)."""

    account_id: str
    record_id: str
    linked_at: datetime


class LegacyAccountUnlinked(Model):
    """A link was undone."""

    account_id: str
    record_id: str
    unlinked_at: datetime


class LegacyHistoryHeld(Model, personal=("login",)):
    """Whose history the registrations are that an old account filed: the archive has them by the old name.
    ``account_id`` None: nobody's any more."""

    record_id: str
    login: str
    account_id: str | None
    said_at: datetime


class RecoveryNumberAsked(Model):
    """Somebody asks for an account by this number. It is asked of every number alike, whosever it may be: who registers
    in the old system's series says whose it was there, if it knows (``legacy_registrations_numbered``)."""

    recovery_id: str
    number: str
    asked_at: datetime


EVENTS = (
    ACCOUNT_REGISTERED := EventType(_S, "account_registered", AccountRegistered, "account_id", ("archive",)),
    ACCOUNT_CLOSED := EventType(_S, "account_closed", AccountClosed, "account_id", ("filing", "payment", "archive")),
    VERIFICATION_SUBMITTED := EventType(
        _S, "verification_submitted", VerificationSubmitted, "account_id", ("archive",)
    ),
    IDENTITY_VERIFIED := EventType(
        _S, "identity_verified", IdentityVerified, "account_id", ("filing", "payment", "archive")
    ),
    IDENTITY_REOPENED := EventType(
        _S, "identity_reopened", IdentityReopened, "account_id", ("filing", "payment", "archive")
    ),
    VERIFICATION_REFUSED := EventType(_S, "verification_refused", VerificationRefused, "account_id", ("archive",)),
    SEAL_REPLACED := EventType(_S, "seal_replaced", SealReplaced, "account_id", ("archive",)),
    SESSION_REVOKED := EventType(
        _S,
        "session_revoked",
        SessionRevoked,
        "session_id",
        ("filing", "payment", "archive", "legacy_bridge", "gateway"),
    ),
    ACCOUNT_CASES_MOVED := EventType(_S, "account_cases_moved", AccountCasesMoved, "move_id", ("filing", "archive")),
    ACCOUNT_CASES_RETURNED := EventType(
        _S, "account_cases_returned", AccountCasesReturned, "move_id", ("filing", "archive")
    ),
    LEGACY_ACCOUNTS_LOADED := EventType(_S, "legacy_accounts_loaded", BatchLoaded, "import_id", ("legacy_bridge",)),
    LEGACY_ACCOUNTS_WITHDRAWN := EventType(
        _S, "legacy_accounts_withdrawn", WithdrawalDone, "import_id", ("legacy_bridge",)
    ),
    LEGACY_ACCOUNTS_SUMMED := EventType(_S, "legacy_accounts_summed", SumsTold, "import_id", ("legacy_bridge",)),
    LEGACY_ACCOUNT_LINKED := EventType(
        _S, "legacy_account_linked", LegacyAccountLinked, "account_id", ("legacy_bridge",), public=True
    ),
    LEGACY_ACCOUNT_UNLINKED := EventType(
        _S, "legacy_account_unlinked", LegacyAccountUnlinked, "account_id", ("legacy_bridge",), public=True
    ),
    LEGACY_HISTORY_HELD := EventType(_S, "legacy_history_held", LegacyHistoryHeld, "record_id", ("archive",)),
    RECOVERY_NUMBER_ASKED := EventType(_S, "recovery_number_asked", RecoveryNumberAsked, "recovery_id", ("archive",)),
)
