"""客服专员的批量: the batches that a member of customer service looks after, as their organisations see them."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.batches import LIST_BATCHES, LIST_FILED_WITH, FiledTogether, ListBatches, ListFiledWith
from flask import Blueprint, render_template, request

from gateway.api.batches import fetch
from gateway.forms.descriptions import types_of_batches
from gateway.pages.batch_words import row_words, state_words, turn_told, turn_words
from gateway.pages.batches import shown
from gateway.pages.staff_access import staff_only
from gateway.web.calls import call

pages = staff_only(Blueprint("staff_batches", __name__, url_prefix="/staff/batches"), "customer_service")
PAGE = 50
_PATIENCE = 3.0
"""Seconds; the page of a case does without it."""
LONGEST_TEXT = 100


@pages.app_template_global()
def filed_with(application_id: str) -> FiledTogether | None:
    """The other works of its batch that the examiner of a work may read; None where nobody can say it now, or the case
    has become another account's."""
    try:
        return call(LIST_FILED_WITH, ListFiledWith(application_id=application_id, limit=PAGE), timeout=_PATIENCE)
    except Problem as problem:
        if problem.code not in ("batch_unknown", "forbidden") and problem.status < 500:
            raise
        return None


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
