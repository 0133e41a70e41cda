"""Is this certificate real: by its number, or by the file somebody holds. Public answers, masked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from chassis.work import Rank, Sender, sender_of
from contracts.archive import CertificateCheck, CheckCertificate, CheckCertificateFile
from contracts.forms import Kind

from archive.authenticity import store
from archive.authenticity.model import (
    FRESH,
    MAX_BYTES,
    NOT_CHECKED,
    OTHER_ACTS,
    PATIENCE_SECONDS,
    Findings,
    problems_of,
    public_act,
    public_change,
    public_dealing,
)
from archive.authenticity.signed import changed_file, signed_file
from archive.certificates.model import OFFICE
from archive.certificates.standing import names_others, paper_of
from archive.certificates.store import Certificate, issued_with_hash, latest_issued
from archive.legacy.model import public_names
from archive.legacy.store import find_registration
from archive.register.model import public_author, public_owner
from archive.register.numbers import diagnose
from archive.register.records import alterations, fold
from archive.register.store import entry_of_proof, find_entry, records_of

_LOOK_SECONDS = 0.05


def check_certificate(request: CheckCertificate, uow: UnitOfWork) -> CertificateCheck:
    """The entry with exactly this registration number, or number of its certificate or of a proof of its change,
    masked, with what was changed and done with its rights since; of a registration that the old system finished, its
    record there (``old_system``), also by the serial number of its case.

    Problem ``registration_number_unknown``: ``number``; ``looks_like`` says which of the office's numbers it resembles;
    when another spelling is certain, ``suggestion``, ``reasons`` (comma-separated, see ``diagnose``) and
    ``suggestion_known`` (1: the register has it).
    """
    check = _public_entry(uow, request.registration_number) or _old_record(uow, request.registration_number)
    if check is None:
        raise _unknown(uow, request.registration_number)
    return check


def _public_entry(uow: UnitOfWork, number: str, paper: Certificate | None = None) -> CertificateCheck | None:
    """``paper``: the one that is asked about."""
    entry = find_entry(uow.session, number) or entry_of_proof(uow.session, number)
    if entry is None:
        return None
    issued = latest_issued(uow.session, entry.registration_number)
    records = records_of(uow.session, entry.registration_number)
    return CertificateCheck(
        status=entry.status,
        registration_number=entry.registration_number,
        certificate_number=entry.certificate_number,
        kind=cast(Kind, entry.kind),
        title=entry.title,
        short_name=entry.short_name,
        version=entry.version,
        category=entry.category,
        authors=[public_author(author) for author in entry.registered_authors],
        owners=[public_owner(owner) for owner in entry.registered_owners],
        completion_date=entry.completion_date,
        publication_date=entry.publication_date,
        registered_on=entry.registered_on,
        paper=paper_of(paper, records, uow.today()) if paper else None,
        names_others=paper is not None and paper.paper == "certificate" and names_others(paper.record, records),
        certificate_sha256=issued[1].sha256 if issued else None,
        log_index=issued[0].log_index if issued else None,
        changes=[public_change(one) for one in alterations(records)],
        acts=[public_act(one) for one in alterations(records, OTHER_ACTS)],
        dealings=[public_dealing(one, uow.today()) for one in fold(records).dealings],
    )


def _old_record(uow: UnitOfWork, number: str) -> CertificateCheck | None:
    found = find_registration(uow.session, number)
    if found is None:
        return None
    if (taken_over := _public_entry(uow, found.number)) is not None:  # by whatever number of it was asked
        return taken_over
    return CertificateCheck(
        status="valid",
        registration_number=found.number,
        certificate_number=found.certificate_number or None,
        kind=cast(Kind, found.kind),
        title=found.title,
        short_name=found.short_name,
        version=found.version,
        category=found.category or None,
        authors=public_names(found.authors),
        owners=public_names(found.owners),
        completion_date=found.completion_date,
        publication_date=found.publication_date,
        registered_on=found.registered_on,
        old_system=True,
    )


def _known(uow: UnitOfWork, number: str) -> bool:
    return find_entry(uow.session, number) is not None or find_registration(uow.session, number) is not None


def _unknown(uow: UnitOfWork, typed: str) -> Problem:
    diagnosis = diagnose(typed)
    if not diagnosis.suggestion:
        return Problem("registration_number_unknown", number=typed, looks_like=diagnosis.looks_like)
    return Problem(
        "registration_number_unknown",
        number=typed,
        looks_like=diagnosis.looks_like,
        suggestion=diagnosis.suggestion,
        suggestion_known=int(_known(uow, diagnosis.suggestion)),
        reasons=",".join(diagnosis.reasons),
    )


def check_certificate_file(request: CheckCertificateFile, uow: UnitOfWork) -> CertificateCheck:
    """Whether an uploaded PDF is an issued certificate, byte for byte, or what was signed on the platform (``signed``);
    if not, what is wrong with it.

    Problem ``certificate_file_unreadable`` with ``reason`` too_large, not_a_pdf, encrypted or damaged. The same call
    may be repeated after ``service_unavailable`` (no worker answers in time, or too many visitors wait),
    ``certificate_not_checked`` (it could not be read, by no fault of the file) and ``work_too_many``.
    """
    file = uow.receipt(request.receipt, sign_up=request.client).object
    if certificate := issued_with_hash(uow.session, file.sha256):
        check = _public_entry(uow, certificate.registration_number, certificate)
        if check is not None:
            latest = latest_issued(uow.session, certificate.registration_number)
            replaced = latest is not None and latest[0].edition != certificate.edition
            current = certificate.paper != "certificate" or not replaced
            status = check.status if current or check.status == "revoked" else "replaced"
            return check.model_copy(
                update={
                    "file_matches": True,
                    "status": status,
                    "certificate_sha256": file.sha256,
                    "signer": OFFICE,
                    "signed_at": certificate.issued_at,
                    "log_index": certificate.log_index,
                }
            )
    if signed := signed_file(uow, file.sha256):
        return signed
    if file.size > MAX_BYTES:
        raise Problem("certificate_file_unreadable", reason="too_large")
    sender = sender_of(uow.actor, request.network)
    findings = Findings.read(_wait_for_findings(uow, file.sha256, file.size, sender))
    if NOT_CHECKED in findings.problems:
        raise Problem("certificate_not_checked")
    if findings.unreadable:
        raise Problem("certificate_file_unreadable", reason=findings.unreadable)
    if changed := changed_file(uow, findings):
        return changed
    number = findings.registration_number
    known = number is not None and find_entry(uow.session, number) is not None
    return CertificateCheck(
        status="unknown",
        registration_number=number,
        file_matches=False,
        problems=problems_of(findings, number_known=known),
    )


def _wait_for_findings(uow: UnitOfWork, sha256: str, size: int, sender: Sender) -> dict[str, Any]:
    """Asks a worker, and waits: the file is parsed in confinement, never here."""
    with store.aside(uow.session) as session:
        if found := store.fresh_findings(session, sha256, FRESH):
            return found
    with _waiting.as_one(sender, uow.settings.max_workers):
        began = uow.now()
        with store.aside(uow.session) as session:
            store.request_check(session, sha256, size, sender)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
            with store.aside(uow.session) as session:
                if found := store.fresh_findings(session, sha256, FRESH, since=began):
                    return found
    with store.aside(uow.session) as session:
        store.leave(session, sha256)
    raise Problem("service_unavailable")


class _Waiting:
    """Visitors who wait hold a worker of this service each: never more than half of them, so that all else goes on."""

    def __init__(self) -> None:
        self._visitors = 0
        self._lock = threading.Lock()

    @contextmanager
    def as_one(self, sender: Sender, workers: int) -> Iterator[None]:
        """Problem ``service_unavailable`` (``seconds``) when too many wait already."""
        visitor = int(sender.rank == Rank.VISITOR)
        with self._lock:
            if visitor and self._visitors >= max(1, workers // 2):
                raise Problem("service_unavailable", seconds=2)
            self._visitors += visitor
        try:
            yield
        finally:
            with self._lock:
                self._visitors -= visitor


_waiting = _Waiting()


def forget_file_checks(uow: UnitOfWork) -> int:
    """Findings are forgotten once they are no longer fresh."""
    return store.forget(uow.session, 2 * FRESH)


def forget_unwanted_checks(uow: UnitOfWork) -> int:
    """Sweeper: files whose callers have gone without a word."""
    return store.forget_unwanted(uow.session)
