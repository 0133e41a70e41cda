"""Contracts of filing's tools for materials, which anybody may use: pre-check, repair, source deposit."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from contracts.base import ANONYMOUS, Client, Identifier, Model, RpcMethod, Token
from contracts.objects import ObjectRef
from contracts.text import Line, Title


class Finding(Model):
    """One finding of the pre-check. Words come from the catalogue by ``code`` (message and remedy, zh and en)."""

    code: str
    severity: Literal["info", "warning", "error"]
    message: str = ""
    remedy: str = ""
    page: int | None = None
    line: int | None = None
    repairable: bool = False
    params: dict[str, str | int | float] = {}


Verdict = Literal["pass", "fixable", "uncertain", "fail"]


class PrecheckView(Model, personal=("facts",)):
    """``verdict`` when done. While running, ``first_verdict``, facts and findings tell what is known already."""

    precheck_id: str
    profile: str
    state: Literal["running", "done"]
    verdict: Verdict | None = None
    facts: dict[str, Any] = {}
    findings: list[Finding] = []
    first_verdict: Verdict | None = Field(default=None, description="of a first look at a large file")
    progress: float = Field(default=0.0, ge=0, le=1, description="share of the work that is done")
    file_name: str = ""
    size: int = Field(default=0, description="bytes")


class CreatePrecheck(Model, personal=("context",), added=("language", "client", "network")):
    receipt: Token
    profile: str = Field(max_length=40)
    context: dict[Annotated[str, Field(max_length=40)], Annotated[str, Line(300)]] = Field(default={}, max_length=40)
    language: Literal["zh", "en"] = "zh"
    client: Client = Field(default="", description="anonymous session that uploaded the file")
    network: str = Field(default="", max_length=60, description="where a visitor comes from: their turn in the queue")


class GetPrecheck(Model, added=("client",)):
    precheck_id: Identifier
    language: Literal["zh", "en"] = "zh"
    client: Client = Field(default="", description="anonymous session that asks: what it made itself is its own")


JobState = Literal["waiting", "running", "done", "failed"]


class Words(Model):
    """A stable code with its sentence in the caller's language."""

    code: str
    message: str
    params: dict[str, str | int | float] = {}


class FileMade(Model):
    """A file that a job made. The gateway offers it as an upload of the caller."""

    name: str = Field(description="what it is: repaired, program, document")
    object: ObjectRef
    file_name: str
    content_type: str
    precheck_id: str | None = Field(default=None, description="its own finished check")


class Preview(Model):
    """One page (or the picture) before and after, as JPEG; empty where it cannot be drawn."""

    page: int
    before: ObjectRef | None = None
    after: ObjectRef | None = None


class RepairOptions(Model, secret=("password",)):
    """``password`` opens an encrypted PDF and is forgotten with the job. Print size in millimetres. ``title`` and
    ``version`` go into the header of a deposit, unless the check already knew them."""

    password: str = Field(default="", max_length=200)
    print_width_mm: Annotated[str, Line(10)] = ""
    print_height_mm: Annotated[str, Line(10)] = ""
    max_megabytes: int = Field(default=0, ge=0, le=200, description="make it no larger; 0: the profile's limit")
    title: Annotated[str, Title(120)] = ""
    version: Annotated[str, Line(40)] = ""
    rotate: Literal[0, 90, 180, 270] = Field(
        default=0, description="degrees clockwise, with ``rotate`` among the fixes"
    )
    strip_comments: bool = Field(default=False, description="of source code, when a deposit is made of it")


class CreateRepair(Model, added=("language", "client", "network")):
    """``fix``: codes of repairable findings of that check, and ``rotate``."""

    precheck_id: Identifier
    fix: list[Annotated[str, Field(max_length=64)]] = Field(min_length=1, max_length=50)
    options: RepairOptions = RepairOptions()
    language: Literal["zh", "en"] = "zh"
    client: Client = Field(default="", description="anonymous session that asks: what it made itself is its own")
    network: str = Field(default="", max_length=60, description="where a visitor comes from: their turn in the queue")


SourcePath = Annotated[str, Field(max_length=1024)]
"""A path inside a source archive, byte for byte as the archive has it."""


class DepositOptions(Model):
    """How a source deposit is made. Exceptional deposits (例外交存, 办法 art. 12) by ``mode``: *masked* covers at most
    half of the text, *ten_fifty* is the first 10 and 50 consecutive pages from ``start_page``, *object_code* is object
    code and 20 consecutive pages of source. ``first``, ``last``, ``leave_out``: paths inside the source."""

    mode: Literal["general", "masked", "ten_fifty", "object_code"] = "general"
    strip_comments: bool = False
    strip_blank_lines: bool = True
    mask_secrets: bool = True
    with_tests: bool = False
    masked_share: float = Field(default=0.45, gt=0, le=0.5)
    start_page: int = Field(default=11, ge=1, le=100_000)
    first: list[SourcePath] = Field(default=[], max_length=200)
    last: list[SourcePath] = Field(default=[], max_length=200)
    leave_out: list[SourcePath] = Field(default=[], max_length=1000)
    document_mode: Literal["general", "masked", "ten_fifty"] = "general"
    document_start_page: int = Field(default=11, ge=1, le=100_000)


SoftwareName = Annotated[str, Line(120, minimum=1)]
SoftwareVersion = Annotated[str, Line(40, minimum=1)]


class CreateDeposit(Model, added=("language", "client", "network")):
    """Receipts of uploads: ``source`` is one archive or several files; ``document`` a manual; ``object_code`` for that
    mode. ``short_name`` only for the cross-check."""

    title: SoftwareName
    short_name: Annotated[str, Line(60)] = ""
    version: SoftwareVersion
    source: list[Token] = Field(default=[], max_length=400)
    document: Token = ""
    object_code: Token = ""
    options: DepositOptions = DepositOptions()
    language: Literal["zh", "en"] = "zh"
    client: Client = Field(default="", description="anonymous session that uploaded the files")
    network: str = Field(default="", max_length=60, description="where a visitor comes from: their turn in the queue")


class JobView(Model, personal=("report",)):
    """A job of the materials workers. ``refusal`` says why a failed one did nothing; the original stays as it was."""

    job_id: str
    kind: Literal["repair", "deposit"]
    state: JobState
    progress: float = Field(default=0.0, ge=0, le=1)
    changes: list[Words] = []
    refusal: Words | None = None
    files: list[FileMade] = []
    previews: list[Preview] = []
    precheck: PrecheckView | None = Field(default=None, description="of the repaired file")
    precheck_id: str | None = Field(default=None, description="the check that a repair started from")
    report: dict[str, Any] = Field(default={}, description="of a deposit: statistics, meter, cross-check")
    findings: list[Finding] = []
    created_at: datetime
    finished_at: datetime | None = None


class GetJob(Model, added=("client",)):
    job_id: Identifier
    language: Literal["zh", "en"] = "zh"
    client: Client = Field(default="", description="anonymous session that asks: what it made itself is its own")


_S = "filing"
CREATE_PRECHECK = RpcMethod(_S, "create_precheck", CreatePrecheck, PrecheckView, ANONYMOUS, "command")
GET_PRECHECK = RpcMethod(_S, "get_precheck", GetPrecheck, PrecheckView, ANONYMOUS)
CREATE_REPAIR = RpcMethod(_S, "create_repair", CreateRepair, JobView, ANONYMOUS, "command")
CREATE_DEPOSIT = RpcMethod(_S, "create_deposit", CreateDeposit, JobView, ANONYMOUS, "command")
GET_JOB = RpcMethod(_S, "get_job", GetJob, JobView, ANONYMOUS)
