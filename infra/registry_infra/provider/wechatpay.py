"""WeChat Pay API v3 from the provider's side: Native and H5 orders, query, close, refunds, and the notices."""

import gzip
import json
import re
import time
from base64 import b64decode
from datetime import date, datetime
from hashlib import sha1
from typing import Any

from contracts.simulator import MERCHANT
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from flask import Blueprint, Response, request

from registry_infra.provider.bills import wechat_bill
from registry_infra.provider.keys import ProviderKeys
from registry_infra.provider.records import Trade
from registry_infra.provider.state import Books
from registry_infra.provider.wechat_wire import SCHEME, refund_told, signature_headers, transaction

PROVIDER = "wechat"
_CLOCK_TOLERANCE = 300
_REFUND_NO = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
_TRADE_NO = re.compile(r"[0-9A-Za-z_\-|*@]{6,32}")


class Refusal(Exception):
    """An error answer of the API."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


class Transactions:
    """WeChat Pay's API v3 as far as payments need it: signed requests, signed answers, sealed notices."""

    def __init__(self, books: Books, keys: ProviderKeys) -> None:
        self._books, self._keys = books, keys

    def blueprint(self) -> Blueprint:
        """The addresses of orders by Native and H5 and of refunds; each request has the merchant's signature."""
        api = Blueprint("wechatpay", __name__, url_prefix="/v3")
        api.before_request(self._check_merchant)
        api.register_error_handler(Refusal, self._refuse)
        api.add_url_rule("/pay/transactions/native", view_func=self.native, methods=["POST"])
        api.add_url_rule("/pay/transactions/h5", view_func=self.h5, methods=["POST"])
        api.add_url_rule("/pay/transactions/out-trade-no/<out_trade_no>", view_func=self.query)
        api.add_url_rule("/pay/transactions/out-trade-no/<out_trade_no>/close", view_func=self.close, methods=["POST"])
        api.add_url_rule("/bill/tradebill", view_func=self.bill)
        api.add_url_rule("/billdownload/file", view_func=self.bill_file)
        api.add_url_rule("/refund/domestic/refunds", view_func=self.refund, methods=["POST"])
        api.add_url_rule("/refund/domestic/refunds/<out_refund_no>", view_func=self.query_refund)
        return api

    def _answer(self, content: dict[str, object] | None, status: int = 200) -> Response:
        body = json.dumps(content, ensure_ascii=False) if content is not None else ""
        return Response(body, status, headers=signature_headers(self._keys.wechatpay, body))

    def _refuse(self, refusal: Refusal) -> Response:
        return self._answer({"code": refusal.code, "message": refusal.message}, refusal.status)

    def _check_merchant(self) -> None:
        """The merchant's signature over method, path, time, nonce and body."""
        scheme, _, fields = request.headers.get("Authorization", "").partition(" ")
        given = dict(re.findall(r'(\w+)="([^"]*)"', fields))
        path = request.full_path.rstrip("?")
        body = request.get_data(as_text=True)
        message = f"{request.method}\n{path}\n{given.get('timestamp')}\n{given.get('nonce_str')}\n{body}\n"
        try:
            if scheme != SCHEME or abs(time.time() - int(given["timestamp"])) > _CLOCK_TOLERANCE:
                raise ValueError
            if (given["mchid"], given["serial_no"]) != (
                MERCHANT["REGISTRY_WECHATPAY_MCHID"],
                MERCHANT["REGISTRY_WECHATPAY_CERT_SERIAL"],
            ):
                raise ValueError
            self._keys.wechatpay_merchant.verify(b64decode(given["signature"]), message.encode(), PKCS1v15(), SHA256())
        except (KeyError, ValueError, InvalidSignature):
            raise Refusal(401, "SIGN_ERROR", "签名错误") from None

    def _order(self, scene: str) -> Trade:
        content: dict[str, Any] = request.get_json(silent=True) or {}
        try:
            facts = {
                "scene": scene,
                "amount": int(content["amount"]["total"]),
                "description": content["description"],
                "notify_url": content["notify_url"],
                "expires_at": datetime.fromisoformat(content["time_expire"]).timestamp(),
            }
            well_formed = (
                content["appid"] == MERCHANT["REGISTRY_WECHATPAY_APPID"]
                and content["mchid"] == MERCHANT["REGISTRY_WECHATPAY_MCHID"]
                and content["amount"].get("currency", "CNY") == "CNY"
                and _TRADE_NO.fullmatch(content["out_trade_no"])
                and 0 < len(content["description"]) <= 127
                and facts["amount"] > 0
                and (scene != "h5" or content["scene_info"]["payer_client_ip"])
            )
            if not well_formed:
                raise ValueError
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Refusal(400, "PARAM_ERROR", "参数错误") from None
        trade = self._books.open_trade(PROVIDER, content["out_trade_no"], **facts)
        if trade.state == "SUCCESS":
            raise Refusal(400, "ORDERPAID", "该订单已支付")
        if not trade.open:
            raise Refusal(400, "ORDER_CLOSED", "订单已关闭")
        if (trade.scene, trade.amount, trade.description) != (scene, facts["amount"], facts["description"]):
            raise Refusal(400, "INVALID_REQUEST", "商户订单号重复，参数与原请求不一致")
        return trade

    def native(self) -> Response:
        """A code to scan."""
        return self._answer({"code_url": f"weixin://wxpay/bizpayurl?pr={self._order('qr').code}"})

    def h5(self) -> Response:
        """An address for the browser of a phone."""
        return self._answer({"h5_url": f"{request.host_url}checkout/{self._order('h5').code}"})

    def _known(self, out_trade_no: str, mchid: object) -> Trade:
        if mchid != MERCHANT["REGISTRY_WECHATPAY_MCHID"]:
            raise Refusal(400, "PARAM_ERROR", "商户号不符")
        trade = self._books.trade(PROVIDER, out_trade_no)
        if trade is None:
            raise Refusal(404, "ORDER_NOT_EXIST", "订单不存在")
        return trade

    def query(self, out_trade_no: str) -> Response:
        """The trade as it stands."""
        trade = self._known(out_trade_no, request.args.get("mchid"))
        told = transaction(trade)
        if self._books.refunds_of(trade):
            told |= {"trade_state": "REFUND", "trade_state_desc": "转入退款"}
        return self._answer(told)

    def close(self, out_trade_no: str) -> Response:
        """Nobody can pay it from now on."""
        trade = self._known(out_trade_no, (request.get_json(silent=True) or {}).get("mchid"))
        if trade.state == "SUCCESS":
            raise Refusal(400, "ORDERPAID", "该订单已支付")
        self._books.close(trade)
        return self._answer(None, 204)

    def refund(self) -> Response:
        """Takes a refund on; the same number again tells what became of it."""
        content: dict[str, Any] = request.get_json(silent=True) or {}
        try:
            number, amount = str(content["out_refund_no"]), int(content["amount"]["refund"])
            total, url = int(content["amount"]["total"]), str(content["notify_url"])
            if not _REFUND_NO.fullmatch(number) or amount <= 0 or len(content.get("reason", "").encode()) > 80:
                raise ValueError
        except (KeyError, TypeError, ValueError):
            raise Refusal(400, "PARAM_ERROR", "参数错误") from None
        trade = self._books.trade(PROVIDER, str(content.get("out_trade_no")))
        if trade is None or trade.state != "SUCCESS":
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付")
        if total != trade.paid_amount:
            raise Refusal(400, "PARAM_ERROR", "订单金额与原交易不一致")
        refund, fresh = self._books.refund(trade, number, amount, url)
        if refund is None:
            raise Refusal(403, "NOT_ENOUGH", "退款金额超过可退金额")
        if (refund.out_trade_no, refund.amount) != (trade.out_trade_no, amount):
            raise Refusal(400, "INVALID_REQUEST", "商户退款单号重复，参数与原请求不一致")
        if fresh and refund.state != "PROCESSING":
            self._books.add_notices(trade, 1, delay=0, forged=False, stale=False, out_refund_no=number)
        told = refund_told(refund, trade)
        return self._answer(told | {"status": "PROCESSING"} if fresh else told)

    def query_refund(self, out_refund_no: str) -> Response:
        """The refund as it stands."""
        refund = self._books.find_refund(PROVIDER, out_refund_no)
        trade = self._books.trade(PROVIDER, refund.out_trade_no) if refund else None
        if refund is None or trade is None:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "退款单不存在")
        return self._answer(refund_told(refund, trade))

    def bill(self) -> Response:
        """Where the bill of a day is, and its hash before it is packed."""
        day = request.args.get("bill_date", "")
        text = self._bill_of(day)
        if text is None:
            raise Refusal(400, "NO_STATEMENT_EXIST", "账单文件不存在")
        url = f"{request.host_url}v3/billdownload/file?token={day}"
        told: dict[str, object] = {"hash_type": "SHA1", "hash_value": sha1(text.encode()).hexdigest()}  # noqa: S324
        return self._answer({**told, "download_url": url})

    def bill_file(self) -> Response:
        """The bill, packed; its answer bears no signature."""
        text = self._bill_of(request.args.get("token", ""))
        if text is None:
            raise Refusal(404, "RESOURCE_NOT_EXISTS", "账单文件不存在")
        return Response(gzip.compress(text.encode()), content_type="application/x-gzip")

    def _bill_of(self, day: str) -> str | None:
        try:
            return wechat_bill(self._books, date.fromisoformat(day))
        except ValueError:
            raise Refusal(400, "PARAM_ERROR", "账单日期格式错误") from None
