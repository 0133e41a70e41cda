"""公开查询: progress, authenticity, the register and the guides. Nobody has to sign in; masked data only."""

from __future__ import annotations

import io

from chassis.errors import Problem
from contracts.archive import (
    CHECK_CERTIFICATE,
    CHECK_CERTIFICATE_FILE,
    SEARCH_REGISTER,
    CertificateCheck,
    CheckCertificate,
    CheckCertificateFile,
    RegisterPage,
    SearchRegister,
)
from contracts.base import ANONYMOUS
from contracts.filing import PROGRESS, GetProgress, Progress
from flask import Response, request, url_for
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from werkzeug.datastructures import FileStorage

from gateway.api.hints import explained
from gateway.guides import GUIDES
from gateway.uploads import Received, receipt_for
from gateway.uploads.receipt import receipt_for_form_file
from gateway.web.api import ApiGroup, invalid_request
from gateway.web.calls import call
from gateway.web.languages import language
from gateway.web.limits import client_network, limiter, per_minute, query_limiter
from gateway.web.problems import HttpProblem
from gateway.web.resources import resources

routes = ApiGroup("queries", _l("公开查询"))
LONGEST_NUMBER = 60


class FileToCheck(BaseModel):
    model_config = ConfigDict(extra="forbid")

    upload_id: str = Field(max_length=64)


class GuideEntry(BaseModel):
    name: str
    title: str
    summary: str
    url: str


class GuideList(BaseModel):
    items: list[GuideEntry]


@routes.get("/progress/<number>", _l("查询进度"), access=ANONYMOUS, reply=Progress, problems=("number_unknown",))
@query_limiter.limit(per_minute(120))
def get_progress(number: str) -> Response | Progress:
    """By acceptance or serial number, exactly as printed. Not found: ``hints`` tell why and what to do."""
    shown = number[:LONGEST_NUMBER]
    query = GetProgress(number=shown, language=language())
    answer = resources().progress.answer(query)
    if answer:
        return Response(answer, content_type="application/json")
    try:
        return call(PROGRESS, query)
    except Problem as problem:
        if problem.code != "number_unknown":
            raise
        raise explained(problem, shown) from None


@routes.get(
    "/certificates/<registration_number>",
    _l("核对登记号"),
    access=ANONYMOUS,
    reply=CertificateCheck,
    problems=("registration_number_unknown",),
)
@query_limiter.limit(per_minute(120))
def check_certificate(registration_number: str) -> CertificateCheck:
    """Valid, replaced or revoked. Not found: ``hints`` tell why and what to do."""
    shown = registration_number[:LONGEST_NUMBER]
    try:
        return call(CHECK_CERTIFICATE, CheckCertificate(registration_number=shown))
    except Problem as problem:
        if problem.code != "registration_number_unknown":
            raise
        raise explained(problem, shown) from None


@routes.post(
    "/certificate-checks",
    _l("核对证书文件"),
    access=ANONYMOUS,
    raw=True,
    reply=CertificateCheck,
    takes=("application/pdf", "multipart/form-data", "application/json"),
    problems=("certificate_file_unreadable", "certificate_not_checked", "upload_unknown", "work_too_many"),
)
@limiter.limit(per_minute(30))
def check_certificate_file() -> Response:
    """A certificate as PDF: as the body, as ``file`` of a form, or ``{"upload_id": …}`` of an upload."""
    received = _received()
    asked = CheckCertificateFile(receipt=received.token, client=received.owner, network=client_network())
    found = call(CHECK_CERTIFICATE_FILE, asked)
    return Response(found.model_dump_json(), content_type="application/json")


@routes.get("/register", _l("检索登记簿"), access=ANONYMOUS, query=SearchRegister, reply=RegisterPage)
@query_limiter.limit(per_minute(120))
def search_register(query: SearchRegister) -> RegisterPage:
    """By number, or by part of a title, organisation or pseudonym; newest first. Persons are masked and not found."""
    return call(SEARCH_REGISTER, query)


@routes.get("/guides", _l("服务指南"), access=ANONYMOUS, reply=GuideList)
def list_guides() -> GuideList:
    """Name, title and address of every guide, in the language of the request."""
    return GuideList(
        items=[
            GuideEntry(
                name=guide.name,
                title=str(guide.title),
                summary=str(guide.summary),
                url=url_for("guides.guide", name=guide.name),
            )
            for guide in GUIDES
        ]
    )


def _received() -> Received:
    if request.mimetype == "application/json":
        try:
            return receipt_for(FileToCheck.model_validate_json(request.get_data(cache=False) or b"{}").upload_id)
        except ValidationError as invalid:
            raise invalid_request(invalid) from None
    if request.mimetype == "multipart/form-data":
        return receipt_for_form_file(request.files.get("file"))
    if request.mimetype == "application/pdf":
        return receipt_for_form_file(FileStorage(io.BytesIO(request.get_data(cache=False)), filename="certificate.pdf"))
    raise HttpProblem("unsupported_media_type", headers={"Accept": "application/pdf"})
