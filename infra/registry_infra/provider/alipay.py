"""Alipay's open API from the provider's side: precreate, wap page, query, close, refunds, and the notices."""

import json
import secrets
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from contracts.simulator import MERCHANT
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from registry_infra.provider.bills import alipay_bill
from registry_infra.provider.keys import ProviderKeys
from registry_infra.provider.records import Notice, Refund, Trade
from registry_infra.provider.state import Books

PROVIDER = "alipay"
_SHANGHAI = ZoneInfo("Asia/Shanghai")


class Refusal(Exception):
    """A business error: code 40004 and its sub_code."""

    def __init__(self, sub_code: str, sub_msg: str) -> None:
        super().__init__(sub_code)
        self.sub_code, self.sub_msg = sub_code, sub_msg


def _signed_text(parameters: Mapping[str, str], *leave_out: str) -> bytes:
    return "&".join(f"{k}={v}" for k, v in sorted(parameters.items()) if k not in leave_out).encode()


def _sign(key: RSAPrivateKey, text: bytes) -> str:
    return b64encode(key.sign(text, PKCS1v15(), SHA256())).decode()


def _local(moment: float | None = None) -> str:
    return datetime.fromtimestamp(moment or time.time(), _SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _yuan(fen: int) -> str:
    return f"{fen / 100:.2f}"


def _told(trade: Trade) -> dict[str, str]:
    amount = trade.amount if trade.paid_amount is None else trade.paid_amount
    states = {"NOTPAY": "WAIT_BUYER_PAY", "SUCCESS": "TRADE_SUCCESS", "CLOSED": "TRADE_CLOSED"}
    return {
        "out_trade_no": trade.out_trade_no,
        "trade_no": trade.transaction_id or "",
        "trade_status": states[trade.state],
        "total_amount": _yuan(amount),
        "buyer_logon_id": "pay***@example.com",
    }


def notice_request(
    notice: Notice, trade: Trade, keys: ProviderKeys, forger: RSAPrivateKey, refund: Refund | None = None
) -> tuple[dict[str, str], str]:
    """Headers and form body of the asynchronous notice; of a refund it is the trade's, with what was returned."""
    sent = time.time() - (27 * 3600 if notice.stale else 0)
    parameters = {
        **_told(trade),
        "app_id": MERCHANT["REGISTRY_ALIPAY_APP_ID"],
        "notify_id": notice.notice_id,
        "notify_type": "trade_status_sync",
        "notify_time": _local(sent),
        "gmt_payment": _local(trade.paid_at),
        "subject": trade.description,
        "charset": "utf-8",
        "version": "1.0",
        "sign_type": "RSA2",
    }
    if refund is not None:
        parameters |= {
            "refund_fee": _yuan(refund.amount),
            "gmt_refund": f"{_local(refund.done_at)}.000",
            "out_biz_no": refund.out_refund_no,
        }
    key = forger if notice.forged else keys.alipay
    parameters["sign"] = _sign(key, _signed_text(parameters, "sign", "sign_type"))
    return {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, urlencode(parameters)


class Gateway:
    """Alipay's gateway as far as payments need it: signed requests, signed answers."""

    def __init__(self, books: Books, keys: ProviderKeys) -> None:
        self._books, self._keys = books, keys

    def blueprint(self) -> Blueprint:
        """One address for all methods."""
        api = Blueprint(PROVIDER, __name__)
        api.add_url_rule("/gateway.do", view_func=self.answer, methods=["GET", "POST"])
        api.add_url_rule("/bills/alipay/<day>", view_func=self.bill)
        return api

    def answer(self) -> AnyResponse:
        """The method that a request names, performed; parameters in the query or the body."""
        parameters = {**request.args.to_dict(), **request.form.to_dict()}
        method = parameters.get("method", "unknown")
        if method == "alipay.trade.wap.pay":
            return self._page(parameters)
        try:
            result = {"code": "10000", "msg": "Success"}
            result |= self._perform(method, self._checked(parameters), parameters.get("notify_url", ""))
        except Refusal as refusal:
            result = {
                "code": "40004",
                "msg": "Business Failed",
                "sub_code": refusal.sub_code,
                "sub_msg": refusal.sub_msg,
            }
        text = json.dumps(result, ensure_ascii=False, separators=(",", ":"))
        member = f"{method.replace('.', '_')}_response"
        sign, nonce = _sign(self._keys.alipay, text.encode()), secrets.token_hex(4)
        body = f'{{"{member}":{text},"sign":"{sign}","nonce":"{nonce}"}}'
        return Response(body, content_type="text/html;charset=utf-8")

    def bill(self, day: str) -> AnyResponse:
        """The archive that an answer has named."""
        packed = alipay_bill(self._books, date.fromisoformat(day))
        return Response(packed or b"", 200 if packed else 404, content_type="application/zip")

    def _checked(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """The business content of a request with the app's signature."""
        filled = {name: value for name, value in parameters.items() if value}
        try:
            if filled["app_id"] != MERCHANT["REGISTRY_ALIPAY_APP_ID"] or filled["sign_type"] != "RSA2":
                raise ValueError
            self._keys.alipay_app.verify(b64decode(filled["sign"]), _signed_text(filled, "sign"), PKCS1v15(), SHA256())
            content: dict[str, str] = json.loads(filled["biz_content"])
            return content
        except (KeyError, ValueError, InvalidSignature):
            raise Refusal("isv.invalid-signature", "无效签名") from None

    def _order(self, content: Mapping[str, str], notify_url: str, scene: str) -> Trade:
        trade = self._books.open_trade(
            PROVIDER,
            content["out_trade_no"],
            scene=scene,
            amount=round(float(content["total_amount"]) * 100),
            description=content["subject"],
            notify_url=notify_url,
            expires_at=datetime.strptime(content["time_expire"], "%Y-%m-%d %H:%M:%S")
            .replace(tzinfo=_SHANGHAI)
            .timestamp(),
        )
        if trade.state == "SUCCESS":
            raise Refusal("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")
        if not trade.open:
            raise Refusal("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")
        if _yuan(trade.amount) != content["total_amount"]:
            raise Refusal("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改")
        return trade

    def _known(self, out_trade_no: str) -> Trade:
        """Alipay creates the trade when the payer scans or opens the page; here: when it is paid or closed."""
        trade = self._books.trade(PROVIDER, out_trade_no)
        if trade is None or trade.state == "NOTPAY":
            raise Refusal("ACQ.TRADE_NOT_EXIST", "交易不存在")
        return trade

    def _perform(self, method: str, content: Mapping[str, str], notify_url: str) -> dict[str, str]:
        match method:
            case "alipay.trade.precreate":
                trade = self._order(content, notify_url, "qr")
                return {"out_trade_no": trade.out_trade_no, "qr_code": f"{request.host_url}checkout/{trade.code}"}
            case "alipay.trade.query":
                trade = self._known(content["out_trade_no"])
                paid = {"send_pay_date": _local(trade.paid_at)} if trade.paid_at else {}
                return {**_told(trade), **paid}
            case "alipay.trade.close":
                trade = self._known(content["out_trade_no"])
                if trade.state == "SUCCESS":
                    raise Refusal("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")
                return {"out_trade_no": trade.out_trade_no, "trade_no": ""}
            case "alipay.trade.refund":
                return self._refund(content, notify_url)
            case "alipay.trade.fastpay.refund.query":
                return self._query_refund(content)
            case "alipay.data.dataservice.bill.downloadurl.query":
                day = content["bill_date"]
                if alipay_bill(self._books, date.fromisoformat(day)) is None:
                    raise Refusal("isp.bill_not_exist", "账单不存在")
                return {"bill_download_url": f"{request.host_url}bills/alipay/{day}"}
            case _:
                raise Refusal("isv.invalid-method", "不存在的方法名")

    def _refund(self, content: Mapping[str, str], notify_url: str) -> dict[str, str]:
        """At once; the same request number again moves no more money."""
        trade, amount = self._known(content["out_trade_no"]), round(float(content["refund_amount"]) * 100)
        outcome = self._books.planned(trade.out_trade_no)
        if outcome in ("ABNORMAL", "CLOSED"):
            raise Refusal("ACQ.USER_NOT_MATCH_ERR", "收款方账户异常")
        if outcome == "PROCESSING":
            raise Refusal("ACQ.SYSTEM_ERROR", "系统错误")
        refund, fresh = self._books.refund(trade, content["out_request_no"], amount, notify_url)
        if refund is None:
            raise Refusal("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限")
        if refund.amount != amount:
            raise Refusal("ACQ.INVALID_PARAMETER", "参数无效")
        if fresh:
            number = refund.out_refund_no
            self._books.add_notices(trade, 1, delay=0, forged=False, stale=False, out_refund_no=number)
        returned = sum(one.amount for one in self._books.refunds_of(trade))
        told = {"out_trade_no": trade.out_trade_no, "trade_no": trade.transaction_id or ""}
        return {**told, "fund_change": "Y" if fresh else "N", "refund_fee": _yuan(returned)}

    def _query_refund(self, content: Mapping[str, str]) -> dict[str, str]:
        """Without a number in it the refund never was."""
        trade = self._known(content["out_trade_no"])
        refund = self._books.find_refund(PROVIDER, content["out_request_no"])
        if refund is None:
            return {}
        return {
            "out_trade_no": trade.out_trade_no,
            "trade_no": trade.transaction_id or "",
            "out_request_no": refund.out_refund_no,
            "refund_amount": _yuan(refund.amount),
            "total_amount": _yuan(trade.paid_amount or 0),
            "refund_status": "REFUND_SUCCESS" if refund.state == "SUCCESS" else "",
            "gmt_refund_pay": _local(refund.done_at) if refund.done_at else "",
        }

    def _page(self, parameters: Mapping[str, str]) -> AnyResponse:
        """The payer's browser comes with the merchant's signed request."""
        try:
            trade = self._order(self._checked(parameters), parameters.get("notify_url", ""), "h5")
        except Refusal as refusal:
            return Response(refusal.sub_msg, 400, content_type="text/plain; charset=utf-8")
        back = urlencode({"redirect_url": parameters.get("return_url", "")})
        return redirect(f"/checkout/{trade.code}?{back}")
