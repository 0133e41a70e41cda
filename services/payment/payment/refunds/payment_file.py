"""A payment file for the bank: ISO 20022 customer credit transfer initiation, pain.001.001.09. Pure.

Refunds of remittances go back as ordinary transfers in yuan. Our refund number is the end-to-end id, by which a
statement tells later which of them left the account.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree as Xml

from contracts.refunds import Payee

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?")
_CNAPS = re.compile(r"[0-9]{12}")


@dataclass(frozen=True)
class Transfer:
    """One refund: fen, its number, who gets it and what the payer reads on their statement."""

    number: str
    amount: int
    payee: Payee
    note: str


@dataclass(frozen=True)
class Debtor:
    """The office's own account."""

    name: str
    account: str
    bank: str


def payment_file(file_id: str, made_at: datetime, on: date, debtor: Debtor, transfers: Sequence[Transfer]) -> bytes:
    """The document, one payment information block with all transfers, to be executed on a legal day."""
    Xml.register_namespace("", NAMESPACE)
    document = Xml.Element(_name("Document"))
    initiation = _child(document, "CstmrCdtTrfInitn")
    header = _child(initiation, "GrpHdr")
    total = _yuan(sum(transfer.amount for transfer in transfers))
    _text(header, "MsgId", file_id[:35])
    _text(header, "CreDtTm", made_at.isoformat(timespec="seconds"))
    _text(header, "NbOfTxs", str(len(transfers)))
    _text(header, "CtrlSum", total)
    _text(_child(header, "InitgPty"), "Nm", debtor.name)
    block = _child(initiation, "PmtInf")
    _text(block, "PmtInfId", file_id[:35])
    _text(block, "PmtMtd", "TRF")
    _text(block, "NbOfTxs", str(len(transfers)))
    _text(block, "CtrlSum", total)
    _text(_child(block, "ReqdExctnDt"), "Dt", on.isoformat())
    _text(_child(block, "Dbtr"), "Nm", debtor.name)
    _account(_child(block, "DbtrAcct"), debtor.account)
    _text(_child(_child(block, "DbtrAgt"), "FinInstnId"), "Nm", debtor.bank)
    for transfer in transfers:
        _transfer(_child(block, "CdtTrfTxInf"), transfer)
    Xml.indent(document)
    return bytes(Xml.tostring(document, encoding="utf-8", xml_declaration=True))


def _transfer(parent: Xml.Element, transfer: Transfer) -> None:
    identity = _child(parent, "PmtId")
    _text(identity, "InstrId", transfer.number[:35])
    _text(identity, "EndToEndId", transfer.number[:35])
    amount = _text(_child(parent, "Amt"), "InstdAmt", _yuan(transfer.amount))
    amount.set("Ccy", "CNY")
    agent = _child(_child(parent, "CdtrAgt"), "FinInstnId")
    if _BIC.fullmatch(transfer.payee.bank_code):
        _text(agent, "BICFI", transfer.payee.bank_code)
    elif _CNAPS.fullmatch(transfer.payee.bank_code):
        member = _child(agent, "ClrSysMmbId")
        _text(_child(member, "ClrSysId"), "Cd", "CNAPS")
        _text(member, "MmbId", transfer.payee.bank_code)
    _text(agent, "Nm", transfer.payee.bank)
    _text(_child(parent, "Cdtr"), "Nm", transfer.payee.name)
    _account(_child(parent, "CdtrAcct"), transfer.payee.account)
    _text(_child(parent, "RmtInf"), "Ustrd", transfer.note[:140])


def _account(parent: Xml.Element, number: str) -> None:
    """Without the blanks that an account has where people read it."""
    _text(_child(_child(parent, "Id"), "Othr"), "Id", "".join(number.split()))


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _child(parent: Xml.Element, tag: str) -> Xml.Element:
    return Xml.SubElement(parent, _name(tag))


def _text(parent: Xml.Element, tag: str, text: str) -> Xml.Element:
    child = _child(parent, tag)
    child.text = text
    return child


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
