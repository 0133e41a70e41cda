"""Progress by number, for everybody."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from contracts.base import ANONYMOUS, Model, RpcMethod
from contracts.filing.cases import Deadline, Node, State
from contracts.forms import FilingType, Kind

_S = "filing"


class GetProgress(Model):
    """By 受理号 or 流水号. ``number_unknown`` carries ``hints`` (comma-separated codes) and perhaps ``suggestion``."""

    number: str = Field(max_length=60)
    language: Literal["zh", "en"] = "zh"


class Progress(Model):
    """Public: no names, no title beyond a mask."""

    number: str
    kind: Kind
    type: FilingType | None = None
    state: State
    title: str = Field(description="masked")
    nodes: list[Node]
    deadlines: list[Deadline]
    updated_at: datetime


MANY_QUERIES = 64


class GetManyProgress(Model):
    """Queries that came at the same time."""

    queries: list[GetProgress] = Field(min_length=1, max_length=MANY_QUERIES)


class ManyProgress(Model):
    """``answers`` in the order of the queries: a :class:`Progress` as JSON text, to be passed on unread; None where the
    number is unknown (``progress`` says why)."""

    answers: list[str | None]


PROGRESS = RpcMethod(_S, "progress", GetProgress, Progress, ANONYMOUS)


PROGRESS_OF_MANY = RpcMethod(_S, "progress_of_many", GetManyProgress, ManyProgress, ANONYMOUS)
