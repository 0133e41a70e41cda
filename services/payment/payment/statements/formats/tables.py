"""Tables of banks: where the header is, which bank's it is (``banks.toml``), and each line as a row."""

from __future__ import annotations

import csv
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, islice
from pathlib import Path
from sys import intern
from typing import Any

from payment.statements.formats.amounts import day, hundredths
from payment.statements.model import LONGEST_NOTE, MOST_ROWS, NoStatement, Part, Row

_HEADER_WITHIN = 200
"""Lines in front of the header at most: greetings, periods, sums."""
_PIECE = 1 << 16
_ACCOUNT = r"(?:账\s*号|卡\s*号|账\s*户|交易账号|查询账号)"
"""What stands before the account above tables of most banks."""
_LIKE_ACCOUNT = re.compile(r"\d{4}|\d[*xX]{2}|[*xX]{2}\d")
"""What an account looks like, with its middle hidden or not: beside ``账户`` some banks print whose it is."""
_NOTHING = frozenset({"", "-", "--", "/"})
_CURRENCIES = {
    "人民币": "CNY",
    "人民币元": "CNY",
    "RMB": "CNY",
    "美元": "USD",
    "欧元": "EUR",
    "港币": "HKD",
    "日元": "JPY",
}
_NEUTRAL = "neutral"
Cells = Sequence[str]


@cache
def _banks() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "banks.toml").read_text("utf-8"))["bank"]
    return found


def read_csv(text: str) -> tuple[str, list[Part]]:
    """Name of the mapping and the statement. Raises :class:`NoStatement`."""
    for separator in (",", ";", "\t"):
        try:
            found = read_table(csv.reader(_lines(text), delimiter=separator), "," if separator == ";" else ".")
        except csv.Error:
            continue
        if found is not None:
            return found
    raise NoStatement("statement_unknown_format")


def _lines(text: str) -> Iterator[str]:
    """``text.splitlines()`` without having all of them at once."""
    rest = ""
    for at in range(0, len(text), _PIECE):
        *lines, rest = (rest + text[at : at + _PIECE]).splitlines(keepends=True)
        yield from "".join(lines).splitlines()
    yield from rest.splitlines()


def read_table(lines: Iterable[Cells], decimal: str) -> tuple[str, list[Part]] | None:
    """A table whose header some bank's mapping knows; None without one. Raises :class:`NoStatement`."""
    following = iter(lines)
    head = list(islice(following, _HEADER_WITHIN))
    for at, cells in enumerate(head):
        names = [_clean(cell) for cell in cells]
        for bank in _banks():
            if set(bank["header"]) <= set(names):
                part = Part(account=_account(head[:at], bank), currency=bank["currency"])
                part.rows = list(_rows(chain(head[at + 1 :], following), at + 2, names, bank, decimal, part))
                return str(bank["name"]), [part]
    return None


def _account(lines: Sequence[Cells], bank: Mapping[str, Any]) -> str:
    """The account that is named in front of the table, ``卡号: …``, or in the cell beside ``账号``."""
    label = bank.get("account", _ACCOUNT)
    for cells in lines:
        for cell, beside in zip(cells, [*cells[1:], ""], strict=False):
            found = re.match(rf"\s*{label}\s*[:：]\s*(\S+)", cell)
            if found and _is_account(found[1]):
                return found[1]
            if re.fullmatch(rf"\s*{label}\s*[:：]?\s*", cell) and _is_account(beside):
                return beside.strip()
    return ""


def _is_account(said: str) -> bool:
    return _LIKE_ACCOUNT.search(unicodedata.normalize("NFKC", said)) is not None


def _rows(
    lines: Iterable[Cells], first: int, names: list[str], bank: Mapping[str, Any], decimal: str, part: Part
) -> Iterator[Row]:
    for line, cells in enumerate(lines, start=first):
        if line - first >= MOST_ROWS:
            raise NoStatement("statement_too_long", line)
        said = dict(zip(names, (_clean(cell) for cell in cells), strict=False))
        when = _joined(said, bank["date"], " ")
        try:
            booked = day(when)
        except ValueError:
            if _is_row(said, bank):
                raise NoStatement("statement_row_unreadable", line) from None
            continue  # blank, a sum, or words below the table
        try:
            amount = _amount(said, bank, decimal)
        except ValueError:
            raise NoStatement("statement_row_unreadable", line) from None
        balance = _balance(said, bank, decimal, part)
        if column := bank.get("account_column"):
            part.account = part.account or said.get(column, "").strip("'")
        currency = said.get(bank.get("currency_column", ""), "") or bank["currency"]
        if amount is None:
            part.pending += 1
            continue
        yield Row(
            booked_on=intern(booked),
            amount=amount,
            currency=intern(_CURRENCIES.get(currency, currency)[:3]),
            line=line,
            reference=_joined(said, bank.get("reference", ()), " ")[:100],
            payer=_joined(said, bank.get("payer", ()), " ")[:200],
            payer_account=_joined(said, bank.get("payer_account", ()), " ")[:40],
            note=_joined(said, bank.get("note", ()), "\n")[:LONGEST_NOTE],
            kind=intern(_joined(said, bank.get("kind", ()), " ")[:100]),
            balance=balance,
        )


def _balance(said: Mapping[str, str], bank: Mapping[str, Any], decimal: str, part: Part) -> int | None:
    """What stood there after the row; one that cannot be read proves nothing, and the statement does not balance."""
    if not _has(said, bank.get("balance")):
        return None
    try:
        return hundredths(said[bank["balance"]], decimal)
    except ValueError:
        part.unreadable_balance = True
        return None


def _is_row(said: Mapping[str, str], bank: Mapping[str, Any]) -> bool:
    """Whether a line without a day is meant as a row: its first column has digits, and there is an amount."""
    amounts = [bank[name] for name in ("amount", "credit", "debit") if name in bank]
    return any(_has(said, name) for name in amounts) and any(c.isdigit() for c in said.get(bank["date"][0], ""))


def _amount(said: Mapping[str, str], bank: Mapping[str, Any], decimal: str) -> int | None:
    """Positive for money that came. None for what is neither (Alipay's 不计收支). ValueError for what is no amount."""
    if "credit" in bank:
        came = hundredths(said[bank["credit"]], decimal) if _has(said, bank["credit"]) else 0
        went = hundredths(said[bank["debit"]], decimal) if _has(said, bank["debit"]) else 0
        return came - went
    amount = hundredths(said.get(bank["amount"], ""), decimal)
    if "direction" not in bank:
        return amount
    way = said.get(bank["direction"], "")
    if way in bank["came"]:
        return amount
    return -amount if way in bank["went"] else None


def _has(said: Mapping[str, str], column: str | None) -> bool:
    return column is not None and said.get(column, "") not in _NOTHING


def _joined(said: Mapping[str, str], columns: Sequence[str], between: str) -> str:
    return between.join(said[name] for name in columns if _has(said, name))


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip(" \t\r\n\ufeff\xa0").replace("（", "(").replace("）", ")")
