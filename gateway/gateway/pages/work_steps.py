"""The steps of a work's application: which fields each asks for, and how a page's entries become the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.filing import ApplicationView, FieldProblem
from contracts.text import compact, day, masked
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

Entries = MultiDict[str, str]
Form = Mapping[str, Any]
DERIVED = ("adaptation", "translation", "compilation", "annotation", "arrangement")


@dataclass(frozen=True)
class Step:
    """One page of the wizard. ``read`` gives the top-level fields that its entries replace."""

    name: str
    title: Any
    hint: Any
    fields: tuple[str, ...]
    read: Callable[[Entries, Form], dict[str, Any]]

    def owns(self, problem_field: str) -> bool:
        return problem_field.split(".")[0] in self.fields


def text(entries: Entries, name: str) -> str:
    """As it was entered: the rules bring it into form and know how long it may be."""
    return entries.get(name, "").strip()


def number(entries: Entries, name: str) -> int | str | None:
    """A whole number; what is not one stays as it was typed, for the rules to refuse."""
    entered = text(entries, name)
    if not entered:
        return None
    digits = compact(entered).replace(",", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else entered


def _place(entries: Entries, name: str) -> dict[str, str]:
    return {part: text(entries, f"{name}.{part}") for part in ("country", "province", "city")}


def _rows(entries: Entries, name: str, part: str) -> list[int]:
    """Numbers of the rows that the page had for a list."""
    prefix, suffix = f"{name}.", f".{part}"
    found = {key[len(prefix) : -len(suffix)] for key in entries if key.startswith(prefix) and key.endswith(suffix)}
    return sorted(int(row) for row in found if row.isascii() and row.isdigit())


def read_work(entries: Entries, form: Form) -> dict[str, Any]:
    nature = text(entries, "creation_nature") or None
    series = text(entries, "composition") == "series"
    return {
        "title": text(entries, "title"),
        "title_confirmed": bool(entries.get("title_confirmed")),
        "category": text(entries, "category") or None,
        "creation_nature": nature,
        "source_licence": text(entries, "source_licence") if nature in DERIVED else "",
        "composition": text(entries, "composition") or "single",
        "parts": [line.strip() for line in text(entries, "parts").splitlines() if line.strip()] if series else [],
        "word_count": number(entries, "word_count"),
    }


def read_creation(entries: Entries, form: Form) -> dict[str, Any]:
    published = text(entries, "publication") == "published"
    return {
        "completion_date": day(text(entries, "completion_date")) or None,
        "completion_place": _place(entries, "completion_place"),
        "publication": text(entries, "publication") or None,
        "publication_date": (day(text(entries, "publication_date")) or None) if published else None,
        "publication_place": _place(entries, "publication_place") if published else None,
    }


def read_ownership(entries: Entries, form: Form) -> dict[str, Any]:
    authors = []
    for row in _rows(entries, "authors", "name"):
        signed_as = text(entries, f"authors.{row}.signed_as") or "real_name"
        pseudonym = text(entries, f"authors.{row}.pseudonym") if signed_as == "pseudonym" else ""
        authors.append({"name": text(entries, f"authors.{row}.name"), "signed_as": signed_as, "pseudonym": pseudonym})
    partial = text(entries, "rights_scope") == "partial"
    return {
        "acquisition": text(entries, "acquisition") or None,
        "ownership": text(entries, "ownership") or None,
        "authors": authors,
        "owners": [_owner(entries, row, form) for row in _rows(entries, "owners", "name")],
        "rights_scope": text(entries, "rights_scope") or "all",
        "rights": entries.getlist("rights") if partial else [],
    }


def _owner(entries: Entries, row: int, form: Form) -> dict[str, Any]:
    """An owner's entry. A number that is typed in is kept masked only; the applicant's own comes from verification."""

    def entered(part: str) -> str:
        return text(entries, f"owners.{row}.{part}")

    return {
        "name": entered("name"),
        "kind": entered("kind") or "natural_person",
        "nationality": entered("nationality") or "中国",
        "province": entered("province"),
        "city": entered("city"),
        "id_type": entered("id_type"),
        "masked_id_number": mask(entered("masked_id_number")),
        "applicant": bool(entered("applicant")),
    }


def mask(entered: str) -> str:
    """``1101**********002X``: as the contract would, so that a page that comes back does not show the number either."""
    return masked(entered)


def read_description(entries: Entries, form: Form) -> dict[str, Any]:
    return {
        "description": {part: text(entries, f"description.{part}") for part in ("purpose", "process", "originality")}
    }


def read_contact(entries: Entries, form: Form) -> dict[str, Any]:
    parts = ("name", "mobile", "email", "address", "postcode")
    return {"contact": {part: text(entries, f"contact.{part}") for part in parts}}


def read_nothing(entries: Entries, form: Form) -> dict[str, Any]:
    return {}


STEPS = (
    Step(
        "work",
        _l("作品信息"),
        _l("名称、类别、字数、创作性质"),
        (
            "title",
            "title_confirmed",
            "category",
            "category_note",
            "creation_nature",
            "source_licence",
            "composition",
            "parts",
            "word_count",
        ),
        read_work,
    ),
    Step(
        "creation",
        _l("创作与发表"),
        _l("完成日期和地点，是否已经发表"),
        ("completion_date", "completion_place", "publication", "publication_date", "publication_place"),
        read_creation,
    ),
    Step(
        "ownership",
        _l("作者与著作权人"),
        _l("谁创作的，权利归谁"),
        ("acquisition", "ownership", "authors", "owners", "rights_scope", "rights", "filing_mode"),
        read_ownership,
    ),
    Step(
        "description",
        _l("作品说明书"),
        _l("创作目的、创作过程、独创性"),
        ("description",),
        read_description,
    ),
    Step("materials", _l("材料上传"), _l("作品样本，上传后当场预检"), ("materials",), read_nothing),
    Step("contact", _l("联系方式"), _l("方便我们联系您，寄纸质材料时也用到"), ("contact", "collection"), read_contact),
)
BY_NAME = {step.name: step for step in STEPS}


def step_of(problem_field: str) -> Step | None:
    """The step whose page has the field."""
    return next((step for step in STEPS if step.owns(problem_field)), None)


def next_step(step: Step) -> Step | None:
    """The one after; None after the last."""
    position = STEPS.index(step) + 1
    return STEPS[position] if position < len(STEPS) else None


def flat(form: Form) -> dict[str, Any]:
    """Values by the names that the pages' fields have: ``owners.0.name``; ``parts`` one a line."""
    values: dict[str, Any] = {}

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                walk(f"{prefix}.{name}" if prefix else name, inner)
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            for index, inner in enumerate(value):
                walk(f"{prefix}.{index}", inner)
        else:
            values[prefix] = "1" if value is True else "" if value is False else value

    walk("", form)
    values["parts"] = "\n".join(form.get("parts") or [])
    return values


def material_problems(case: ApplicationView) -> list[FieldProblem]:
    """What the list of steps can see of the files; submission decides by its own rules."""
    current = [material for material in case.materials if not material.superseded]
    problems = []
    if not any(material.role == "sample" for material in current):
        problems.append(FieldProblem(field="materials.sample", code="material_missing"))
    if needs_proof(case.form) and not any(material.role == "ownership_proof" for material in current):
        problems.append(FieldProblem(field="materials.ownership_proof", code="material_missing"))
    for material in current:
        params: dict[str, str | int] = {"file_name": material.file_name}
        if material.precheck.state == "running":
            code = "material_checking"
        elif any(finding.severity == "error" for finding in material.precheck.findings):
            code = "material_failed"
        else:
            continue
        problems.append(FieldProblem(field=f"materials.{material.material_id}", code=code, params=params))
    return problems


def needs_proof(form: Form) -> bool:
    """Whether the page asks for a proof of ownership: unless the owner is the author by original acquisition."""
    return form.get("ownership") not in (None, "individual") or form.get("acquisition") not in (None, "original")
