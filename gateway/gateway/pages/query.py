"""登记查询: progress by 受理号 or 流水号, authenticity by 登记号 or by the file itself. Nobody has to sign in."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.actor import ANONYMOUS
from chassis.errors import Problem
from contracts.archive import (
    CHECK_CERTIFICATE,
    CHECK_CERTIFICATE_FILE,
    CertificateCheck,
    CheckCertificate,
    CheckCertificateFile,
)
from contracts.filing import PROGRESS, GetProgress, Progress
from contracts.legacy.cases import LegacyProgress
from contracts.legacy_bridge import LOCATE, Locate, Located
from flask import Blueprint, render_template, request

from gateway.pages.old.words import kind_words, state_words
from gateway.uploads.policy import policy_for
from gateway.uploads.receipt import receipt_for, receipt_for_form_file
from gateway.web.bodies import accepts_files
from gateway.web.calls import call
from gateway.web.forms import PageForm
from gateway.web.languages import language
from gateway.web.limits import client_network, limiter, query_limiter

pages = Blueprint("query", __name__)
Answer = str | tuple[str, int]
MAX_NUMBER = 60
PER_MINUTE = "60 per minute"


@dataclass(frozen=True)
class FoundNumber:
    """What a number stands for: a case on its way, an entry of the register, or an unfinished case of the old system.
    None of them: ``unknown`` explains. ``registered``: what the register says of such a case that came to its end."""

    progress: Progress | None = None
    check: CertificateCheck | None = None
    case: LegacyProgress | None = None
    registered: CertificateCheck | None = None
    unknown: Unknown | None = None


@dataclass(frozen=True)
class Unknown:
    """Why nothing was found, most likely reason first (A-03). ``suggestion`` is the right spelling, if one is sure."""

    suggestion: str = ""
    suggestion_known: bool = False
    reasons: tuple[str, ...] = ()
    old_system: bool = False
    office: str = ""
    certificate_number: bool = False
    registration: bool = False


@pages.get("/query")
@query_limiter.limit(PER_MINUTE)
def query() -> Answer:
    """One field for every number: 受理号, 流水号, 登记号; the answer says which it was."""
    number = " ".join(request.args.get("number", "").split())
    if not number:
        return render_template("query/query.html", number="", found=None)
    return _answer(number)


@pages.get("/progress/<number>")
@query_limiter.limit(PER_MINUTE)
def progress(number: str) -> Answer:
    """Where the QR code of a notice leads."""
    return _answer(number)


@pages.get("/verify/")
def verify_entry() -> str:
    """Where somebody lands who types the address printed on a certificate without its number."""
    return render_template("query/query.html", number="", found=None)


@pages.get("/verify/<path:registration_number>")
@query_limiter.limit(PER_MINUTE)
def verify(registration_number: str) -> Answer:
    """Where the QR code of a certificate leads."""
    return _answer(registration_number)


@pages.get("/certificate-check")
def certificate_check() -> str:
    """Asks for the certificate's PDF, to compare it with the register."""
    return _file_page(PageForm())


@pages.post("/certificate-check")
@accepts_files
@limiter.limit("20 per minute")
def check_file() -> Answer:
    """Judges a PDF somebody holds: sealed by this office, unchanged, and the one that was issued."""
    form = PageForm.from_request()
    try:
        upload_id = form.value("certificate")
        receipt = receipt_for(upload_id) if upload_id else receipt_for_form_file(request.files.get("certificate_file"))
        asked = CheckCertificateFile(receipt=receipt.token, client=receipt.owner, network=client_network())
        check = call(CHECK_CERTIFICATE_FILE, asked)
    except Problem as problem:
        return _file_page(form.refused(problem, field="certificate"), problem), problem.status
    entry = _entry_of(check)
    return render_template("query/file.html", check=check, entry=entry, file_name=receipt.file_name)


def find(number: str) -> FoundNumber:
    """Asks filing and archive, the likelier one first; then the legacy bridge where an unknown number belongs."""
    shown = number[:MAX_NUMBER]
    problems: list[Problem] = []
    for ask in (_registered, _on_its_way) if _like_registration(shown) else (_on_its_way, _registered):
        try:
            return ask(shown)
        except Problem as problem:
            if problem.code not in ("number_unknown", "registration_number_unknown"):
                raise
            problems.append(problem)
    located = _locate(shown)
    if located and located.case:
        return FoundNumber(case=located.case, registered=registered_as(located.case.registration_number))
    return FoundNumber(unknown=_explain(shown, problems, located))


def registered_as(number: str | None) -> CertificateCheck | None:
    """What the register says of the registration that a case of the old system led to; None where it does not (yet)."""
    if not number:
        return None
    try:
        return _registered(number).check
    except Problem as problem:
        if problem.status >= 500:
            raise
        return None


def _answer(number: str) -> Answer:
    found = find(number)
    page = render_template(
        "query/query.html", number=number[:MAX_NUMBER], found=found, states=state_words(), kinds=kind_words()
    )
    return (page, 404) if found.unknown else page


def _like_registration(number: str) -> bool:
    return "登" in number or "SR" in number.upper()


def _on_its_way(number: str) -> FoundNumber:
    return FoundNumber(
        progress=call(PROGRESS, GetProgress(number=number, language=language())),
    )


def _registered(number: str) -> FoundNumber:
    return FoundNumber(check=call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number)))


def _explain(number: str, problems: list[Problem], located: Located | None) -> Unknown:
    suggestion, sure, reasons = "", False, ""
    for problem in problems:
        candidate = str(problem.params.get("suggestion", ""))
        known = problem.code == "number_unknown" or bool(problem.params.get("suggestion_known"))
        if candidate and (known or not suggestion):
            suggestion, sure = candidate, known
            reasons = str(problem.params.get("reasons", "letter_case"))
        if sure:
            break
    if not suggestion and located and located.suggestion:
        suggestion, sure, reasons = located.suggestion, located.known, "letter_case"
    shapes = {str(problem.params.get("looks_like", "")) for problem in problems}
    return Unknown(
        suggestion=suggestion,
        suggestion_known=sure,
        reasons=tuple(reason for reason in reasons.split(",") if reason),
        old_system=bool(located and located.legacy),
        office=(located.office or "") if located else "",
        certificate_number="certificate_number" in shapes,
        registration=_like_registration(number),
    )


def _locate(number: str) -> Located | None:
    """The legacy bridge's advice; without it the page still explains the rest."""
    try:
        return call(LOCATE, Locate(number=number))
    except Problem as problem:
        if problem.status < 500:
            raise
        return None


def _entry_of(check: CertificateCheck) -> CertificateCheck | None:
    """The register's entry with the number that a file claims; None without one, and never the file's own words."""
    if check.status != "unknown":
        return check
    if not check.registration_number:
        return None
    try:
        return call(CHECK_CERTIFICATE, CheckCertificate(registration_number=check.registration_number))
    except Problem as problem:
        if problem.code != "registration_number_unknown":
            raise
        return None


def _file_page(form: PageForm, problem: Problem | None = None) -> str:
    reason = str(problem.params.get("reason", "")) if problem else ""
    return render_template("query/check.html", form=form, limit=policy_for(ANONYMOUS).max_size, reason=reason)
