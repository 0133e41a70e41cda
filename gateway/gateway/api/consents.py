"""隐私说明、服务条款与同意: the texts in force, what the account has agreed to, taking a consent back."""

from __future__ import annotations

from contracts.base import ACCOUNT, ANONYMOUS, Empty, Identifier
from contracts.identity.consents import (
    GIVE_CONSENT,
    LIST_CONSENTS,
    NOTICES_IN_FORCE,
    READ_NOTICE,
    WITHDRAW_CONSENT,
    Consents,
    GiveConsent,
    Notice,
    NoticeName,
    NoticesInForce,
    ReadNotice,
    WithdrawConsent,
)
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict

from gateway.web.api import ApiGroup
from gateway.web.calls import call
from gateway.web.forms import entered
from gateway.web.languages import language
from gateway.web.limits import client_address, limiter, per_minute

routes = ApiGroup("consents", _l("隐私与同意"))


class NoticeQuery(BaseModel):
    """``version``: the one in force without it."""

    model_config = ConfigDict(extra="forbid")

    version: Identifier | None = None


class NewConsent(BaseModel):
    """The version that was shown to the person: the one in force."""

    model_config = ConfigDict(extra="forbid")

    name: NoticeName
    version: Identifier


@routes.get("/notices", _l("现行的隐私说明、服务条款与人脸照片同意书"), access=ANONYMOUS, reply=NoticesInForce)
def notices_in_force() -> NoticesInForce:
    """Their versions: `privacy` and `terms` go with `POST /accounts`, `face` with `POST /consents`."""
    return call(NOTICES_IN_FORCE, Empty())


@routes.get(
    "/notices/<name>",
    _l("一份文本的全文"),
    access=ANONYMOUS,
    query=NoticeQuery,
    reply=Notice,
    problems=("notice_unknown", "request_invalid"),
)
def read_notice(name: str, query: NoticeQuery) -> Notice:
    """In the language that is asked for; show it to the person before they agree."""
    return call(READ_NOTICE, entered(ReadNotice, name=name, version=query.version, language=language()))


@routes.get("/consents", _l("我同意过什么"), access=ACCOUNT, reply=Consents)
def list_consents() -> Consents:
    """Each step with version and time; ``to_agree``: what is new since then."""
    return call(LIST_CONSENTS, Empty())


@routes.post(
    "/consents",
    _l("表示同意"),
    access=ACCOUNT,
    body=NewConsent,
    reply=Consents,
    status=201,
    problems=("notice_outdated",),
)
@limiter.limit(per_minute(60))
def give_consent(body: NewConsent) -> Consents:
    """The consent to the photograph of the face (`face`) is given by itself, before that photograph is uploaded."""
    return call(GIVE_CONSENT, GiveConsent(**body.model_dump(), client=client_address()))


@routes.delete("/consents/face", _l("撤回对人脸照片的同意"), access=ACCOUNT, reply=Consents)
def withdraw_consent() -> Consents:
    """The photograph is destroyed wherever it waits; a verification that is not decided stops."""
    return call(WITHDRAW_CONSENT, WithdrawConsent())
