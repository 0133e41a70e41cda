"""打印纸质材料: what a batch has to send on paper, in parts that a printer takes, and which works are not ready."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from gateway.api.batches import fetch
from gateway.batches.papers import ALL_ROWS, Rows, papers_of, to_print
from gateway.batches.printing import printed
from gateway.pages.access import applicants_only
from gateway.pages.workbench import office_day
from gateway.web.documents import harmless
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
    batch = fetch(batch_id)
    rows = Rows(_line("first", ALL_ROWS.first), _line("last", ALL_ROWS.last))
    found = to_print(batch_id, rows, without_missing=bool(request.args.get("rest")))
    if len(found.parts()) > 1:
        return redirect(url_for("batch_papers.papers", batch_id=batch_id), 303)
    name = f"{batch_id}.pdf" if rows == ALL_ROWS else f"{batch_id}-{rows.first}-{rows.last}.pdf"
    answer = send_file(printed(found, batch.name, office_day()), mimetype="application/pdf", download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = harmless(answer)
    return answer


def _line(name: str, otherwise: int) -> int:
    given = request.args.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else otherwise
