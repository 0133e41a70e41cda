"""服务指南 as pages, and the forms to fill in by hand that they offer."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.filing import RENDER_TEMPLATE, RenderTemplate
from flask import Blueprint, Response, render_template, request

from gateway.finding_guides import entries, found
from gateway.guides import GUIDES, Guide, category, own_words
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import entered
from gateway.web.limits import limiter

pages = Blueprint("guides", __name__)
LONGEST_TEXT = 100


@pages.get("/guides/templates/<name>.pdf")
@limiter.limit("30 per minute")
def template(name: str) -> Response:
    """A form to fill in, empty."""
    return deliver(call(RENDER_TEMPLATE, entered(RenderTemplate, name=name)))


@pages.get("/guides")
def guide_index() -> str:
    """All that there is to read, or what answers to ``text``."""
    text = " ".join(request.args.get("text", "").split())[:LONGEST_TEXT]
    return render_template("guides/index.html", entries=found(text) if text else entries(), text=text)


@pages.get("/guides/works/<name>")
def work_category(name: str) -> str:
    """What to bring for one category of works."""
    found = category(name)
    if found is None:
        raise Problem("not_found")
    entry = Guide("works", found.choice.label, found.choice.hint)
    return render_template(
        "guides/category.html",
        found=found,
        policy=found.policy,
        guide=entry,
        guides=GUIDES,
        words=own_words(entry.name),
    )


@pages.get("/guides/<name>")
def guide(name: str) -> str:
    """One guide with the fees and periods of today, and what the office has written beside it."""
    for entry in GUIDES:
        if entry.name == name:
            facts = entry.facts()
            return render_template(f"guides/{name}.html", guide=entry, guides=GUIDES, words=own_words(name), **facts)
    raise Problem("not_found")
