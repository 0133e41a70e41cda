"""Invoice data as files: for the payer's bookkeeping, and for the cashier."""

from __future__ import annotations

from contracts.invoices import InvoiceList
from flask import make_response
from werkzeug.wrappers import Response


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
