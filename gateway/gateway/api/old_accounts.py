"""旧系统账号: accounts of the old system that are joined to one here by their password, and parted again."""

from __future__ import annotations

from typing import Annotated

from contracts.base import ACCOUNT, Empty
from contracts.identity import (
    LINK_LEGACY_ACCOUNT,
    LIST_LEGACY_LINKS,
    UNDO_LEGACY_LINK,
    LegacyLinkRef,
    LegacyLinks,
    LegacyLinkView,
    LinkLegacyAccount,
)
from contracts.text import Login, Password
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict

from gateway.web.api import ApiGroup, Reply
from gateway.web.calls import call
from gateway.web.limits import limiter, per_minute
from gateway.web.visitor import whence

routes = ApiGroup("old_accounts", _l("旧系统账号"))


class OldAccount(BaseModel):
    """Name and password of the other side: of the old account, or, for who has signed in with that, of the new one."""

    model_config = ConfigDict(extra="forbid")

    login: Annotated[str, Login(200)]
    password: Annotated[str, Password(256)]


@routes.get("/old-accounts", _l("关联的旧账号"), access=ACCOUNT, reply=LegacyLinks)
def list_old_accounts() -> LegacyLinks:
    """Newest first, each with what came of it and until when it can be undone."""
    return call(LIST_LEGACY_LINKS, Empty())


@routes.post(
    "/old-accounts",
    _l("关联旧账号"),
    access=ACCOUNT,
    body=OldAccount,
    reply=LegacyLinkView,
    status=201,
    problems=("legacy_link_failed", "sign_in_slowed"),
)
@limiter.limit(per_minute(20))
def link_old_account(body: OldAccount) -> LegacyLinkView:
    """What the old account had is the caller's from now on; both are told, and it can be undone for fourteen days."""
    here = whence()
    place = {"client": here["client"], "device": here["device"]}
    return call(LINK_LEGACY_ACCOUNT, LinkLegacyAccount(login=body.login, password=body.password, **place))


@routes.delete(
    "/old-accounts/<link_id>",
    _l("撤销关联"),
    access=ACCOUNT,
    status=204,
    problems=("legacy_link_unknown", "legacy_link_final"),
)
def unlink_old_account(link_id: str) -> Reply:
    """Parts an old account again, within its time."""
    call(UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link_id))
    return Reply(None)
