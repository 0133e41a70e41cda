"""Which defects may be marked, and when all of them are answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from chassis.errors import FieldError
from contracts.examination import Defect
from contracts.filing import FieldProblem

from filing.forms.fields import FormFields


class Copy(Protocol):
    """A file of the case; ``correction_id``: of the round that it was added in."""

    @property
    def file_name(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def correction_id(self) -> str | None: ...


class Marked(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def target(self) -> str: ...


def unknown_targets(defects: Sequence[Defect], fields: FormFields, material_ids: Iterable[str]) -> list[str]:
    """Targets that are none of these: a field of the form that is the applicant's, by any path of its description; a
    role of material that the description has (``materials.sample``); a material of the case, by its id."""
    files = set(material_ids)
    return [
        defect.target
        for defect in defects
        if defect.target not in files
        and (fields.of(defect.target) is None or defect.target.split(".")[0] in fields.given)
        and fields.material_of(defect.target) is None
    ]


def beyond_the_end(defects: Sequence[Defect], pages: Mapping[str, int]) -> list[FieldError]:
    """Pages that a marked file does not have; ``pages``: how many each has, by its id, where that is known."""
    return [
        FieldError(f"defects.{index}.page", "page_not_there", {"pages": pages[defect.target]})
        for index, defect in enumerate(defects)
        if defect.page is not None and defect.page > pages.get(defect.target, defect.page)
    ]


def unanswered(
    defects: Sequence[Marked], fields: FormFields, answers: dict[str, str], changed: Iterable[str], new_files: bool
) -> Iterator[str]:
    """Ids of defects without an answer: words, a change of the marked field, or a new file for a marked material."""
    done = {name.split(".")[0] for name in changed}
    for defect in defects:
        of_form = fields.of(defect.target) is not None
        acted = defect.target.split(".")[0] in done if of_form else new_files
        if not answers.get(defect.id, "").strip() and not (acted and defect.id in answers):
            yield defect.id


def kept(changed: Sequence[dict[str, Any]], fields: FormFields) -> list[dict[str, Any]]:
    """What of the changes stays beside the answer: nothing of what is deleted from the form when the case has ended."""
    return [change for change in changed if change["field"].split(".")[0] not in fields.transient]


def unmarked_fee_fields(
    changes: Sequence[dict[str, Any]], fields: FormFields, defects: Sequence[Marked]
) -> Iterator[FieldProblem]:
    """What the fee was paid for changes only where the examiner asked for it."""
    marked = {defect.target.split(".")[0] for defect in defects}
    for change in changes:
        name = change["field"].split(".")[0]
        field = fields.of(name)
        if field is not None and field.fee and name not in marked:
            yield FieldProblem(field=change["field"], code="fee_field_unmarked")


def unchanged_files(replaced: Sequence[Copy], current: Sequence[Copy], correction_id: str) -> Iterator[FieldProblem]:
    """Roles whose new files are together the very ones that they would replace."""
    for role in sorted({material.role for material in replaced}):
        before = sorted(material.sha256 for material in replaced if material.role == role)
        new = [material for material in current if (material.role, material.correction_id) == (role, correction_id)]
        if sorted(material.sha256 for material in new) == before:
            yield FieldProblem(
                field=f"materials.{role}", code="material_unchanged", params={"file_name": new[0].file_name}
            )
