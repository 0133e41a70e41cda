"""Whose the numbers of a batch are, in messages of a bounded size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from contracts.legacy.events import NumbersTold

AT_ONCE = 3000
"""Numbers in a message: some 100 KB."""


def numbers_told(import_id: str, cases: Iterable[tuple[str, Sequence[str]]]) -> Iterator[NumbersTold]:
    """What to say of cases: the record of the old account that filed each, and its numbers, empty ones among them."""
    part, count = dict[str, list[str]](), 0
    for record_id, numbers in cases:
        known = [number for number in numbers if number]
        if part and count + len(known) > AT_ONCE:
            yield NumbersTold(import_id=import_id, numbers=part)
            part, count = {}, 0
        if known:
            part.setdefault(record_id, []).extend(known)
            count += len(known)
    if part:
        yield NumbersTold(import_id=import_id, numbers=part)
