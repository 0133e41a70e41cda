"""One step on two pages: which of its fields were changed on which of them since they were opened.

A page says what it was opened with by a fingerprint of each field. So what only one page changed is kept from that
page, and only what both changed has to be chosen by whoever wrote it. Fields are told by their paths: those of a group
one by one, a list or a place as a whole.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.filing import ApplicationView, FieldProblem, Unsaved, UnsavedMark
from contracts.filing.unsaved import ALL_TURNS
from contracts.forms import FormField

from gateway.forms.described import value_at
from gateway.forms.reading import Entries
from gateway.forms.words import in_one_line

_MARK = re.compile(r"([A-Za-z0-9_-]{1,64}):([0-9]{1,10})(?!\S)")
_READ = re.compile(r"([a-z_.]{1,60}):([0-9a-f]{1,64})(?!\S)")
_MOST = 100


def _new_page() -> str:
    return secrets.token_hex(12)


@dataclass(frozen=True)
class Opened:
    """What a page of a step was opened with: the draft's ``version`` and fields (``read``), and entries that earlier
    pages had kept and that stand on it (``seen``). ``page`` is its own name."""

    version: int | None
    read: Mapping[str, str]
    seen: tuple[UnsavedMark, ...] = ()
    page: str = field(default_factory=_new_page)

    @property
    def fingerprints(self) -> str:
        return " ".join(f"{name}:{value}" for name, value in self.read.items())

    @property
    def marks(self) -> str:
        return " ".join(f"{mark.page}:{mark.turn}" for mark in self.seen)

    @property
    def settled(self) -> list[UnsavedMark]:
        """What is done with once this page is saved."""
        return [*self.seen, UnsavedMark(page=self.page, turn=ALL_TURNS)]

    def again(self) -> Opened:
        """The same for the page that answers this one, which shows what stood on it."""
        return Opened(self.version, self.read, tuple(self.settled[-_MOST:]))


def opened_as_saved(fields: Iterable[FormField], case: ApplicationView) -> Opened:
    """A page that shows the draft as it is saved."""
    return Opened(case.version, fingerprints(fields, case.form))


def opened_with(kept: Unsaved) -> Opened:
    """A page that shows what an earlier one kept."""
    return Opened(kept.version, kept.read, (UnsavedMark(page=kept.page, turn=kept.turn),))


def opened_by(entries: Entries) -> Opened:
    """What a page that was sent says of itself; of what it does not say nothing is known."""
    version, page = entries.get("draft.version", ""), entries.get("draft.page", "")
    known = version.isascii() and version.isdigit() and len(version) < 10
    marks = _MARK.findall(entries.get("draft.seen", ""))[:_MOST]
    return Opened(
        int(version) if known else None,
        dict(_READ.findall(entries.get("draft.read", ""))[:_MOST]),
        tuple(UnsavedMark(page=page, turn=int(turn)) for page, turn in marks if int(turn) <= ALL_TURNS),
        page if _MARK.fullmatch(f"{page}:0") else _new_page(),
    )


def paths(fields: Iterable[FormField]) -> list[str]:
    """What is compared, and chosen, one by one."""
    found: list[str] = []
    for entry in fields:
        if entry.given:
            continue
        if entry.widget == "group" and not in_one_line(entry):
            found += [f"{entry.name}.{inner.name}" for inner in entry.fields]
        elif not entry.hidden:
            found.append(entry.name)
    return found


def fingerprints(fields: Iterable[FormField], form: Mapping[str, Any]) -> dict[str, str]:
    """Of each field as it is saved."""
    return {path: _fingerprint(value_at(form, path)) for path in paths(fields)}


@dataclass(frozen=True)
class Compared:
    """``mine``: paths that this page alone changed; ``theirs``: what was saved meanwhile and is not changed here;
    ``both``: what differs and was changed on both sides."""

    mine: frozenset[str]
    theirs: frozenset[str]
    both: tuple[str, ...]


def compare(
    fields: Iterable[FormField], entered: Mapping[str, Any], saved: Mapping[str, Any], read: Mapping[str, str]
) -> Compared:
    """A page's entries beside what is saved by now. A field of which the page does not say how it read it was changed
    on both sides as soon as it differs."""
    mine, theirs, both = set[str](), set[str](), list[str]()
    for path in paths(fields):
        here, there = value_at(entered, path), value_at(saved, path)
        if path.split(".")[0] not in entered or _plain(here) == _plain(there):
            continue
        before = read.get(path)
        if before == _fingerprint(there):
            mine.add(path)
        elif before == _fingerprint(here):
            theirs.add(path)
        else:
            both.append(path)
    return Compared(frozenset(mine), frozenset(theirs), tuple(both))


def untouched_by(compared: Compared, problems: Iterable[FieldProblem]) -> list[FieldProblem]:
    """Those problems of what is saved that are not of fields which this page changed."""
    changed = {*compared.mine, *compared.both}
    return [one for one in problems if not any(f"{one.field}.".startswith(f"{path}.") for path in changed)]


def taken(entered: Mapping[str, Any], saved: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, Any]:
    """The top-level fields to save, for these paths to be as they were entered and the rest as it is saved."""
    form: dict[str, Any] = {}
    for path in wanted:
        top, _sep, inner = path.partition(".")
        if not inner:
            form[top] = entered[top]
            continue
        group = form.setdefault(top, dict(saved.get(top) or {}))
        group.pop(inner, None)
        given = entered[top] or {}  # a group that is not asked has no values
        if inner in given:
            group[inner] = given[inner]
    return form


def _fingerprint(value: Any) -> str:
    said = json.dumps(_plain(value), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _plain(value: Any) -> Any:
    """A value without what says nothing: an entry that was left empty and one that is not there are the same."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n") or None
    if isinstance(value, Mapping):
        plain = {str(name): _plain(inner) for name, inner in value.items()}
        return {name: inner for name, inner in plain.items() if inner is not None} or None
    if isinstance(value, list):
        return [_plain(inner) for inner in value] or None
    return None if value is False else value
