"""What the rows of a batch are looked at by, and what one comes to before anything of it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from filing.batches.matching import Archive
from filing.batches.store import BatchFile, BatchWork
from filing.forms.applicant import Applicant
from filing.forms.model import Need, Situation
from filing.forms.policy import FormPolicy
from filing.materials.given import GivenFile
from filing.types.filing_type import FilingType


@dataclass
class Looked:
    """What a row comes to before anything of it is written; without ``form``, its shape is wrong. ``files``: paths by
    role, None where those of the draft stay."""

    work: BatchWork
    form: dict[str, Any] | None
    problems: list[dict[str, Any]]
    files: dict[str, list[str]] | None = None
    needs: Mapping[str, Need] = field(default_factory=dict)
    checked: list[GivenFile] = field(default_factory=list)


@dataclass(frozen=True)
class Ground:
    """What the rows of a batch are looked at by."""

    type: FilingType[Any]
    policy: FormPolicy
    situation: Situation
    applicant: Applicant
    files: Mapping[str, BatchFile]
    archive: Archive
