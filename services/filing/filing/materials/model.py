"""Which files a filing needs and may have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from contracts.filing import FieldProblem, State

from filing.forms.model import Need
from filing.prechecks.model import ReadCheck, blocks_filing

_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
    "webp": "image/webp",
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "m4a": "audio/mp4",
    "mp4": "video/mp4",
    "matroska": "video/x-matroska",
}
"""Types that a browser shows without running anything, by what the pre-check calls them."""


@dataclass(frozen=True)
class ReadMaterial:
    """A material and its check, as they are shown; see ``MaterialRow``."""

    id: str
    role: str
    file_name: str
    sha256: str
    size: int
    attached_at: datetime
    correction_id: str | None
    superseded_by: str | None
    made_of: dict[str, Any] | None
    precheck: ReadCheck


class Check(Protocol):
    """What a file was, or will be, checked for."""

    @property
    def profile(self) -> str: ...
    @property
    def context(self) -> dict[str, Any]: ...


class Checked(Check, Protocol):
    """What was found."""

    @property
    def state(self) -> str: ...
    @property
    def verdict(self) -> str | None: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def findings(self) -> Sequence[Mapping[str, Any]]: ...


class Material(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def file_name(self) -> str: ...
    @property
    def superseded_by(self) -> str | None: ...


class Added(Material, Protocol):
    """A material that may have been added for a correction."""

    @property
    def correction_id(self) -> str | None: ...


AddedT = TypeVar("AddedT", bound=Added)


class CheckedMaterial(Material, Protocol):
    """A material with its check, and with what it was built of."""

    @property
    def precheck(self) -> Checked: ...
    @property
    def made_of(self) -> Mapping[str, Any] | None: ...


CORRECTION = "correction"
"""The role that every type has, of files that answer a correction and are nothing else."""


def attachable(role: str, roles: Collection[str], state: State) -> bool:
    """Drafts take what their type has a role for; while a correction is awaited, other answers may be added too."""
    return role in roles or (role == CORRECTION and state == "awaiting_correction")


def content_type(facts: Mapping[str, object]) -> str:
    """By what the check found inside, never by the file's name; everything else is only to be downloaded."""
    return _MEDIA_TYPES.get(str(facts.get("type")), "application/octet-stream")


def check_of(need: Need | None, role: str, file_name: str) -> tuple[str, dict[str, str]]:
    """Profile and context of a file's pre-check. A proof is a scan as PDF or a photograph, and looked at for what
    its role must bear."""
    if need and need.profile:
        return need.profile, dict(need.context)
    photographed = file_name.lower().endswith((".jpg", ".jpeg", ".png", ".bmp"))
    return "document_image" if photographed else "proof_pdf", {"proof": role}


class ToCheck(Protocol):
    @property
    def role(self) -> str: ...
    @property
    def precheck(self) -> Check: ...


ToCheckT = TypeVar("ToCheckT", bound=ToCheck)


def outdated(needs: Iterable[Need], materials: Iterable[ToCheckT]) -> list[tuple[ToCheckT, Need]]:
    """Files that were checked for something else than the form says now."""
    by_role = {need.role: need for need in needs if need.profile}
    return [
        (material, need)
        for material in materials
        if (need := by_role.get(material.role))
        and (material.precheck.profile != need.profile or not need.context.items() <= material.precheck.context.items())
    ]


def superseded(materials: Sequence[AddedT], samples: Collection[str], correction_id: str) -> list[AddedT]:
    """Samples whose place new ones of the same role take when the correction is answered; they stay in the file."""
    new = {material.role for material in materials if material.correction_id == correction_id} & set(samples)
    return [
        material
        for material in materials
        if material.role in new and material.correction_id != correction_id and material.superseded_by is None
    ]


def counting(materials: Sequence[AddedT], samples: Collection[str], correction_id: str | None) -> list[AddedT]:
    """The files that count as things stand: if the correction that is awaited were answered now."""
    replaced = {material.id for material in superseded(materials, samples, correction_id)} if correction_id else set()
    return [material for material in materials if material.id not in replaced]


def file_problems(
    needs: Iterable[Need], materials: Sequence[CheckedMaterial], to_recheck: Collection[str] = ()
) -> Iterator[FieldProblem]:
    """What is wrong with the files of a case that count. ``to_recheck``: ids of those that were compared with a form
    that an answer changes; they are checked again afterwards, so that only what does not depend on it counts."""
    yield from missing(needs, materials)
    for material in materials:
        found = check_problem(material, material.precheck, compared=material.id not in to_recheck)
        if found:
            yield found


def missing(needs: Iterable[Need], materials: Sequence[Material]) -> Iterator[FieldProblem]:
    """Roles that a form needs and that too few files have."""
    present = Counter(material.role for material in materials)
    for need in needs:
        there = present[need.role]
        if not need.needed or there >= need.least:
            continue
        params: dict[str, str | int] = {"role": need.role}
        if there:
            params |= {"present": there, "least": need.least}
        code = "material_too_few" if there else "material_missing"
        yield FieldProblem(field=f"materials.{need.role}", code=code, params=params)


_COMPARED = {
    "name_absent",
    "name_differs",
    "version_differs",
    "header_without_name",
    "header_without_version",
    "header_version_twice",
}
"""What a pre-check finds by what the form said."""


def check_problem(material: Material, check: Checked, *, compared: bool = True) -> FieldProblem | None:
    """What keeps a file from being filed: its check is not finished, or found an error."""
    params: dict[str, str | int] = {"file_name": material.file_name}
    if check.state != "done":
        return FieldProblem(field=f"materials.{material.id}", code="material_checking", params=params)
    found = check.findings if compared else [item for item in check.findings if item["code"] not in _COMPARED]
    if blocks_filing(check.verdict if compared else None, found):
        return FieldProblem(field=f"materials.{material.id}", code="material_failed", params=params)
    return None
