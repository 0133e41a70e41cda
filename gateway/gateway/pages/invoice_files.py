"""Invoice data as people read them, and as files: for the payer's bookkeeping, and for the cashier."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from contracts.invoices import Invoice, InvoiceList
from flask import make_response
from werkzeug.wrappers import Response


@dataclass(frozen=True)
class ToldItem:
    """What is charged, with how many of it."""

    name: str
    quantity: int


@dataclass(frozen=True)
class ToldInvoice:
    """A row of the table. ``total`` in fen, negative of a red one."""

    serial: str
    red: bool
    issued_on: date
    buyer_name: str
    buyer_tax_id: str
    items: list[ToldItem]
    total: int
    total_words: str


def told_invoice(invoice: Invoice) -> ToldInvoice:
    """An invoice for a batch has as many lines as works: those of one fee are told together."""
    quantities = Counter[str]()
    for line in invoice.lines:
        quantities[line.name] += line.quantity
    return ToldInvoice(
        serial=invoice.serial,
        red=invoice.kind == "red",
        issued_on=invoice.issued_on,
        buyer_name=invoice.buyer_name,
        buyer_tax_id=invoice.buyer_tax_id,
        items=[ToldItem(name, quantity) for name, quantity in quantities.items()],
        total=invoice.total,
        total_words=invoice.total_words,
    )


def json_file(invoices: InvoiceList, name: str) -> Response:
    """The invoices of an order as JSON; ``name`` is the order's or the application's id."""
    return _file(invoices.model_dump_json(exclude={"xml"}, indent=1), "json", name)


def xml_file(invoices: InvoiceList, name: str) -> Response:
    """The same as XML, which is what the tax platform is given."""
    return _file(f'<?xml version="1.0" encoding="UTF-8"?>\n{invoices.xml}', "xml", name)


def _file(content: str, kind: str, name: str) -> Response:
    answer = make_response(content)
    answer.content_type = f"application/{kind}; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="invoice-{name}.{kind}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
