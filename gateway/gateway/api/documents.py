"""文书与证书: every document of a case, and one's certificates."""

from __future__ import annotations

from contracts.archive import GET_DOSSIER, LIST_CERTIFICATES, CertificateList, Dossier, GetDossier, Language
from contracts.base import ACCOUNT, SIGNED_IN
from contracts.objects import DocumentList
from contracts.paging import Page
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.dossiers.contents import package_of
from gateway.dossiers.sending import sent
from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.documents import all_documents_of, deliver, find_document
from gateway.web.limits import limiter, per_minute


class DocumentQuery(BaseModel):
    """``download``: anything but nothing asks to save; it is read where the bytes go out."""

    model_config = ConfigDict(extra="forbid")

    download: str = Field(default="", max_length=10)
    language: Language | None = None


routes = ApiGroup("documents", _l("文书与证书"))


@routes.get(
    "/applications/<application_id>/documents",
    _l("一份申请的全部文书"),
    access=SIGNED_IN,
    reply=DocumentList,
    problems=("application_unknown",),
)
def list_documents(application_id: str) -> DocumentList:
    """Declaration, cover sheet, notices, receipt and certificate, oldest first."""
    return DocumentList(items=all_documents_of(application_id))


@routes.get(
    "/documents/<document_id>",
    _l("下载一份文书"),
    access=SIGNED_IN,
    raw=True,
    content_type="*/*",
    query=DocumentQuery,
    problems=("document_unknown", "certificate_being_made"),
)
def get_document(document_id: str, query: DocumentQuery) -> Response:
    """The bytes, as PDF; ``?download=1`` asks the browser to save them (``application/octet-stream``).

    Of a certificate, ``?language=en`` gives its English twin, signed like it. It is made when it is first asked for:
    until then the answer is 503 ``certificate_being_made``, with ``Retry-After``.
    """
    return deliver(find_document(document_id, query.language))


@routes.get(
    "/applications/<application_id>/dossier",
    _l("一份申请的档案"),
    access=SIGNED_IN,
    reply=Dossier,
    problems=("dossier_unknown",),
)
def get_dossier(application_id: str) -> Dossier:
    """All that happened, with every document."""
    return call(GET_DOSSIER, GetDossier(application_id=application_id))


@routes.get(
    "/applications/<application_id>/package",
    _l("一份申请的全套档案"),
    access=ACCOUNT,
    raw=True,
    content_type="*/*",
    problems=("application_unknown",),
)
@limiter.limit(per_minute(30))
def get_package(application_id: str) -> Response:
    """One's own case as one file: a bag (BagIt 1.0) in a ZIP with every document, file and the history, each by its
    SHA-256. Complete, or 503: a part of it cannot be had at the moment."""
    return sent(package_of(application_id))


@routes.get("/certificates", _l("我的证书"), access=ACCOUNT, query=Page, reply=CertificateList)
def list_certificates(query: Page) -> CertificateList:
    """The caller's own, newest first, replaced and revoked ones too."""
    return call(LIST_CERTIFICATES, query)
