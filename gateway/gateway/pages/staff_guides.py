"""指南文字: administrators write what stands beside the service guides, and publish what a colleague has written."""

from __future__ import annotations

from typing import Any, get_args

from chassis.errors import Problem
from contracts.forms import Kind
from contracts.guides import (
    END_GUIDE_TEXT,
    GET_GUIDE_TEXT,
    LIST_GUIDE_TEXTS,
    PUBLISH_GUIDE_TEXT,
    WRITE_GUIDE_TEXT,
    EndGuideText,
    GuideTextRef,
    ListGuideTexts,
    WriteGuideText,
)
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.forms.descriptions import procedures
from gateway.guides import GUIDES
from gateway.pages.colleagues import names_of
from gateway.pages.staff_access import staff_only
from gateway.web.calls import call
from gateway.web.forms import PageForm, entered

pages = staff_only(Blueprint("staff_guides", __name__, url_prefix="/staff/guide-texts"), "administrator")
Answer = str | Response | tuple[str, int]
PAGE = 50
WRITTEN = ("place", "section", "zh", "en", "valid_from", "valid_to", "replaces")


@pages.get("")
def texts() -> str:
    """The newest first: drafts that wait for a second person, what is shown, and all that was."""
    place, cursor = request.args.get("place", "")[:40], request.args.get("after") or None
    state = request.args.get("state") if request.args.get("state") in _states() else None
    found = call(LIST_GUIDE_TEXTS, entered(ListGuideTexts, place=place, state=state, cursor=cursor, limit=PAGE))
    return _render("staff/guide_texts.html", found=found, place=place, state=state, first=cursor is None)


@pages.get("/new")
def new() -> str:
    """An empty draft, or one that begins with what is there already (``of``)."""
    before = request.args.get("of", "")[:64]
    form = PageForm({"place": request.args.get("place", ""), "section": request.args.get("section", "")})
    if before:
        text = call(GET_GUIDE_TEXT, GuideTextRef(text_id=before))
        written = text.model_dump(mode="json", include=set(WRITTEN))
        form = PageForm({**written, "replaces": before if text.state == "draft" else ""})
    return _render("staff/guide_text_new.html", form=form)


@pages.post("/new")
def write() -> Answer:
    """Keeps the draft; it is seen by administrators alone."""
    form = PageForm.from_request()
    values: dict[str, Any] = {name: value for name in WRITTEN if (value := form.value(name).strip())}
    try:
        made = call(WRITE_GUIDE_TEXT, entered(WriteGuideText, **values))
    except Problem as problem:
        if problem.status >= 500:
            raise
        return _render("staff/guide_text_new.html", form=form.refused(problem)), problem.status
    flash(_("草稿已保存。请另一位管理员核对并发布。"), "success")
    return _to(made.text_id)


@pages.get("/<text_id>")
def text(text_id: str) -> str:
    """As it would be shown, in both languages, and what may be done with it."""
    return _text(text_id, PageForm())


@pages.post("/<text_id>/publication")
def publish(text_id: str) -> Answer:
    """By a second person."""
    try:
        call(PUBLISH_GUIDE_TEXT, GuideTextRef(text_id=text_id))
    except Problem as problem:
        if problem.code == "guide_text_unknown" or problem.status >= 500:
            raise
        return _text(text_id, PageForm().refused(problem)), problem.status
    flash(_("已发布。"), "success")
    return _to(text_id)


@pages.post("/<text_id>/end")
def end(text_id: str) -> Answer:
    """A draft is discarded; what is published is taken away, and what was there before is there again."""
    form = PageForm.from_request()
    try:
        call(END_GUIDE_TEXT, entered(EndGuideText, text_id=text_id, reason=form.value("reason")))
    except Problem as problem:
        if problem.code == "guide_text_unknown" or problem.status >= 500:
            raise
        return _text(text_id, form.refused(problem)), problem.status
    flash(_("已作废或者撤下，历史里仍能看到。"), "success")
    return _to(text_id)


def _text(text_id: str, form: PageForm) -> str:
    found = call(GET_GUIDE_TEXT, GuideTextRef(text_id=text_id))
    people = names_of([found.written_by, found.published_by, found.ended_by])
    return _render("staff/guide_text.html", found=found, form=form, people=people)


def _render(template: str, **shown: Any) -> str:
    """With the words of places, sections and states."""
    later = [(one.type, one.title) for kind in get_args(Kind) for one in procedures(kind)]
    places = [*((guide.name, guide.title) for guide in GUIDES), *later]
    return render_template(
        template, places=places, place_words=dict(places), sections=_sections(), states=_states(), **shown
    )


def _sections() -> dict[str, str]:
    return {
        "introduction": _("开头"),
        "materials": _("关于材料"),
        "fees": _("关于费用"),
        "times": _("关于时限"),
        "more": _("其他说明"),
    }


def _states() -> dict[str, tuple[str, str]]:
    """Words and tone."""
    return {
        "draft": (_("草稿，等待发布"), "attention"),
        "published": (_("已发布"), "good"),
        "withdrawn": (_("已撤下"), "plain"),
        "discarded": (_("已作废"), "plain"),
    }


def _to(text_id: str) -> Response:
    return redirect(url_for("staff_guides.text", text_id=text_id), 303)
