"""审查排队统计: how long cases wait, how many are hurried and whether promises are kept, for everybody."""

from __future__ import annotations

from contracts.base import Empty
from contracts.expedite import QUEUE_STATISTICS
from flask import Blueprint, render_template

from gateway.api.expedites import offered
from gateway.web.calls import call

pages = Blueprint("statistics", __name__, url_prefix="/statistics")


@pages.get("")
def queue() -> str:
    """Today's figures and those of the days before; plainly whether the office hurries cases at all, and for what."""
    offer, fees = offered()
    found = call(QUEUE_STATISTICS, Empty())
    return render_template("query/statistics.html", found=found, offer=offer, fees=fees)
