"""Contracts of archive: register entries, certificates, authenticity, dossiers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.authenticity import FILE_PROBLEMS as FILE_PROBLEMS
from contracts.authenticity import CertificateCheck as CertificateCheck
from contracts.authenticity import CheckCertificate as CheckCertificate
from contracts.authenticity import CheckCertificateFile as CheckCertificateFile
from contracts.authenticity import CheckedPaper as CheckedPaper
from contracts.authenticity import PaperKind as PaperKind
from contracts.base import (
    ACCOUNT,
    ANONYMOUS,
    SIGNED_IN,
    Empty,
    EventType,
    Identifier,
    Model,
    RpcMethod,
    staff,
)
from contracts.certificates import CertificateIssued as CertificateIssued
from contracts.certificates import CertificateReissued as CertificateReissued
from contracts.certificates import CertificateRevoked as CertificateRevoked
from contracts.certificates import DealingAdvanced as DealingAdvanced
from contracts.certificates import DocumentSigned as DocumentSigned
from contracts.certificates import RegistrationAffected as RegistrationAffected
from contracts.certificates import SignedCheck as SignedCheck
from contracts.forms import Kind
from contracts.legacy.events import BatchLoaded, NumbersTold, SumsTold, WithdrawalDone
from contracts.legacy.imports import HeldAsked, HeldRecords
from contracts.legacy.scans import LegacyPaper, OpenLegacyPaper
from contracts.objects import DocumentList, DocumentRef, GetDocument, ListDocuments
from contracts.paging import Page, QueueTotals
from contracts.procedures import Procedure
from contracts.text import Line

Language = Literal["zh", "en"]


class CertificateView(Model):
    """A certificate of mine. ``certificate_number`` (软著登字第…号), ``short_name`` and ``version`` are software's."""

    registration_number: str
    certificate_number: str | None = None
    application_id: str
    title: str
    short_name: str = ""
    version: str = ""
    kind: Kind
    category: str | None
    registered_on: date
    paper: PaperKind = "certificate"
    number: str = Field(default="", description="of a proof: its own")
    edition: int = Field(default=1, description="of a certificate: the first, and one more each time it is issued anew")
    act: str = Field(default="", description="of a proof: what it proves, as assigned or released")
    filed: bool = Field(default=True, description="by the caller; else they are a party to what it proves")
    status: Literal["valid", "replaced", "revoked", "ended"] = Field(
        description="*ended*: of what a proof proves the term is over, or the pledge was released"
    )
    names_others: bool = Field(default=False, description="of a certificate: all the rights went over to others since")
    state: Literal["being_made", "issued"]
    delayed: bool = Field(default=False, description="making it has failed and is being tried again")
    document: DocumentRef | None = None
    role: Literal["owner", "holder", "pledgee", "licensee", ""] = Field(
        default="", description="what the caller is to the registration now; empty where nothing of it is theirs"
    )
    rights: list[str] = Field(default=[], description="of a holder: those that are theirs, somewhere or for some time")
    procedures: list[Procedure] = Field(default=[], description="what the caller may file about the registration")


class CertificateList(Model):
    items: list[CertificateView]
    next_cursor: str | None = None


class CertificateIn(Model):
    """A certificate, by its document, in a language. The twin carries the same facts, seal and timestamp."""

    document_id: Identifier
    language: Language


class DossierEntry(Model):
    at: datetime
    event: str
    source: str
    actor: str = Field(description="empty where the office acted and a party asks")
    summary: dict[str, str | int] = {}
    documents: list[DocumentRef] = []


class Dossier(Model):
    application_id: str
    entries: list[DossierEntry]


class GetDossier(Model):
    application_id: Identifier


class SearchRegister(Page):
    """``q`` is a part of the title, of an organisation's or author's public name, or a whole number: in any width, in
    simplified or traditional characters."""

    q: Annotated[str, Line(100)] = ""
    kind: Kind | None = None
    category: str | None = Field(default=None, max_length=1)
    registered_from: date | None = None
    registered_to: date | None = None


class LegacyRegistrationItem(Model, personal=("authors", "owners")):
    """A registration that the old system finished, for who filed it there: as its record has it, not masked.

    ``certificate_number``: of the paper certificate, empty where there was none.
    """

    record_id: str
    number: str
    certificate_number: str
    kind: Literal["work", "software"]
    title: str
    version: str
    authors: str
    owners: str
    registered_on: date
    serial_number: str
    papers: list[LegacyPaper] = Field(default=[], description="scans that the old system had of it")


class LegacyRegistrationList(Model):
    """``old_accounts``: record ids of the old accounts whose registrations these are. One that was joined or parted a
    moment ago may not have come here yet."""

    items: list[LegacyRegistrationItem]
    next_cursor: str | None = None
    old_accounts: list[str] = []


class RegisterItem(Model):
    """One public line of the register, masked like :class:`CertificateCheck`."""

    registration_number: str
    certificate_number: str | None = None
    kind: Kind
    title: str
    short_name: str = ""
    version: str = ""
    category: str | None
    authors: list[str]
    owners: list[str]
    registered_on: date
    status: Literal["valid", "replaced", "revoked"]


class RegisterPage(Model):
    items: list[RegisterItem]
    next_cursor: str | None = None


class IssuingJob(Model):
    """A certificate still being made, for the archivist: how often it failed, why, and when it is tried next.

    ``parked_at``: since then it is not tried any more until an operator releases it.
    """

    registration_number: str
    language: Language = "zh"
    application_id: str
    queued_at: datetime
    attempts: int
    next_attempt_at: datetime
    last_error: str = ""
    parked_at: datetime | None = None


class IssuingQueue(Model):
    items: list[IssuingJob]
    next_cursor: str | None = None


_S = "archive"
HELD_LEGACY_REGISTRATIONS = RpcMethod(_S, "held_legacy_registrations", HeldAsked, HeldRecords, staff("administrator"))
LIST_LEGACY_REGISTRATIONS = RpcMethod(_S, "list_legacy_registrations", Page, LegacyRegistrationList, ACCOUNT)
OPEN_LEGACY_PAPER = RpcMethod(_S, "open_legacy_paper", OpenLegacyPaper, DocumentRef, SIGNED_IN)
LIST_CERTIFICATES = RpcMethod(_S, "list_certificates", Page, CertificateList, ACCOUNT)
# Safe to repeat by itself: a certificate that is being made, or has been made, is not made again.
CERTIFICATE_IN = RpcMethod(_S, "certificate_in", CertificateIn, DocumentRef, SIGNED_IN, "command", keep_reply=False)
CHECK_CERTIFICATE = RpcMethod(_S, "check_certificate", CheckCertificate, CertificateCheck, ANONYMOUS)
CHECK_CERTIFICATE_FILE = RpcMethod(_S, "check_certificate_file", CheckCertificateFile, CertificateCheck, ANONYMOUS)
SEARCH_REGISTER = RpcMethod(_S, "search_register", SearchRegister, RegisterPage, ANONYMOUS)
LIST_ISSUING = RpcMethod(_S, "list_issuing", Page, IssuingQueue, staff("archivist", "administrator"))
TOTAL_ISSUING = RpcMethod(_S, "total_issuing", Empty, QueueTotals, staff("archivist", "administrator"))
GET_DOSSIER = RpcMethod(_S, "get_dossier", GetDossier, Dossier, SIGNED_IN)
LIST_DOCUMENTS = RpcMethod(_S, "list_documents", ListDocuments, DocumentList, SIGNED_IN)
GET_DOCUMENT = RpcMethod(_S, "get_document", GetDocument, DocumentRef, SIGNED_IN)


EVENTS = (
    CERTIFICATE_ISSUED := EventType(
        _S, "certificate_issued", CertificateIssued, "application_id", ("filing", "identity", "archive"), public=True
    ),
    CERTIFICATE_REISSUED := EventType(
        _S,
        "certificate_reissued",
        CertificateReissued,
        "application_id",
        ("filing", "identity", "archive"),
        public=True,
    ),
    CERTIFICATE_REVOKED := EventType(
        _S, "certificate_revoked", CertificateRevoked, "application_id", ("filing", "identity", "archive"), public=True
    ),
    DEALING_ADVANCED := EventType(_S, "dealing_advanced", DealingAdvanced, "registration_number", ("identity",)),
    REGISTRATION_AFFECTED := EventType(
        _S, "registration_affected", RegistrationAffected, "registration_number", ("identity",)
    ),
    LEGACY_CERTIFICATE_ISSUED := EventType(
        _S, "legacy_certificate_issued", CertificateIssued, "application_id", ("legacy_bridge", "archive")
    ),
    DOCUMENT_SIGNED := EventType(_S, "document_signed", DocumentSigned, "application_id", ("archive",)),
    LEGACY_REGISTRATIONS_LOADED := EventType(
        _S, "legacy_registrations_loaded", BatchLoaded, "import_id", ("legacy_bridge",)
    ),
    LEGACY_REGISTRATIONS_NUMBERED := EventType(
        _S, "legacy_registrations_numbered", NumbersTold, "import_id", ("identity",)
    ),
    LEGACY_REGISTRATIONS_WITHDRAWN := EventType(
        _S, "legacy_registrations_withdrawn", WithdrawalDone, "import_id", ("legacy_bridge", "identity")
    ),
    LEGACY_REGISTRATIONS_SUMMED := EventType(
        _S, "legacy_registrations_summed", SumsTold, "import_id", ("legacy_bridge",)
    ),
)

ERRORS = {
    **dict.fromkeys(("registration_number_unknown", "dossier_unknown", "document_unknown", "gazette_unknown"), 404),
    "certificate_file_unreadable": 422,
    "certificate_not_checked": 503,
    "certificate_being_made": 503,
    "registration_assigned": 409,
    "registration_party_only": 403,
    "old_registration_incomplete": 409,
    "registration_not_yours": 403,
    "certificate_of_another": 404,
}
