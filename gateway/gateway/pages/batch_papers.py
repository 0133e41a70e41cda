"""打印纸质材料: what a batch has to send on paper, in parts that a printer takes, and which works are not ready."""

from __future__ import annotations

from chassis.errors import Problem
from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from gateway.api.batches import fetch
from gateway.batches.papers import ALL_ROWS, Rows, papers_of
from gateway.batches.printing import print_papers
from gateway.pages.access import applicants_only
from gateway.web.limits import limiter

pages = applicants_only(Blueprint("batch_papers", __name__, url_prefix="/account/batches"))


@pages.get("/<batch_id>/papers")
def papers(batch_id: str) -> str:
    """What there is to be printed, in parts; the works that are not ready, and why."""
    batch = fetch(batch_id)
    found = papers_of(batch_id)
    return render_template("account/batch_papers.html", batch=batch, papers=found, parts=found.parts())


@pages.get("/<batch_id>/papers.pdf")
@limiter.limit("6 per minute")
def file(batch_id: str) -> Response:
    """Cover sheets and signed forms of some rows, in the order of the sheet; ``rest``: without the works that are not
    ready, which the first sheet names. More than goes at once is offered in parts."""
    rows = Rows(_line("first", ALL_ROWS.first), _line("last", ALL_ROWS.last))
    try:
        return print_papers(fetch(batch_id), rows, rest=bool(request.args.get("rest")))
    except Problem as problem:
        if problem.code != "batch_papers_in_parts":
            raise
    return redirect(url_for("batch_papers.papers", batch_id=batch_id), 303)


def _line(name: str, otherwise: int) -> int:
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else otherwise
