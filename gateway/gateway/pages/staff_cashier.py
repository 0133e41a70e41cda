"""出纳台: what waits for a cashier, each leading to where it is done, and one search for all that is money."""

from __future__ import annotations

from contracts.base import Empty
from contracts.cashier import CASHIER_WORK
from flask import Blueprint, render_template, request

from gateway.api.cashier import find
from gateway.pages.cashier_words import money_words, work_addresses, work_words
from gateway.pages.staff_access import staff_only
from gateway.web.calls import call

pages = staff_only(Blueprint("staff_cashier", __name__, url_prefix="/staff/cashier"), "cashier")
LONGEST_TEXT = 100


@pages.get("")
def desk() -> str:
    """The work, or what was found. ``find``: somebody came by the key of the search."""
    text = request.args.get("text", "").strip()[:LONGEST_TEXT]
    found = find(text) if text else None
    return render_template(
        "staff/cashier.html",
        text=text,
        found=found,
        searching=bool(request.args.get("find")) or bool(text),
        work=None if found else call(CASHIER_WORK, Empty()),
        words=work_words(),
        addresses=work_addresses(),
        **money_words(),
    )
