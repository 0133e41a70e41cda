"""Sending: one message per event and channel, in the recipient's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork

from identity.accounts.store import Account
from identity.messages import store
from identity.messages.channels import channels
from identity.messages.model import Channel, Told, render, wording
from identity.sealing import vault
from identity.settings import OTP_LIFE

SEALED_BODY = "message"
Params = Mapping[str, Told]


def notify(
    uow: UnitOfWork,
    account: Account,
    template: str,
    event_id: str,
    params: Params,
    *,
    application_id: str | None = None,
    sealed: bool = False,
) -> None:
    """Tells an account something: in-app, and by SMS and e-mail as the account has chosen where it may choose.

    ``sealed``: there is a code in it, so text and values are not kept in the clear.

    SMS and e-mail are written only where they reach somebody: so far the sandbox, whose provider is the table. A closed
    account has nobody to be told: what comes late is told to no one.
    """
    if account.standing == "closed":
        return
    outside = reached_by(account) if reaches_people(uow) else {}
    chosen = channels(template, account.muted, outside)
    recipients: dict[Channel, str] = {"in_app": account.account_id}
    recipients |= {channel: to for channel, to in outside.items() if channel in chosen}
    words, plain = wording(account.language, params), {} if sealed else _plain(params)
    messages = []
    for channel, recipient in recipients.items():
        rendered = render(template, channel, account.language, words)
        facts: dict[str, Any] = {"account_id": account.account_id, "application_id": application_id}
        facts |= {"sealed_body": _sealed(uow, rendered.body, event_id)} if sealed else {"body": rendered.body}
        facts["params"] = plain
        messages.append(_message(uow, channel, recipient, template, event_id, rendered.subject, **facts))
    store.add(uow.session, messages)


def reached_by(account: Account) -> dict[Channel, str]:
    """The number and the confirmed address of an account, by channel."""
    found: dict[Channel, str | None] = {"sms": account.mobile}
    found["email"] = account.email if account.email_confirmed_at else None
    return {channel: recipient for channel, recipient in found.items() if recipient}


def send_code(
    uow: UnitOfWork,
    recipient: str,
    purpose: str,
    code: str,
    code_id: str,
    account: Account | None,
    asked_in: str,
) -> None:
    """Sends a one-time code, by e-mail to an address with an ``@``, else by SMS; in the account's language, or that of
    the page where somebody without one asked.

    Its text is kept sealed: the code's own row holds only a keyed hash. Problem ``service_unavailable`` where no
    provider would deliver it.
    """
    if not reaches_people(uow):
        raise Problem("service_unavailable")
    channel = channel_to(recipient)
    template, language = _code_template(purpose, recipient, account), account.language if account else asked_in
    words = wording(language, {"code": code, "minutes": int(OTP_LIFE.total_seconds() // 60)})
    rendered = render(template, channel, language, words)
    sealed = _sealed(uow, rendered.body, code_id)
    owner = account.account_id if account else None
    message = _message(
        uow, channel, recipient, template, code_id, rendered.subject, account_id=owner, sealed_body=sealed
    )
    store.add(uow.session, [message])


def _code_template(purpose: str, recipient: str, account: Account | None) -> str:
    """Whoever changes their number has two codes at once: each says for which of the numbers it is."""
    another = purpose == "mobile" and account is not None and recipient != account.mobile
    return "otp_mobile_new" if another else f"otp_{purpose}"


def send_text(
    uow: UnitOfWork,
    channel: Channel,
    recipient: str,
    template: str,
    event_id: str,
    language: str,
    *,
    sealed: bool = False,
    **params: Any,
) -> None:
    """Sends a message to somebody without an account; ``sealed`` as with :func:`notify`. Problem
    ``service_unavailable`` as :func:`send_code`."""
    if not reaches_people(uow):
        raise Problem("service_unavailable")
    rendered = render(template, channel, language, wording(language, params))
    facts: dict[str, Any] = {"params": {} if sealed else _plain(params)}
    facts |= {"sealed_body": _sealed(uow, rendered.body, event_id)} if sealed else {"body": rendered.body}
    store.add(uow.session, [_message(uow, channel, recipient, template, event_id, rendered.subject, **facts)])


def channel_to(recipient: str) -> Channel:
    """By e-mail to an address, else by SMS."""
    return "email" if "@" in recipient else "sms"


def body_of(uow: UnitOfWork, message: store.Message) -> str:
    """The text of a message, opened when it is kept sealed."""
    if message.sealed_body is None:
        return message.body or ""
    return vault(uow.settings).open(SEALED_BODY, message.sealed_body, message.event_id).decode()


def _message(
    uow: UnitOfWork, channel: Channel, recipient: str, template: str, event_id: str, subject: str, **facts: Any
) -> store.Sent:
    return store.Sent(new_id("msg"), event_id, channel, recipient, template, subject, uow.now(), **facts)


def _sealed(uow: UnitOfWork, body: str, event_id: str) -> bytes:
    return vault(uow.settings).seal(SEALED_BODY, body.encode(), event_id)


def reaches_people(uow: UnitOfWork) -> bool:
    """Whether an SMS or a letter would be delivered: nothing is called sent that nobody sends."""
    return uow.settings.sandbox


def _plain(params: Params) -> dict[str, Any]:
    """As JSON: dates in ISO form, moments with their offset."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in params.items()}
