"""档案管理 and 证书下载: every document of every case of mine, and the certificates."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.filing import GET_APPLICATION, LIST_APPLICATIONS, ApplicationRef, ListApplications
from contracts.paging import Page
from flask import Blueprint, Response, render_template, request, url_for

from contracts import archive, filing
from gateway.dossiers.contents import package_of
from gateway.dossiers.sending import sent
from gateway.forms.descriptions import describe_case
from gateway.forms.words import role_words
from gateway.pages.access import applicants_only
from gateway.pages.case_history import event_of
from gateway.pages.mailing import parcels_of
from gateway.web.calls import call
from gateway.web.documents import deliver, documents_of, find_document
from gateway.web.limits import limiter

pages = applicants_only(Blueprint("documents", __name__, url_prefix="/account"))
pages.add_app_template_global(event_of)
PAGE = 20


@pages.get("/certificates")
def certificates() -> str:
    """我的证书, page by page, newest first."""
    cursor = request.args.get("after") or None
    found = call(archive.LIST_CERTIFICATES, Page(cursor=cursor, limit=PAGE))
    return render_template(
        "account/certificates.html",
        certificates=found,
        items=found.items,
        parcels=parcels_of(item.registration_number for item in found.items if item.paper == "certificate"),
        first=cursor is None,
        here=url_for("documents.certificates", after=cursor),
    )


@pages.get("/dossiers")
def dossiers() -> str:
    """我的档案: every case that was filed, whatever came of it, page by page."""
    cursor = request.args.get("after") or None
    found = call(LIST_APPLICATIONS, ListApplications(group="filed", cursor=cursor, limit=PAGE))
    return render_template(
        "account/dossiers.html", cases=found.items, next_cursor=found.next_cursor, first=cursor is None
    )


@pages.get("/dossiers/<application_id>")
def dossier(application_id: str) -> str:
    """All that happened and every document, as the archive keeps it."""
    case = call(GET_APPLICATION, ApplicationRef(application_id=application_id))
    kept = call(archive.GET_DOSSIER, archive.GetDossier(application_id=application_id))
    return render_template(
        "account/dossier.html",
        case=case,
        dossier=kept,
        documents=documents_of(application_id),
        roles=role_words(describe_case(case)),
    )


@pages.get("/dossiers/<application_id>/package.zip")
@limiter.limit("30 per minute")
def package(application_id: str) -> Response:
    """All of a case as one file: a bag (BagIt) in a ZIP, written while it is sent."""
    return sent(package_of(application_id))


@pages.get("/documents/<document_id>")
def document(document_id: str) -> Response:
    """The bytes, shown in the browser or with ``?download=1`` saved."""
    return deliver(find_document(document_id))


@pages.get("/certificates/<document_id>/english")
def english(document_id: str) -> str:
    """The English twin of a certificate: made when it is first asked for, and then here to be downloaded."""
    try:
        twin = find_document(document_id, "en")
    except Problem as problem:
        if problem.code != "certificate_being_made":
            raise
        twin = None
    return render_template("account/twin.html", document_id=document_id, twin=twin)


@pages.get("/applications/<application_id>/materials/<material_id>/file")
def material(application_id: str, material_id: str) -> Response:
    """A file that the applicant uploaded."""
    asked = filing.OpenMaterial(application_id=application_id, material_id=material_id)
    return deliver(call(filing.OPEN_MATERIAL, asked))
