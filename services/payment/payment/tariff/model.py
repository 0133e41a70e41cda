"""The tariff as data: rates by code and first day of validity, and which of them an application owes.

A rate is valid from its day until the next rate of the same code begins, so neither gaps nor overlaps can be written
down. A rate without an amount withdraws the code: nothing is charged under it, and the general rate applies instead.
Amounts are fen; dates are legal dates (Asia/Shanghai).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

from contracts.forms import Category, Kind
from pydantic import BaseModel, ConfigDict, Field

BEGINS = date(2020, 8, 31)
"""First day of the system, hence of the shipped tariff; nothing can be filed before it."""

EXPEDITE = ("expedite_3", "expedite_7", "expedite_15")
"""Fees of filing's tiers of expedited examination; each is offered while it has an amount."""

SANDBOX_AMOUNTS = {"expedite_3": 80_000, "expedite_7": 50_000, "expedite_15": 30_000}
"""Fen that the sandbox charges for them: invented, as no official table is known."""

OPTIONAL = frozenset({"text_individual", "software_individual", *EXPEDITE})
"""Codes that may be withdrawn (amount empty). Every other code always has an amount, if only 0."""

OLD_CASE = "old_case"
"""What the old system had reckoned for a case: each brings its own amount, so there is no rate to be shown."""

_BY_CATEGORY: dict[Category, str] = {
    "C": "drama",
    "D": "quyi",
    "E": "dance",
    "N": "acrobatics",
    "F": "fine_art",
    "G": "photograph",
    "O": "architecture",
    "P": "model",
    "J": "design_drawing",
    "K": "map",
    "H": "film",
    "L": "other",
}
_TEXT_TIERS = ((100, "text_100"), (5_000, "text_5000"), (10_000, "text_10000"))
_VIDEO_TIERS = ((59, "1"), (300, "5"), (600, "10"), (1_500, "25"), (2_700, "45"))


class FeeBasis(BaseModel):
    """What the fee of an application depends on, as filing's ``fee_basis`` says it; other facts are ignored.

    Lengths (characters, seconds) are those of a series' longest work; 0 means unknown and counts as the longest tier.
    ``compilation``: made by selecting or arranging the works of others (汇编).
    ``documents`` and ``exceptional`` (例外交存) are software's. ``charge``: the one code that is owed, of what has one
    fee whatever it says; the rest is then not looked at, but for the category, where the tariff has a row for it
    (``work_change_h``).
    """

    model_config = ConfigDict(extra="ignore", frozen=True)

    kind: Kind
    category: Category | Literal[""] | None = None
    applicant_kind: Literal["natural_person", "organisation"] = "natural_person"
    word_count: int = Field(default=0, ge=0)
    seconds: int = Field(default=0, ge=0)
    with_lyrics: bool = True
    episodes: int = Field(default=0, ge=0)
    compilation: bool = False
    parts: int = Field(default=1, ge=1)
    documents: int = Field(default=1, ge=0)
    exceptional: bool = False
    charge: str = ""


@dataclass(frozen=True)
class Rate:
    """An amount under a code from a day on; ``amount`` None: nothing is charged under it from that day."""

    code: str
    valid_from: date
    amount: int | None
    title_zh: str
    title_en: str
    source: str
    valid_to: date | None = None


@dataclass(frozen=True)
class Fee:
    """``quantity`` times a rate."""

    rate: Rate
    quantity: int
    amount: int


class Tariff:
    """All rates of all times."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        """Raises ``ValueError`` when a code lacks an amount on any day since :data:`BEGINS`."""
        ordered = sorted(rates, key=lambda rate: (rate.code, rate.valid_from))
        self._by_code = {code: _closed(list(group)) for code, group in groupby(ordered, key=lambda rate: rate.code)}
        for code in CODES:
            found = self._by_code.get(code)
            if not found or found[0].valid_from > BEGINS:
                raise ValueError(f"the tariff has no rate {code} on {BEGINS}")
            if code not in OPTIONAL and any(rate.amount is None for rate in found):
                raise ValueError(f"the tariff leaves {code} without an amount")

    def rate(self, code: str, on: date) -> Rate | None:
        """The rate in force on a day; None when the code is withdrawn. ``LookupError`` before the tariff begins."""
        history = self._by_code[code]
        at = bisect_right(history, on, key=lambda rate: rate.valid_from)
        if at == 0:
            raise LookupError(f"the tariff begins on {BEGINS}, not on {on}")
        return history[at - 1] if history[at - 1].amount is not None else None

    def in_force(self, on: date) -> list[Rate]:
        """Every amount that can be charged on a day: in the order of the list of codes, then what has one fee."""
        codes = [*CODES, *sorted(self._by_code.keys() - set(CODES))]
        return [rate for code in codes if self._by_code[code][0].valid_from <= on and (rate := self.rate(code, on))]

    def single(self, code: str, on: date) -> Fee | None:
        """What is charged once under a code, beside what an application owes; None while it is not offered."""
        return self._fee([code], 1, on) if code in self._by_code else None

    def fees(self, basis: FeeBasis, on: date) -> list[Fee]:
        """What an application filed on that day owes. Raises ``ValueError`` for a work without a category, and for a
        charge that the tariff does not know."""
        if basis.charge and basis.charge not in self._by_code:
            raise ValueError(f"the tariff has no rate {basis.charge}")
        owed = [self._fee(codes, quantity, on) for codes, quantity in _charges(basis)]
        return [fee for fee in owed if fee]

    def _fee(self, codes: Sequence[str], quantity: int, on: date) -> Fee | None:
        """The first of the codes that is in force, times the quantity. Of what has one fee some begin later."""
        for code in codes:
            history = self._by_code.get(code)
            if history is None or (code not in CODES and history[0].valid_from > on):
                continue
            rate = self.rate(code, on)
            if rate is not None and rate.amount is not None:
                return Fee(rate, quantity, rate.amount * quantity)
        return None


def _closed(history: list[Rate]) -> list[Rate]:
    """Adds to each rate its last day: the one before the next begins."""
    last_days = [later.valid_from - timedelta(days=1) for later in history[1:]]
    return [
        Rate(rate.code, rate.valid_from, rate.amount, rate.title_zh, rate.title_en, rate.source, last_day)
        for rate, last_day in zip(history, [*last_days, None], strict=True)
    ]


def _charges(basis: FeeBasis) -> list[tuple[tuple[str, ...], int]]:
    """Alternatives of codes and a quantity for each line of the order."""
    if basis.charge:
        return [((f"{basis.charge}_{(basis.category or '').lower()}", basis.charge), 1)]
    return _software(basis) if basis.kind == "software" else _work(basis)


def _software(basis: FeeBasis) -> list[tuple[tuple[str, ...], int]]:
    individual = basis.applicant_kind == "natural_person"
    codes: tuple[str, ...] = ("software_individual", "software") if individual else ("software",)
    charges: list[tuple[tuple[str, ...], int]] = [(codes, 1)]
    if basis.documents > 1:
        charges.append((("software_document",), basis.documents - 1))
    if basis.exceptional:
        charges.append((("software_exceptional_deposit",), 1))
    return charges


def _work(basis: FeeBasis) -> list[tuple[tuple[str, ...], int]]:
    if not basis.category:
        raise ValueError("a work has no fee without its category")
    if basis.category in ("H", "I") and basis.episodes:
        return [(("episode",), basis.episodes)]
    length = _tier(basis.seconds, _VIDEO_TIERS) or "longer"
    match basis.category:
        case _ if basis.compilation:
            codes: tuple[str, ...] = ("other",)
        case "A" | "M":
            tier = _tier(basis.word_count, _TEXT_TIERS) or "text_longer"
            individual = basis.category == "A" and basis.applicant_kind == "natural_person"
            codes = ("text_individual", tier) if individual else (tier,)
        case "B":
            codes = ("music_with_lyrics" if basis.with_lyrics else "music",)
        case "I":
            codes = (f"video_{length}",)
        case category:
            codes = (_BY_CATEGORY[category],)
    charges: list[tuple[tuple[str, ...], int]] = [(codes, 1)]
    if basis.parts > 1:
        charges.append(((f"series_video_{length}" if basis.category == "I" else "series",), basis.parts - 1))
    return charges


def _tier(length: int, tiers: Sequence[tuple[int, str]]) -> str | None:
    """The first tier whose upper bound holds the length; None above the last, or when the length is unknown (0)."""
    return next((code for bound, code in tiers if 0 < length <= bound), None)


_LENGTHS = (*(code for _, code in _VIDEO_TIERS), "longer")
CODES: tuple[str, ...] = (
    "text_individual",
    *(code for _, code in _TEXT_TIERS),
    "text_longer",
    "music_with_lyrics",
    "music",
    *_BY_CATEGORY.values(),
    "episode",
    *(f"video_{length}" for length in _LENGTHS),
    "series",
    *(f"series_video_{length}" for length in _LENGTHS),
    "software",
    "software_document",
    "software_exceptional_deposit",
    "software_individual",
    *EXPEDITE,
)
"""Every code that a registration can be charged under, in the order in which the tariff is shown. What has one fee
whatever it says has a row in the table and no line here."""
