"""What WeChat Pay signs and seals: the headers of its answers, trades and refunds as it tells them, and notices."""

import json
import os
import secrets
import time
from base64 import b64encode
from datetime import datetime
from zoneinfo import ZoneInfo

from contracts.simulator import MERCHANT
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from registry_infra.provider.keys import ProviderKeys
from registry_infra.provider.records import Notice, Refund, Trade

SCHEME = "WECHATPAY2-SHA256-RSA2048"
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def signature_headers(key: RSAPrivateKey, body: str, timestamp: int | None = None) -> dict[str, str]:
    """The headers of an answer or a notice, as the real API sends them."""
    sent, nonce = str(timestamp or int(time.time())), secrets.token_hex(16)
    signature = key.sign(f"{sent}\n{nonce}\n{body}\n".encode(), PKCS1v15(), SHA256())
    return {
        "Content-Type": "application/json",
        "Wechatpay-Timestamp": sent,
        "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": MERCHANT["REGISTRY_WECHATPAY_PUBLIC_KEY_ID"],
        "Wechatpay-Signature-Type": SCHEME,
        "Wechatpay-Signature": b64encode(signature).decode(),
    }


def transaction(trade: Trade) -> dict[str, object]:
    """A trade as queries and notices tell it."""
    told: dict[str, object] = {
        "appid": MERCHANT["REGISTRY_WECHATPAY_APPID"],
        "mchid": MERCHANT["REGISTRY_WECHATPAY_MCHID"],
        "out_trade_no": trade.out_trade_no,
        "trade_state": trade.state,
        "trade_state_desc": {"SUCCESS": "支付成功", "NOTPAY": "订单未支付", "CLOSED": "订单已关闭"}[trade.state],
        "trade_type": "MWEB" if trade.scene == "h5" else "NATIVE",
        "amount": {"total": trade.amount, "currency": "CNY"},
    }
    if trade.paid_at is not None:
        paid = trade.paid_amount
        told |= {
            "transaction_id": trade.transaction_id,
            "bank_type": "OTHERS",
            "success_time": datetime.fromtimestamp(int(trade.paid_at), _SHANGHAI).isoformat(),
            "payer": {"openid": "oSandboxPayer0000000000000001"},
            "amount": {"total": paid, "payer_total": paid, "currency": "CNY", "payer_currency": "CNY"},
        }
    return told


def refund_told(refund: Refund, trade: Trade) -> dict[str, object]:
    """A refund as answers tell it."""
    done = {"success_time": _moment(refund.done_at)} if refund.done_at else {}
    return {
        "refund_id": refund.refund_id,
        "out_refund_no": refund.out_refund_no,
        "transaction_id": trade.transaction_id,
        "out_trade_no": trade.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": "支付用户零钱",
        "create_time": _moment(refund.created_at),
        "status": refund.state,
        "amount": {
            "total": trade.paid_amount,
            "refund": refund.amount,
            "payer_total": trade.paid_amount,
            "payer_refund": refund.amount,
            "currency": "CNY",
        },
        **done,
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), _SHANGHAI).isoformat()


def _refund_noticed(refund: Refund, trade: Trade) -> dict[str, object]:
    """A refund as notices tell it: its state has another name there, and the merchant's number is with it."""
    told = refund_told(refund, trade)
    told |= {"refund_status": told.pop("status"), "mchid": MERCHANT["REGISTRY_WECHATPAY_MCHID"]}
    return told


def notice_request(
    notice: Notice, trade: Trade, keys: ProviderKeys, forger: RSAPrivateKey, refund: Refund | None = None
) -> tuple[dict[str, str], str]:
    """Headers and body of a notice of a payment or a refund; its resource is encrypted under the APIv3 key."""
    nonce = os.urandom(6).hex()
    what = "refund" if refund else "transaction"
    plain = json.dumps(_refund_noticed(refund, trade) if refund else transaction(trade), ensure_ascii=False).encode()
    sealed = AESGCM(keys.apiv3).encrypt(nonce.encode(), plain, what.encode())
    body = json.dumps(
        {
            "id": notice.notice_id,
            "create_time": datetime.now(_SHANGHAI).isoformat(timespec="seconds"),
            "resource_type": "encrypt-resource",
            "event_type": f"REFUND.{refund.state}" if refund else "TRANSACTION.SUCCESS",
            "summary": "退款" if refund else "支付成功",
            "resource": {
                "original_type": what,
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": b64encode(sealed).decode(),
                "associated_data": what,
                "nonce": nonce,
            },
        },
        ensure_ascii=False,
    )
    sent = int(time.time()) - (3600 if notice.stale else 0)
    return signature_headers(forger if notice.forged else keys.wechatpay, body, sent), body
