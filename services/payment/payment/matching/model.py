"""Finding serial numbers (流水号) in a note, and judging which orders a row pays. Pure: every case can be listed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from string import ascii_uppercase, digits

from contracts.payment import OrderState
from contracts.statements import RowReason
from contracts.text import same_name

# Year, form code, S, and a sequence of six digits or more; numbers may stand close together, so the matches overlap.
_NUMBER = re.compile(r"(?=([0-9]{4}[A-Z][0-9]{2}S[0-9]{6,9}))", re.ASCII)
_ALONE = re.compile(r"[0-9]{4}[A-Z][0-9]{2}S[0-9]{6,}", re.ASCII)
_BETWEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\-‐-―_]+")
_ACCOUNT = r"[0-9][0-9*xX-]{6,}[0-9]|(?:[0-9*xX]{4}[ ]){2,4}[0-9]{1,4}"
"""As banks print one: in one piece, or in groups of four."""
_BEHIND_NAME = re.compile(
    r"(?P<name>(?=[0-9 -]*[^0-9 -]).+?)"
    rf"(?:(?:[ /|,:;()-]+|(?<=[^0-9]))(?P<account>{_ACCOUNT})"
    r"|[ /|,:;()-]+(?P<iban>[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}))\)?",
    re.ASCII,
)
_SHORTEST = 14
_SHAPE = "9999A99S999999"
"""Classes of a number's characters: 9 any digit, A any letter, S itself."""
_CLASSES = {"9": digits, "A": ascii_uppercase, "S": "S"}
MOST_NUMBERS = 50


@dataclass(frozen=True)
class Owed:
    """What matching needs to know of an order; ``numbers`` are those of all its applications. ``amount``: fen that have
    still to come."""

    order_id: str
    account_id: str
    numbers: frozenset[str]
    amount: int
    state: OrderState
    payer: str


@dataclass(frozen=True)
class Judgement:
    """The orders that a row pays, to the fen; or none, and why a cashier has to look. ``part_of``: the one order that
    it can be for, of which more is owed."""

    reason: RowReason
    order_ids: tuple[str, ...] = ()
    part_of: str | None = None


def payer_parts(payer: str) -> tuple[str, str]:
    """Name and account of a payer whom some banks write as one: “王小二 6222000033334444”. No account: empty.

    A name may have digits of its own, and the account may be an IBAN (ISO 13616).
    """
    found = _BEHIND_NAME.fullmatch(unicodedata.normalize("NFKC", payer).strip())
    if found is None:
        return payer.strip(), ""
    return found["name"], re.sub(r"[ -]", "", found["account"] or found["iban"])


def numbers_in(note: str) -> list[tuple[str, ...]]:
    """What may be serial numbers in a note, in order: for each place the readings of it, the likeliest first.

    Banks print full-width digits, break lines inside a number, and print amounts right behind it.
    """
    text = unicodedata.normalize("NFKC", note).upper()
    alone = {found[0] for found in _ALONE.finditer(text)}
    found = []
    for spot in _NUMBER.finditer(_BETWEEN.sub("", text)):
        readings = [spot[1][:length] for length in range(_SHORTEST, len(spot[1]) + 1)]
        found.append(tuple(sorted(readings, key=lambda one: one not in alone)))
    return found[:MOST_NUMBERS]


def misspelled(note: str) -> set[str]:
    """Every number that a place in the note would be with one other character."""
    text = _BETWEEN.sub("", unicodedata.normalize("NFKC", note).upper())[:400]
    found: set[str] = set()
    for start in range(len(text) - _SHORTEST + 1):
        window = text[start : start + _SHORTEST]
        wrong = [at for at, char in enumerate(window) if char not in _CLASSES[_SHAPE[at]]]
        if len(wrong) > 1:
            continue
        for at in wrong or range(_SHORTEST):
            found.update(window[:at] + char + window[at + 1 :] for char in _CLASSES[_SHAPE[at]])
        if not wrong:
            found.discard(window)
    return found


def resolved(places: Sequence[tuple[str, ...]], known: Collection[str]) -> tuple[list[str], bool]:
    """The numbers that exist, each once; and whether a place could be read as two of them."""
    numbers, doubtful = list[str](), False
    for readings in places:
        there = [one for one in readings if one in known]
        doubtful = doubtful or len(there) > 1
        numbers += [one for one in there[:1] if one not in numbers]
    return numbers, doubtful


def judge(amount: int, numbers: Sequence[str], doubtful: bool, orders: Sequence[Owed]) -> Judgement:
    """By the numbers in the note and the amount alone; who pays may be anybody. ``amount`` is fen and positive."""
    concerned = [order for order in orders if order.numbers & set(numbers)]
    if not concerned:
        return Judgement("unmatched")
    if doubtful:
        return Judgement("ambiguous")
    if len({order.account_id for order in concerned}) > 1:
        return Judgement("several_owners")
    pending = [order for order in concerned if order.state == "pending"]
    if not all(any(number in order.numbers for order in pending) for number in numbers):
        return Judgement("late")
    ways = [way for way in _ways(pending) if _covers(way, numbers)]
    exact = [way for way in ways if sum(order.amount for order in way) == amount]
    if len(exact) == 1:
        return Judgement("exact", tuple(order.order_id for order in exact[0]))
    if exact:
        return Judgement("ambiguous")
    if amount < min(sum(order.amount for order in way) for way in ways):
        return Judgement("partial", part_of=pending[0].order_id if len(pending) == 1 else None)
    return Judgement("over")


def _ways(pending: Sequence[Owed]) -> list[tuple[Owed, ...]]:
    """Which of the orders may be meant: a case has one, two with its promise to hurry; of many, all."""
    if len(pending) > 8:
        return [tuple(pending)]
    return [way for size in range(1, len(pending) + 1) for way in combinations(pending, size)]


def _covers(way: Sequence[Owed], numbers: Sequence[str]) -> bool:
    return all(any(number in order.numbers for order in way) for number in numbers)


def judge_misspelled(amount: int, payer: str, orders: Sequence[Owed]) -> Judgement:
    """A number with one wrong character pays only where no other order could be meant, and amount and payer agree."""
    [only] = orders if len(orders) == 1 else [None]
    if only and only.state == "pending" and only.amount == amount and payer and _pays(payer, only):
        return Judgement("exact", (only.order_id,))
    return Judgement("number_misspelled" if orders else "unmatched")


def _pays(payer: str, order: Owed) -> bool:
    return same_name(payer, order.payer) or same_name(payer_parts(payer)[0], order.payer)


def why(
    order: Owed, title: str, amount: int, payer: str, note: str, evidence: Mapping[str, Collection[str]]
) -> list[str]:
    """In what a row and an order agree, as codes; ``evidence``: numbers in the note as they are (*number*) or with one
    other character (*near*)."""
    found = [code for code in ("number", "near") if order.numbers & set(evidence.get(code, ()))]
    found += ["amount"] if order.amount == amount else []
    found += ["payer"] if payer and order.payer and _pays(payer, order) else []
    bare = title.strip("《》〈〉「」“” ")
    return found + (["title"] if len(bare) > 1 and bare in note else [])


def speaks(reasons: Collection[str], state: OrderState) -> bool:
    """Whether an order is shown at all. Of those that owe nothing a number that is nearly theirs, and an amount that
    many pay, name only strangers."""
    return bool(reasons) and (state == "pending" or not {"number", "payer", "title"}.isdisjoint(reasons))


_WEIGHTS = {"number": 100, "near": 60, "title": 30, "amount": 25, "payer": 20}


def weight(reasons: Sequence[str], state: OrderState) -> int:
    """How likely a candidate is, for ranking only; an order that owes nothing stands behind."""
    return sum(_WEIGHTS[reason] for reason in reasons) - (0 if state == "pending" else 50)
