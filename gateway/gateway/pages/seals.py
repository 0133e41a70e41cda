"""封存交存的材料: its applicant seals a deposit, lifts the seal, and reads who had it opened."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from contracts.seals import GET_SEAL, LIFT_SEAL, SEAL_DEPOSIT, SealRef, SealView
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered

pages = applicants_only(Blueprint("seals", __name__, url_prefix="/account/applications"))
Answer = str | Response | tuple[str, int]


@pages.get("/<application_id>/seal")
def seal(application_id: str) -> str:
    """Whether it is sealed, and what a court had opened."""
    return _page(call(GET_SEAL, SealRef(application_id=application_id)), PageForm())


@pages.post("/<application_id>/seal")
def change(application_id: str) -> Answer:
    """Seals it; or lifts the seal, when that was confirmed: staff can open it at once."""
    method = {"seal": SEAL_DEPOSIT, "lift": LIFT_SEAL}.get(request.form.get("step", ""))
    if method is None:
        raise Problem("not_found")
    if method is LIFT_SEAL and request.form.get("confirmed") != "yes":
        wrong = Problem("request_invalid", errors=[FieldError("confirmed", "not_confirmed")])
        return _page(call(GET_SEAL, SealRef(application_id=application_id)), PageForm().refused(wrong)), wrong.status
    try:
        view = call(method, entered(SealRef, application_id=application_id))
    except Problem as problem:
        if problem.code != "deposit_not_sealable":
            raise
        shown = call(GET_SEAL, SealRef(application_id=application_id))
        return _page(shown, PageForm().refused(problem)), problem.status
    flash(_("已封存。") if view.sealed_at else _("已启封。"), "success")
    return redirect(url_for("seals.seal", application_id=application_id), 303)


def _page(view: SealView, form: PageForm) -> str:
    return render_template("account/seal.html", seal=view, form=form)
