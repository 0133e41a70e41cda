"""公告: what the register recorded on each legal day, as the office publishes it once the day is over. Masked."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from contracts.base import ANONYMOUS, Model, RpcMethod
from contracts.extracts import ChangedItem
from contracts.forms import Kind
from contracts.objects import DocumentRef
from contracts.paging import Page

_S = "archive"
Act = Literal[
    "registered",
    "changed",
    "assigned",
    "licensed",
    "pledged",
    "released",
    "terminated",
    "replaced",
    "reissued",
    "corrected",
    "revoked",
    "sealed",
    "unsealed",
]
"""What happened to a registration: 登记, 变更或补充, 转让, 专有许可, 质权登记, 质权注销, 专有许可终止, 取代,
补发换发, 更正, 撤销, 封存, 启封."""


class GazetteIssue(Model):
    """One issue (期): the records of one legal day. ``number`` counts the issues of its year."""

    day: date
    number: int
    counts: dict[str, int] = Field(description="records by act")
    total: int
    volumes: int = Field(description="PDF files that the issue consists of")
    published_at: datetime


class ListGazette(Page):
    """Issues, the newest first; ``year``: of one year."""

    year: int | None = Field(default=None, ge=1990, le=9999)


class GazetteIssues(Model):
    items: list[GazetteIssue]
    next_cursor: str | None = None


class ReadGazette(Page):
    """The records of an issue, on request of one kind, category or act."""

    day: date
    kind: Kind | None = None
    category: str | None = Field(default=None, max_length=1)
    act: Act | None = None


class GazetteItem(Model):
    """One record as it was announced. ``title`` to ``owners`` as they were after it; ``changes``: what it changed."""

    registration_number: str
    certificate_number: str | None = None
    act: Act
    number: str = Field(default="", description="of the proof that the act led to, if it led to one")
    kind: Kind
    category: str | None = None
    title: str
    short_name: str = ""
    version: str = ""
    authors: list[str] = Field(default=[], description="persons masked, pseudonyms and organisations as registered")
    owners: list[str] = Field(default=[], description="persons masked, organisations as registered")
    changes: list[ChangedItem] = []


class GazettePage(Model):
    """A part of an issue; ``earlier`` and ``later`` are the days of the issues beside it."""

    issue: GazetteIssue
    items: list[GazetteItem]
    earlier: date | None = None
    later: date | None = None
    next_cursor: str | None = None


class OpenGazette(Model):
    """One PDF of an issue; volumes count from 1."""

    day: date
    volume: int = Field(default=1, ge=1, le=10_000)


LIST_GAZETTE = RpcMethod(_S, "list_gazette", ListGazette, GazetteIssues, ANONYMOUS)
READ_GAZETTE = RpcMethod(_S, "read_gazette", ReadGazette, GazettePage, ANONYMOUS)
OPEN_GAZETTE = RpcMethod(_S, "open_gazette", OpenGazette, DocumentRef, ANONYMOUS)
