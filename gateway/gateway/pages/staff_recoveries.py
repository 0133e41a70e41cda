"""账号找回的工作单: the office's list by due date; one request with the account behind its number, and a decision.

A change of the mobile takes two people: one proposes, another confirms. So does a move of cases, and putting back what
has taken effect.
"""

from __future__ import annotations

import base64
from typing import Any, get_args

from chassis.errors import FieldError, Problem
from contracts.identity import (
    CLAIM_RECOVERY,
    DECIDE_RECOVERY,
    GET_RECOVERY,
    LIST_RECOVERIES,
    OPEN_RECOVERY_PICTURE,
    DecideRecovery,
    ListRecoveries,
    OpenRecoveryPicture,
    PictureName,
    RecoveryRef,
    RecoveryView,
)
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from gateway.pages.recovery import lost_words, reason_words, state_words
from gateway.pages.staff_access import staff_only
from gateway.pages.workbench import office_day, tab_with_work
from gateway.web.calls import call
from gateway.web.documents import deliver_drawn
from gateway.web.forms import PageForm, entered
from gateway.web.photo_words import shown_finding

pages = staff_only(Blueprint("staff_recoveries", __name__, url_prefix="/staff/recoveries"), "customer_service")
Answer = str | Response | tuple[str, int]
PAGE = 50
STEPS = ("claim", "compare", "propose", "confirm", "back", "stop", "put_back")
STAYS = frozenset({"compare"})


@pages.get("")
def queue() -> str:
    """By due date, page by page; unless one is asked for, the state in which something waits for the office."""
    words = state_words()
    cursor, asked = request.args.get("after") or None, request.args.get("state")
    state: Any = asked if asked in words else "open"
    found = call(LIST_RECOVERIES, ListRecoveries(state=state, cursor=cursor, limit=PAGE))
    busy: Any = tab_with_work(("open", "proposed"), found.counts)
    if asked is None and busy != state:
        state, found = busy, call(LIST_RECOVERIES, ListRecoveries(state=busy, limit=PAGE))
    return render_template(
        "staff/recoveries.html", found=found, state=state, states=words, today=office_day(), first=cursor is None
    )


@pages.get("/<recovery_id>")
def recovery(recovery_id: str) -> str:
    """One request. Whose the number is, is shown to who claimed it, and to colleagues from a proposal on."""
    return _page(call(GET_RECOVERY, RecoveryRef(recovery_id=recovery_id)), PageForm())


@pages.post("/<recovery_id>")
def decide(recovery_id: str) -> Answer:
    """Claims, proposes, confirms or gives back."""
    form = PageForm.from_request()
    step: Any = form.value("step")
    try:
        if step not in STEPS:
            raise Problem("request_invalid", errors=[FieldError("step", "not_in_list")])
        if step == "claim":
            call(CLAIM_RECOVERY, RecoveryRef(recovery_id=recovery_id))
            return redirect(url_for("staff_recoveries.recovery", recovery_id=recovery_id), 303)
        view = call(DECIDE_RECOVERY, _decision(recovery_id, step, form))
    except Problem as problem:
        if problem.code == "recovery_unknown" or problem.status >= 500:
            raise
        view = call(GET_RECOVERY, RecoveryRef(recovery_id=recovery_id))
        return _page(view, form.refused(problem, field="outcome")), problem.status
    if step in STAYS:
        return _page(view, form)
    flash(_("%(receipt)s：%(state)s。", receipt=view.receipt, state=state_words()[view.state]), "success")
    return redirect(url_for("staff_recoveries.queue"), 303)


@pages.get("/<recovery_id>/pictures/<picture>")
def picture(recovery_id: str, picture: str) -> Response:
    """For one look, which is recorded; the browser keeps nothing of it. Problem ``recovery_photo_gone``."""
    if picture not in get_args(PictureName):
        raise Problem("recovery_photo_gone")
    asked = OpenRecoveryPicture.model_validate({"recovery_id": recovery_id, "picture": picture})
    shown = call(OPEN_RECOVERY_PICTURE, asked)
    return deliver_drawn(base64.b64decode(shown.data))


def picture_words() -> dict[str, str]:
    """What is in each picture, in the order in which they are laid beside each other."""
    return {
        "photo": _("申请人发来的照片"),
        "id_front": _("实名认证时的证件人像面"),
        "id_back": _("实名认证时的证件背面"),
        "legal_representative_id": _("实名认证时的法定代表人身份证明"),
    }


def outcome_words(view: RecoveryView) -> list[tuple[str, str, str]]:
    """Value, words and what it means, of what this request can end in."""
    refused = ("refused", _("不予找回"), _("要选一个理由；发给申请人的是固定的话，不会透露账号是否存在。"))
    if view.new_account is not None or view.outcome == "cases_moved":
        hint = _("两个账号的实名信息必须一致；须由另一位同事复核，原账号有异议期，之后生效。")
        return [("cases_moved", _("案件转到新账号"), hint), refused]
    old = view.account is not None and view.account.waiting
    if view.contact_kind == "mobile" and old:
        hint = _("旧账号转到本系统，用新手机号登录；须由另一位同事复核，旧记录里的联系方式有异议期，之后生效。")
        change = [("mobile_changed", _("更换手机号"), hint)]
    elif view.contact_kind == "mobile":
        change = [("mobile_changed", _("更换手机号"), _("须由另一位同事复核；原联系方式有异议期，之后生效。"))]
    elif old:
        change = []  # an e-mail address signs in with the password only, which is what is lost
    else:
        change = [("email_changed", _("更换邮箱"), _("原联系方式有异议期，之后生效。"))]
    return [
        *change,
        (
            "reregistration",
            _("请申请人重新注册"),
            _("原手机号和邮箱都无法使用，又不能更换时；通知里有转移码，凭它取回案件。"),
        ),
        refused,
    ]


def gap_words() -> dict[str, str]:
    """What keeps an address from being changed."""
    return {
        "not_compared": _("姓名和证件号码都比对过，才能更换手机号或邮箱；否则请对方重新注册，或者不予找回。"),
        "different": _("与账号不一致，不能更换手机号或邮箱；只能请对方重新注册，或者不予找回。"),
    }


def agreement_words() -> dict[str, str]:
    """How the verified identities of the two accounts compare."""
    return {
        "same": _("一致：同一证件号码或机构代码"),
        "different": _("不一致：不是同一证件号码或机构代码"),
        "missing": _("有一个账号没有通过实名认证"),
    }


def _decision(recovery_id: str, step: Any, form: PageForm) -> DecideRecovery:
    if step in ("put_back", "stop"):
        return entered(DecideRecovery, recovery_id=recovery_id, step=step, why=form.value("why"))
    if step == "compare":
        said: dict[str, Any] = {name: form.value(name).strip() or None for name in ("said_name", "said_id_number")}
        return entered(DecideRecovery, recovery_id=recovery_id, step=step, **said)
    if step == "confirm":
        return entered(DecideRecovery, recovery_id=recovery_id, step=step, despite=form.value("despite"))
    if step != "propose":
        return DecideRecovery(recovery_id=recovery_id, step=step)
    outcome, reason = form.value("outcome"), form.value("reason")
    if outcome not in ("mobile_changed", "email_changed", "reregistration", "cases_moved", "refused"):
        raise Problem("request_invalid", errors=[FieldError("outcome", "not_in_list")])
    chosen: Any = reason if outcome == "refused" and reason in reason_words() else None
    what = {"step": step, "outcome": outcome, "reason": chosen}
    what |= {name: form.value(name) for name in ("checked", "despite")}
    return entered(DecideRecovery, recovery_id=recovery_id, **what)


def _changes_address(view: RecoveryView) -> bool:
    """Whether this is, or may still be, about another address: what is asked for that asks for cases only is not."""
    if view.outcome is not None:
        return view.outcome in ("mobile_changed", "email_changed")
    return view.mine and view.account is not None and view.new_account is None


def _page(view: RecoveryView, form: PageForm) -> str:
    lost = [words for value, words in lost_words() if value in view.lost]
    return render_template(
        "staff/recovery.html",
        view=view,
        form=form,
        lost=lost,
        states=state_words(),
        reasons=list(reason_words().items()),
        outcomes=outcome_words(view),
        agreements=agreement_words(),
        pictures=picture_words(),
        said={"same": (_("一致"), "good"), "different": (_("不一致"), "bad"), "unknown": (_("账号没有留存"), "plain")},
        gaps=gap_words(),
        changes_address=_changes_address(view),
        findings=[shown_finding(finding) for finding in view.photo.findings] if view.photo else [],
        outcome=next((words for value, words, _hint in outcome_words(view) if value == view.outcome), ""),
        today=office_day(),
    )
