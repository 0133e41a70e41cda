"""A copy of one's own data: asked for, made in the background, fetched with the password within a week."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import ACCOUNT, Client, Empty, Identifier, Model, RpcMethod
from contracts.identity.accounts import Language
from contracts.text import Password

_S = "identity"

ExportState = Literal["running", "ready", "failed", "expired"]


class AskExport(Model, added=("language",)):
    """``language``: of the page that one reads in it."""

    language: Language = "zh"


class ExportView(Model):
    """``expires_at``: from then on it is gone. ``size``: bytes of the ZIP. ``progress``: 0 to 1."""

    export_id: str
    state: ExportState
    asked_at: datetime
    progress: float = 0.0
    finished_at: datetime | None = None
    expires_at: datetime | None = None
    fetched_at: datetime | None = None
    size: int = 0
    sha256: str | None = None


class Exports(Model):
    """The newest first."""

    items: list[ExportView]


class OpenExport(Model, secret=("password", "device"), added=("client", "device")):
    """The password in force once more; ``client``, ``device`` as in :class:`SignIn`."""

    export_id: Identifier
    password: Annotated[str, Password(256)]
    client: Client = ""
    device: Client = ""


class OpenedExport(Model, secret=("ticket",)):
    """``ticket`` opens the pieces for some minutes."""

    ticket: str
    pieces: int
    size: int
    file_name: str


class ReadExportPiece(Model, secret=("ticket",)):
    export_id: Identifier
    ticket: Identifier
    number: int = Field(ge=0, lt=1 << 31)


class ExportPiece(Model, secret=("content",)):
    """``content``: base64, of at most a MiB."""

    content: str


ASK_EXPORT = RpcMethod(_S, "ask_export", AskExport, ExportView, ACCOUNT, "command")


LIST_EXPORTS = RpcMethod(_S, "list_exports", Empty, Exports, ACCOUNT)


OPEN_EXPORT = RpcMethod(_S, "open_export", OpenExport, OpenedExport, ACCOUNT, "command", keep_reply=False)


READ_EXPORT_PIECE = RpcMethod(_S, "read_export_piece", ReadExportPiece, ExportPiece, ACCOUNT)
