"""查找: one search for customer service, archivists and administrators; a case as its applicant sees it, an account as
it stands. Each search and each opening has a purpose, which the services write down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chassis.errors import Problem
from chassis.lookups import SHORTEST_WORDS
from contracts.archive import GET_DOSSIER, Dossier, GetDossier
from contracts.filing import ApplicationView
from contracts.lookups import (
    LOOK_UP_CASES,
    LOOK_UP_REGISTRATIONS,
    NAMING_PURPOSES,
    NAMING_ROLES,
    OPEN_ACCOUNT_FILE,
    OPEN_CASE_CONTACT,
    OPEN_CASE_DOCUMENT,
    OPEN_CASE_FILE,
    OPEN_CASE_MATERIAL,
    CaseContact,
    LookUp,
    LookupPurpose,
    OpenAccountFile,
    OpenCaseContact,
    OpenCaseDocument,
    OpenCaseFile,
    OpenCaseMaterial,
    RegistrationFound,
)
from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.api.lookups import find, told
from gateway.forms.answers import sheet
from gateway.forms.descriptions import describe_case
from gateway.forms.words import role_words, target_label
from gateway.pages.case_history import Happened, office_history
from gateway.pages.case_matters import matters_of, parcels_named
from gateway.pages.colleagues import names_of
from gateway.pages.enquiry_words import channel_words, outcome_words
from gateway.pages.lookup_words import account_words, purpose_words
from gateway.pages.mailing_words import return_reasons
from gateway.pages.old.words import state_words
from gateway.pages.staff_access import staff_only
from gateway.pages.staff_enquiries import noted
from gateway.pages.workbench import office_day
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.documents import deliver, documents_of, once
from gateway.web.languages import language

pages = staff_only(
    Blueprint("staff_lookups", __name__, url_prefix="/staff/lookups"), "customer_service", "archivist", "administrator"
)
file_pages = staff_only(
    Blueprint("staff_account_files", __name__, url_prefix="/staff/lookups/accounts"),
    "customer_service",
    "administrator",
)
Answer = str | Response | tuple[str, int]
READERS = frozenset({"customer_service", "archivist"})
"""Who may open what was signed and sent; administrators see that it is there."""
HELPERS = frozenset({"customer_service", "administrator"})
LONGEST_TEXT = 100


@pages.get("")
def search() -> Answer:
    """The field, and what was found. ``find``: somebody came by the key of the search."""
    text, purpose = request.args.get("text", "").strip()[:LONGEST_TEXT], _purpose()
    found = find(LookUp(text=text, purpose=purpose)) if text and purpose else None
    groups: dict[str, Any] = {}
    if found:
        groups = {
            _("案件"): found.cases,
            _("账号"): found.accounts,
            _("登记"): found.registrations,
            _("旧系统业务"): found.old_cases,
        }
    away = [name for name, group in groups.items() if group is None]
    parcels = parcels_named(text, away) if found else []
    page = render_template(
        "staff/lookups.html",
        text=text,
        purpose=purpose,
        purposes=purpose_words(),
        found=found,
        away=[_("纸质证书邮寄") if name == "parcels" else name for name in away],
        parcels=parcels,
        return_reasons=return_reasons(),
        more=any(group.more for group in groups.values() if group),
        any_found=bool(parcels)
        or any(group.items for group in groups.values() if group)
        or bool(found and found.accounts and found.accounts.old),
        shortest=SHORTEST_WORDS,
        searching=bool(request.args.get("find")) or bool(text),
        unstated=bool(text) and purpose is None,
        old_states=state_words(),
        opens_accounts=bool(caller().actor.roles & HELPERS),
        **account_words(),
    )
    return (page, 422) if text and purpose is None else page


@pages.get("/cases/<application_id>")
def case(application_id: str) -> Answer:
    """A case to be talked about, with what its applicant sees of it and nothing to press."""
    purpose = _purpose()
    if purpose is None:
        return _ask(application_id)
    asked = OpenCaseFile(application_id=application_id, purpose=purpose, language=language())
    shown = call(OPEN_CASE_FILE, asked)
    described = describe_case(shown)
    dossier, entry = _dossier(application_id), _entry(shown, purpose)
    history = office_history(shown, dossier.entries if dossier else [])
    return render_template(
        "staff/case_file.html",
        case=shown,
        purpose=purpose,
        purposes=purpose_words(),
        documents=once(documents_of(application_id)),
        reads=bool(caller().actor.roles & READERS),
        roles=role_words(described),
        opens_seals="archivist" in caller().actor.roles,
        dossier=dossier if "archivist" in caller().actor.roles else None,
        history=history,
        people=_people(purpose, history),
        entry=entry,
        reach=_reach(shown, purpose),
        target_label=lambda target: target_label(described, shown, target),
        answers=[
            (step, sheet(described, step.fields, shown.form))
            for step in described.steps
            if step.kind == "fields" and shown.form
        ],
        **matters_of(shown),
        **_notes("application", application_id),
    )


@pages.get("/cases/<application_id>/documents/<document_id>")
def document(application_id: str, document_id: str) -> Answer:
    """A document of the case, as its applicant has it."""
    purpose = _purpose()
    if purpose is None:
        return _ask(application_id)
    call(
        OPEN_CASE_DOCUMENT,
        OpenCaseDocument(application_id=application_id, document_id=document_id, purpose=purpose),
    )
    found = next((one for one in documents_of(application_id) if one.document_id == document_id), None)
    if found is None:
        raise Problem("document_unknown")
    return deliver(found)


@pages.get("/cases/<application_id>/materials/<material_id>")
def material(application_id: str, material_id: str) -> Answer:
    """A file of a registered case, from the archive; of a sealed deposit for the two who opened it."""
    purpose = _purpose()
    if purpose is None:
        return _ask(application_id)
    asked = OpenCaseMaterial(application_id=application_id, material_id=material_id, purpose=purpose)
    return deliver(call(OPEN_CASE_MATERIAL, asked))


@file_pages.get("/<account_id>")
def account(account_id: str) -> Answer:
    """How an account stands, and its cases."""
    purpose = _purpose()
    if purpose is None:
        return _ask(account_id)
    return render_template(
        "staff/account_file.html",
        account=call(OPEN_ACCOUNT_FILE, OpenAccountFile(account_id=account_id, purpose=purpose)),
        cases=told(LOOK_UP_CASES, LookUp(text=account_id, purpose=purpose)),
        purpose=purpose,
        purposes=purpose_words(),
        **account_words(),
        **_notes("account", account_id),
    )


def _dossier(application_id: str) -> Dossier | None:
    """All that the archive keeps of a case; nothing while it does not answer."""
    try:
        return call(GET_DOSSIER, GetDossier(application_id=application_id))
    except Problem as problem:
        if problem.status < 500 and problem.code != "dossier_unknown":
            raise
        return None


def _entry(shown: ApplicationView, purpose: LookupPurpose) -> RegistrationFound | None:
    """What the register says of it now, which the office or a change may have put right since it was filed."""
    number = shown.registration_number
    if not number:
        return None
    found = told(LOOK_UP_REGISTRATIONS, LookUp(text=number, purpose=purpose))
    return next((one for one in found.items if one.registration_number == number), None) if found else None


def _reach(shown: ApplicationView, purpose: LookupPurpose) -> CaseContact | None:
    """For who talks with the applicant: what they were told, and their number; whole when it is asked for to call."""
    if "customer_service" not in caller().actor.roles:
        return None
    asked = OpenCaseContact(
        application_id=shown.application_id,
        account_id=shown.account_id,
        purpose=purpose,
        whole=request.args.get("number") == "whole",
        language=language(),
    )
    try:
        return call(OPEN_CASE_CONTACT, asked)
    except Problem as problem:
        if problem.status < 500 and problem.status != 404:
            raise
        return None


def _people(purpose: LookupPurpose, history: Sequence[Happened]) -> dict[str, str]:
    """What the colleagues are called who took the steps; their ids where nobody knows. Told where the office's own work
    is looked into, to who may do so."""
    if purpose not in NAMING_PURPOSES or not caller().actor.roles & NAMING_ROLES:
        return {}
    actors = {one.actor: one.actor for one in history if one.actor}
    return actors | names_of(actors)


def _notes(subject: str, subject_id: str) -> dict[str, Any]:
    """What was noted of it, for those who talk to people."""
    roles = caller().actor.roles
    helps = bool(roles & HELPERS)
    return {
        "opens_accounts": helps,
        "notes": noted(subject, subject_id) if helps else None,
        "may_note": "customer_service" in roles,
        "channels": channel_words(),
        "outcomes": outcome_words(),
        "today": office_day(),
    }


def _purpose() -> LookupPurpose | None:
    said: Any = request.args.get("purpose")
    return said if said in purpose_words() else None


def _ask(text: str) -> Response:
    """The search asks for the purpose that an address did not name."""
    return redirect(url_for("staff_lookups.search", text=text), 303)
