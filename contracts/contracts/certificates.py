"""What the archive says of certificates: issued, issued anew, revoked; of dealings; and of documents that it sealed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from contracts.base import Model
from contracts.dealings import Act
from contracts.objects import DocumentRef

DealingState = Literal["recorded", "released", "over"]
AffectingAct = Literal["assigned", "cancelled", "revoked", "reissued"]


class CertificateIssued(Model):
    application_id: str
    account_id: str
    title: str
    registration_number: str
    registered_on: date
    certificate_sha256: str
    number: str = Field(default="", description="of a proof of a change, instead of a certificate: its own")
    documents: list[DocumentRef]


class CertificateReissued(CertificateIssued):
    """A certificate took the place of the one before: issued anew on request, or because the office put an error of
    its own right. ``ground``: lost, damaged, outdated or clerical_error."""

    ground: str
    edition: int


class CertificateRevoked(CertificateIssued):
    """A registration was revoked, and its certificates with it. ``certificate_sha256`` and ``documents`` are the proof
    of that. ``ground``: own_request, judgment, penalty, unregistrable, untrue or duplicate."""

    ground: str


class DealingAdvanced(Model):
    """A party of a contract or a pledge that did not file this itself: it is recorded, the pledge was released, its
    last day is past. ``number``: of the record of the dealing; ``on``: the day of that, or the last one."""

    account_id: str
    registration_number: str
    title: str
    number: str
    act: Act
    state: DealingState
    on: date


class RegistrationAffected(Model):
    """What others did to a registration, to an account that it concerns: rights under its licence or pledge were
    assigned, the registration was given up or revoked, the certificate that it holds was replaced. ``number``: of the
    record, empty of one that has none."""

    account_id: str
    registration_number: str
    title: str
    act: AffectingAct
    number: str
    on: date


class DocumentSigned(Model, personal=("signer_name",)):
    """A document that the applicant signed has been sealed with its evidence. ``signed_sha256``: as it was signed."""

    application_id: str
    account_id: str
    evidence_id: str
    signer_name: str
    signed_at: datetime
    signed_sha256: str
    documents: list[DocumentRef]


class SignedCheck(Model):
    """What a file is that came from a signing, as anybody may see it.

    ``sealed``: the edition with the signature and the office's seal; else the text alone, as it was before that.
    ``superseded``: another was signed in its place later, as in the answer to a correction. ``ended``: how its case
    ended without a registration, and on which legal date; of what several works share, the last of them, once all have.
    Of a file that was changed nothing else is said: whose it was cannot be known any more.
    """

    unchanged: bool
    sealed: bool = True
    superseded: bool = False
    document: Literal["declaration", "application_form"] | None = None
    serial_number: str = Field(default="", description="of the case; empty of a declaration that several works share")
    signer: str = Field(default="", description="persons masked, organisations as they were verified")
    signed_at: datetime | None = None
    sealed_at: datetime | None = None
    ended: Literal["withdrawn", "refused", "lapsed"] | None = None
    ended_on: date | None = None
