"""WeChat Pay API v3 through the wechatpayv3 SDK (Native QR codes and H5).

The SDK signs requests and checks answers' signatures. What it leaves to its user is here: the address is a private
attribute; without a timeout it waits for ever; it knows one public key, or else fetches certificates whenever a
callback names an unknown one (anybody could make us do that), so signatures are checked by :class:`PlatformKeys`; and
it accepts a correctly signed callback of any age.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha1, sha256
from typing import Any, Literal
from urllib.parse import urlencode

import requests
from chassis.settings import SettingsError
from contracts.payment import Method
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from wechatpayv3 import WeChatPay as Sdk
from wechatpayv3 import WeChatPayType

from payment.providers.bills import MOST_BYTES, wechat_rows
from payment.providers.model import (
    Bill,
    CallbackRefused,
    Charge,
    Invitation,
    Notice,
    OtherNotice,
    ProviderRefused,
    ProviderReport,
    ProviderUnavailable,
    RefundOrder,
    RefundReport,
)
from payment.providers.wechat_keys import PlatformKeys, read_keys
from payment.settings import WechatAccount

METHOD: Method = "wechat"
WINDOW = timedelta(minutes=5)
"""How far a callback's timestamp may be from now, as WeChat Pay's documentation advises."""

_TIMEOUT = (2.0, 5.0)
_HEADERS = ("Timestamp", "Nonce", "Serial", "Signature", "Signature-Type")
_STATUS = {"SUCCESS": "paid", "REFUND": "paid", "CLOSED": "closed", "REVOKED": "closed"}
_REFUND_STATUS: dict[str, Literal["done", "under_way", "failed", "closed"]] = {
    "SUCCESS": "done",
    "PROCESSING": "under_way",
    "ABNORMAL": "failed",
    "CLOSED": "closed",
}
_REASON_BYTES = 80


class WechatPay:
    """One merchant's account; holds keys only and can be shared."""

    def __init__(self, account: WechatAccount, timeout: tuple[float, float] = _TIMEOUT) -> None:
        self._account = account
        keys = read_keys(account.platform_keys)
        if not keys:
            raise SettingsError("no key of WeChat Pay: set REGISTRY_WECHATPAY_PUBLIC_KEY, or …_PLATFORM_KEYS")
        serial, key = next(iter(keys.items()))
        self._keys = PlatformKeys(keys)
        self._sdk = Sdk(
            wechatpay_type=WeChatPayType.NATIVE,
            mchid=account.mchid,
            private_key=account.private_key,
            cert_serial_no=account.cert_serial,
            appid=account.appid,
            apiv3_key=account.apiv3_key,
            notify_url=account.notify_url,
            timeout=timeout,
            public_key=key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
            public_key_id=serial,
        )
        self._sdk._core._gate_way = account.url
        self._sdk._core._verify_signature = self._keys.signed

    def invite(self, charge: Charge) -> Invitation:
        """A code to scan or, for ``h5``, an address; amounts go out in fen. ``ProviderRefused``."""
        content: dict[str, Any] = {
            "description": charge.description[:120],
            "out_trade_no": charge.payment_id,
            "amount": {"total": charge.amount, "currency": "CNY"},
            "time_expire": charge.expires_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        }
        if charge.scene == "h5":
            content["pay_type"] = WeChatPayType.H5
            content["scene_info"] = {"payer_client_ip": charge.client_ip, "h5_info": {"type": "Wap"}}
        answer = self._ask(self._sdk.pay, **content)
        if charge.scene == "h5":
            return Invitation(pay_url=_leading_back(str(answer["h5_url"]), charge.return_to))
        return Invitation(code_url=str(answer["code_url"]))

    def query(self, payment_id: str) -> ProviderReport:
        """What WeChat Pay knows of the payment, ``unpaid`` while it knows nothing. ``ProviderRefused``."""
        try:
            answer = self._ask(self._sdk.query, out_trade_no=payment_id)
        except ProviderRefused as refusal:
            if refusal.code in ("ORDER_NOT_EXIST", "RESOURCE_NOT_EXISTS"):
                return ProviderReport(METHOD, payment_id, "unpaid", "query")
            raise
        report = self._report(answer, "query")
        if report is None or report.payment_id != payment_id:
            raise ProviderUnavailable("the answer is about another merchant's or another payment")
        return report

    def close(self, payment_id: str) -> None:
        """Nobody can pay it from now on. ``ProviderRefused`` once it is paid."""
        self._ask(self._sdk.close, out_trade_no=payment_id)

    def refund(self, order: RefundOrder) -> RefundReport:
        """Returns money the way it came. ``ProviderRefused`` when WeChat Pay does not take it on."""
        answer = self._ask(
            self._sdk.refund,
            out_refund_no=order.refund_number,
            out_trade_no=order.payment_id,
            reason=order.reason.encode()[:_REASON_BYTES].decode(errors="ignore"),
            amount={"refund": order.amount, "total": order.total, "currency": "CNY"},
        )
        return _told_of(order, answer)

    def query_refund(self, order: RefundOrder) -> RefundReport:
        """What became of a refund. ``ProviderRefused``."""
        try:
            answer = self._ask(self._sdk.query_refund, out_refund_no=order.refund_number)
        except ProviderRefused as refusal:
            if refusal.code == "RESOURCE_NOT_EXISTS":
                return RefundReport(METHOD, order.refund_number, "unknown", "query")
            raise
        return _told_of(order, answer)

    def bill(self, day: date) -> Bill:
        """The bill of all trades of a day, checked by its hash; one without trades has none. ``ProviderRefused``."""
        try:
            answer = self._ask(self._sdk.trade_bill, bill_date=day.isoformat())
        except ProviderRefused as refusal:
            if refusal.code == "NO_STATEMENT_EXIST":
                return Bill(())
            if refusal.code == "STATEMENT_CREATING":
                raise ProviderUnavailable("the bill is being made") from refusal
            raise
        data = self._fetch(str(answer["download_url"]))
        if sha1(data, usedforsecurity=False).hexdigest() != str(answer.get("hash_value", "")).lower():
            raise ProviderUnavailable("the bill is not the one that was announced")
        try:
            return Bill(wechat_rows(data.decode("utf-8-sig")), sha256(data).hexdigest())
        except ValueError as error:
            raise ProviderUnavailable(f"WeChat Pay's bill cannot be read: {error}") from error

    def _fetch(self, url: str) -> bytes:
        """A packed file, unpacked, as far as it is no bomb."""
        if not url.startswith(f"{self._account.url}/"):
            raise ProviderUnavailable("the bill lies elsewhere than at WeChat Pay")
        try:
            status, packed = self._sdk.download_bill(url)
            unpacking = zlib.decompressobj(wbits=31)
            data = unpacking.decompress(packed, MOST_BYTES)
        except (requests.RequestException, zlib.error, TypeError) as error:
            raise ProviderUnavailable(f"the bill cannot be had: {type(error).__name__}") from error
        if status != 200 or not unpacking.eof:
            raise ProviderUnavailable(f"the bill cannot be had: {status}")
        return data

    def read_callback(self, headers: Mapping[str, str], body: str, now: datetime) -> Notice:
        """What a notice says, if a known key signed it lately. ``CallbackRefused`` says why it counts for nothing."""
        given = {name.lower(): value for name, value in headers.items()}
        signed = {f"Wechatpay-{name}": given.get(f"wechatpay-{name.lower()}", "") for name in _HEADERS}
        if not self._keys.knows(signed["Wechatpay-Serial"]):
            raise CallbackRefused("callback_invalid", f"signed with an unknown key {signed['Wechatpay-Serial'][:60]!r}")
        try:
            notice = self._sdk.callback(signed, body)
        except Exception as error:
            raise CallbackRefused("callback_invalid", "unreadable") from error
        if not notice:
            raise CallbackRefused("callback_invalid", "the signature or the encryption is not WeChat Pay's")
        sent = datetime.fromtimestamp(int(signed["Wechatpay-Timestamp"]), UTC)
        if abs(now - sent) > WINDOW:
            raise CallbackRefused("callback_stale", f"signed at {sent.isoformat()}")
        resource, notice_id = notice["resource"], str(notice.get("id", ""))
        about = str(resource.get("out_trade_no", ""))
        if str(notice.get("event_type")).startswith("REFUND.") and resource.get("mchid") == self._account.mchid:
            return _refund_report({**resource, "status": resource.get("refund_status")}, "callback", notice_id)
        if notice.get("event_type") != "TRANSACTION.SUCCESS":
            return OtherNotice(METHOD, about, notice_id, f"event {str(notice.get('event_type'))[:60]}")
        report = self._report(resource, "callback", notice_id)
        return report or OtherNotice(METHOD, about, notice_id, "another merchant's or app's")

    def _report(self, data: Mapping[str, Any], source: str, notice_id: str = "") -> ProviderReport | None:
        """None when the transaction is another merchant's or app's."""
        if data.get("mchid") != self._account.mchid or data.get("appid") != self._account.appid:
            return None
        status = _STATUS.get(str(data.get("trade_state")), "unpaid")
        amount = data.get("amount") or {}
        paid_at = data.get("success_time")
        return ProviderReport(
            method=METHOD,
            payment_id=str(data["out_trade_no"]),
            status="paid" if status == "paid" else "closed" if status == "closed" else "unpaid",
            source="callback" if source == "callback" else "query",
            amount=int(amount.get("total", 0)),
            currency=str(amount.get("currency", "CNY")),
            transaction_id=str(data.get("transaction_id", "")),
            paid_at=datetime.fromisoformat(paid_at) if paid_at else None,
            notice_id=notice_id,
        )

    def _ask(self, call: Callable[..., tuple[int, Any]], **content: Any) -> dict[str, Any]:
        """One signed request with a deadline; the answer's signature is checked by the SDK."""
        try:
            status, text = call(**content)
        except requests.RequestException as error:
            raise ProviderUnavailable(f"WeChat Pay cannot be reached: {type(error).__name__}") from error
        except Exception as error:  # the SDK raises bare Exception when an answer's signature is wrong
            raise ProviderUnavailable(f"WeChat Pay's answer cannot be trusted: {error}") from error
        answer: dict[str, Any] = json.loads(text) if text else {}
        if status >= 500 or status == 429:
            raise ProviderUnavailable(f"WeChat Pay answered {status} {answer.get('code', '')}")
        if status >= 400:
            raise ProviderRefused(str(answer.get("code", status)), str(answer.get("message", "")))
        return answer


def _leading_back(page: str, return_to: str) -> str:
    """The provider's page that leads the payer back afterwards: ``redirect_url``, as the H5 guide has it."""
    if not return_to:
        return page
    return f"{page}{'&' if '?' in page else '?'}{urlencode({'redirect_url': return_to})}"


def _told_of(order: RefundOrder, answer: Mapping[str, Any]) -> RefundReport:
    if answer.get("out_refund_no") != order.refund_number or answer.get("out_trade_no") != order.payment_id:
        raise ProviderUnavailable("the answer is about another refund")
    return _refund_report(answer, "query")


def _refund_report(data: Mapping[str, Any], source: Literal["callback", "query"], notice_id: str = "") -> RefundReport:
    """Of the amount, what was asked for (``refund``), not what is left after vouchers (``payer_refund``)."""
    refunded_at = data.get("success_time")
    return RefundReport(
        method=METHOD,
        refund_number=str(data.get("out_refund_no", "")),
        status=_REFUND_STATUS.get(str(data.get("status")), "under_way"),
        source=source,
        amount=int((data.get("amount") or {}).get("refund", 0)),
        provider_number=str(data.get("refund_id", "")),
        refunded_at=datetime.fromisoformat(refunded_at) if refunded_at else None,
        notice_id=notice_id,
        remark=f"refund {data.get('status', '')}",
    )
