"""Defects as an examiner enters them, and the library of standard ones to pick from."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chassis.errors import FieldError, Problem
from contracts.examination import LIST_STANDARD_DEFECTS, Defect, ListStandardDefects, RefusalBasis, StandardDefects
from contracts.filing import ApplicationView
from contracts.forms import FilingType
from contracts.text import compact
from flask import request
from flask_babel import gettext as _

from gateway.forms.described import Described
from gateway.forms.words import in_one_line, label, role_words
from gateway.web.calls import call
from gateway.web.forms import entered
from gateway.web.languages import language

MAX_DEFECTS = 200
MAX_PAGE = 1_000_000
BLANK = "{…}"
"""Stands in a standard defect for what the examiner has to fill in."""
IN_THE_REASON = "in_the_reason"
"""Chosen where the reason itself names what it rests on."""
KEPT = 120.0
"""Seconds that the library is kept in a process: it changes with a release alone."""
_kept: dict[tuple[FilingType, str], tuple[float, StandardDefects]] = {}


@dataclass(frozen=True)
class EnteredDefect:
    """A row of the correction form as it was typed. ``standard``: code of the one that was picked."""

    target: str = ""
    page: str = ""
    message: str = ""
    standard: str = ""

    @property
    def empty(self) -> bool:
        return not (self.target or self.page or self.message or self.standard)


@dataclass(frozen=True)
class Standard:
    """One to pick. ``place``: what it is about, in words; ``target``: what the case has there, empty for nothing."""

    code: str
    place: str
    target: str
    message: str
    basis: str
    refuses: bool


def standards(case: ApplicationView, described: Described) -> list[Standard]:
    """The library for a case: each with the field or the newest file that it would be marked at."""
    files = {item.role: item.material_id for item in case.materials if not item.superseded}
    titles = role_words(described)
    return [
        Standard(
            code=item.code,
            place=label(described, item.field) or titles.get(item.role, item.role) or str(_("整份申请")),
            target=item.field or files.get(item.role, ""),
            message=item.message,
            basis=item.basis,
            refuses=item.leads_to == "refusal",
        )
        for item in _library(case.type).items
    ]


def bases(case: ApplicationView) -> list[RefusalBasis]:
    """The rules that a refusal of a case may rest on."""
    return _library(case.type).bases


def basis_picked(case: ApplicationView, reason: str) -> str:
    """The rule that was chosen for a refusal; empty where the reason says itself what it rests on, or a second examiner
    agrees to what was proposed. Problems ``reason_required``; ``request_invalid``
    where nothing was chosen."""
    chosen, second = request.form.get("basis", ""), case.state == "refusal_proposed"
    known = {IN_THE_REASON, *(basis.code for basis in bases(case)), *([""] if second else [])}
    if not reason:
        raise Problem("reason_required")
    if chosen not in known:
        raise Problem("request_invalid", errors=[FieldError("basis", "required")])
    return "" if chosen == IN_THE_REASON else chosen


def _library(filing_type: FilingType) -> StandardDefects:
    key, now = (filing_type, language()), time.monotonic()
    kept = _kept.get(key)
    if kept is None or kept[0] <= now:
        asked = ListStandardDefects(type=filing_type, language=language())
        kept = _kept[key] = (now + KEPT, call(LIST_STANDARD_DEFECTS, asked))
    return kept[1]


def rows_entered(offered: Sequence[Standard]) -> list[EnteredDefect]:
    """The rows of the form; what was picked fills what was left empty, as the page's script does at once."""
    lists = [request.form.getlist(f"defect_{part}") for part in ("target", "page", "message", "standard")]
    lists[3] += [""] * (len(lists[0]) - len(lists[3]))
    rows = [
        EnteredDefect(target, compact(page), message.strip(), standard)
        for target, page, message, standard in zip(*lists, strict=False)
    ]
    return [_filled(row, offered) for row in rows if not row.empty][:MAX_DEFECTS]


def _filled(row: EnteredDefect, offered: Sequence[Standard]) -> EnteredDefect:
    picked = next((item for item in offered if item.code == row.standard), None)
    if picked is None:
        return replace(row, standard="")
    return replace(row, target=row.target or picked.target, message=row.message or picked.message)


def reason_picked(offered: Sequence[Standard]) -> str:
    """The reason for a refusal that was picked; nothing without one."""
    code = request.form.get("reason_standard", "")
    return next((item.message for item in offered if item.code == code and item.refuses), "")


def defects(rows: Sequence[EnteredDefect]) -> list[Defect]:
    """As the examination takes them. Problem ``request_invalid`` with everything that is missing or out of range."""
    errors = []
    for index, row in enumerate(rows):
        if not row.target:
            errors.append(FieldError(f"defects.{index}.target", "required"))
        if not row.message:
            errors.append(FieldError(f"defects.{index}.message", "required"))
        elif BLANK in row.message:
            errors.append(FieldError(f"defects.{index}.message", "blank_left", {"blank": BLANK}))
        if row.page and not (row.page.isascii() and row.page.isdigit() and 0 < int(row.page[:9]) <= MAX_PAGE):
            errors.append(FieldError(f"defects.{index}.page", "out_of_range"))
    if errors:
        raise Problem("request_invalid", errors=errors)
    return [
        entered(
            Defect,
            field=f"defects.{index}.message",
            target=row.target,
            page=int(row.page) if row.page else None,
            message=row.message,
        )
        for index, row in enumerate(rows)
    ]


def pages_there(case: ApplicationView, marked: Sequence[Defect]) -> None:
    """Before a correction is sent. Problem ``request_invalid`` for a page that a file does not have, as filing says."""
    pages = {item.material_id: (item.precheck.facts.get("pdf") or {}).get("pages") for item in case.materials}
    errors = [
        FieldError(f"defects.{index}.page", "page_not_there", {"pages": there})
        for index, defect in enumerate(marked)
        if defect.page and (there := pages.get(defect.target)) and defect.page > there
    ]
    if errors:
        raise Problem("request_invalid", errors=errors)


def targets(described: Described) -> Iterator[tuple[str, str]]:
    """What a defect can point to: fields, and in a group of several questions each of them. Never what the office has
    filled in: nobody who files could answer that."""
    for field in described.fields:
        if not (field.hidden or field.given):
            yield field.name, field.label
            for inner in [] if in_one_line(field) or field.widget != "group" else field.fields:
                if inner.hidden or inner.given:
                    continue
                yield f"{field.name}.{inner.name}", f"{field.label} · {inner.label}"
