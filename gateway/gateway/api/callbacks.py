"""What payment providers and WeChat's official account send. Their own signature is trusted; services check it."""

from __future__ import annotations

from typing import Literal

from chassis.errors import Problem
from contracts.base import ANONYMOUS
from contracts.identity import HANDLE_WECHAT, WechatCallback
from contracts.payment import HANDLE_CALLBACK, ProviderCallback
from flask import Response, request
from flask_babel import lazy_gettext as _l
from pydantic import ValidationError

from gateway.web.api import ApiGroup
from gateway.web.problems import HttpProblem
from gateway.web.resources import resources

routes = ApiGroup("callbacks", _l("支付通知"))
LARGEST = 65536
WECHAT_SECONDS = 4.0
"""The platform gives up after five."""
NOT_PASSED_ON = frozenset({"cookie", "authorization", "host"})


@routes.post(
    "/callbacks/wechatpay",
    _l("微信支付的通知"),
    access=ANONYMOUS,
    raw=True,
    takes=("application/json",),
    problems=("callback_invalid", "callback_stale"),
)
def wechatpay_callback() -> Response:
    """A notice of WeChat Pay, judged by payment; answered as the provider wants to hear it."""
    return _hand_over("wechatpay")


@routes.post(
    "/callbacks/alipay",
    _l("支付宝的通知"),
    access=ANONYMOUS,
    raw=True,
    content_type="text/plain",
    takes=("application/x-www-form-urlencoded",),
    problems=("callback_invalid", "callback_stale"),
)
def alipay_callback() -> Response:
    """A notice of Alipay, judged by payment; answered as the provider wants to hear it."""
    return _hand_over("alipay")


@routes.get(
    "/callbacks/wechat-oa",
    _l("微信公众号验证地址"),
    access=ANONYMOUS,
    raw=True,
    content_type="text/plain",
    problems=("callback_invalid", "callback_stale"),
)
def wechat_account_echo() -> Response:
    """The platform asks whether the address is the office's: its echo is given back."""
    return _wechat("GET")


@routes.post(
    "/callbacks/wechat-oa",
    _l("微信公众号的消息"),
    access=ANONYMOUS,
    raw=True,
    content_type="application/xml",
    takes=("text/xml", "application/xml"),
    problems=("callback_invalid", "callback_stale"),
)
def wechat_account_message() -> Response:
    """A person's message; the answer is in the same mode. The platform waits five seconds and sends it up to three
    times: it is answered once, and the same."""
    return _wechat("POST")


def _wechat(method: Literal["GET", "POST"]) -> Response:
    """Without an answer in time, the platform sends the message again."""
    data = request.get_data(cache=False)
    if len(data) > LARGEST:
        raise HttpProblem("too_large")
    try:
        callback = WechatCallback(method=method, query=request.args.to_dict(), body=data.decode())
    except (UnicodeDecodeError, ValidationError):
        raise Problem("callback_invalid") from None
    answer = resources().rpc.call(HANDLE_WECHAT, callback, timeout=WECHAT_SECONDS)
    return Response(answer.body, content_type=answer.content_type)


def _hand_over(provider: Literal["wechatpay", "alipay"]) -> Response:
    """Byte for byte as it came: the signature is over the body. A problem makes the provider send it again."""
    data = request.get_data(cache=False)
    if len(data) > LARGEST:
        raise HttpProblem("too_large")
    try:
        body = data.decode()
    except UnicodeDecodeError:
        raise Problem("callback_invalid") from None
    headers = {name: value for name, value in request.headers.items() if name.lower() not in NOT_PASSED_ON}
    callback = ProviderCallback(provider=provider, headers=headers, body=body)
    answer = resources().rpc.call(HANDLE_CALLBACK, callback)
    return Response(answer.body, status=answer.status, content_type=answer.content_type)
