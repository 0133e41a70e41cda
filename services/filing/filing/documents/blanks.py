"""Forms to fill in, seal and upload: proofs that a material of a filing type may consist of, and who acts for an
organisation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from chassis.errors import Problem
from chassis.green import offload
from chassis.uow import UnitOfWork
from contracts.filing import RenderTemplate
from contracts.objects import DocumentRef

from filing.applicants.store import find_applicant
from filing.cases.access import own_case
from filing.cases.store import Case
from filing.documents.issue import renderer
from filing.documents.model import BLANKS
from filing.forms.pinned import policy_of


def render_template(request: RenderTemplate, uow: UnitOfWork) -> DocumentRef:
    """A form to fill in; for a draft of one's own with the verified name and what the draft says already in it: title,
    authors, owners, the day of completion.

    Errors: ``document_unknown``, ``application_unknown``.
    """
    title = BLANKS.get(request.name)
    if title is None:
        raise Problem("document_unknown")
    if request.application_id is None:
        pdf = offload(_blank, request.name)
    else:
        case = own_case(uow, request.application_id)
        applicant = find_applicant(uow.session, case.account_id)
        known = {"title": case.title, "applicant": applicant.name if applicant else ""}
        known |= _of_form(case.form) | _of_register(case, uow)
        pdf = offload(renderer().render, request.name, known)
    return DocumentRef(
        document_id=f"template-{request.name}",
        kind="template",
        title=title,
        file_name=f"{title}.pdf",
        content_type="application/pdf",
        object=offload(uow.objects.put_bytes, pdf),
        issued_at=uow.legal_now(),
    )


def _of_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """What a draft says by now, unfinished as it may be."""
    return {
        "authors": _names(form.get("authors")),
        "owners": _names(form.get("owners")),
        "completed": form.get("completion_date") or "",
    }


def _names(people: Iterable[Mapping[str, Any]] | None) -> list[str]:
    return [name for one in people or () if (name := one.get("name"))]


def _of_register(case: Case, uow: UnitOfWork) -> dict[str, Any]:
    """Of a case about a registration: its number, whose it is, and what is filed about it."""
    known = case.form.get("on_register") or {}
    if not known:
        return {}
    return {
        "registration_number": known["registration_number"],
        "owners": _names(known.get("holders") or known.get("owners")),
        "matter": policy_of(case, uow.today()).title.in_language("zh"),
    }


@cache
def _blank(name: str) -> bytes:
    return renderer().render(name, {})
