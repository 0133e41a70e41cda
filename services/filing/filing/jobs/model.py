"""What a job brought about, whichever kind it is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["repair", "deposit"]
NOT_DONE = "work_not_done"
"""Refusal of a job that could not be done by no fault of its files."""
NOBODY_ASKED = "work_abandoned"
FILE_GONE = "work_file_gone"
OURS = (NOT_DONE, NOBODY_ASKED, FILE_GONE)
"""Refusals that every kind of job may have."""
Progress = Callable[[float], None]

SECRETS = ("password",)
"""Parameters that are forgotten as soon as a job has ended."""
_MEDIA = {"pdf": ("pdf", "application/pdf"), "jpeg": ("jpg", "image/jpeg"), "zip": ("zip", "application/zip")}


@dataclass(frozen=True)
class MadeFile:
    """A file in the object store, and its finished check."""

    name: str
    sha256: str
    size: int
    file_name: str
    content_type: str
    precheck_id: str | None = None


@dataclass(frozen=True)
class JobResult:
    """``refusal`` is the code of why nothing was made. Everything here is JSON: it is stored as it is."""

    changes: Sequence[Mapping[str, Any]] = ()
    refusal: str = ""
    refusal_params: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[MadeFile] = ()
    previews: Sequence[Mapping[str, Any]] = ()
    report: Mapping[str, Any] = field(default_factory=dict)
    findings: Sequence[Mapping[str, Any]] = ()

    @property
    def state(self) -> str:
        return "failed" if self.refusal else "done"

    def to_json(self) -> dict[str, Any]:
        """As the table keeps it: plain lists and objects."""
        return {
            "changes": [dict(change) for change in self.changes],
            "refusal": self.refusal,
            "refusal_params": dict(self.refusal_params),
            "files": [vars(made) for made in self.files],
            "previews": [dict(preview) for preview in self.previews],
            "report": dict(self.report),
            "findings": [dict(finding) for finding in self.findings],
        }


_MARKS = {"zh": ("修复", "文件"), "en": ("repaired", "file")}
"""What the name of a repaired file ends with, and what one without a name is called, in each language."""


def named_after(original: str, language: str, file_type: str) -> tuple[str, str]:
    """(file name, media type) of a file repaired from ``original``: ``诗集.pdf`` → ``诗集-修复.pdf``, or in English
    ``poems.pdf`` → ``poems-repaired.pdf``."""
    mark, nameless = _MARKS[language]
    stem, dot, extension = original.rpartition(".")
    if not dot:
        stem, extension = original, ""
    ending, media_type = _MEDIA.get(file_type, (extension, "application/octet-stream"))
    for known, _nameless in _MARKS.values():
        stem = stem.removesuffix(f"-{known}")
    return f"{(stem or nameless)[:200]}-{mark}{'.' if ending else ''}{ending}", media_type


_SWITCHES = ("strip_comments", "strip_blank_lines", "mask_secrets", "with_tests")


def asked_of(params: Mapping[str, Any]) -> dict[str, str]:
    """Name, version and options of a deposit as the form of the page has them: however it ended, it can be changed and
    asked for again."""
    options = params["options"]
    asked = {name: params[name] for name in ("title", "short_name", "version")}
    asked |= {name: "yes" for name in _SWITCHES if options[name]}
    asked |= {name: str(options[name]) for name in ("mode", "document_mode", "start_page", "document_start_page")}
    asked |= {name: "\n".join(options[name]) for name in ("first", "last", "leave_out")}
    return asked | {"masked_share": str(round(options["masked_share"] * 100))}


def every_sha256(value: Any) -> list[str]:
    """The objects that some JSON names, however deep."""
    if isinstance(value, Mapping):
        own = [value["sha256"]] if isinstance(value.get("sha256"), str) else []
        return own + [sha256 for part in value.values() for sha256 in every_sha256(part)]
    if isinstance(value, list):
        return [sha256 for part in value for sha256 in every_sha256(part)]
    return []


def forgotten(params: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters without secrets, at any depth of options."""
    return {
        key: forgotten(value) if isinstance(value, Mapping) else value
        for key, value in params.items()
        if key not in SECRETS
    }
