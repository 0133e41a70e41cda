"""客服专员的批量: the batches that a member of customer service looks after, as their organisations see them."""

from __future__ import annotations

from typing import Any

from contracts.batches import LIST_BATCHES, ListBatches
from flask import Blueprint, render_template, request

from gateway.api.batches import fetch
from gateway.forms.descriptions import types_of_batches
from gateway.pages.batch_words import row_words, state_words, turn_told, turn_words
from gateway.pages.batches import shown
from gateway.pages.staff_access import staff_only
from gateway.web.calls import call

pages = staff_only(Blueprint("staff_batches", __name__, url_prefix="/staff/batches"), "customer_service")
PAGE = 50
LONGEST_TEXT = 100


@pages.get("")
def batches() -> str:
    """The newest first, by whose turn it is, searched."""
    turns = turn_words()
    turn: Any = request.args.get("waits_for") if request.args.get("waits_for") in turns else None
    text, cursor = request.args.get("text", "").strip()[:LONGEST_TEXT], request.args.get("after") or None
    return render_template(
        "staff/batches.html",
        found=call(LIST_BATCHES, ListBatches(waits_for=turn, text=text, cursor=cursor, limit=PAGE)),
        first=cursor is None,
        turn=turn,
        turns=turns,
        turn_told=turn_told,
        text=text,
        row_states=row_words(),
        states=state_words(),
        types=types_of_batches(),
    )


@pages.get("/<batch_id>")
def one(batch_id: str) -> str:
    """What stands where, to be talked about."""
    return render_template("staff/batch.html", **shown(fetch(batch_id)))
