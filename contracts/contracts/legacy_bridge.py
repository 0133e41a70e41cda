"""Contracts of legacy-bridge: is this a number of the old system, and where does its case live?"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from contracts.base import ANONYMOUS, EventType, Model, RpcMethod


class Locate(Model):
    number: str = Field(max_length=60)


class Located(Model):
    """``kind`` is what the number looks like; ``legacy`` says whether the old system answers for it."""

    number: str
    legacy: bool
    kind: Literal["serial_number", "acceptance_number", "software_registration", "work_registration", "unrecognised"]
    known: bool = Field(description="the old system's imported data holds this number")
    suggestion: str | None = Field(default=None, description="right spelling (letter case, width)")
    office: str | None = Field(
        default=None,
        description="province (北京市) whose own copyright office gave the works number; it answers for it",
    )


LOCATE = RpcMethod("legacy_bridge", "locate", Locate, Located, ANONYMOUS)

EVENTS: tuple[EventType[Model], ...] = ()

ERRORS: dict[str, int] = {}
