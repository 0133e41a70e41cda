"""我的数据: a copy of what is kept of the account."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ACCOUNT, Empty
from contracts.identity.exports import ASK_EXPORT, LIST_EXPORTS, AskExport, Exports, ExportView
from contracts.text import Password
from flask import Response
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict

from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.exports import deliver_export
from gateway.web.languages import language
from gateway.web.limits import limiter, per_minute

routes = ApiGroup("exports", _l("我的数据"))


class Confirmed(BaseModel):
    """The password in force, once more."""

    model_config = ConfigDict(extra="forbid")

    password: Annotated[str, Password(256)]


@routes.post(
    "/me/exports",
    _l("申请数据副本"),
    access=ACCOUNT,
    reply=ExportView,
    status=202,
    problems=("export_running", "export_too_many"),
)
@limiter.limit(per_minute(10))
def ask_export() -> ExportView:
    """Made in the background; a message says when it can be downloaded. Its page for reading is in the language of the
    request."""
    return call(ASK_EXPORT, AskExport(language=language()))


@routes.get("/me/exports", _l("我的数据副本"), access=ACCOUNT, reply=Exports)
def list_exports() -> Exports:
    """The latest, newest first: `ready` ones can be downloaded until `expires_at`."""
    return call(LIST_EXPORTS, Empty())


@routes.post(
    "/me/exports/<export_id>/download",
    _l("下载数据副本"),
    access=ACCOUNT,
    body=Confirmed,
    content_type="application/zip",
    problems=("export_unknown", "export_not_ready", "export_gone", "password_wrong", "sign_in_slowed"),
)
@limiter.limit(per_minute(20))
def download_export(export_id: str, body: Confirmed) -> Response:
    """A ZIP: JSON by service, and `index.html` to read. Its SHA-256 is the copy's `sha256`."""
    return deliver_export(export_id, body.password)
