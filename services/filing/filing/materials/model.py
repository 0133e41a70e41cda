"""Which files a filing needs and may have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from contracts.filing import FieldProblem, State
from contracts.forms import WorkForm

from filing.forms.model import proof_needed
from filing.prechecks.model import blocks_filing

_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
    "webp": "image/webp",
}
"""Types that a browser shows without running anything, by what the pre-check calls them."""


SEARCHED_FOR_TITLE = "text_pdf"
"""The profile whose check looks for the title of the work in the text."""


class Checked(Protocol):
    @property
    def state(self) -> str: ...
    @property
    def verdict(self) -> str | None: ...
    @property
    def findings(self) -> list[dict[str, object]]: ...


class Material(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def file_name(self) -> str: ...
    @property
    def superseded_by(self) -> str | None: ...


def attachable(role: str, state: State) -> bool:
    """Drafts take everything but corrections; while a correction is awaited, everything may be added."""
    return state == "awaiting_correction" or (state == "draft" and role != "correction")


def content_type(facts: Mapping[str, object]) -> str:
    """By what the check found inside, never by the file's name; everything else is only to be downloaded."""
    return _MEDIA_TYPES.get(str(facts.get("type")), "application/octet-stream")


def profile_of_proof(file_name: str) -> str:
    """Pre-check profile of a proof: a scan as PDF or as a photograph."""
    return "document_image" if file_name.lower().endswith((".jpg", ".jpeg", ".png", ".bmp")) else "proof_pdf"


def missing(form: WorkForm, materials: Sequence[Material]) -> Iterator[FieldProblem]:
    """Roles that a form needs and that no file has."""
    present = {material.role for material in materials if material.superseded_by is None}
    if "sample" not in present:
        yield FieldProblem(field="materials.sample", code="material_missing", params={"role": "sample"})
    if proof_needed(form) and "ownership_proof" not in present:
        params: dict[str, str | int] = {"role": "ownership_proof"}
        yield FieldProblem(field="materials.ownership_proof", code="material_missing", params=params)


def check_problem(material: Material, check: Checked) -> FieldProblem | None:
    """What keeps a file from being filed: its check is not finished, or found an error."""
    params: dict[str, str | int] = {"file_name": material.file_name}
    if check.state != "done":
        return FieldProblem(field=f"materials.{material.id}", code="material_checking", params=params)
    if blocks_filing(check.verdict, check.findings):
        return FieldProblem(field=f"materials.{material.id}", code="material_failed", params=params)
    return None
