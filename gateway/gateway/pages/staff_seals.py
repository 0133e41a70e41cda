"""启封: two members of staff have a sealed deposit opened on the order of a court, and see it for some days."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.filing import GET_APPLICATION, OPEN_MATERIAL, ApplicationRef, OpenMaterial
from contracts.seals import (
    DECIDE_OPENING,
    GET_SEAL,
    LIST_OPENINGS,
    PROPOSE_OPENING,
    DecideOpening,
    ListOpenings,
    ProposeOpening,
    SealRef,
)
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.forms.descriptions import describe_case
from gateway.forms.words import role_words
from gateway.pages.colleagues import names_of
from gateway.pages.staff_access import staff_only
from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.documents import deliver
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language

pages = staff_only(Blueprint("staff_seals", __name__, url_prefix="/staff/seals"), "archivist", "senior_examiner")
Answer = str | Response | tuple[str, int]
PAGE = 50


@pages.get("")
def queue() -> str:
    """Orders that wait for a second person, or those that are decided."""
    name: Any = "done" if request.args.get("queue") == "done" else "open"
    cursor = request.args.get("after") or None
    found = call(LIST_OPENINGS, ListOpenings(queue=name, cursor=cursor, limit=PAGE))
    return render_template(
        "staff/seals.html",
        found=found,
        queue=name,
        queues={"open": _("待复核"), "done": _("已办结")},
        first=cursor is None,
        states=state_words(),
        proposes="archivist" in caller().actor.roles,
    )


@pages.get("/<application_id>")
def one(application_id: str) -> str:
    """A sealed deposit and its openings."""
    return _page(application_id, PageForm())


@pages.post("/<application_id>/openings")
def propose(application_id: str) -> Answer:
    """With the order of a court."""
    form = PageForm.from_request().called(
        lambda field: {"court": _("法院"), "order_number": _("法院文书号")}.get(field, "")
    )
    try:
        asked = entered(
            ProposeOpening,
            application_id=application_id,
            court=form.value("court"),
            order_number=form.value("order_number"),
        )
        call(PROPOSE_OPENING, asked)
    except Problem as problem:
        if problem.code in ("application_unknown", "forbidden") or problem.status >= 500:
            raise
        return _page(application_id, form.refused(problem)), problem.status
    flash(_("已提出，等另一名工作人员复核。"), "success")
    return redirect(url_for("staff_seals.one", application_id=application_id), 303)


@pages.post("/<application_id>/openings/<opening_id>")
def decide(application_id: str, opening_id: str) -> Answer:
    """The second person confirms, or somebody dismisses it."""
    try:
        asked = entered(DecideOpening, opening_id=opening_id, step=request.form.get("step") or None)
        decided = call(DECIDE_OPENING, asked)
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _page(application_id, PageForm().refused(problem)), problem.status
    flash(_("已收回") if decided.mine and decided.state == "dismissed" else state_words()[decided.state], "success")
    return redirect(url_for("staff_seals.one", application_id=application_id), 303)


@pages.get("/<application_id>/materials/<material_id>")
def material(application_id: str, material_id: str) -> Response:
    """A file of the deposit, for the two who had it opened."""
    return deliver(call(OPEN_MATERIAL, OpenMaterial(application_id=application_id, material_id=material_id)))


def state_words() -> dict[str, str]:
    return {"proposed": _("待复核"), "confirmed": _("已启封查看"), "dismissed": _("已驳回")}


def _page(application_id: str, form: PageForm) -> str:
    seal = call(GET_SEAL, SealRef(application_id=application_id))
    case = call(GET_APPLICATION, ApplicationRef(application_id=application_id, language=language()))
    described = describe_case(case)
    kept = {need.role for need in described.description.materials if need.sample}
    return render_template(
        "staff/seal.html",
        seal=seal,
        form=form,
        files=[one for one in case.materials if one.role in kept and not one.superseded],
        roles=role_words(described),
        states=state_words(),
        people=names_of(who for one in seal.openings for who in (one.proposed_by, one.decided_by)),
        looks=any("look" in opening.steps for opening in seal.openings),
    )
