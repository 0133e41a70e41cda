"""What an examiner may decide of a case of the old system, what was entered for it, and the question before it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any, cast, get_args

from chassis.errors import FieldError, Problem
from contracts.legacy.cases import (
    DecideLegacyCase,
    Decision,
    LegacyAction,
    LegacyCaseView,
    LegacyEntry,
    LegacyOwner,
)
from flask import render_template
from flask_babel import gettext as _

from gateway.pages.colleagues import names_of
from gateway.pages.old.words import kind_words, state_words
from gateway.web.forms import PageForm, entered

FIELDS = (
    "text", "title", "category", "owners", "authors", "short_name", "version", "completion_date", "publication_date",
    "source", "read_version",
)  # fmt: skip
"""What the form of a decision says, beside which one it is: the page that asks once more says it again."""
_ASKED: frozenset[LegacyAction] = frozenset({"approve", "correct", "refuse"})


def choices(view: LegacyCaseView) -> list[tuple[str, str, str]]:
    """Each decision that the caller may take: its value, name, and what comes of it."""
    offered: dict[LegacyAction, tuple[Decision, str, str]] = {
        "accept": ("accept", _("受理"), ""),
        "approve": (
            "approve",
            _("通过（准予登记）"),
            _("申请人核对登记事项并确认之后，登记并签发证书。"),
        ),
        "correct": ("correct", _("要求补正"), _("申请人按原来的规定在期限内答复，审查期限暂停。")),
        "refuse": ("refuse", _("不予登记"), _("同意不予登记，决定生效，通知申请人。")),
        "propose_refusal": ("refuse", _("不予登记"), _("先成为建议，另一位审查员同意后生效。")),
        "oppose_refusal": (
            "oppose",
            _("退回，不同意不予登记"),
            _("写明理由；由提出建议的或其他审查员继续，您一个人不能再决定通过。"),
        ),
        "withdraw_refusal": ("take_back", _("收回建议，继续审查"), ""),
    }
    return [offered[action] for action in offered if action in view.actions]


def request_of(view: LegacyCaseView, form: PageForm) -> DecideLegacyCase:
    """What was decided. Problem ``request_invalid``."""
    decision = form.value("decision")
    if decision not in get_args(Decision):
        raise Problem("request_invalid", errors=[FieldError("decision", "missing")])
    approves = decision == "approve"
    return entered(
        DecideLegacyCase,
        case_id=view.case_id,
        decision=cast(Decision, decision),
        text=form.value("source" if approves else "text"),
        particulars=_entered(view, form) if approves else None,
        version=form.value("read_version") or None,
    )


def placed(problem: Problem, form: PageForm) -> Problem:
    """The same problem at the fields of the page, which are called as the particulars are."""
    words = "source" if form.value("decision") == "approve" else "text"
    problem.errors = tuple(
        replace(error, field=words if error.field == "text" else error.field.removeprefix("particulars."))
        for error in problem.errors
    )
    return problem


def asks(view: LegacyCaseView, form: PageForm) -> bool:
    """Whether somebody else hears of it at once, so that it is asked for once more."""
    decision = form.value("decision")
    return not form.value("confirmed") and decision in _ASKED and decision in view.actions


def ask(view: LegacyCaseView, form: PageForm, asked: DecideLegacyCase) -> str:
    """Asks once: of what, with what it is to be registered, what the applicant will read, and what follows."""
    return render_template(
        "staff/old_case_confirm.html",
        case=view,
        asked=asked,
        kept=[(name, form.value(name)) for name in ("decision", *FIELDS) if form.value(name)],
        states=state_words(),
        kinds=kind_words(),
        proposer=people_of(view).get(view.refusal.proposed_by or "") if view.refusal else None,
    )


def said(view: LegacyCaseView, asked: DecideLegacyCase) -> str:
    """What has become of it, in a sentence."""
    title: Any = view.title
    if asked.decision == "refuse":
        if view.state == "refused":
            return str(_("已决定不予登记：%(title)s，申请人收到通知。", title=title))
        return str(_("已建议不予登记：%(title)s。等待另一位审查员复核后生效。", title=title))
    return {
        "accept": str(_("已受理：%(title)s。", title=title)),
        "approve": str(_("已通过：%(title)s。等待申请人核对、确认登记事项。", title=title)),
        "correct": str(_("已要求补正：%(title)s，申请人收到通知。", title=title)),
        "oppose": str(_("已退回不予登记的建议：%(title)s。", title=title)),
        "take_back": str(_("已收回不予登记的建议，由您继续审查。")),
    }[asked.decision]


def people_of(view: LegacyCaseView) -> dict[str, str]:
    """What the colleagues are called who had a part in the case."""
    refusal = [view.refusal.proposed_by, view.refusal.opposed_by] if view.refusal else []
    return names_of([*refusal, *(step.actor for step in view.history)])


def known(view: LegacyCaseView) -> dict[str, str]:
    """What is known already, as the form has it."""
    read = {"title": view.title, "category": view.category or "", "read_version": str(view.version)}
    stated = view.particulars
    if stated is None:
        return read

    def day(value: date | None) -> str:
        return value.isoformat() if value else ""

    return read | {
        "source": next((step.text for step in reversed(view.history) if step.action == "approve"), ""),
        "short_name": stated.short_name,
        "version": stated.version,
        "authors": _lines(stated.authors),
        "owners": _lines(stated.owners),
        "completion_date": day(stated.completion_date),
        "publication_date": day(stated.publication_date),
    }


def _entered(view: LegacyCaseView, form: PageForm) -> LegacyEntry:
    """What the examiner took down, or found beside the old record; what is missing the bridge says. A title that was
    left as it is may be longer than one that is entered."""
    title = form.value("title").strip()
    return entered(
        LegacyEntry,
        title="" if title == (view.old_title or view.title) else title,
        category=form.value("category") or None,
        short_name=form.value("short_name"),
        version=form.value("version"),
        authors=_names(form.value("authors")),
        owners=_names(form.value("owners")),
        completion_date=form.value("completion_date") or None,
        publication_date=form.value("publication_date") or None,
    )


def _names(lines: str) -> list[dict[str, Any]]:
    """A name in each line; one that begins with ``*`` is an organisation's."""
    found = (line.strip() for line in lines.splitlines())
    return [{"name": line.lstrip("* "), "organisation": line.startswith("*")} for line in found if line.lstrip("* ")]


def _lines(names: list[LegacyOwner]) -> str:
    return "\n".join(f"{'*' if each.organisation else ''}{each.name}" for each in names)
