"""What was typed on a page of a draft, or of a correction, and not saved or sent: kept beside the case, a set for each
open page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from contracts.base import ACCOUNT, Empty, Identifier, Model, RpcMethod, Version
from contracts.forms import FormData

_S = "filing"
StepName = Annotated[str, Field(pattern=r"^[a-z_]+$", max_length=40)]
CORRECTION = "correction"
"""In the place of a step: the answer to the correction that is awaited. ``form`` has its ``correction_id``, ``answers``
by defect, and ``fields``."""
ALL_TURNS = (1 << 31) - 1
"""The turn that no page comes to: all that it kept."""
PageKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$", max_length=64)]
"""An opened page, by a name that it made up."""
Fingerprints = Annotated[
    dict[Annotated[str, Field(max_length=60)], Annotated[str, Field(max_length=64)]], Field(max_length=100)
]
"""Top-level fields as they were saved when the page was opened: enough to see whether one has changed since."""


class UnsavedMark(Model):
    """One page's entries as far as its ``turn``; what it kept later is not meant."""

    page: PageKey
    turn: Version


UnsavedMarks = Annotated[list[UnsavedMark], Field(max_length=120)]


class KeepUnsaved(Model, personal=("form", "read")):
    """A page's entries as they are by now: nothing of them is judged. ``version`` and ``read``: what of the draft the
    page was opened with; ``seen``: what earlier pages kept and this one shows, and so takes the place of."""

    application_id: Identifier
    step: StepName
    page: PageKey
    turn: Version
    version: Version
    read: Fingerprints = {}
    form: FormData
    seen: UnsavedMarks = []


class KeptUnsaved(Model):
    """``kept_at`` is none where the draft says all of it already: then nothing is kept."""

    kept_at: datetime | None = None


class UnsavedOf(Model):
    application_id: Identifier
    step: StepName


class Unsaved(Model, personal=("form", "read")):
    page: str
    turn: int
    version: int
    read: dict[str, str]
    form: FormData
    kept_at: datetime


class UnsavedList(Model):
    """Newest first."""

    items: list[Unsaved]


class DropUnsaved(Model):
    """Forgets what one page kept; what it may keep later is another matter."""

    application_id: Identifier
    step: StepName
    page: PageKey


KEEP_UNSAVED = RpcMethod(_S, "keep_unsaved", KeepUnsaved, KeptUnsaved, ACCOUNT, "command", keep_reply=False)

LIST_UNSAVED = RpcMethod(_S, "list_unsaved", UnsavedOf, UnsavedList, ACCOUNT)

DROP_UNSAVED = RpcMethod(_S, "drop_unsaved", DropUnsaved, Empty, ACCOUNT, "command", keep_reply=False)
