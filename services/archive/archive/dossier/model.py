"""The dossier of a case: which event facts it shows, and in which order. Pure rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contracts.objects import DocumentRef

_NOT_SHOWN = frozenset({"application_id", "account_id", "documents", "materials", "evidence", "form", "sample_sha256"})
"""Facts kept with the entry but not part of its line: identifiers, documents (listed apart), tokens, whole forms."""

_NO_PERSON = frozenset({"pay_by"})
"""Facts that are called like a person who did something, and are none."""


@dataclass(frozen=True)
class Recorded:
    """One event as the dossier keeps it."""

    source: str
    event: str
    sequence: int
    at: datetime
    actor: str
    data: Mapping[str, Any]


def case_of(data: Mapping[str, Any]) -> str | None:
    """The application an event belongs to; None for events about an account."""
    value = data.get("application_id")
    return str(value) if value else None


def documents_of(data: Mapping[str, Any]) -> list[DocumentRef]:
    """Every document the event brought: issued with it, and materials handed in."""
    found = [*data.get("documents", ()), *data.get("materials", ())]
    return [DocumentRef.model_validate(item) for item in found]


def summary_of(data: Mapping[str, Any]) -> dict[str, str | int]:
    """The plain facts of an event, for one line of the dossier."""
    return {
        name: int(value) if isinstance(value, bool) else value
        for name, value in data.items()
        if name not in _NOT_SHOWN and isinstance(value, str | int) and value != ""
    }


def told_of(entry: Recorded, parties: Collection[str]) -> Recorded:
    """What a party is told of an event: whoever acted for the office is not named, nor anybody else who is no party."""
    data = {name: value for name, value in entry.data.items() if name in _NO_PERSON or not _names_a_person(name)}
    known = entry.actor in parties or entry.actor.startswith("service:")
    return replace(entry, actor=entry.actor if known else "", data=data)


def _names_a_person(fact: str) -> bool:
    return fact == "by" or fact.endswith("_by")


def ordered(entries: Iterable[Recorded]) -> list[Recorded]:
    """By time, but never against a source's own sequence: a clock that was set back must not turn history round."""
    latest: dict[str, datetime] = {}
    dated: list[tuple[datetime, str, int, Recorded]] = []
    for entry in sorted(entries, key=lambda one: (one.source, one.sequence)):
        moment = max(entry.at, latest.get(entry.source, entry.at))
        latest[entry.source] = moment
        dated.append((moment, entry.source, entry.sequence, entry))
    return [entry for *_, entry in sorted(dated, key=lambda one: one[:3])]
