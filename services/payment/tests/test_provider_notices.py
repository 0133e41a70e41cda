"""Every authentic notice ends booked, or recorded as understood: none is answered "success" and forgotten."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from chassis.errors import Problem
from chassis.settings import SettingsError
from contracts.simulator import MERCHANT
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from payment.providers import wechatpay
from payment.providers.accounts import _providers
from payment.providers.alipay_wire import canonical
from payment.providers.wechat_keys import read_keys
from payment.settings import payment_settings

from contracts import payment as contract

FEE = 30_000


def alipay_notice(counter: Any, *, signs_empty: bool = True, **changes: str | None) -> contract.ProviderCallback:
    """The next notice of Alipay with other parameters, signed anew."""
    [callback] = counter.notices()
    notice = dict(parse_qsl(callback.body, keep_blank_values=True))
    for name, value in changes.items():
        notice.pop(name, None)
        if value is not None:
            notice[name] = value
    signed = canonical(notice, ("sign", "sign_type"), keep_empty=signs_empty)
    notice["sign"] = b64encode(counter.provider.keys.alipay.sign(signed, PKCS1v15(), SHA256())).decode()
    return callback.model_copy(update={"body": urlencode(notice)})


@pytest.mark.requirement("P-02")
@pytest.mark.parametrize("signs_empty", [True, False])
@pytest.mark.parametrize("refund_fee", ["0.00", "", "0", "0.0", "0.0 "])
def test_a_payment_with_a_refund_of_nothing_is_a_payment(counter: Any, refund_fee: str, signs_empty: bool) -> None:
    order = counter.ordered()
    counter.pay(counter.start(order, "alipay"))
    notice = alipay_notice(counter, signs_empty=signs_empty, refund_fee=refund_fee, gmt_refund="")
    assert counter.call_back(notice).body == "success"
    assert counter.order(order.application_id).state == "paid"
    assert counter.audited("callback.note") == []


@pytest.mark.requirement("P-02")
@pytest.mark.parametrize(
    "changes",
    [
        {"refund_fee": "100.00", "gmt_refund": "2026-11-28 10:00:00.123", "out_biz_no": "refund-1"},
        {"refund_fee": "100.00"},
        {"gmt_refund": "2026-11-28 10:00:00.123"},
        {"refund_fee": "much"},
        {"trade_status": "TRADE_FINISHED", "refund_fee": "0.01"},
    ],
)
def test_a_refund_of_a_part_leaves_the_payment_booked_and_is_recorded(counter: Any, changes: dict[str, str]) -> None:
    """Also when it is the first notice of the trade that arrives."""
    order = counter.ordered()
    counter.pay(counter.start(order, "alipay"))
    notice = alipay_notice(counter, **changes)
    assert counter.call_back(notice).body == "success"
    assert counter.call_back(notice).body == "success"
    assert counter.order(order.application_id).state == "paid"
    assert counter.balances() == {"clearing_alipay": FEE, "fees": -FEE}
    assert all("refunded" in fact["said"] for fact in counter.audited("callback.note"))
    assert len(counter.audited("callback.note")) == 2


@pytest.mark.requirement("P-02")
@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"trade_status": "TRADE_CLOSED", "refund_fee": "300.00", "gmt_refund": "2026-11-28 10:00:00"}, "pending"),
        ({"trade_status": "TRADE_CLOSED"}, "pending"),
        ({"trade_status": "WAIT_BUYER_PAY"}, "pending"),
        ({"notify_type": "dut_user_sign"}, "pending"),
        ({"trade_status": "TRADE_FINISHED"}, "paid"),
    ],
)
def test_a_notice_of_no_money_is_recorded_as_understood(counter: Any, changes: dict[str, str], state: str) -> None:
    order = counter.ordered()
    counter.pay(counter.start(order, "alipay"))
    assert counter.call_back(alipay_notice(counter, **changes)).body == "success"
    assert counter.order(order.application_id).state == state
    assert len(counter.audited("callback.note")) == (state == "pending")


def test_the_end_of_a_trade_after_its_payment_changes_nothing(counter: Any) -> None:
    order = counter.ordered()
    counter.pay(counter.start(order, "alipay"), times=2)
    first, second = counter.notices()
    counter.call_back(first)
    notice = dict(parse_qsl(second.body)) | {"trade_status": "TRADE_FINISHED"}
    signed = canonical(notice, ("sign", "sign_type"), keep_empty=True)
    notice["sign"] = b64encode(counter.provider.keys.alipay.sign(signed, PKCS1v15(), SHA256())).decode()
    assert counter.call_back(second.model_copy(update={"body": urlencode(notice)})).body == "success"
    assert counter.balances() == {"clearing_alipay": FEE, "fees": -FEE}


@pytest.mark.parametrize("changes", [{"total_amount": "a lot"}, {"gmt_payment": "yesterday"}])
def test_what_cannot_be_read_is_not_called_a_success(counter: Any, changes: dict[str, str]) -> None:
    """Alipay then sends it again, for a day, and the log says why."""
    counter.pay(counter.start(counter.ordered(), "alipay"))
    with pytest.raises(Problem, match="callback_invalid"):
        counter.call_back(alipay_notice(counter, **changes))


def certificate(key: RSAPrivateKey, serial: int) -> str:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tenpay.com sign")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(serial).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
    return made.sign(key, SHA256()).public_bytes(Encoding.PEM).decode()


def public(key: RSAPrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def signed_with(callback: contract.ProviderCallback, key: RSAPrivateKey, serial: str) -> contract.ProviderCallback:
    given = {name.lower(): value for name, value in callback.headers.items()}
    message = f"{given['wechatpay-timestamp']}\n{given['wechatpay-nonce']}\n{callback.body}\n"
    signature = b64encode(key.sign(message.encode(), PKCS1v15(), SHA256())).decode()
    headers = given | {"wechatpay-serial": serial, "wechatpay-signature": signature}
    return callback.model_copy(update={"headers": headers})


@pytest.mark.requirement("P-02")
def test_a_change_of_wechat_pays_key_goes_unnoticed(counter: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old key, the next one and a certificate are all good while they stand in the settings; others are not."""
    old, fresh, certified, strange = (
        counter.provider.keys.wechatpay,
        *(generate_private_key(65537, 2048) for _ in "123"),
    )
    serial = 0x0A2B3C4D5E6F708192A3B4C5D6E7F8091A2B3C4D
    keys = f"PUB_KEY_ID_next\n{public(fresh)}\n{certificate(certified, serial)}"
    monkeypatch.setenv("REGISTRY_WECHATPAY_PLATFORM_KEYS", keys)
    payment_settings.cache_clear()
    _providers.cache_clear()
    current = MERCHANT["REGISTRY_WECHATPAY_PUBLIC_KEY_ID"]
    for key, name in (
        (old, current),
        (fresh, "PUB_KEY_ID_next"),
        (certified, f"{serial:040X}"),
        (certified, f"{serial:x}"),
    ):
        order = counter.ordered()
        counter.pay(counter.start(order))
        [callback] = counter.notices()
        for wrong in (signed_with(callback, strange, name), signed_with(callback, key, "PUB_KEY_ID_unknown")):
            with pytest.raises(Problem, match="callback_invalid"):
                counter.call_back(wrong)
        assert counter.call_back(signed_with(callback, key, name)).status == 200
        assert counter.order(order.application_id).state == "paid"
    payment_settings.cache_clear()
    _providers.cache_clear()


def test_an_unknown_key_is_named(counter: Any) -> None:
    counter.pay(counter.start(counter.ordered()))
    [callback] = counter.notices()
    provider = _providers(counter.harness.runtime.settings)["wechat"]
    with pytest.raises(wechatpay.CallbackRefused) as refused:
        provider.read_callback(
            signed_with(callback, generate_private_key(65537, 2048), "4D2F").headers, callback.body, datetime.now(UTC)
        )
    assert "'4D2F'" in refused.value.reason


def test_keys_that_cannot_be_read_are_said_at_the_start() -> None:
    key = generate_private_key(65537, 2048)
    assert list(read_keys(f"PUB_KEY_ID_1:\r\n{public(key)}\n\n{certificate(key, 0x0B)}")) == ["PUB_KEY_ID_1", "B"]
    for text in (public(key), "-----BEGIN CERTIFICATE-----\nnot one\n-----END CERTIFICATE-----"):
        with pytest.raises(SettingsError):
            read_keys(text)
    assert read_keys("") == {}
