"""The wire format, both ways: the simulator against the wechatpayv3 SDK alone, our Alipay code against its rules."""

from __future__ import annotations

import json
import threading
import time
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
import requests
from contracts.simulator import MERCHANT
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from payment.providers.alipay_wire import answer_member, canonical
from payment.providers.amounts import fen, yuan
from registry_infra.provider import wechat_wire
from registry_infra.provider.app import Provider
from registry_infra.provider.keys import create_provider_keys
from registry_infra.provider.notices import Notifier
from registry_infra.provider.state import Books
from wechatpayv3 import WeChatPay, WeChatPayType

ORDER = {"description": "著作权登记费", "out_trade_no": "pmt-0001", "amount": {"total": 30_000, "currency": "CNY"}}
LATER = {"time_expire": "2099-01-01T00:00:00+08:00"}


@pytest.fixture
def sdk(keys: Path, provider_url: str) -> WeChatPay:
    folder = keys / "provider"
    made = WeChatPay(
        wechatpay_type=WeChatPayType.NATIVE,
        mchid=MERCHANT["REGISTRY_WECHATPAY_MCHID"],
        private_key=(folder / "wechatpay-merchant.pem").read_text(),
        cert_serial_no=MERCHANT["REGISTRY_WECHATPAY_CERT_SERIAL"],
        appid=MERCHANT["REGISTRY_WECHATPAY_APPID"],
        apiv3_key=(folder / "wechatpay-apiv3.key").read_text(),
        notify_url="http://127.0.0.1:9/notify",
        public_key=(folder / "wechatpay-platform-public.pem").read_text(),
        public_key_id=MERCHANT["REGISTRY_WECHATPAY_PUBLIC_KEY_ID"],
        timeout=(2, 5),
    )
    made._core._gate_way = provider_url
    return made


@pytest.mark.requirement("P-06")
def test_the_sdk_orders_queries_and_closes(sdk: WeChatPay) -> None:
    status, answer = sdk.pay(**ORDER, **LATER)
    assert status == 200
    assert json.loads(answer)["code_url"].startswith("weixin://")
    again = sdk.pay(**ORDER, **LATER)
    assert again == (status, answer)
    status, answer = sdk.query(out_trade_no="pmt-0001")
    assert (status, json.loads(answer)["trade_state"]) == (200, "NOTPAY")
    assert sdk.close(out_trade_no="pmt-0001")[0] == 204
    assert json.loads(sdk.query(out_trade_no="pmt-0001")[1])["trade_state"] == "CLOSED"
    status, answer = sdk.pay(**ORDER, **LATER)
    assert (status, json.loads(answer)["code"]) == (400, "ORDER_CLOSED")


@pytest.mark.requirement("P-06")
def test_the_sdk_reads_the_simulators_callback_and_refuses_an_altered_one(sdk: WeChatPay, provider: Provider) -> None:
    sdk.pay(**ORDER, **LATER)
    trade = provider.books.pay(provider.books.find("pmt-0001"), 30_000)
    provider.books.add_notices(trade, 1, delay=0, forged=False, stale=False)
    [notice] = provider.books.due_notices()
    headers, body = wechat_wire.notice_request(notice, trade, provider.keys, provider.keys.wechatpay)
    resource = sdk.callback(headers, body)["resource"]
    assert (resource["out_trade_no"], resource["amount"]["total"]) == ("pmt-0001", 30_000)
    assert sdk.callback(headers, body.replace("SUCCESS", "SUCCESZ")) is None


@pytest.mark.requirement("P-06")
@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"out_trade_no": "x"}, 400, "PARAM_ERROR"),
        ({"amount": {"total": 0, "currency": "CNY"}}, 400, "PARAM_ERROR"),
        ({"amount": {"total": 1, "currency": "USD"}}, 400, "PARAM_ERROR"),
    ],
)
def test_the_simulator_refuses_bad_orders_as_the_real_one_does(
    sdk: WeChatPay, change: dict[str, object], status: int, code: str
) -> None:
    found, answer = sdk.pay(**{**ORDER, **LATER, **change})
    assert (found, json.loads(answer)["code"]) == (status, code)


@pytest.mark.requirement("P-06")
def test_the_same_number_with_another_amount_is_refused(sdk: WeChatPay) -> None:
    sdk.pay(**ORDER, **LATER)
    status, answer = sdk.pay(**{**ORDER, **LATER, "amount": {"total": 1, "currency": "CNY"}})
    assert (status, json.loads(answer)["code"]) == (400, "INVALID_REQUEST")


@pytest.mark.requirement("P-06")
def test_a_request_with_another_merchants_key_is_refused(sdk: WeChatPay, provider_url: str) -> None:
    sdk._core._private_key = generate_private_key(65537, 2048)
    status, answer = sdk.query(out_trade_no="pmt-0001")
    assert (status, json.loads(answer)["code"]) == (401, "SIGN_ERROR")
    assert requests.get(f"{provider_url}/v3/pay/transactions/out-trade-no/pmt-0001", timeout=5).status_code == 401


@pytest.mark.requirement("P-06")
def test_notices_are_repeated_until_they_are_taken(sdk: WeChatPay, provider: Provider) -> None:
    answers, bodies = [500, 404, 200], []

    class Merchant(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(answers[len(bodies) - 1])
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return None

    merchant = HTTPServer(("127.0.0.1", 0), Merchant)
    threading.Thread(target=merchant.serve_forever, daemon=True).start()
    sdk.pay(**ORDER, **LATER, notify_url=f"http://127.0.0.1:{merchant.server_port}/notify")
    trade = provider.books.pay(provider.books.find("pmt-0001"), 30_000)
    provider.books.add_notices(trade, 1, delay=0, forged=False, stale=False)
    notifier = Notifier(provider.books, provider.keys)
    for attempt in range(3):
        assert len(bodies) == attempt
        with provider.books._transaction() as db:
            db.execute("UPDATE notices SET due_at = ?", (time.time(),))
        assert notifier.send_due() == 1
    assert provider.books.next_due() is None
    assert len({json.loads(body)["id"] for body in bodies}) == 1
    merchant.shutdown()


@pytest.mark.requirement("P-06")
def test_the_provider_remembers_across_a_restart(tmp_path: Path) -> None:
    facts = {"scene": "qr", "amount": 5, "description": "d", "notify_url": "http://x", "expires_at": 9e9}
    first = Books(tmp_path / "books.sqlite")
    trade = first.pay(first.open_trade("wechat", "pmt-1", **facts), 5)
    first.add_notices(trade, 1, delay=0, forged=False, stale=False)
    first.close_file()
    second = Books(tmp_path / "books.sqlite")
    assert second.trade("wechat", "pmt-1") == trade
    assert len(second.due_notices()) == 1
    assert second.pay(trade, 7).paid_amount == 5


@pytest.mark.requirement("P-06")
def test_making_the_keys_again_leaves_them_as_they_are(tmp_path: Path) -> None:
    create_provider_keys(tmp_path)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    create_provider_keys(tmp_path)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())


def test_amounts_of_yuan_are_exact() -> None:
    assert [fen(text) for text in ("300.00", "0.01", "0.29", "1", "19.9", "999999999999.99")] == [
        30_000, 1, 29, 100, 1_990, 99_999_999_999_999,
    ]  # fmt: skip
    assert all(fen(yuan(amount)) == amount for amount in (0, 1, 9, 10, 29, 30_000, 123_456_789))
    for text in ("", "-1.00", "1.001", "1,000.00", "1e3", "NaN", "٣"):
        with pytest.raises(ValueError, match="no amount"):
            fen(text)


def test_alipay_signs_sorted_parameters_without_empty_ones() -> None:
    parameters = {"b": "2", "a": "1", "empty": "", "sign": "x", "c": "中 文"}
    assert canonical(parameters, ("sign",)) == "a=1&b=2&c=中 文".encode()
    assert canonical(parameters, ("sign",), keep_empty=True) == "a=1&b=2&c=中 文&empty=".encode()


def test_alipays_answer_is_checked_over_its_exact_text() -> None:
    text = '{"x_response":{"msg":"a \\"}\\" b","n":{"k":[1, 2]}},"sign":"s"}'
    raw, value = answer_member(text, "x_response")
    assert raw == '{"msg":"a \\"}\\" b","n":{"k":[1, 2]}}'
    assert value["msg"] == 'a "}" b'


@pytest.mark.requirement("P-06")
def test_the_simulator_checks_alipay_requests(keys: Path, provider_url: str) -> None:
    parameters = {
        "app_id": MERCHANT["REGISTRY_ALIPAY_APP_ID"],
        "method": "alipay.trade.query",
        "sign_type": "RSA2",
        "biz_content": '{"out_trade_no":"pmt-none"}',
    }
    forged = generate_private_key(65537, 2048).sign(canonical(parameters, ("sign",)), PKCS1v15(), SHA256())
    body = urlencode({**parameters, "sign": b64encode(forged).decode()})
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(f"{provider_url}/gateway.do", data=body, headers=headers, timeout=5)
    assert answer.json()["alipay_trade_query_response"]["sub_code"] == "isv.invalid-signature"
