"""The navigation of pages and workbench, as data; a structure test walks it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, get_flashed_messages, request, session
from flask_babel import lazy_gettext as _l

from gateway.web.caller import caller


@dataclass(frozen=True)
class Entry:
    """``prefixes``: addresses below which this entry is the current one. ``roles``: staff who see it.
    ``counts_unread``: how many messages are unread stands beside it."""

    label: Any
    url: str
    prefixes: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()
    counts_unread: bool = False

    @property
    def current(self) -> bool:
        path = request.path
        return path == self.url or any(path == prefix or path.startswith(prefix + "/") for prefix in self.prefixes)


QUERIES = ("/query", "/certificate-check", "/progress", "/verify", "/statistics", "/gazette", "/register")
NAVIGATION = (
    Entry(_l("首页"), "/"),
    Entry(_l("著作权登记"), "/registration", ("/registration",)),
    Entry(_l("登记查询"), "/query", QUERIES),
    Entry(_l("材料预检"), "/tools/precheck", ("/tools",)),
    Entry(_l("服务指南"), "/guides", ("/guides",)),
    Entry(_l("用户中心"), "/account", ("/account",)),
)
WORKBENCH = Entry(_l("工作台"), "/staff", ("/staff",))

ACCOUNT_NAVIGATION = (
    Entry(_l("概览"), "/account"),
    Entry(_l("认证管理"), "/account/verification", ("/account/verification", "/account/organisation")),
    Entry(_l("我的登记"), "/account/applications", ("/account/applications",)),
    Entry(_l("我的历史"), "/account/history", ("/account/history",)),
    Entry(_l("证书下载"), "/account/certificates", ("/account/certificates",)),
    Entry(_l("档案管理"), "/account/dossiers", ("/account/dossiers",)),
    Entry(_l("批量登记"), "/account/batches", ("/account/batches",)),
    Entry(_l("消息"), "/account/messages", counts_unread=True),
    Entry(_l("账号与登录设备"), "/account/sessions", ("/account/settings", "/account/data", "/account/closing")),
)

STAFF_NAVIGATION = (
    Entry(_l("工作台首页"), "/staff"),
    Entry(_l("实名审核"), "/staff/verifications", ("/staff/verifications",), frozenset({"reviewer"})),
    Entry(
        _l("查找"),
        "/staff/lookups",
        ("/staff/lookups",),
        frozenset({"customer_service", "archivist", "administrator"}),
    ),
    Entry(_l("回电"), "/staff/enquiries", ("/staff/enquiries",), frozenset({"customer_service"})),
    Entry(_l("账号找回"), "/staff/recoveries", ("/staff/recoveries",), frozenset({"customer_service"})),
    Entry(_l("我负责的批量"), "/staff/batches", ("/staff/batches",), frozenset({"customer_service"})),
    Entry(_l("纸质材料"), "/staff/paper", ("/staff/paper",), frozenset({"intake"})),
    Entry(_l("审查"), "/staff/examinations", ("/staff/examinations",), frozenset({"examiner", "senior_examiner"})),
    Entry(_l("加急申请"), "/staff/expedites", ("/staff/expedites",), frozenset({"senior_examiner"})),
    Entry(_l("撤销和更正"), "/staff/office-acts", ("/staff/office-acts",), frozenset({"archivist", "senior_examiner"})),
    Entry(_l("旧系统业务"), "/staff/old-cases", ("/staff/old-cases",), frozenset({"examiner", "senior_examiner"})),
    Entry(_l("人员管理"), "/staff/members", ("/staff/members",), frozenset({"administrator"})),
    Entry(_l("指南文字"), "/staff/guide-texts", ("/staff/guide-texts",), frozenset({"administrator"})),
    Entry(_l("运行"), "/staff/operations", ("/staff/operations",), frozenset({"administrator"})),
    Entry(_l("旧数据导入"), "/staff/imports", ("/staff/imports",), frozenset({"administrator"})),
    Entry(_l("出纳台"), "/staff/cashier", ("/staff/cashier", "/staff/orders"), frozenset({"cashier"})),
    Entry(_l("银行流水"), "/staff/bank", ("/staff/bank",), frozenset({"cashier"})),
    Entry(_l("退款"), "/staff/refunds", ("/staff/refunds",), frozenset({"cashier"})),
    Entry(_l("对账"), "/staff/reconciliations", ("/staff/reconciliations",), frozenset({"cashier", "administrator"})),
    Entry(_l("账目"), "/staff/books", ("/staff/books",), frozenset({"cashier", "administrator"})),
    Entry(_l("正在制证"), "/staff/issuing", ("/staff/issuing",), frozenset({"archivist", "administrator"})),
    Entry(_l("邮寄证书"), "/staff/mailing", ("/staff/mailing",), frozenset({"archivist"})),
    Entry(_l("启封查看"), "/staff/seals", ("/staff/seals",), frozenset({"archivist", "senior_examiner"})),
)


def navigation() -> tuple[Entry, ...]:
    """Of the public pages. Staff have a workbench where applicants have their user centre."""
    return (*NAVIGATION[:-1], WORKBENCH) if caller().actor.is_staff else NAVIGATION


def staff_navigation() -> Iterator[Entry]:
    """Entries that the caller's roles may open."""
    roles = caller().actor.roles
    return (entry for entry in STAFF_NAVIGATION if not entry.roles or entry.roles & roles)


def signed_in_account() -> dict[str, Any] | None:
    """The account shown in the header. Pages of visitors do not open a session for it."""
    account: dict[str, Any] | None = session.get("account") if caller().signed_in else None
    return account


def language_url(language: str) -> str:
    """This page in the other language."""
    others = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    # A path with two slashes in front would be somebody else's address.
    return f"/{quote(request.path.lstrip('/'))}?{urlencode([*others, ('lang', language)])}"


def flashed_notices() -> list[tuple[str, str]]:
    """What an earlier request wanted to say. Does not open a session to find out."""
    if not session.get("_flashes"):
        return []
    return [(entry[0], entry[1]) for entry in get_flashed_messages(with_categories=True)]


def fresh_key() -> str:
    """Idempotency key of a form: sent twice, it acts once."""
    return secrets.token_hex(12)


def install(app: Flask) -> None:
    """What the frame of every page needs."""
    app.jinja_env.globals.update(
        navigation=navigation,
        account_navigation=lambda: ACCOUNT_NAVIGATION,
        staff_navigation=staff_navigation,
        signed_in_account=signed_in_account,
        language_url=language_url,
        flashed_notices=flashed_notices,
        fresh_key=fresh_key,
    )
