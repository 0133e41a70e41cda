"""客服专员的批量: the batches that a member of customer service looks after, as their organisations see them."""

from __future__ import annotations

from contracts.batches import LIST_BATCHES, ListBatches
from flask import Blueprint, render_template, request

from gateway.api.batches import fetch
from gateway.pages.batch_words import state_words, type_words
from gateway.pages.batches import shown
from gateway.pages.staff_access import staff_only
from gateway.web.calls import call

pages = staff_only(Blueprint("staff_batches", __name__, url_prefix="/staff/batches"), "customer_service")
PAGE = 50


@pages.get("")
def batches() -> str:
    """The newest first."""
    cursor = request.args.get("after") or None
    return render_template(
        "staff/batches.html",
        found=call(LIST_BATCHES, ListBatches(cursor=cursor, limit=PAGE)),
        first=cursor is None,
        states=state_words(),
        types=type_words(),
    )


@pages.get("/<batch_id>")
def one(batch_id: str) -> str:
    """What stands where, to be talked about."""
    return render_template("staff/batch.html", **shown(fetch(batch_id)))
