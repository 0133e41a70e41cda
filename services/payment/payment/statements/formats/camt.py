"""camt.052, .053 and .054 (ISO 20022) of any version: what is read has had the same names in all of them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree as Xml

from payment.statements.formats.amounts import day, hundredths
from payment.statements.model import LONGEST_NOTE, MOST_ROWS, NoStatement, Part, Row

_STATEMENTS = frozenset({"Stmt", "Rpt", "Ntfctn"})
_OPENING, _CLOSING = frozenset({"OPBD", "PRCD"}), frozenset({"CLBD"})


def looks_like(data: bytes) -> bool:
    """Whether it is XML at all."""
    return data[:400].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") or data[:2] in (b"\xff\xfe", b"\xfe\xff")


def read(data: bytes) -> list[Part]:
    """Every statement, report or notification of the message. Raises :class:`NoStatement`."""
    parts: list[Part] = []
    rows: list[Row] = []
    entries = pending = 0
    try:
        for _, element in Xml.iterparse(io.BytesIO(data), events=("end",)):  # noqa: S314  in confinement, without network
            name = _name(element)
            if name == "Ntry":
                entries += 1
                if entries > MOST_ROWS:
                    raise NoStatement("statement_too_long")
                found = _rows_or_why(element, entries)
                rows += found or []
                pending += found is None
                element.clear()  # a message of 100,000 would not fit as a tree
            elif name in _STATEMENTS:
                parts.append(_part(element, rows, pending))
                rows, pending = [], 0
                element.clear()
    except Xml.ParseError as error:
        raise NoStatement("statement_not_readable", error.position[0]) from None
    if not parts:
        raise NoStatement("statement_unknown_format")
    return parts


def _rows_or_why(entry: Xml.Element, number: int) -> list[Row] | None:
    try:
        return _rows(entry, number)
    except ValueError:
        raise NoStatement("statement_row_unreadable", number) from None


def _part(statement: Xml.Element, rows: list[Row], pending: int) -> Part:
    accounts = (_text(statement, f"Acct/Id/{name}") for name in ("IBAN", "Othr/Id", "PrtryAcct/Id"))
    part = Part(next(filter(None, accounts), ""), _text(statement, "Acct/Ccy"), rows=rows, pending=pending)
    for balance in _children(statement, "Bal"):
        kind = _text(balance, "Tp/CdOrPrtry/Cd") or _text(balance, "Tp/Cd")
        try:
            amount, currency = _amount(balance)
        except ValueError:
            raise NoStatement("statement_row_unreadable") from None
        part.currency = part.currency or currency
        if kind in _OPENING and part.opening is None:
            part.opening = amount
        elif kind in _CLOSING:
            part.closing = amount
    part.currency = part.currency or (part.rows[0].currency if part.rows else "")
    return part


def _rows(entry: Xml.Element, number: int) -> list[Row] | None:
    """One row for an entry, or for each transaction of a collective one that says its amounts; None if not booked."""
    status = _text(entry, "Sts") or _text(entry, "Sts/Cd")
    amount, currency = _amount(entry)
    if _text(entry, "RvslInd") == "true" and not _text(entry, "CdtDbtInd"):
        amount = -amount
    if status in ("PDNG", "INFO", "FUTR"):
        return None
    booked = _day(entry, "BookgDt") or _day(entry, "ValDt") or ""
    if not booked:
        raise ValueError("no day")
    facts: dict[str, Any] = {"booked_on": booked, "value_on": _day(entry, "ValDt") or None, "currency": currency}
    facts |= {"line": number, "kind": _text(entry, "BkTxCd/Prtry/Cd") or _text(entry, "BkTxCd/Domn/Fmly/SubFmlyCd")}
    reference = _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef")
    details = [one for group in _children(entry, "NtryDtls") for one in _children(group, "TxDtls")]
    details = details or list(_children(entry, "TxDtls"))
    parts = [_part_amount(one, currency) for one in details]
    known = [one for one in parts if one is not None]
    if len(details) > 1 and len(known) == len(parts) and sum(known) == abs(amount):
        sign = 1 if amount > 0 else -1
        return [
            Row(amount=sign * part, reference=_reference(one, reference, at), **facts, **_said(entry, [one], amount))
            for at, (one, part) in enumerate(zip(details, known, strict=True), start=1)
        ]
    one_reference = (reference or _one_reference(details))[:100]
    return [Row(amount=amount, reference=one_reference, **facts, **_said(entry, details, amount))]


def _said(entry: Xml.Element, details: list[Xml.Element], amount: int) -> dict[str, Any]:
    """Note and other side. Of money that came, the other side is the debtor."""
    side = "Dbtr" if amount > 0 else "Cdtr"
    notes, payers, accounts = [_text(entry, "AddtlNtryInf")], [], []
    for one in details:
        notes += [text for name in ("RmtInf", "AddtlTxInf") for text in _all_text(one, name)]
        notes += [text for text in _all_text(one, "Refs/EndToEndId") if text != "NOTPROVIDED"]
        payers += [_text(one, f"RltdPties/{side}/Nm") or _text(one, f"RltdPties/{side}/Pty/Nm")]
        accounts += [_text(one, f"RltdPties/{side}Acct/Id/IBAN") or _text(one, f"RltdPties/{side}Acct/Id/Othr/Id")]
    return {
        "note": "\n".join(note for note in notes if note)[:LONGEST_NOTE],
        "payer": next((payer for payer in payers if payer), "")[:200],
        "payer_account": next((account for account in accounts if account), "")[:40],
    }


def _amount(element: Xml.Element) -> tuple[int, str]:
    found = next(iter(_children(element, "Amt")), None)
    if found is None:
        raise ValueError("no amount")
    amount = hundredths(found.text or "")
    return (-amount if _text(element, "CdtDbtInd") == "DBIT" else amount), found.get("Ccy", "")


def _part_amount(details: Xml.Element, currency: str) -> int | None:
    """What one transaction of a collective entry has of it."""
    for path in ("Amt", "AmtDtls/TxAmt/Amt"):
        if (found := _find(details, path)) is not None and found.get("Ccy", currency) == currency:
            return hundredths(found.text or "")
    return None


def _one_reference(details: list[Xml.Element]) -> str:
    return _text(details[0], "Refs/AcctSvcrRef") if len(details) == 1 else ""


def _reference(details: Xml.Element, entry: str, at: int) -> str:
    return (_text(details, "Refs/AcctSvcrRef") or (f"{entry}/{at}" if entry else ""))[:100]


def _day(element: Xml.Element, name: str) -> str:
    said = _text(element, f"{name}/Dt") or _text(element, f"{name}/DtTm")
    return day(said[:10]) if said else ""


def _name(element: Xml.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children(element: Xml.Element, name: str) -> Iterable[Xml.Element]:
    return (child for child in element if _name(child) == name)


def _find(element: Xml.Element, path: str) -> Xml.Element | None:
    found: Xml.Element | None = element
    for name in path.split("/"):
        found = next(iter(_children(found, name)), None) if found is not None else None
    return found


def _text(element: Xml.Element, path: str) -> str:
    found = _find(element, path)
    return (found.text or "").strip() if found is not None else ""


def _all_text(element: Xml.Element, path: str) -> list[str]:
    found = _find(element, path)
    return [text.strip() for text in found.itertext() if text.strip()] if found is not None else []
