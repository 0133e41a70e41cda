"""The providers this deployment has accounts with."""

from __future__ import annotations

from functools import cache

from chassis.errors import Problem
from chassis.green import offload
from chassis.settings import Settings
from contracts.payment import Method

from payment.providers.alipay import Alipay
from payment.providers.model import Provider
from payment.providers.wechatpay import WechatPay
from payment.settings import payment_settings


def provider_for(method: Method, settings: Settings) -> Provider:
    """The provider of a method. Problem ``payment_method_unavailable`` when it is not configured."""
    provider = offload(_providers, settings).get(method)  # reading RSA keys takes 100 ms the first time
    if provider is None:
        raise Problem("payment_method_unavailable", method=method)
    return provider


@cache
def _providers(settings: Settings) -> dict[Method, Provider]:
    configured = payment_settings(settings)
    providers: dict[Method, Provider] = {}
    if configured.wechat:
        providers["wechat"] = WechatPay(configured.wechat)
    if configured.alipay:
        providers["alipay"] = Alipay(configured.alipay)
    return providers
