"""tus 1.0.0 over HTTP (https://tus.io/protocols/resumable-upload): creation, checksum, termination, expiration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from chassis.errors import Problem
from contracts.base import ANONYMOUS
from contracts.objects import ObjectRef
from flask import Flask, Response, jsonify, request, url_for
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel
from werkzeug.exceptions import ClientDisconnected

from gateway.uploads.handlers import Uploads
from gateway.uploads.model import (
    CHECKSUMS,
    Checksum,
    ChecksumUnsupported,
    MetadataInvalid,
    UploadState,
    parse_checksum,
    parse_metadata,
)
from gateway.uploads.policy import policy_for
from gateway.uploads.receipt import take_form_file
from gateway.web.api import PREFIX, ApiGroup, Header
from gateway.web.caller import caller
from gateway.web.limits import limiter
from gateway.web.problems import HttpProblem
from gateway.web.rates import rate
from gateway.web.resources import resources

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,termination,expiration"
BODY_TYPE = "application/offset+octet-stream"
OVERRIDABLE = ("PATCH", "DELETE", "HEAD")
READS_VERSION = Header("Tus-Resumable", r"^1\.0\.0$")
READS_CHECKSUM = Header("Upload-Checksum", r"^(sha1|sha256) [A-Za-z0-9+/]+={0,2}$", required=False)
NOT_OFFERED = {"Upload-Concat": "concatenation", "Upload-Defer-Length": "creation-defer-length"}
"""Headers of extensions that we do not speak, with the extension's name."""
A_NUMBER = r"^[0-9]{1,30}$"
DIGITS = 30

routes = ApiGroup("uploads", _l("文件上传"))


class UploadView(BaseModel):
    """An upload as its owner sees it."""

    upload_id: str
    file_name: str
    length: int
    offset: int
    object: ObjectRef | None
    expires_at: datetime


class MethodOverride:
    """``X-HTTP-Method-Override``, for clients whose network lets only GET and POST through (tus core protocol)."""

    def __init__(self, app: Flask) -> None:
        self._wsgi_app = app.wsgi_app
        app.wsgi_app = self  # type: ignore[method-assign]  # Flask's documented way to add middleware

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        if asked in OVERRIDABLE and environ["REQUEST_METHOD"] == "POST" and "/uploads/" in environ["PATH_INFO"]:
            environ["REQUEST_METHOD"] = asked
        return self._wsgi_app(environ, start_response)


def install(app: Flask) -> None:
    """Clients behind proxies that know no PATCH may say so in ``X-HTTP-Method-Override``."""
    MethodOverride(app)
    app.after_request(_name_protocol)


def _name_protocol(response: Response) -> Response:
    """Every answer about an upload says which protocol it speaks, problems too."""
    if request.path.startswith(PREFIX + "/uploads"):
        response.headers.setdefault("Tus-Resumable", VERSION)
        if response.status_code == 460:
            response.status = "460 Checksum Mismatch"
    return response


@routes.route("OPTIONS", "/uploads", _l("服务器支持的 tus 版本与扩展"), access=ANONYMOUS, raw=True, status=204)
def describe_uploads() -> Response:
    """Versions and extensions of tus that are spoken here, and the largest upload in bytes."""
    return _answer(204, **_offer())


@routes.route(
    "OPTIONS", "/uploads/<upload_id>", _l("服务器支持的 tus 版本与扩展"), access=ANONYMOUS, raw=True, status=204
)
def describe_upload(upload_id: str) -> Response:
    """The same of an upload's own address, which browsers ask before they send."""
    return _answer(204, **_offer())


@routes.post(
    "/uploads",
    _l("新建上传"),
    access=ANONYMOUS,
    raw=True,
    status=201,
    problems=(
        "upload_too_large",
        "uploads_too_many",
        "upload_quota_full",
        "upload_length_required",
        "upload_metadata_invalid",
        "upload_extension_unsupported",
    ),
    takes=(BODY_TYPE, "multipart/form-data"),
    needs_body=False,
    reads=(  # a form needs none of them
        replace(READS_VERSION, required=False),
        Header("Upload-Length", A_NUMBER, required=False),
        Header("Upload-Metadata", r"^[!-~]+( [A-Za-z0-9+/]*={0,2})?$", required=False),
        READS_CHECKSUM,
    ),
)
@limiter.limit("60 per minute; 300 per hour", exempt_when=lambda: caller().signed_in)
def create_upload() -> Response:
    """tus creation, with or without the first bytes. Without a token: small, few and short-lived."""
    if request.mimetype == "multipart/form-data":
        return _form_upload()
    _require_version()
    _refuse_other_extensions()
    try:
        metadata = parse_metadata(header := request.headers.get("Upload-Metadata", ""))
    except MetadataInvalid:
        raise HttpProblem("upload_metadata_invalid") from None
    name = metadata.get("filename") or metadata.get("name") or "upload"
    uploads = Uploads(resources(), caller())
    upload = uploads.create(
        _number("Upload-Length", "upload_length_required"), name, metadata.get("purpose", ""), header
    )
    headers = {"Location": url_for("api.uploads.resume_upload", upload_id=upload.upload_id)}
    try:
        if upload.length == 0:
            upload = uploads.finish(upload.upload_id)
        elif request.mimetype == BODY_TYPE:
            upload = _receive(uploads, upload.upload_id, 0)
        elif request.content_length:
            raise HttpProblem("unsupported_media_type")
    except Problem:
        uploads.remove(upload.upload_id)  # whoever sent it never learns its address
        raise
    return _answer(201, **headers, **_progress(uploads, upload))


@routes.route(
    "HEAD",
    "/uploads/<upload_id>",
    _l("已收到多少字节"),
    access=ANONYMOUS,
    raw=True,
    problems=("upload_expired",),
    reads=(READS_VERSION,),
)
def resume_upload(upload_id: str) -> Response:
    """How many bytes have arrived: ``Upload-Offset`` is where to go on."""
    _require_version()
    uploads = Uploads(resources(), caller())
    upload = uploads.get(upload_id)
    headers = {"Upload-Length": str(upload.length), **_progress(uploads, upload)}
    if upload.metadata_header:
        headers["Upload-Metadata"] = upload.metadata_header
    return _answer(200, **headers)


@routes.patch(
    "/uploads/<upload_id>",
    _l("续传"),
    access=ANONYMOUS,
    raw=True,
    status=204,
    problems=("upload_offset_mismatch", "upload_checksum_mismatch", "upload_busy", "upload_expired", "upload_too_long"),
    takes=(BODY_TYPE,),
    reads=(READS_VERSION, Header("Upload-Offset", A_NUMBER), READS_CHECKSUM),
)
@rate(3000)
def continue_upload(upload_id: str) -> Response:
    """More bytes from ``Upload-Offset`` on. What has come when a connection breaks is kept."""
    _require_version()
    if request.mimetype != BODY_TYPE:
        raise HttpProblem("unsupported_media_type")
    uploads = Uploads(resources(), caller())
    upload = _receive(uploads, upload_id, _number("Upload-Offset", "upload_offset_required"))
    return _answer(204, **_progress(uploads, upload))


@routes.delete("/uploads/<upload_id>", _l("放弃上传"), access=ANONYMOUS, raw=True, status=204, reads=(READS_VERSION,))
def terminate_upload(upload_id: str) -> Response:
    """Frees what it took of the caller's quota at once."""
    _require_version()
    Uploads(resources(), caller()).remove(upload_id)
    return _answer(204)


@routes.get("/uploads/<upload_id>", _l("查看上传"), access=ANONYMOUS, reply=UploadView)
def show_upload(upload_id: str) -> UploadView:
    """State of one's own upload. One that lost its worker after the last byte is finished now."""
    uploads = Uploads(resources(), caller())
    upload = uploads.get(upload_id)
    if upload.finished_at is None and uploads.offset(upload) == upload.length:
        upload = uploads.finish(upload_id)
    return _view(uploads, upload)


def _form_upload() -> Response:
    """``multipart/form-data`` with one ``file``: what a browser without script can send."""
    upload_id = take_form_file(request.files.get("file"), request.form.get("purpose", "material"))
    uploads = Uploads(resources(), caller())
    response = jsonify(_view(uploads, uploads.get(upload_id)).model_dump(mode="json"))
    response.status_code = 201
    response.headers["Location"] = url_for("api.uploads.resume_upload", upload_id=upload_id)
    return response


def _receive(uploads: Uploads, upload_id: str, offset: int) -> UploadState:
    checksum = _checksum()
    try:
        return uploads.append(upload_id, offset, request.content_length, request.stream.read, checksum)
    except (ClientDisconnected, ConnectionError):
        raise HttpProblem("request_malformed", headers={"Connection": "close"}) from None


def _checksum() -> Checksum | None:
    header = request.headers.get("Upload-Checksum")
    try:
        return parse_checksum(header) if header else None
    except ChecksumUnsupported:
        raise HttpProblem("upload_checksum_unsupported") from None


def _require_version() -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        raise HttpProblem("tus_version_unsupported", headers={"Tus-Version": VERSION})


def _refuse_other_extensions() -> None:
    """At the first request: a part that was taken for a whole file would be found out at the last one."""
    for header, extension in NOT_OFFERED.items():
        if header in request.headers:
            raise HttpProblem(
                "upload_extension_unsupported",
                headers={"Tus-Extension": EXTENSIONS},
                header=header,
                extension=extension,
            )


def _number(header: str, code: str) -> int:
    """A number of bytes, however large: whether it is too large is for its limit to say."""
    value = request.headers.get(header, "")
    if not value.isascii() or not value.isdigit() or len(value) > DIGITS:
        raise HttpProblem(code)
    return int(value)


def _offer() -> dict[str, str]:
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(policy_for(caller().actor).max_size),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }


def _progress(uploads: Uploads, upload: UploadState) -> dict[str, str]:
    expires = format_datetime(upload.expires_at, usegmt=True)
    return {"Upload-Offset": str(uploads.offset(upload)), "Upload-Expires": expires}


def _answer(status: int, **headers: str) -> Response:
    response = Response(status=status)
    response.headers.update({"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers})
    return response


def _view(uploads: Uploads, upload: UploadState) -> UploadView:
    return UploadView(
        upload_id=upload.upload_id,
        file_name=upload.file_name,
        length=upload.length,
        offset=uploads.offset(upload),
        object=ObjectRef(sha256=upload.sha256, size=upload.length) if upload.sha256 else None,
        expires_at=upload.expires_at,
    )
