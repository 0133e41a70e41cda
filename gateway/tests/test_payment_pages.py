"""缴费: how a phone is told from a screen that another phone can scan, and what each way to pay means."""

from __future__ import annotations

import pytest
from contracts.payment import OrderView, PaymentView
from gateway.pages.payments import LAST, WAYS, _shown_payment, on_phone
from werkzeug.datastructures import Headers

ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
)
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
IPAD = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15"
TABLET = "Mozilla/5.0 (Linux; Android 14; SM-X910) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


@pytest.mark.requirement("P-02")
@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"User-Agent": ANDROID}, True),
        ({"User-Agent": IPHONE}, True),
        ({"User-Agent": f"{IPHONE} MicroMessenger/8.0.49"}, True),
        ({"User-Agent": IPAD}, False),
        ({"User-Agent": TABLET}, False),
        ({"User-Agent": DESK}, False),
        ({"User-Agent": DESK, "Sec-CH-UA-Mobile": "?1"}, True),
        ({"User-Agent": DESK, "Sec-CH-UA-Mobile": "?0"}, False),
        ({}, False),
    ],
)
def test_a_phone_is_known(headers: dict[str, str], expected: bool) -> None:
    assert on_phone(Headers(headers)) is expected


def test_only_ways_of_this_phone_open_the_providers_page() -> None:
    assert {name for name, (_, scene) in WAYS.items() if scene == "h5"} == {"wechat_here", "alipay_here"}


def test_whoever_comes_back_from_the_provider_sees_the_newest_payment() -> None:
    begun = [PaymentView.model_construct(payment_id=name) for name in ("pmt-1", "pmt-2")]
    order = OrderView.model_construct(payments=begun)
    assert _shown_payment(order, LAST) is begun[1]
    assert _shown_payment(order, "pmt-1") is begun[0]
    assert _shown_payment(order, "pmt-3") is None
    assert _shown_payment(OrderView.model_construct(payments=[]), LAST) is None
