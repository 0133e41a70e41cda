"""Messages to the official account: checked, answered once, ending in the office's list of recoveries (I-09)."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.identity import SubmitRecovery, WechatAnswer, WechatCallback
from pydantic import ValidationError

from identity.base import lock_name
from identity.messages.model import render, wording
from identity.otp import handlers as otp
from identity.recoveries import handlers as recoveries
from identity.recoveries.model import is_number
from identity.sealing import vault
from identity.wechat import codec, model, store
from identity.wechat.codec import EnvelopeBroken
from identity.wechat.model import Talk
from identity.wechat.settings import OfficialAccount, official_account
from identity.wechat.store import WechatMessage, WechatTalk

_TELL = {"otp_resend_too_soon": "wechat_wait", "otp_too_many": "wechat_wait", "service_unavailable": "wechat_wait"}
_NOTHING = WechatAnswer(body="success", content_type="text/plain; charset=utf-8")
"""What the platform takes for: do not send it again, and say nothing."""


def handle_wechat(request: WechatCallback, uow: UnitOfWork) -> WechatAnswer:
    """Answers the platform's echo, and a person's message, whether plain or encrypted, in the same mode.

    A message that comes again is answered as before and does nothing. Problems: ``callback_invalid`` (forged, broken,
    not of this account), ``callback_stale`` (older than the window, or a nonce that another message had).
    """
    account = official_account(uow.settings)
    if account is None:
        raise Problem("callback_invalid")
    query = request.query
    if request.method == "GET":
        _check(account, uow, query, query.get("signature", ""))
        return WechatAnswer(body=query.get("echostr", ""), content_type="text/plain; charset=utf-8")
    try:
        encrypted = query.get("encrypt_type") == "aes"
        message = _opened(account, uow, request) if encrypted else _plain(account, uow, request)
        reply = _answer_once(uow, message, query.get("nonce", ""))
    except EnvelopeBroken as error:
        raise Problem("callback_invalid") from error
    if not reply:
        return _NOTHING
    document = codec.document_of(
        {
            "ToUserName": message["FromUserName"],
            "FromUserName": message["ToUserName"],
            "CreateTime": int(uow.now().timestamp()),
            "MsgType": "text",
            "Content": reply,
        }
    )
    body = _sealed(account, uow, document) if encrypted else document
    return WechatAnswer(body=body, content_type="application/xml; charset=utf-8")


def _check(account: OfficialAccount, uow: UnitOfWork, query: dict[str, str], given: str, *more: str) -> None:
    """The signature first: who has none learns nothing of clocks."""
    sent, nonce = query.get("timestamp", ""), query.get("nonce", "")
    if not nonce or not codec.is_signed(given, account.token, sent, nonce, *more):
        raise Problem("callback_invalid")
    if not sent.isascii() or not sent.isdigit() or len(sent) > 11:
        raise Problem("callback_stale")
    if abs(uow.now() - datetime.fromtimestamp(int(sent), UTC)) > model.WINDOW:
        raise Problem("callback_stale")


def _plain(account: OfficialAccount, uow: UnitOfWork, request: WechatCallback) -> dict[str, str]:
    if not account.plain:
        raise Problem("callback_invalid")
    _check(account, uow, request.query, request.query.get("signature", ""))
    return codec.fields_of(request.body)


def _opened(account: OfficialAccount, uow: UnitOfWork, request: WechatCallback) -> dict[str, str]:
    sealed = codec.fields_of(request.body).get("Encrypt", "")
    _check(account, uow, request.query, request.query.get("msg_signature", ""), sealed)
    return codec.fields_of(codec.decrypt(account.key, account.appid, sealed))


def _sealed(account: OfficialAccount, uow: UnitOfWork, document: str) -> str:
    sealed = codec.encrypt(account.key, account.appid, document)
    sent, nonce = str(int(uow.now().timestamp())), secrets.token_hex(8)
    signed = codec.signature(account.token, sent, nonce, sealed)
    return codec.document_of({"Encrypt": sealed, "MsgSignature": signed, "TimeStamp": sent, "Nonce": nonce})


def _answer_once(uow: UnitOfWork, message: dict[str, str], nonce: str) -> str:
    sender = message.get("FromUserName", "")
    if not sender or not message.get("ToUserName") or len(sender) > 100:
        raise EnvelopeBroken("nobody")
    own = message.get("MsgId") or f"{message.get('CreateTime', '')}:{message.get('Event', '')}"
    keys = vault(uow.settings)
    message_key = keys.index("wechat-message", f"{sender}:{own}")
    lock_name(uow.session, f"wechat {sender}")  # the platform's second attempt waits for the first
    known = store.answered(uow.session, message_key)
    if known is not None:
        return known.reply
    nonce_key = keys.index("wechat-nonce", nonce)
    if store.nonce_used(uow.session, nonce_key):
        raise Problem("callback_stale")
    reply = ""
    if message.get("MsgType") == "text" or message.get("Event") == "subscribe":
        reply = _reply(uow, sender, message.get("Content", ""))
    uow.session.add(WechatMessage(message_key=message_key, nonce=nonce_key, reply=reply, at=uow.now()))
    return reply


def _reply(uow: UnitOfWork, sender: str, text: str) -> str:
    talk_key = vault(uow.settings).index("wechat-talk", sender)
    row = store.talk(uow.session, talk_key)
    fresh = row is not None and uow.now() - row.at < model.TALK_LIFE
    talk = Talk(row.number, row.contact) if row is not None and fresh else Talk()
    language = "en" if model.is_english(text) and text.lower().startswith("recover") else "zh"
    if row is not None and fresh and language != "en":
        language = row.language
    wish, value = model.wish_of(text, talk)
    if wish == "help" or (wish == "number" and (len(value) > 60 or not is_number(value))):
        return _words("wechat_help", language)
    if row is None:
        row = WechatTalk(talk_key=talk_key, number="", contact="", language=language, at=uow.now())
        uow.session.add(row)
    row.at, row.language = uow.now(), language
    by = otp.requester(f"wechat-{talk_key[:32]}")  # each person counts as a network of their own
    try:
        if wish == "number":
            row.number, row.contact = value, ""
            return _words("wechat_contact", language)
        if wish == "contact":
            row.contact = otp.send_recovery_code(uow, *_mobile_or_email(value), by)
            return _words("wechat_code", language)
        return _enter(uow, row, value, by)
    except Problem as problem:
        return _words(_TELL.get(problem.code, "wechat_wrong"), language)


def _enter(uow: UnitOfWork, row: WechatTalk, code: str, by: otp.Requester) -> str:
    contact = {"email" if "@" in row.contact else "mobile": row.contact}
    try:
        asked = SubmitRecovery.model_validate({"number": row.number, "otp": code, "language": row.language} | contact)
    except ValidationError:
        return _words("wechat_help", row.language)
    receipt = recoveries.enter(asked, uow, "wechat", by)
    row.number = row.contact = ""
    return _words("wechat_received", row.language, receipt=receipt.receipt, due_on=receipt.due_on)


def _mobile_or_email(value: str) -> tuple[str | None, str | None]:
    return (None, value) if "@" in value else (value, None)


def _words(template: str, language: str, **params: Any) -> str:
    return render(template, "wechat", language, wording(language, params)).body


def forget_messages(uow: UnitOfWork) -> int:
    """Sweeper: removes what the platform will not send again."""
    return store.forget(uow.session, uow.now())
