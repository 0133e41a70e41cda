"""A step that was changed on two pages: both versions of what differs, to choose from, so that neither overwrites the
other unseen."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.filing import KEEP_UNSAVED, ApplicationView, KeepUnsaved
from contracts.filing.unsaved import ALL_TURNS
from contracts.forms import FormStep
from flask import render_template, request

from gateway.forms.described import Described, value_at
from gateway.forms.versions import Compared, Opened, fingerprints
from gateway.forms.words import label, value_word
from gateway.web.calls import call

CHOSEN = "choose."
"""``choose.<path>``: ``mine`` or ``saved``, of a field that was changed on two pages; ``theirs``, of one that was
changed elsewhere only, which no choice takes back."""
ALL = "choose_all"
NOT_ENTRIES = ("csrf_token", "idempotency_key", ALL)


def left_as_saved() -> set[str]:
    """Fields that stay as they are saved: those of others, and those that are chosen one by one or all together."""
    every = request.form.get(ALL, "")
    return {
        name.removeprefix(CHOSEN)
        for name, value in request.form.items()
        if name.startswith(CHOSEN) and (value == "theirs" or (every or value) == "saved")
    }


def keep_entries(application_id: str, chosen: FormStep, changed: dict[str, Any], opened: Opened) -> None:
    """Whoever leaves the choice for another time finds on the step what they had entered."""
    entries = KeepUnsaved(
        application_id=application_id,
        step=chosen.name,
        page=opened.page,
        turn=ALL_TURNS,
        version=opened.version or 0,
        read=dict(opened.read),
        form=changed,
        seen=list(opened.seen),
    )
    try:
        call(KEEP_UNSAVED, entries, part="kept")
    except Problem as problem:
        if problem.code != "unsaved_too_many":
            raise


def choice_page(
    case: ApplicationView,
    described: Described,
    chosen: FormStep,
    changed: dict[str, Any],
    found: Compared,
    opened: Opened,
) -> str:
    """What was changed on two pages, each as it is on either, to choose from; all else that was entered goes along."""
    return render_template(
        "registration/both.html",
        case=case,
        step=chosen,
        opened=Opened(case.version, fingerprints(chosen.fields, case.form), tuple(opened.settled)),
        entries=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in NOT_ENTRIES and not name.startswith(("draft.", CHOSEN))
        ],
        fields=[
            (path, label(described, path), _words(described, path, changed), _words(described, path, case.form))
            for path in found.both
        ],
        theirs=sorted(found.theirs | left_as_saved()),
    )


def _words(described: Described, path: str, form: dict[str, Any]) -> str:
    field = described.field(path)
    return value_word(field, value_at(form, path)) if field else ""
