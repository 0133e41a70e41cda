"""Why a number was not found, and what to do: hints of a 404 (A-03). Most likely first."""

from __future__ import annotations

from typing import Any

from chassis.errors import Problem
from contracts.legacy_bridge import LOCATE, Locate, Located
from flask_babel import gettext as _

from gateway.web.calls import call
from gateway.web.problems import HttpProblem

CUSTOMER_SERVICE = "010-61092299"
Hint = dict[str, Any]


def explained(problem: Problem, number: str) -> HttpProblem:
    """The same problem with ``hints``: code, message, and where it helps ``suggestion`` or ``url``."""
    located = _locate(number)
    hints: list[Hint] = []
    suggestion, known = _spelling(problem, located)
    if suggestion:
        hints.append(
            {
                "code": "letter_case",
                "message": _("号码区分大小写和全角半角。您要查的可能是 %(number)s。", number=suggestion),
                "suggestion": suggestion,
                "known": known,
            }
        )
    if located is not None and located.legacy:
        hints.append(_old_system(_("这是旧系统的号码，请到旧系统查询。")))
    if located is not None and located.office:
        hints.append(
            {
                "code": "other_office",
                "message": _("这是%(office)s版权局的登记号，请向该局查询。", office=located.office),
            }
        )
    if problem.code == "number_unknown" and _like_registration(number):
        message = _("这像是登记号，请在证书查询中核对。")
        hints.append({"code": "registration_number", "message": message, "url": f"/verify/{number}"})
    hints.append({"code": "not_yet_updated", "message": _("刚办理的业务在两个工作日内更新，请过后再查。")})
    if not any(hint["code"] == "old_system" for hint in hints):
        hints.append(_old_system(_("2020 年 8 月 31 日之前开始的业务在旧系统办理和查询。")))
    hints.append(
        {
            "code": "customer_service",
            "message": _("仍查不到的，请拨打客服电话 %(phone)s。", phone=CUSTOMER_SERVICE),
            "phone": CUSTOMER_SERVICE,
        }
    )
    answer = HttpProblem(problem.code, extra={"hints": hints})
    answer.params = problem.params
    return answer


def _old_system(message: str) -> Hint:
    return {"code": "old_system", "message": message, "url": "/legacy"}


def _spelling(problem: Problem, located: Located | None) -> tuple[str, bool]:
    """The right spelling and whether that number exists. Filing only suggests numbers that do."""
    if suggestion := str(problem.params.get("suggestion", "")):
        return suggestion, problem.code == "number_unknown" or bool(problem.params.get("suggestion_known"))
    if located is not None and located.suggestion:
        return located.suggestion, located.known
    return "", False


def _like_registration(number: str) -> bool:
    return "登" in number or "SR" in number.upper()


def _locate(number: str) -> Located | None:
    """The legacy bridge's advice; without it the rest is still explained."""
    try:
        return call(LOCATE, Locate(number=number))
    except Problem as problem:
        if problem.status < 500:
            raise
        return None
