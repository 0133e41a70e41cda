"""Alipay's open API: precreate QR codes, the wap page, refunds."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, Literal
from urllib.parse import parse_qsl, urlencode

from chassis.clock import SHANGHAI
from contracts.payment import Method
from cryptography.exceptions import InvalidSignature

from payment.providers.alipay_wire import Wire
from payment.providers.amounts import fen, moment, yuan
from payment.providers.bills import MOST_BYTES, BillUnreadable, alipay_rows
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

METHOD: Method = "alipay"
WINDOW = timedelta(hours=26)
"""Alipay repeats a notice for 25 hours; older ones are replays."""

_STATUS: dict[str, Literal["paid", "closed", "unpaid"]] = {
    "TRADE_SUCCESS": "paid",
    "TRADE_FINISHED": "paid",
    "TRADE_CLOSED": "closed",
}


class Alipay(Wire):
    """One app of the office; holds keys only and can be shared."""

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
            back = charge.return_to or self._account.return_url
            parameters = self.parameters("alipay.trade.wap.pay", content, return_url=back)
            return Invitation(pay_url=f"{self._account.url}?{urlencode(parameters)}")
        return Invitation(code_url=str(self.ask("alipay.trade.precreate", content)["qr_code"]))

    def query(self, payment_id: str) -> ProviderReport:
        """What Alipay knows of the payment, ``unpaid`` while it knows nothing. ``ProviderRefused``,
        ``ProviderUnavailable``."""
        try:
            answer = self.ask("alipay.trade.query", {"out_trade_no": payment_id})
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
            self.ask("alipay.trade.close", {"out_trade_no": payment_id})
        except ProviderRefused as refusal:
            if refusal.code != "ACQ.TRADE_NOT_EXIST":
                raise

    def refund(self, order: RefundOrder) -> RefundReport:
        """Returns money the way it came, at once. ``ProviderRefused`` when Alipay does not take it on; what it leaves
        open (``ACQ.SYSTEM_ERROR``) is asked for again under the same number."""
        content = {
            "out_trade_no": order.payment_id,
            "refund_amount": yuan(order.amount),
            "out_request_no": order.refund_number,
            "refund_reason": order.reason[:80],
        }
        try:
            answer = self.ask("alipay.trade.refund", content)
        except ProviderRefused as refusal:
            if refusal.code == "ACQ.SYSTEM_ERROR":
                raise ProviderUnavailable("Alipay does not know yet") from refusal
            raise
        if answer.get("out_trade_no") != order.payment_id:
            raise ProviderUnavailable("the answer is about another payment")
        return self.query_refund(order)  # ``fund_change`` says only whether this very call moved the money

    def query_refund(self, order: RefundOrder) -> RefundReport:
        """What became of a refund: done, or as good as never heard of. ``ProviderRefused``."""
        unknown = RefundReport(METHOD, order.refund_number, "unknown", "query")
        content = {"out_trade_no": order.payment_id, "out_request_no": order.refund_number}
        try:
            answer = self.ask("alipay.trade.fastpay.refund.query", content)
        except ProviderRefused as refusal:
            if refusal.code in ("ACQ.TRADE_NOT_EXIST", "TRADE_NOT_EXIST"):
                return unknown
            raise
        if not answer.get("out_request_no"):
            return unknown
        if (answer["out_request_no"], answer.get("out_trade_no")) != (order.refund_number, order.payment_id):
            raise ProviderUnavailable("the answer is about another refund")
        done = answer.get("refund_status") == "REFUND_SUCCESS"
        try:
            paid_at = answer.get("gmt_refund_pay")
            return RefundReport(
                method=METHOD,
                refund_number=order.refund_number,
                status="done" if done else "under_way",
                source="query",
                amount=fen(str(answer.get("refund_amount", "0"))),
                provider_number=str(answer.get("trade_no", "")),
                refunded_at=moment(str(paid_at)) if paid_at else None,
            )
        except ValueError as error:
            raise ProviderUnavailable(f"the answer cannot be read: {error}") from error

    def bill(self, day: date) -> Bill:
        """The trade bill of a day; one without trades has none. ``ProviderRefused``."""
        content = {"bill_type": "trade", "bill_date": day.isoformat()}
        try:
            answer = self.ask("alipay.data.dataservice.bill.downloadurl.query", content)
        except ProviderRefused as refusal:
            if refusal.code in ("isp.bill_not_exist", "BILL_NOT_EXIST"):
                return Bill(())
            raise
        archive = self.fetch(str(answer["bill_download_url"]), MOST_BYTES)
        try:
            return Bill(alipay_rows(archive), sha256(archive).hexdigest())
        except BillUnreadable as error:
            raise ProviderUnavailable(f"Alipay's bill cannot be read: {error}") from error

    def read_callback(self, headers: Mapping[str, str], body: str, now: datetime) -> Notice:
        """What a notice says of the trade counts whatever else it carries.

        A refund comes as a notice of the same kind: the trade is still *TRADE_SUCCESS* (a part was returned) or
        *TRADE_CLOSED* (all of it), with ``refund_fee`` and ``gmt_refund``. The refund itself is remarked.
        """
        try:
            pairs = parse_qsl(body, keep_blank_values=True, strict_parsing=True, max_num_fields=200)
            notice = dict(pairs)
            signature = b64decode(notice.get("sign", ""), validate=True)
            self.verify(signature, notice)
        except (ValueError, InvalidSignature) as error:
            raise CallbackRefused("callback_invalid", "the signature is not Alipay's") from error
        if len(pairs) != len(notice) or notice.get("app_id") != self._account.app_id:
            raise CallbackRefused("callback_invalid", "meant for another app")
        try:
            sent = moment(notice["notify_time"])
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
        paid_at=moment(paid_at) if paid_at else None,
        notice_id=notice_id,
        remark=remark,
        refund_number=str(data.get("out_biz_no", ""))[:64] if remark else "",
    )
