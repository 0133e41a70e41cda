"""隐私说明、服务条款: the texts for everybody; what an account has agreed to, asked anew and taken back."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity.consents import (
    GIVE_CONSENT,
    LIST_CONSENTS,
    READ_NOTICE,
    WITHDRAW_CONSENT,
    GiveConsent,
    ReadNotice,
    WithdrawConsent,
)
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.access import for_signed_in, local_path, require_signed_in_applicant
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.languages import language
from gateway.web.limits import client_address, limiter
from gateway.web.signing_in import ASKED

texts = Blueprint("notices", __name__)
pages = for_signed_in(Blueprint("agreements", __name__, url_prefix="/account/agreements"), require_signed_in_applicant)
Answer = str | Response | tuple[str, int]


@texts.get("/notices/<any(privacy, terms, face):name>")
def notice(name: str) -> str:
    """One text; every version of it stays to be read."""
    asked = entered(ReadNotice, name=name, version=request.args.get("version") or None, language=language())
    return render_template("notice.html", notice=call(READ_NOTICE, asked))


@pages.get("")
def agreements() -> str:
    """同意记录; first of all what is new since the last sign-in."""
    return _page(PageForm())


@pages.post("")
@limiter.limit("30 per minute")
def agree() -> Answer:
    """To each text that was asked about. One that was not ticked is asked about again."""
    try:
        for text in call(LIST_CONSENTS, Empty()).to_agree:
            version = request.form.get(f"agreed_{text.name}", "")
            given = entered(GiveConsent, name=text.name, version=version, client=client_address())
            call(GIVE_CONSENT, given, part=text.name)
    except Problem as problem:
        lacking = Problem("agreement_required", version=problem.params.get("version", ""))
        return _page(PageForm.from_request().refused(lacking)), lacking.status
    session.pop(ASKED, None)
    flash(_("已记下您的同意。"), "success")
    return redirect(local_path(request.form.get("next"), url_for("account.home")), 303)


@pages.post("/face/withdrawal")
@limiter.limit("30 per minute")
def withdraw() -> Answer:
    """Takes the consent to the photograph of the face back."""
    call(WITHDRAW_CONSENT, WithdrawConsent())
    flash(_("已撤回对人脸照片的同意，手持证件照片已销毁。"), "success")
    return redirect(url_for("agreements.agreements"), 303)


def _page(form: PageForm) -> str:
    found = call(LIST_CONSENTS, Empty())
    if not found.to_agree:
        session.pop(ASKED, None)
    asked = [call(READ_NOTICE, ReadNotice(name=text.name, language=language())) for text in found.to_agree]
    return render_template(
        "account/agreements.html",
        form=form,
        asked=asked,
        consents=found.items,
        first=not found.items,
        face=any(step.name == "face" and step.current for step in found.items),
        next=local_path(request.values.get("next"), ""),
    )
