"""Taking an extract of the register into a case, and keeping the case to what the register says."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from chassis.access import may
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.tokens import TokenError
from chassis.uow import UnitOfWork
from contracts.archive import CertificateRevoked
from contracts.examination import AskCasesAbout, CaseAbout, CasesAbout
from contracts.extracts import AUDIENCE
from contracts.filing import FieldProblem
from contracts.filing.errors import ERRORS
from contracts.forms import FormDescription

from filing.cases.store import Case
from filing.clocks.model import PAYMENT_GRACE
from filing.clocks.store import latest
from filing.documents.application_form import sections
from filing.documents.issue import issue
from filing.documents.store import DocumentRow, documents_of
from filing.extracts.model import ON_REGISTER, Extract, differing, read_extract
from filing.extracts.store import keep_revoked, lock_registration, revoked_on, under_way
from filing.forms.checks import problem
from filing.forms.describing import describe
from filing.forms.pinned import policy_of
from filing.types import TYPES, about
from filing.types.filing_type import FilingType

CERTIFICATE_COPY = "certificate_copy"
"""Kind of document: the certificate in force, as the archive issued it."""


def extract_for(uow: UnitOfWork, filing_type: FilingType[Any], token: str | None) -> Extract | None:
    """What the register says, of a type that is about a registration; None of any other.

    Problems ``extract_required``, ``extract_invalid``; ``registration_ended`` (``status``) of one that no longer
    holds; as :func:`_may_file` of what nothing that they fill in would make theirs to file; as :func:`_alone` while
    another case about the same registration is not decided.
    """
    if not filing_type.fields.on_registration:
        return None
    extract = _read(uow, token)
    if extract.registered.kind != filing_type.kind:
        raise Problem("extract_invalid")
    if extract.registered.status != "valid":
        raise Problem("registration_ended", number=extract.number, status=extract.registered.status)
    _may_file(filing_type, extract)
    _alone(uow, extract, None)
    return extract


def keep_up(uow: UnitOfWork, case: Case, token: str | None) -> None:
    """Before a draft is signed and before it is filed: the register still says what the form shows beside what is to
    become of it. What has changed is put into the form, and told: nothing is overwritten unseen.

    Problems as :func:`extract_for`; ``register_changed`` (``fields``).
    """
    filing_type = TYPES[case.type]
    if not filing_type.fields.on_registration:
        return
    extract = _read(uow, token)
    if extract.number != case.about:
        raise Problem("extract_invalid")
    _alone(uow, extract, case.id)
    if changed := differing(case.form, extract):
        form = filing_type.form.model_validate({**case.form, ON_REGISTER: extract.stated()})
        case.form, case.title = filing_type.settle(form).model_dump(mode="json"), filing_type.title(form)
        case.version += 1
        case.updated_at = uow.legal_now()
        uow.audit("application.follow_register", subject=case.id, fields=",".join(changed))
        uow.keep()
        raise Problem("register_changed", fields=",".join(changed))
    attach(uow, case, extract)


def attach(uow: UnitOfWork, case: Case, extract: Extract) -> None:
    """The result of the query and the certificate in force are among the documents of a locked case; those that are
    there already stay."""
    there = documents_of(uow.session, case.id)
    basis = hashlib.sha256(json.dumps(extract.model_dump(mode="json"), sort_keys=True).encode()).hexdigest()
    if all(row.basis != basis for row in there if row.kind == "register_extract"):
        issue(uow, case, "register_extract", _printed(uow, case, extract), basis=basis)
    copy = extract.certificate
    if copy is None or any(row.sha256 == copy.object.sha256 for row in there):
        return
    uow.session.add(
        DocumentRow(
            id=new_id("fil"),
            case_id=case.id,
            kind=CERTIFICATE_COPY,
            title=f"{copy.title}（副本）",
            file_name=copy.file_name,
            content_type=copy.content_type,
            sha256=copy.object.sha256,
            size=copy.object.size,
            basis="",
            issued_at=uow.legal_now(),
        )
    )
    uow.audit("document.attach", subject=case.id, kind=CERTIFICATE_COPY, sha256=copy.object.sha256)


def note_revoked(data: CertificateRevoked, uow: UnitOfWork) -> None:
    """A registration was revoked: a case about it that is still under way can no longer be approved."""
    keep_revoked(uow.session, data.registration_number, data.ground)


def still_registered(uow: UnitOfWork, case: Case) -> None:
    """Before anything about a registration is approved. Problem ``registration_ended``."""
    if case.about and revoked_on(uow.session, case.about):
        raise Problem("registration_ended", number=case.about, status="revoked")


def against_register(uow: UnitOfWork, case: Case, token: str | None) -> list[FieldProblem]:
    """What the register as it stands now has against a case about a registration: it is not valid any more, states
    otherwise than was filed, or leaves no room for it. Problem ``extract_invalid``."""
    filing_type = TYPES[case.type]
    if token is None or case.about is None:
        return []
    extract = _verified(uow, token)
    if extract.number != case.about:
        raise Problem("extract_invalid")
    form, now = filing_type.form.model_validate(case.form), extract.stated()
    before = filing_type.entry(form).before
    found = list(filing_type.against(form, extract.registered))
    if extract.registered.status != "valid":
        found.append(problem(ON_REGISTER, "registration_not_valid", status=extract.registered.status))
    if any(now.get(name) != value for name, value in before.items()):
        found.append(problem(ON_REGISTER, "register_says_otherwise"))
    return found


def cases_about(request: AskCasesAbout, uow: UnitOfWork) -> CasesAbout:
    """For who puts an error of the office right, or revokes: what is under way about the same registration."""
    case = under_way(uow.session, request.registration_number)
    uow.audit("case.about", subject=request.registration_number)
    if case is None:
        return CasesAbout(items=[])
    known = {name: getattr(case, name) for name in ("type", "title", "state")}
    found = CaseAbout.model_validate({**known, "application_id": case.id, "serial_number": case.serial_number or ""})
    return CasesAbout(items=[found])


def _may_file(filing_type: FilingType[Any], extract: Extract) -> None:
    """Problems as :class:`contracts.procedures.Obstacle` has them; ``cancellation_barred`` with each entry of the
    register that stands in its way."""
    found = about.barred(filing_type.name, extract.registered)
    for one in found:
        if one.code in ERRORS:
            refused = Problem(one.code)
            refused.params = dict(one.params)
            raise refused
    if found:
        errors = [FieldError(one.field, one.code, one.params) for one in found]
        raise Problem("cancellation_barred", number=extract.number, errors=errors)


def _read(uow: UnitOfWork, token: str | None) -> Extract:
    if token is None:
        raise Problem("extract_required")
    extract = _verified(uow, token)
    if not may(uow.actor, extract.party, "file"):
        raise Problem("extract_invalid")
    return extract


def _verified(uow: UnitOfWork, token: str) -> Extract:
    try:
        extract = read_extract(uow.trust.verify(token, audience=AUDIENCE, issuer="archive"))
    except TokenError as error:
        raise Problem("extract_invalid") from error
    if extract is None:
        raise Problem("extract_invalid")
    return extract


def _alone(uow: UnitOfWork, extract: Extract, own: str | None) -> None:
    """Problems ``change_under_way`` (``title``, ``number``, ``application_id``) of the party's own; of another's, of
    which nothing else is theirs to know, ``another_under_way``, or ``another_unpaid`` until it is paid, with the
    ``last_day`` on which it may be."""
    lock_registration(uow.session, extract.number)
    other = under_way(uow.session, extract.number)
    if other is None or other.id == own:
        return
    if may(uow.actor, other.account_id, "file"):
        number = other.serial_number or ""
        raise Problem("change_under_way", title=other.title, number=number, application_id=other.id)
    due = latest(uow.session, other.id, "payment")
    if due is not None and due.state == "running":
        raise Problem("another_unpaid", number=extract.number, last_day=(due.due_on + PAYMENT_GRACE).isoformat())
    raise Problem("another_under_way", number=extract.number)


def _printed(uow: UnitOfWork, case: Case, extract: Extract) -> dict[str, Any]:
    copy = extract.certificate
    certificate = {"file_name": copy.file_name, "sha256": copy.object.sha256} if copy else None
    said = sections(_of_register(uow, case), extract.stated())
    return {"sections": said, "query_date": extract.issued_on.isoformat(), "certificate": certificate}


def _of_register(uow: UnitOfWork, case: Case) -> FormDescription:
    """The part of the form's description that says what the register says."""
    filing_type, policy = TYPES[case.type], policy_of(case, uow.today())
    whole = describe(filing_type.fields, filing_type.kind, [], policy, "zh", uow.today())
    steps = [
        step.model_copy(update={"title": field.label, "fields": field.fields})
        for step in whole.steps
        for field in step.fields
        if field.name == ON_REGISTER
    ]
    return whole.model_copy(update={"steps": steps})
