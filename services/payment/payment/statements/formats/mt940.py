"""MT940 and MT942 (SWIFT). A reader of our own: the usual library fails on one of the banks' files that we have, takes
30 February for a day, and reads a fragment as an empty statement (see docs/adr/0031)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from payment.statements.formats.amounts import hundredths
from payment.statements.model import LONGEST_NOTE, MOST_ROWS, NoStatement, Part, Row

_TAG = re.compile(r":([0-9]{2}[A-Z]?):(.*)", re.ASCII)
_BALANCE = re.compile(r"([CD])([0-9]{6})([A-Z]{3})([0-9]+,?[0-9]*)", re.ASCII)
_ENTRY = re.compile(
    r"(?P<value>[0-9]{6})(?:(?P<entry>[0-9]{4})|    )?(?P<sign>R?[CD]|E[CD])[A-Z]?(?P<amount>[0-9]+,[0-9]*)"
    r"(?P<kind>[A-Z][A-Z0-9 ]{3})?(?P<reference>.*)",
    re.ASCII | re.DOTALL,
)
_FIELD = re.compile(r"\?([0-9]{2})")
_NAMES, _ACCOUNT, _TEXT = (
    ("32", "33"),
    "31",
    ("20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "60", "61", "62", "63"),
)
_NOTHING = frozenset({"", "NONREF", "NOTPROVIDED"})
Tagged = tuple[int, str, str]


def looks_like(text: str) -> bool:
    """Whether a text has tags of a statement; fragments do, and are refused by name."""
    return re.search(r"(?m)^:(?:20|25|28C?|60[FM]|61|62[FM]|86):", text) is not None


def read(text: str) -> list[Part]:
    """Every statement of the file. Raises :class:`NoStatement`."""
    parts: list[Part] = []
    part: Part | None = None
    entries: list[tuple[int, str, str]] = []
    for line, tag, value in _fields(text):
        if tag == "20":
            _close(part, entries)
            part, entries = Part(), []
            parts.append(part)
        elif part is None:
            raise NoStatement("statement_fragment", line)
        elif tag == "25":
            part.account = value.splitlines()[0].strip() if value else ""
        elif tag in ("60F", "60M", "62F", "62M"):
            _balance(part, tag, value, line)
        elif tag == "61":
            entries.append((line, value, ""))
            if len(entries) > MOST_ROWS:
                raise NoStatement("statement_too_long", line)
        elif tag == "86" and entries and not entries[-1][2]:
            entries[-1] = (*entries[-1][:2], value)
    _close(part, entries)
    found = [one for one in parts if one.rows or one.closing is not None]
    if not found:
        raise NoStatement("statement_fragment")
    return found


def _fields(text: str) -> Iterator[Tagged]:
    """Tags with the lines that follow them; blocks around a message are passed over."""
    tag, at = "", 0
    value: list[str] = []
    for line, content in enumerate(text.splitlines(), start=1):
        content = content.rstrip("\r\x00\x1a ")
        if found := _TAG.match(content):
            if tag:
                yield at, tag, "\n".join(value)
            tag, value, at = found[1], [found[2]], line
        elif content.startswith(("-}", "{1:")) or content == "-":
            if tag:
                yield at, tag, "\n".join(value)
            tag, value = "", []
        elif tag:
            value.append(content)
    if tag:
        yield at, tag, "\n".join(value)


def _balance(part: Part, tag: str, value: str, line: int) -> None:
    found = _BALANCE.match(value)
    if found is None:
        raise NoStatement("statement_row_unreadable", line)
    try:
        amount = hundredths(found[4], ",") * (1 if found[1] == "C" else -1)
    except ValueError:
        raise NoStatement("statement_row_unreadable", line) from None
    part.currency = part.currency or found[3]
    if tag.startswith("60"):
        part.opening = amount if part.opening is None else part.opening
    else:
        part.closing = amount


def _close(part: Part | None, entries: list[tuple[int, str, str]]) -> None:
    if part is not None:
        part.rows = [_row(part.currency, *entry) for entry in entries]


def _row(currency: str, line: int, value: str, details: str) -> Row:
    first, *more = value.splitlines() or [""]
    found = _ENTRY.match(first)
    try:
        if found is None or not currency:
            raise ValueError(value)
        booked, valued = _days(found["value"], found["entry"])
        amount = hundredths(found["amount"], ",")
    except ValueError:
        raise NoStatement("statement_row_unreadable", line) from None
    credit = found["sign"] in ("C", "RD", "EC")
    customers, _, banks = found["reference"].partition("//")
    note, payer, account = _details(details)
    return Row(
        booked_on=booked,
        value_on=valued,
        amount=amount if credit else -amount,
        currency=currency,
        line=line,
        reference=next((ref for ref in (banks.strip(), customers.strip()) if ref not in _NOTHING), "")[:100],
        payer=payer[:200],
        payer_account=account[:40],
        note="\n".join(part for part in (note, *more) if part)[:LONGEST_NOTE],
        kind=(found["kind"] or "").strip(),
    )


def _days(value: str, entry: str | None) -> tuple[str, str | None]:
    """Booking date and value date. A bank that reckons with months of 30 days writes 30 February: not a booking day."""
    year = 2000 + int(value[:2]) if int(value[:2]) < 80 else 1900 + int(value[:2])
    try:
        valued: date | None = date(year, int(value[2:4]), int(value[4:6]))
    except ValueError:
        valued = None
    if entry is None:
        if valued is None:
            raise ValueError(value)
        return valued.isoformat(), valued.isoformat()
    month = int(entry[:2])
    across = {(12, 1): 1, (1, 12): -1}.get((int(value[2:4]), month), 0)
    return date(year + across, month, int(entry[2:4])).isoformat(), valued.isoformat() if valued else None


def _details(text: str) -> tuple[str, str, str]:
    """Note, name and account of the other side, from the sub-fields ``?20`` … or as plain text."""
    pieces = _FIELD.split(text.replace("\n", "") if "?20" in text.replace("\n", "") else text)
    if len(pieces) < 3:
        return text.strip(), "", ""
    fields: dict[str, str] = {}
    for name, value in zip(pieces[1::2], pieces[2::2], strict=True):
        fields[name] = fields.get(name, "") + value
    note = "\n".join(fields[name] for name in _TEXT if fields.get(name))
    return note, "".join(fields.get(name, "") for name in _NAMES).strip(), fields.get(_ACCOUNT, "").strip()
