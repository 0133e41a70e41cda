"""Contracts of archive: what anybody is told who asks whether a certificate is real, by its number or by its file."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from contracts.base import Client, Model, Token
from contracts.certificates import SignedCheck
from contracts.extracts import PublicDealing, RegisteredAct, RegisteredChange
from contracts.forms import Kind

PaperKind = Literal["certificate", "change_proof", "revocation_proof", "dealing_proof"]


class CheckCertificate(Model):
    """By registration number, or number of a certificate of software, exactly as printed: case and width of letters
    count, so it is kept as it was typed."""

    registration_number: str = Field(max_length=60)


class CheckCertificateFile(Model, added=("client", "network")):
    """A PDF somebody holds, uploaded through the gateway (receipt)."""

    receipt: Token
    client: Client = ""
    network: str = Field(default="", max_length=60, description="where a visitor comes from: their turn in the queue")


FILE_PROBLEMS = (
    "no_signature",
    "several_signatures",
    "altered",
    "appended",
    "not_locked",
    "signature_invalid",
    "signer_untrusted",
    "signer_expired",
    "signer_revoked",
    "no_timestamp",
    "timestamp_invalid",
    "timestamp_untrusted",
    "timestamp_in_future",
    "number_unknown",
    "not_issued",
)
"""What can be wrong with a file that is no issued certificate: codes of ``chassis.signing``, and two of the archive's.

``number_unknown``: whole and sealed, but the register has no such number. ``not_issued``: whole and sealed, but not
the file that was issued. A file that cannot be read at all is refused with ``certificate_file_unreadable`` and a
``reason``: too_large, not_a_pdf, damaged, encrypted.
"""


class CheckedPaper(Model):
    """Which paper an issued file is."""

    paper: PaperKind
    number: str = Field(default="", description="of a proof: its own")
    act: str = Field(default="", description="of a proof: what it proves, as assigned or released")
    ended_on: date | None = Field(
        default=None, description="the last day of the term that it proves, or the day on which the pledge was released"
    )


class CertificateCheck(Model):
    """Public answer: masked fields only. ``unknown`` never says more than that of a registration."""

    status: Literal["valid", "replaced", "revoked", "unknown"]
    registration_number: str | None = None
    certificate_number: str | None = None
    kind: Kind | None = None
    title: str | None = None
    short_name: str = ""
    version: str = ""
    category: str | None = None
    authors: list[str] = Field(default=[], description="persons masked, pseudonyms and organisations as registered")
    owners: list[str] = Field(default=[], description="persons masked, organisations as registered")
    completion_date: date | None = None
    publication_date: date | None = None
    registered_on: date | None = None
    certificate_sha256: str | None = None
    old_system: bool = Field(default=False, description="registered by the old system, whose record this is")
    file_matches: bool | None = Field(default=None, description="the uploaded file is the issued one, byte for byte")
    names_others: bool = Field(
        default=False, description="of an issued certificate: all the rights went over to others since it was made"
    )
    paper: CheckedPaper | None = Field(default=None, description="of an issued file: which paper it is")
    signer: str | None = Field(default=None, description="of an issued file: who sealed it")
    signed_at: datetime | None = Field(default=None, description="of an issued file: when it was sealed")
    problems: list[str] = Field(default=[], description="codes of FILE_PROBLEMS: what is wrong with the uploaded file")
    log_index: int | None = None
    signed: SignedCheck | None = Field(default=None, description="the file is no certificate, but was signed here")
    changes: list[RegisteredChange] = Field(default=[], description="what was changed or supplemented since, in order")
    acts: list[RegisteredAct] = Field(default=[], description="what else happened since, in order")
    dealings: list[PublicDealing] = Field(default=[], description="what was done with the rights since, in order")
