"""What a statement says, the same for every format, and what can become of its rows. Pure. Amounts are hundredths."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from contracts.statements import RowReason, RowState

Action = Literal["settle", "assign", "part", "return", "explain", "reopen"]

TRANSITIONS: dict[tuple[RowState, Action], RowState] = {
    ("waiting", "settle"): "settled",
    ("waiting", "assign"): "settled",
    ("waiting", "part"): "settled",
    ("waiting", "return"): "returned",
    ("waiting", "explain"): "explained",
    ("explained", "reopen"): "waiting",
}
"""(state, action) → next state. *settle* is the system's, by a number that leaves no doubt, and so is *reopen*, of what
was set aside with its statement and stands in another one; the others are a cashier's. *part*: less than its order
owes, for which it is held; so does *settle* with what names that order alone.
What is *returned* is a held refund from then on, which two cashiers send back."""

NOT_OF_A_PAYER: frozenset[RowReason] = frozenset({"debit", "foreign"})
"""Rows that are no fen of a payer's: they are explained, neither assigned nor returned here."""

MOST_ROWS = 200_000
LONGEST_NOTE = 2000
_FEES = re.compile(r"手续费|工本费|账户管理费|年费|服务费|利息税|\bCHRG?\b|\bCHG\b|BANK (?:FEE|CHARGE)", re.IGNORECASE)
_REFUND = re.compile(r"rfd-?([0-9a-z]{26})(-[0-9]{1,3})?", re.ASCII | re.IGNORECASE)
REFUND_ID = len("rfd-") + 26
"""Characters of a refund's id; its number may have one more part, by which a second attempt is told."""
_MASKED = re.compile(r"[*xX]{2,}")


class NoStatement(Exception):
    """The file cannot be taken; ``code`` is one of ``contracts.statements.REFUSALS``, ``line`` where it was seen."""

    def __init__(self, code: str, line: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


@dataclass(frozen=True, slots=True)
class Row:
    """One booking. ``amount`` is positive for money that came; dates are ISO; ``line`` is its place in the file."""

    booked_on: str
    amount: int
    currency: str
    line: int
    value_on: str | None = None
    reference: str = ""
    payer: str = ""
    payer_account: str = ""
    note: str = ""
    kind: str = ""
    balance: int | None = None


@dataclass
class Part:
    """The statement of one account for one period; a file may hold several. ``pending``: announced, not booked."""

    account: str = ""
    currency: str = ""
    opening: int | None = None
    closing: int | None = None
    rows: list[Row] = field(default_factory=list)
    pending: int = 0
    unreadable_balance: bool = False

    @property
    def balances(self) -> bool | None:
        """Whether opening and movements make the closing balance, or each row's balance follows from the one before;
        None where the file does not say."""
        if self.opening is not None and self.closing is not None:
            return self.opening + sum(row.amount for row in self.rows) == self.closing
        if self.unreadable_balance:
            return False
        told = [row for row in self.rows if row.balance is not None]
        if len(told) < 2 or len(told) != len(self.rows):
            return None
        return _follows(told) or _follows(told[::-1])


def _follows(rows: Sequence[Row]) -> bool:
    """Statements are in the order of time, or against it."""
    return all((a.balance or 0) + b.amount == b.balance for a, b in pairwise(rows))


@dataclass(frozen=True)
class File:
    """What a reader found. ``encoding`` is empty where the format itself says it."""

    format: str
    encoding: str
    parts: Sequence[Part]


Key = tuple[str, str, int, str, str]
"""Account, booking date, amount, currency and the bank's reference: rows equal in these may be one booking."""


def key_of(row: Row, account: str) -> Key:
    """What a row has in common with itself in whatever statement it comes."""
    return account, row.booked_on, row.amount, row.currency, row.reference


@dataclass(frozen=True)
class Stand:
    """What tells rows of one key apart. ``place`` is the row's number among them, in the order they became known."""

    place: int
    payer: str
    note: str
    balance: int | None


def places(said: Sequence[Row], known: Sequence[Stand]) -> list[int]:
    """Which of the rows that are known each row of a file is, all of one key; higher places are new ones.

    First those that say the same, so that the order of a file does not matter; then what may have been said
    differently: the same reference, the same balance after it, or a note that was completed. Everything else of the
    same amount and day is money of its own: fees are alike, and a row too many waits while one too few is lost.
    """
    found, left = dict[int, int](), list(known)
    for alike in (_same_text_and_balance, _same_text, _may_be_corrected):
        for at, row in enumerate(said):
            if at in found:
                continue
            if (match := next((one for one in left if alike(row, one)), None)) is not None:
                found[at] = match.place
                left.remove(match)
    new = max((one.place for one in known), default=-1)
    for at in range(len(said)):
        if at not in found:
            new += 1
            found[at] = new
    return [found[at] for at in range(len(said))]


def _same_text(row: Row, known: Stand) -> bool:
    return (row.payer, row.note) == (known.payer, known.note)


def _same_text_and_balance(row: Row, known: Stand) -> bool:
    return _same_text(row, known) and row.balance == known.balance


def _may_be_corrected(row: Row, known: Stand) -> bool:
    if row.reference or (row.balance is not None and row.balance == known.balance):
        return True
    same_payer = not row.payer or not known.payer or row.payer == known.payer
    return same_payer and (row.note in known.note or known.note in row.note)


def same_account(said: str, ours: str) -> bool:
    """Whether a statement names our account: as an IBAN, with a bank's number before it, or with its middle hidden."""
    said, ours = _digits(said), _digits(ours)
    if not said:
        return True  # the file does not say; the cashier knows where it was had
    if hidden := _MASKED.search(said):
        return ours.startswith(said[: hidden.start()]) and ours.endswith(said[hidden.end() :])
    return said.endswith(ours) or (len(said) >= 8 and ours.endswith(said))


def names_account(said: str) -> bool:
    """Whether a statement says at all whose account it is of."""
    return bool(_digits(said))


def confirms_account(said: str, ours: str) -> bool:
    """Whether a cashier has named our account: as it is, or by its last four characters at least."""
    said = _digits(said)
    return len(said) >= 4 and _digits(ours).endswith(said)


def _digits(account: str) -> str:
    return re.sub(r"[^0-9A-Z*]", "", unicodedata.normalize("NFKC", account).upper())


def is_fee(amount: int, kind: str, note: str) -> bool:
    """A small debit that the bank itself calls its fee."""
    return amount < 0 and _FEES.search(f"{kind} {note}") is not None


def masked_account(account: str) -> str:
    """The last four characters: enough to recognise an account by, not to have it."""
    return f"…{account[-4:]}" if len(account) > 4 else account


def refund_numbers(note: str) -> list[str]:
    """What may be numbers of our refunds (``rfd-…``) in the note of a debit; banks may have taken the hyphens out."""
    return [f"rfd-{found[1].lower()}{found[2] or ''}" for found in _REFUND.finditer(note)]
