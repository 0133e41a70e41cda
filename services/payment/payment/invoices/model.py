"""Invoices as data and as XML. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from xml.etree import ElementTree as Xml

from chassis.documents import rmb_words
from contracts.invoices import Invoice, InvoiceLine, RedReason

FIELDS = {
    "serial": "FPQQLSH",
    "original_serial": "YFPQQLSH",
    "red_reason": "HCYY",
    "issued_on": "KPRQ",
    "seller_name": "XSFMC",
    "seller_tax_id": "XSFNSRSBH",
    "buyer_name": "GMFMC",
    "buyer_tax_id": "GMFNSRSBH",
    "amount": "HJJE",
    "tax": "HJSE",
    "total": "JSHJ",
    "total_words": "JSHJDX",
    "remark": "BZ",
}
"""Elements of the XML, by the initials of the platform's Chinese names (发票请求流水号 …)."""
LINE_FIELDS = {
    "line": "XH",
    "name": "XMMC",
    "unit": "DW",
    "quantity": "SL",
    "unit_price": "DJ",
    "amount": "JE",
    "tax_rate": "SLV",
    "tax": "SE",
    "remark": "BZ",
}
_MONEY = frozenset({"amount", "tax", "total", "unit_price"})
REASONS: Mapping[str, RedReason] = {"case_ended": "03", "expedite_unearned": "03", "lines_returned": "02"}
WRONG_INVOICE: RedReason = "01"
"""Who was invoiced had not paid: the money was another's."""


def blue(
    serial: str, on: date, seller: tuple[str, str], buyer: tuple[str, str], lines: Sequence[InvoiceLine], remark: str
) -> Invoice:
    """The invoice of a paid order. ``seller``, ``buyer``: name and tax id, of a person none."""
    total = sum(line.amount for line in lines)
    return Invoice(
        kind="blue",
        serial=serial,
        issued_on=on,
        seller_name=seller[0],
        seller_tax_id=seller[1],
        buyer_name=buyer[0],
        buyer_tax_id=buyer[1],
        lines=list(lines),
        amount=total,
        total=total,
        total_words=rmb_words(total),
        remark=remark,
    )


def red(original: Invoice, serial: str, on: date, reason: RedReason, returned: Mapping[int, int]) -> Invoice:
    """Takes back fen of some lines of an invoice (红冲); amounts are negative, a part of a line has quantity one."""
    lines = []
    for line in original.lines:
        if amount := returned.get(line.line, 0):
            whole = amount == line.amount
            quantity, price = (line.quantity, line.unit_price) if whole else (1, amount)
            changed = {"quantity": -quantity, "unit_price": price, "amount": -amount}
            lines.append(line.model_copy(update=changed))
    total = sum(line.amount for line in lines)
    facts = {
        "kind": "red",
        "serial": serial,
        "original_serial": original.serial,
        "red_reason": reason,
        "issued_on": on,
        "lines": lines,
        "amount": total,
        "total": total,
        "total_words": f"（负数）{rmb_words(-total)}",
    }
    return original.model_copy(update=facts)


def as_xml(order_id: str, invoices: Sequence[Invoice]) -> str:
    """All invoices of an order in one document; amounts in yuan."""
    root = Xml.Element("FPXX", {"order": order_id})
    for invoice in invoices:
        element = Xml.SubElement(root, "FP", {"kind": "蓝字" if invoice.kind == "blue" else "红字"})
        _fill(element, FIELDS, invoice.model_dump())
        details = Xml.SubElement(element, "XMXX")
        for line in invoice.lines:
            _fill(Xml.SubElement(details, "XM"), LINE_FIELDS, line.model_dump())
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode", xml_declaration=False)


def _fill(parent: Xml.Element, fields: Mapping[str, str], values: Mapping[str, object]) -> None:
    for name, tag in fields.items():
        value = values[name]
        if value not in (None, ""):
            Xml.SubElement(parent, tag).text = _yuan(value) if name in _MONEY and isinstance(value, int) else str(value)


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
