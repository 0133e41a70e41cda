"""What filing says happened to a case."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from contracts.base import EventType, Model
from contracts.forms import FilingType, Kind
from contracts.mailing import PostalAddress
from contracts.objects import DocumentRef

_S = "filing"


class CaseFacts(Model):
    """What every event of a case says, so that consumers need not ask back."""

    application_id: str
    account_id: str
    kind: Kind
    type: FilingType
    form_code: str = Field(description="Z11, R11")
    title: str
    serial_number: str
    acceptance_number: str | None = None
    documents: list[DocumentRef] = Field(default=[], description="documents issued with this event, for the dossier")


class ApplicationSubmitted(CaseFacts, personal=("applicant_name", "evidence")):
    """``fee_basis`` is what the tariff needs.

    Of works: kind, form_code, category, applicant_kind, word_count and seconds (0 where the category has none),
    with_lyrics, episodes (0 unless a television series), compilation, parts (1 for a single work). Of software: kind,
    form_code, applicant_kind, documents (how many kinds), exceptional (whether its deposit is), parts (1). Of what has
    one fee whatever it says: kind, form_code, applicant_kind, charge (the code in the tariff).
    """

    submitted_at: datetime
    applicant_name: str = Field(default="", description="verified name; the payer on the receipt")
    fee_basis: dict[str, str | int | bool]
    materials: list[DocumentRef]
    evidence: str
    batch_id: str | None = Field(default=None, description="filed with others: the batch has one order for all")


class ApplicationAccepted(CaseFacts):
    accepted_on: date
    examination_due_on: date
    paper_required: bool
    paper_awaited: bool | None = Field(default=None, description="it has not come; missing: not known, as of old")
    batch_id: str | None = Field(default=None, description="paid with others: people are told of all at once")


class PaperReceived(CaseFacts):
    received_at: datetime
    received_by: str


class PaperName(Model):
    """A line of a case's list of paper, in each language."""

    zh: str
    en: str


class PaperDeficient(CaseFacts):
    """A parcel came without all of the paper. ``missing``: all that was noted, in Chinese; ``papers``: what of it is of
    the case's list, ``remark``: the rest, in the clerk's words. ``due_on``: by when it is to come, while not past."""

    noted_at: datetime
    missing: str
    papers: list[PaperName] = []
    remark: str = ""
    due_on: date | None = None


class PaperReceiptCorrected(CaseFacts):
    """What was noted of a parcel was wrong. ``received_at``: when the paper came after all; none where it has not come
    and is awaited again, by ``due_on``. Why is not said: it is mostly about somebody else's parcel."""

    received_at: datetime | None = None
    due_on: date | None = None
    corrected_at: datetime


class CorrectionRequested(CaseFacts):
    correction_id: str
    due_on: date
    defects: int


class CorrectionAnswered(CaseFacts, personal=("evidence",)):
    correction_id: str
    answered_at: datetime
    evidence: str | None = None


RegisterAct = Literal[
    "registered", "changed", "reissued", "revoked", "assigned", "licensed", "pledged", "released", "terminated"
]
"""What an approval leads to in the register."""


class ApplicationApproved(CaseFacts, personal=("form", "owners", "before", "states", "dealing", "delivery")):
    """Everything the register entry and the certificate need; ``form`` as it is registered.

    ``act``: what is to be recorded. Of a change: of which registration, what it stated before (as examined), and what
    it is to state, both by the register's own names. ``ground``: why a certificate is issued anew, or a registration
    revoked. Of what is done with its rights: the ``dealing`` (:class:`contracts.dealings.Dealing` without what the
    register gives it); of a release the number of the pledge. ``delivery``: where the
    paper certificate goes, if one is wished for.
    """

    approved_at: datetime
    approved_by: str
    act: RegisterAct = "registered"
    registration_number: str = ""
    ground: str = ""
    before: dict[str, Any] = {}
    states: dict[str, Any] = {}
    dealing: dict[str, Any] = {}
    delivery: PostalAddress | None = None
    form: dict[str, Any]
    owners: list[dict[str, str]]
    sample_sha256: list[str]


class ApplicationRefused(CaseFacts):
    refused_at: datetime
    reason: str
    reason_en: str = Field(default="", description="in English, as far as the reasons are standard ones")
    decided_by: list[str] = Field(description="the two examiners")


class FeePaid(Model):
    """What was paid for a case when it ended, in fen; it is kept once the case was accepted, else it goes back."""

    amount: int
    accepted_on: date | None = None


class ApplicationWithdrawn(CaseFacts):
    """``fee``: nothing where nothing was paid, as far as filing has heard."""

    fee: FeePaid | None = None
    withdrawn_at: datetime
    reason: str


class ApplicationLapsed(CaseFacts):
    """``fee``: as of ``ApplicationWithdrawn``."""

    fee: FeePaid | None = None
    lapsed_on: date
    reason: Literal["correction_not_answered", "fee_not_paid"]


class ApplicationMoved(Model):
    """A case is another account's from now on (see ``contracts.identity.AccountCasesMoved``). Of drafts nobody else
    knows, and nothing is said."""

    application_id: str
    account_id: str = Field(description="whose it is now")
    moved_at: datetime


class MovedCaseUsed(Model):
    """Its new owner has done something with a moved case: from now on it takes people to move it back."""

    application_id: str
    move_id: str
    used_at: datetime


EVENTS = (
    APPLICATION_SUBMITTED := EventType(
        _S, "application_submitted", ApplicationSubmitted, "application_id", ("payment", "archive", "identity")
    ),
    APPLICATION_ACCEPTED := EventType(
        _S, "application_accepted", ApplicationAccepted, "application_id", ("archive", "identity"), public=True
    ),
    PAPER_RECEIVED := EventType(_S, "paper_received", PaperReceived, "application_id", ("archive", "identity")),
    PAPER_DEFICIENT := EventType(_S, "paper_deficient", PaperDeficient, "application_id", ("archive", "identity")),
    PAPER_RECEIPT_CORRECTED := EventType(
        _S, "paper_receipt_corrected", PaperReceiptCorrected, "application_id", ("archive", "identity")
    ),
    CORRECTION_REQUESTED := EventType(
        _S, "correction_requested", CorrectionRequested, "application_id", ("archive", "identity"), public=True
    ),
    CORRECTION_ANSWERED := EventType(
        _S, "correction_answered", CorrectionAnswered, "application_id", ("archive", "identity")
    ),
    APPLICATION_APPROVED := EventType(
        _S, "application_approved", ApplicationApproved, "application_id", ("archive", "identity")
    ),
    APPLICATION_REFUSED := EventType(
        _S, "application_refused", ApplicationRefused, "application_id", ("payment", "archive", "identity")
    ),
    APPLICATION_WITHDRAWN := EventType(
        _S, "application_withdrawn", ApplicationWithdrawn, "application_id", ("payment", "archive", "identity")
    ),
    APPLICATION_LAPSED := EventType(
        _S, "application_lapsed", ApplicationLapsed, "application_id", ("payment", "archive", "identity"), public=True
    ),
    APPLICATION_MOVED := EventType(
        _S, "application_moved", ApplicationMoved, "application_id", ("payment", "archive", "identity"), public=True
    ),
    MOVED_CASE_USED := EventType(_S, "moved_case_used", MovedCaseUsed, "application_id", ("identity",)),
)
