"""Alipay's open API (precreate QR codes and the wap page), signed with RSA2: SHA256-RSA over sorted ``k=v&…``.

Amounts are yuan with two decimals, times are Asia/Shanghai without a zone. A request signs every non-empty parameter
but ``sign``; a notice is signed over all parameters but ``sign`` and ``sign_type``; an answer is signed over the
exact text of its ``…_response`` member.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

import requests
from chassis.clock import SHANGHAI, utc_now
from contracts.payment import Method
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from payment.providers.model import (
    CallbackRefused,
    Charge,
    Invitation,
    OtherNotice,
    ProviderRefused,
    ProviderReport,
    ProviderUnavailable,
)
from payment.settings import AlipayAccount

METHOD: Method = "alipay"
WINDOW = timedelta(hours=26)
"""Alipay repeats a notice for 25 hours; older ones are replays."""

_TIMEOUT = (2.0, 5.0)
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_STATUS: dict[str, Literal["paid", "closed", "unpaid"]] = {
    "TRADE_SUCCESS": "paid",
    "TRADE_FINISHED": "paid",
    "TRADE_CLOSED": "closed",
}


def yuan(fen: int) -> str:
    """30000 → ``300.00``."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen(amount: str) -> int:
    """``300.00`` → 30000; ``ValueError`` for anything but up to two decimals."""
    if not _AMOUNT.fullmatch(amount):
        raise ValueError(f"{amount!r} is no amount of yuan")
    return int(Decimal(amount) * 100)


def canonical(parameters: Mapping[str, str], leave_out: tuple[str, ...], *, keep_empty: bool = False) -> bytes:
    """The text that is signed."""
    pairs = sorted((k, v) for k, v in parameters.items() if k not in leave_out and (v or keep_empty))
    return "&".join(f"{key}={value}" for key, value in pairs).encode()


def answer_member(text: str, name: str) -> tuple[str, dict[str, Any]]:
    """The exact text of a member of a JSON answer, and its value: the signature is over the text."""
    match = re.search(rf'"{re.escape(name)}"\s*:\s*', text)
    if not match:
        raise ValueError(f"the answer has no {name}")
    value, end = json.JSONDecoder().raw_decode(text, match.end())
    return text[match.end() : end], value


class Alipay:
    """One app of the office; holds keys only and can be shared."""

    def __init__(self, account: AlipayAccount, timeout: tuple[float, float] = _TIMEOUT) -> None:
        private, public = (
            load_pem_private_key(account.private_key.encode(), None),
            load_pem_public_key(account.public_key.encode()),
        )
        if not isinstance(private, RSAPrivateKey) or not isinstance(public, RSAPublicKey):
            raise TypeError("Alipay's RSA2 needs RSA keys")
        self._account, self._private, self._public, self._timeout = account, private, public, timeout

    def invite(self, charge: Charge) -> Invitation:
        """A code to scan or, for ``h5``, a signed address that the payer's browser opens. ``ProviderRefused``."""
        content = {
            "out_trade_no": charge.payment_id,
            "total_amount": yuan(charge.amount),
            "subject": charge.description[:120],
            "time_expire": charge.expires_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        }
        if charge.scene == "h5":
            content["product_code"] = "QUICK_WAP_WAY"
            parameters = self._parameters("alipay.trade.wap.pay", content, return_url=self._account.return_url)
            return Invitation(pay_url=f"{self._account.url}?{urlencode(parameters)}")
        return Invitation(code_url=str(self._ask("alipay.trade.precreate", content)["qr_code"]))

    def query(self, payment_id: str) -> ProviderReport:
        """What Alipay knows of the payment, ``unpaid`` while it knows nothing. ``ProviderRefused``,
        ``ProviderUnavailable``."""
        try:
            answer = self._ask("alipay.trade.query", {"out_trade_no": payment_id})
        except ProviderRefused as refusal:
            # Alipay creates the trade when the payer scans the code; until then it is unknown.
            if refusal.code == "ACQ.TRADE_NOT_EXIST":
                return ProviderReport(METHOD, payment_id, "unpaid", "query")
            raise
        if answer.get("out_trade_no") != payment_id:
            raise ProviderUnavailable("the answer is about another payment")
        try:
            return _report(answer, "query", paid_at=answer.get("send_pay_date"))
        except ValueError as error:
            raise ProviderUnavailable(f"the answer cannot be read: {error}") from error

    def close(self, payment_id: str) -> None:
        """Nobody can pay it from now on; a trade that nobody began needs no closing. ``ProviderRefused`` once it is
        paid."""
        try:
            self._ask("alipay.trade.close", {"out_trade_no": payment_id})
        except ProviderRefused as refusal:
            if refusal.code != "ACQ.TRADE_NOT_EXIST":
                raise

    def read_callback(self, headers: Mapping[str, str], body: str, now: datetime) -> ProviderReport | OtherNotice:
        """What a notice says of the trade counts whatever else it carries.

        A refund comes as a notice of the same kind: the trade is still *TRADE_SUCCESS* (a part was returned) or
        *TRADE_CLOSED* (all of it), with ``refund_fee`` and ``gmt_refund``. The refund itself is remarked.
        """
        try:
            pairs = parse_qsl(body, keep_blank_values=True, strict_parsing=True, max_num_fields=200)
            notice = dict(pairs)
            signature = b64decode(notice.get("sign", ""), validate=True)
            self._verify(signature, notice)
        except (ValueError, InvalidSignature) as error:
            raise CallbackRefused("callback_invalid", "the signature is not Alipay's") from error
        if len(pairs) != len(notice) or notice.get("app_id") != self._account.app_id:
            raise CallbackRefused("callback_invalid", "meant for another app")
        try:
            sent = _moment(notice["notify_time"])
        except (KeyError, ValueError) as error:
            raise CallbackRefused("callback_invalid", "without a time") from error
        if abs(now - sent) > WINDOW:
            raise CallbackRefused("callback_stale", f"sent at {sent.isoformat()}")
        notice_id = notice.get("notify_id", "")
        if notice.get("notify_type") != "trade_status_sync":
            about = f"notice {notice.get('notify_type', '')[:60]}"
            return OtherNotice(METHOD, notice.get("out_trade_no", ""), notice_id, about)
        try:
            return _report(
                notice, "callback", notice_id=notice_id, paid_at=notice.get("gmt_payment"), remark=_refund(notice)
            )
        except ValueError as error:
            raise CallbackRefused("callback_invalid", f"authentic, but cannot be read: {error}") from error

    def _verify(self, signature: bytes, notice: Mapping[str, str]) -> None:
        """Raises ``InvalidSignature``. Alipay's own libraries disagree whether empty parameters are signed."""
        for keep_empty in (True, False):
            try:
                signed = canonical(notice, ("sign", "sign_type"), keep_empty=keep_empty)
                self._public.verify(signature, signed, PKCS1v15(), SHA256())
            except InvalidSignature:
                if not keep_empty:
                    raise
            else:
                return

    def _parameters(self, method: str, content: Mapping[str, str], **more: str) -> dict[str, str]:
        parameters = {
            "app_id": self._account.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": utc_now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "notify_url": self._account.notify_url,
            "biz_content": json.dumps(content, ensure_ascii=False, separators=(",", ":")),
            **more,
        }
        signature = self._private.sign(canonical(parameters, ("sign",)), PKCS1v15(), SHA256())
        return {**parameters, "sign": b64encode(signature).decode()}

    def _ask(self, method: str, content: Mapping[str, str]) -> dict[str, Any]:
        """One signed request with a deadline. Every business answer must carry Alipay's signature."""
        try:
            response = requests.post(self._account.url, data=self._parameters(method, content), timeout=self._timeout)
            response.raise_for_status()
            text = response.content.decode()
            raw, answer = answer_member(text, f"{method.replace('.', '_')}_response")
            signature = b64decode(json.loads(text).get("sign", ""), validate=True)
            self._public.verify(signature, raw.encode(), PKCS1v15(), SHA256())
        except requests.RequestException as error:
            raise ProviderUnavailable(f"Alipay cannot be reached: {type(error).__name__}") from error
        except (ValueError, InvalidSignature) as error:
            raise ProviderUnavailable("Alipay's answer cannot be trusted") from error
        if answer.get("code") == "20000":
            raise ProviderUnavailable(f"Alipay is unavailable: {answer.get('sub_code', '')}")
        if answer.get("code") != "10000":
            raise ProviderRefused(str(answer.get("sub_code") or answer.get("code")), str(answer.get("sub_msg", "")))
        return answer


def _refund(notice: Mapping[str, str]) -> str:
    """The refund that a notice tells of; none when its amount is nothing, as in notices of plain payments."""
    told = notice.get("refund_fee", "").strip()
    try:
        nothing = not told or fen(told) == 0
    except ValueError:
        nothing = False
    if nothing and not notice.get("gmt_refund"):
        return ""
    return f"refunded {told[:20]} at {notice.get('gmt_refund', '')[:30]}, {notice.get('out_biz_no', '')[:64]}"


def _report(
    data: Mapping[str, Any],
    source: Literal["callback", "query"],
    *,
    notice_id: str = "",
    paid_at: str | None = None,
    remark: str = "",
) -> ProviderReport:
    return ProviderReport(
        method=METHOD,
        payment_id=str(data.get("out_trade_no", "")),
        status=_STATUS.get(str(data.get("trade_status")), "unpaid"),
        source=source,
        amount=fen(str(data.get("total_amount", "0"))),
        currency="CNY",
        transaction_id=str(data.get("trade_no", "")),
        paid_at=_moment(paid_at) if paid_at else None,
        notice_id=notice_id,
        remark=remark,
    )


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHANGHAI)
