"""消息通知设置: which messages go by SMS and e-mail besides the one on the site, and in which language."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from contracts.base import Empty
from contracts.identity.choices import CHOOSE_MESSAGES, GET_MESSAGE_CHOICES, ChooseMessages, KindChosen, MessageChoices
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.access import applicants_only
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered
from gateway.web.limits import limiter

pages = applicants_only(Blueprint("message_settings", __name__, url_prefix="/account/settings"))
Answer = str | Response | tuple[str, int]


@pages.get("")
def settings() -> str:
    """As they stand."""
    return _page(PageForm(), call(GET_MESSAGE_CHOICES, Empty()))


@pages.post("")
@limiter.limit("20 per minute")
def choose() -> Answer:
    """What is ticked goes out. A channel that does not reach the account is not on the page, and stays as it was."""
    now = call(GET_MESSAGE_CHOICES, Empty())
    chosen = [
        KindChosen(
            kind=item.kind,
            sms=f"{item.kind}.sms" in request.form if now.sms_reaches else item.sms,
            email=f"{item.kind}.email" in request.form if now.email_reaches else item.email,
        )
        for item in now.items
        if item.need != "all" and not (item.need == "one" and _only_way(now))
    ]
    try:
        call(
            CHOOSE_MESSAGES,
            entered(ChooseMessages, message_language=request.form.get("language") or None, items=chosen),
        )
    except Problem as problem:
        problem.errors = tuple(_at_kind(error, chosen) for error in problem.errors)
        return _page(PageForm.from_request().refused(problem), now), problem.status
    flash(_("设置已保存，从下一条消息起按它发送。"), "success")
    return redirect(url_for("message_settings.settings"), 303)


def _at_kind(error: FieldError, chosen: list[KindChosen]) -> FieldError:
    head, _dot, place = error.field.partition(".")
    if head != "items" or not place.isdigit():
        return error
    return FieldError(chosen[int(place)].kind, error.code, error.params)


def _only_way(choices: MessageChoices) -> bool:
    """One channel reaches the account: what has to go out goes by that."""
    return not (choices.sms_reaches and choices.email_reaches)


def _page(form: PageForm, choices: MessageChoices) -> str:
    return render_template("account/settings.html", form=form, choices=choices, only_way=_only_way(choices))
