"""What form, program and documents say of the same thing: each difference with its place, and what the form could say.

The pre-check has compared names and versions with the pages, and a deposit that was built here knows the source code it
was made from (``made_of``): this puts both beside the form as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from contracts.filing import FieldProblem
from contracts.forms import LISTED_LANGUAGES, SoftwareForm

from filing.forms.model import Comparison, Deposited
from filing.types.software_registration.materials import DOCUMENT, PROGRAM

WHOLE_BELOW = 60
"""Pages: a program of fewer is deposited whole (办法 art. 10)."""
_MINOR = 0.05
"""Share of a program's lines below which a language need not be named."""
_LINES_OFF = 0.1
_REPORTED: Mapping[str, str] = {
    "name_absent": "deposit_name_absent",
    "name_differs": "deposit_name_differs",
    "version_differs": "deposit_version_differs",
    "header_without_name": "deposit_header_without_name",
    "header_without_version": "deposit_header_without_version",
    "header_version_twice": "deposit_header_version_twice",
    "deposit_pages_short": "deposit_pages_short",
    "document_pages_short": "deposit_pages_short",
}
"""What the pre-check found of a deposit → what is said about it beside the form."""
_LISTED = {language.casefold(): language for language in LISTED_LANGUAGES}


def compare(form: SoftwareForm, materials: Sequence[Deposited]) -> Comparison:
    """``materials``: those that count; what is not checked yet is not compared."""
    deposits = [item for item in materials if item.role in (PROGRAM, DOCUMENT) and item.precheck.state == "done"]
    programs = [item for item in deposits if item.role == PROGRAM]
    problems = [
        *(said for item in deposits for said in _found(item)),
        *(said for item in deposits for said in _without_text(form, item)),
        *(said for item in programs for said in (*_shape(form, item), *_source(form, item))),
    ]
    return Comparison(problems, _suggestions(form, deposits))


def _said(
    field: str, code: str, severity: Literal["error", "warning"], item: Deposited, **params: str | int
) -> FieldProblem:
    return FieldProblem(field=field, code=code, severity=severity, params={"file_name": item.file_name, **params})


def _found(item: Deposited) -> Iterator[FieldProblem]:
    """What the pre-check compared, with its page."""
    for finding in item.precheck.findings:
        code = _REPORTED.get(str(finding["code"]))
        if code is None:
            continue
        stated = finding.get("params") or {}
        params = {
            name: value if isinstance(value, int) else str(value)
            for name, value in (stated.items() if isinstance(stated, Mapping) else ())
            if name != "role"
        }
        page = finding.get("page")
        severity: Literal["error", "warning"] = "error" if finding["severity"] == "error" else "warning"
        yield _said(
            f"materials.{item.id}", code, severity, item, **params, **({"page": page} if isinstance(page, int) else {})
        )


def _rows(item: Deposited) -> list[int] | None:
    """Lines of text on each page, as the pre-check counted them; None where it could not."""
    layout = item.precheck.facts.get("layout")
    return [int(page[0]) for page in layout] if isinstance(layout, list) else None


def _without_text(form: SoftwareForm, item: Deposited) -> Iterator[FieldProblem]:
    """Pages of nothing but header and number: a scan, or blank lines. What is covered by bars is a picture by right."""
    rows = _rows(item)
    if rows is None or any(rows) or form.exceptional_kind == "masked":
        return
    severity: Literal["error", "warning"] = "error" if item.role == PROGRAM else "warning"
    yield _said(f"materials.{item.id}", "deposit_without_text", severity, item)


def _shape(form: SoftwareForm, item: Deposited) -> Iterator[FieldProblem]:
    """30 + 30 pages unless they are the whole program, and made in the way that the form says."""
    made, rows = item.made_of, _rows(item)
    if made and made["mode"] != (form.exceptional_kind or "general"):
        yield _said("deposit_kind", "deposit_mode_differs", "error", item)
    if form.deposit_kind != "general" or rows is None or len(rows) >= WHOLE_BELOW or (made and made["whole"]):
        return
    stated = form.source_lines or 0
    if sum(rows) and sum(rows) < stated * (1 - _LINES_OFF):
        yield _said(
            f"materials.{item.id}",
            "deposit_incomplete",
            "error",
            item,
            pages=len(rows),
            counted=sum(rows),
            stated=stated,
        )


def _source(form: SoftwareForm, item: Deposited) -> Iterator[FieldProblem]:
    """What the source code itself says, where it was built here."""
    made = item.made_of
    if not made:
        return
    if form.languages and (missing := _undeclared(form, made)):
        yield _said("languages", "language_undeclared", "warning", item, languages="、".join(missing))
    counted = int(made["lines"])
    if form.source_lines is not None and abs(form.source_lines - counted) > _LINES_OFF * max(1, counted):
        yield _said("source_lines", "source_lines_differ", "warning", item, stated=form.source_lines, counted=counted)
    for place in made["versions"]:
        yield _said(
            "version",
            "source_version_differs",
            "warning",
            item,
            file=str(place["file"]),
            line=int(place["line"]),
            found=str(place["found"]),
            wanted=form.version,
        )


def _undeclared(form: SoftwareForm, made: Mapping[str, Any]) -> list[str]:
    """Languages of the source code that the form does not name, as the form's list calls them, most lines first."""
    declared = {language.casefold() for language in form.languages}
    total = max(1, int(made["lines"]))
    return [
        _LISTED.get(language.casefold(), language)
        for language, lines in made["languages"].items()
        if language and lines / total >= _MINOR and language.casefold() not in declared
    ]


def _suggestions(form: SoftwareForm, deposits: Sequence[Deposited]) -> dict[str, Any]:
    """What only the source code knows. Name, version and way of the deposit are the applicant's: they head its pages,
    so a number found elsewhere is told with its place and never offered instead."""
    suggested: dict[str, Any] = {}
    for item in deposits:
        made = item.made_of
        if not made or item.role != PROGRAM:
            continue
        if missing := _undeclared(form, made):
            suggested["languages"] = missing
        if made["lines"]:
            suggested["source_lines"] = made["lines"]
    return suggested
