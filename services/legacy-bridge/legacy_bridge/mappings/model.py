"""A mapping and its application to rows. Pure: the mapping itself is a file of data beside this one."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import compress
from operator import itemgetter
from typing import Any, NamedTuple

from contracts.legacy import BETWEEN, TARGETS, UNSAYABLE, Target

from legacy_bridge.mappings import dates, people, words
from legacy_bridge.mappings.faults import Unmapped
from legacy_bridge.mappings.remembered import UNMAPPED, Remembered, Tried
from legacy_bridge.sources import SourceRefused

Convert = Callable[[str], str]
CONVERTERS: dict[str, Convert] = {
    "text": words.text,
    "name": words.person,
    "day": dates.day,
    "day_or_zero": dates.day_or_zero,
    "registration_number": words.registration_number,
    "case_number": words.case_number,
    "certificate_number": words.certificate_number,
    "foreign_number": words.foreign_number,
    "classification": words.classification,
    "fen": words.fen,
    "resident_id": people.resident_id,
    "id_number": people.id_number,
    "organisation_code": people.organisation_code,
    "email": people.address,
    "mobile": people.mobile_number,
    "login": people.login_name,
    "md5": people.md5,
    "salt": people.salt,
}
_COME_AGAIN = ("day", "day_or_zero", "fen", "choice")
PLAIN: dict[str, str] = words.PLAIN | people.PLAIN
"""By converter: an expression for values that it gives back as they are, without ``BETWEEN``."""
_EXACT = PLAIN | dict.fromkeys(("day", "day_or_zero"), dates.PLAIN)
"""The same with days, which are in their right form in many sources, and in all others never."""
_ANYTHING = f"[^{BETWEEN}]*"


class InOrder(NamedTuple):
    """Of rows that were looked at together, those that became records: their places, what they say (``BETWEEN`` between
    the fields), and what names each."""

    places: Sequence[int]
    said: Sequence[str]
    named: Sequence[str]


@dataclass(frozen=True)
class Field:
    """How a field of ours is filled: from a column (under any of its names), or with ``value`` always. ``optional``: a
    source may be without that column."""

    name: str
    columns: tuple[str, ...]
    converter: str
    choices: dict[str, str]
    required: bool
    value: str
    optional: bool = False


@dataclass(frozen=True)
class Mapping:
    """``key``: the fields by which two rows are one record. ``ignored``: columns that are known and not taken over.
    ``orders``: pairs of days, the first of which cannot be later. Either day may be missing."""

    name: str
    target: Target
    key: tuple[str, ...]
    fields: tuple[Field, ...]
    ignored: frozenset[str]
    orders: tuple[tuple[str, str], ...]

    @property
    def columns(self) -> frozenset[str]:
        """All that it knows, under all their names."""
        return self.ignored.union(*(field.columns for field in self.fields))

    def plan(self, columns: Sequence[str]) -> Plan:
        """For a source with these columns. Raises ``SourceRefused``: what is missing, and what is unknown."""
        places: dict[str, int] = {}
        for field in self.fields:
            found = [place for place, column in enumerate(columns) if column in field.columns]
            if len(found) > 1:
                raise SourceRefused("source_with_two_columns", field=field.name, found=[columns[i] for i in found])
            if found:
                places[field.name] = found[0]
        wanted = [field for field in self.fields if field.columns and not field.optional]
        missing = [" / ".join(field.columns) for field in wanted if field.name not in places]
        # A file of rejects brings the reasons along, under names that begin so.
        unknown = [column for column in columns if column not in self.columns and not column.startswith("_")]
        if missing or unknown:
            raise SourceRefused("source_with_other_columns", mapping=self.name, missing=missing, unknown=unknown)
        return Plan(self, places, len(columns))


class Plan:
    """A mapping with the places of its columns: turns a row's values into the fields of the target.

    Nearly all values of an old register are in their right form already. One expression over the whole row says that
    they are, and then only the columns whose values always change are looked at, of many rows at once
    (:meth:`together`); what is wrong with a row, :meth:`fields` says. ``secrets``: columns of the source that only the
    owner of the rows may keep.
    """

    def __init__(self, mapping: Mapping, places: dict[str, int], width: int) -> None:
        self._order = order = mapping.target.fields
        filled = [field for field in mapping.fields if field.name in places]
        self._cells = [(places[field.name], order.index(field.name), _cell(field)) for field in filled]
        self._blank = [""] * len(order)
        for field in mapping.fields:
            self._blank[order.index(field.name)] = field.value
        self._orders = [(order.index(first), order.index(then), then) for first, then in mapping.orders]
        self._key = [order.index(name) for name in mapping.key]
        self._width = width
        self._plain = _plain_row(filled, places, width, PLAIN).fullmatch
        self._exact = _plain_row(filled, places, width, _EXACT).fullmatch
        cells = zip(self._cells, filled, strict=True)
        self._changing = [(source, cell) for (source, _, cell), field in cells if field.converter not in PLAIN]
        tried = [(source, Tried(cell).__getitem__) for source, cell in self._changing]
        self._at_once = tried
        days = {places[field.name] for field in filled if field.converter in _EXACT}
        self._but_days = [(source, cell) for source, cell in tried if source not in days]
        self.secrets = [places[name] for name in mapping.target.secret if name in places]
        # Behind the row's own values come those that a mapping fills in.
        self._found = [places.get(name, width + place) for place, name in enumerate(order)]
        self._in_order = itemgetter(*self._found)

    def together(self, joined: Sequence[str]) -> InOrder:
        """The records of those rows that :meth:`fields` takes without asking each converter, by columns: a step for
        each field of a thousand rows instead of a thousand. ``joined``: the values of each with ``BETWEEN`` between
        them. The others are for :meth:`fields`."""
        places, at_once = [place for place, text in enumerate(joined) if self._exact(text)], self._but_days
        if 2 * len(places) < len(joined):
            places, at_once = [place for place, text in enumerate(joined) if self._plain(text)], self._at_once
        if not places:
            return InOrder((), (), ())
        values = BETWEEN.join([joined[place] for place in places]).split(BETWEEN)
        columns = [values[place :: self._width] for place in range(self._width)]
        unmapped = set[int]()
        for source, cell in at_once:
            columns[source] = column = list(map(cell, columns[source]))
            if UNMAPPED in column:
                unmapped.update(at for at, value in enumerate(column) if value == UNMAPPED)
        columns += [[value] * len(places) for value in self._blank]
        found = [columns[source] for source in self._found]
        for first, then, _ in self._orders:
            days = zip(found[first], found[then], strict=True)
            unmapped.update(at for at, (one, other) in enumerate(days) if one > other and other)
        said = list(map(BETWEEN.join, zip(*found, strict=True)))
        named = self._named(found)
        if unmapped:
            right = [at not in unmapped for at in range(len(places))]
            return InOrder([*compress(places, right)], [*compress(said, right)], [*compress(named, right)])
        return InOrder(places, said, named)

    def fields(self, values: Sequence[str], joined: str = "") -> tuple[str, ...]:
        """The target's fields. ``joined``: the values with ``BETWEEN`` between them, where the caller has them so.
        Raises :class:`Unmapped` for the first value that is none."""
        if not self._plain(joined or BETWEEN.join(values)):
            return self.fields_one_by_one(values)
        row = [*values, *self._blank]
        for source, cell in self._changing:
            row[source] = cell(row[source])
        return self._ordered(self._in_order(row))

    def fields_one_by_one(self, values: Sequence[str]) -> tuple[str, ...]:
        """The same by the converter of each field: what :meth:`fields` is held against."""
        found = self._blank.copy()
        for source, place, cell in self._cells:
            found[place] = cell(values[source])
            if UNSAYABLE.search(found[place]):
                raise Unmapped("characters_damaged", self._order[place])
        return self._ordered(tuple(found))

    def _ordered(self, found: tuple[str, ...]) -> tuple[str, ...]:
        for first, then, name in self._orders:
            if found[then] and found[first] > found[then]:
                raise Unmapped("dates_out_of_order", name)
        return found

    def key(self, fields: Sequence[str]) -> str:
        """What makes the record one: equal for two rows that are about the same."""
        return fields[self._key[0]] if len(self._key) == 1 else BETWEEN.join([fields[place] for place in self._key])

    def _named(self, found: Sequence[Sequence[str]]) -> Sequence[str]:
        """:meth:`key` of many rows, by columns."""
        key = [found[place] for place in self._key]
        return key[0] if len(key) == 1 else list(map(BETWEEN.join, zip(*key, strict=True)))


def _plain_row(filled: Sequence[Field], places: dict[str, int], width: int, plain: dict[str, str]) -> re.Pattern[str]:
    """What matches a row whose values all stay as they are, except for those whose converter has no ``plain`` form."""
    columns = [_ANYTHING] * width
    for field in filled:
        if field.converter in plain:
            columns[places[field.name]] = f"(?:{plain[field.converter]})" + ("" if field.required else "?")
    return re.compile(BETWEEN.join(columns))


def _cell(field: Field) -> Convert:
    """Converts a value of a column; nothing stays nothing, where there may be none."""
    convert = _choice(field.choices) if field.converter == "choice" else CONVERTERS[field.converter]
    exact = field.converter == "salt"  # where blanks alone are a value

    def cell(text: str) -> str:
        if not text or (not exact and text.isspace()):
            found = field.value
        else:
            try:
                found = convert(text)
            except Unmapped as unmapped:
                raise Unmapped(unmapped.reason, field.name) from None
        if field.required and not found:
            raise Unmapped("value_missing", field.name)
        return found

    return Remembered(cell).__getitem__ if field.converter in _COME_AGAIN else cell


def _choice(choices: dict[str, str]) -> Convert:
    def convert(text: str) -> str:
        try:
            return choices[text.strip()]
        except KeyError:
            raise Unmapped("value_unknown") from None

    return convert


def mapping_names() -> list[str]:
    """The mappings that there are."""
    return sorted(
        entry.name.removesuffix(".toml")
        for entry in resources.files(__package__).iterdir()
        if entry.name.endswith(".toml")
    )


@cache
def mapping_of(name: str) -> Mapping:
    """By its name. Raises ``SourceRefused``."""
    if name not in mapping_names():
        raise SourceRefused("mapping_unknown", found=name, known=mapping_names())
    text = resources.files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return parsed(name, tomllib.loads(text))


def parsed(name: str, data: dict[str, Any]) -> Mapping:
    """A mapping from its data. Raises ValueError for one that names what there is not."""
    target = TARGETS[data["target"]]
    fields = tuple(
        Field(
            name=field,
            columns=tuple(given.get("from", ())),
            converter=given.get("as", "text"),
            choices=dict(given.get("choices", {})),
            required=bool(given.get("required", False)),
            optional=bool(given.get("optional", False)),
            value=str(given.get("value", "")),
        )
        for field, given in data["fields"].items()
    )
    orders = tuple((first, then) for first, then in data.get("orders", ()))
    unknown = {field.name for field in fields} | set(data["key"]) | {one for pair in orders for one in pair}
    if unknown - set(target.fields) or any(f.converter not in {*CONVERTERS, "choice"} for f in fields):
        raise ValueError(f"{name} names a field or converter that does not exist")
    return Mapping(name, target, tuple(data["key"]), fields, frozenset(data.get("ignored", ())), orders)
