"""The sandbox: messages that were "sent", payments by the provider simulator, the legal clock, staff accounts.

Production has none of these routes.
"""

from __future__ import annotations

import re

from contracts.base import ANONYMOUS, Empty, StaffRole
from contracts.identity import (
    SANDBOX_MESSAGES,
    SANDBOX_STAFF,
    MessageView,
    SandboxMessages,
    StaffAccounts,
)
from contracts.payment import SANDBOX_PAY, PaymentView, SandboxPay
from contracts.sandbox import ADVANCE_CLOCK, AdvanceClock, ClockView
from flask import Response, json
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.api_guide import arazzo
from gateway.api_guide.tutorial import INPUTS, PARTS
from gateway.web.api import ApiGroup
from gateway.web.calls import call_as_gateway

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
routes = ApiGroup("sandbox", _l("演示环境"), prefix="/sandbox")


class SandboxPayment(BaseModel):
    """How the simulated provider behaves. ``amount``: fen, another than asked; ``times``: notices it sends."""

    model_config = ConfigDict(extra="forbid")

    amount: int | None = Field(default=None, ge=0, lt=1 << 31)
    times: int = Field(default=1, ge=0, le=10)
    delay: int = Field(default=0, ge=0, le=3600, description="seconds")
    forged: bool = False
    stale: bool = False


class SentMessage(MessageView):
    """``code``: the one-time code in it."""

    code: str | None = None


class SentMessages(BaseModel):
    items: list[SentMessage]
    next_cursor: str | None = None
    unread: int = 0


class WhichStaff(BaseModel):
    """``role``: only accounts that have it."""

    model_config = ConfigDict(extra="forbid")

    role: StaffRole | None = None


class Clocks(BaseModel):
    """Each service's legal date after the move."""

    services: dict[str, ClockView]


@routes.get("/messages", _l("已“发送”的短信与邮件"), access=ANONYMOUS, query=SandboxMessages, reply=SentMessages)
def sandbox_messages(query: SandboxMessages) -> SentMessages:
    """``to``: a mobile number, an e-mail address or an account. Newest first."""
    found = call_as_gateway(SANDBOX_MESSAGES, query).items
    return SentMessages(items=[SentMessage(**dict(message), code=_code_in(message)) for message in found])


def _code_in(message: MessageView) -> str | None:
    found = _CODE.search(message.body) if message.template.startswith("otp") else None
    return found[0] if found else None


@routes.post(
    "/payments/<payment_id>/pay",
    _l("由模拟支付平台付款"),
    access=ANONYMOUS,
    body=SandboxPayment,
    reply=PaymentView,
    takes=("application/json",),
    problems=("payment_unknown",),
)
def sandbox_pay(payment_id: str, body: SandboxPayment) -> PaymentView:
    """The provider takes the money and calls back with its signature."""
    return call_as_gateway(SANDBOX_PAY, SandboxPay(payment_id=payment_id, **body.model_dump()))


@routes.post("/clock/advance", _l("拨快法定日期"), access=ANONYMOUS, body=AdvanceClock, reply=Clocks)
def advance_clock(body: AdvanceClock) -> Clocks:
    """Answers when every service has moved on."""
    return Clocks(services={name: call_as_gateway(method, body) for name, method in ADVANCE_CLOCK.items()})


@routes.get("/staff", _l("演示用的工作人员账号"), access=ANONYMOUS, query=WhichStaff, reply=StaffAccounts)
def sandbox_staff(query: WhichStaff) -> StaffAccounts:
    """With passwords and the TOTP codes of this moment."""
    found = call_as_gateway(SANDBOX_STAFF, Empty()).items
    return StaffAccounts(items=[account for account in found if query.role is None or query.role in account.roles])


@routes.get("/arazzo.json", _l("从注册到证书的全部步骤，Arazzo 1.0 文档"), access=ANONYMOUS, raw=True)
def arazzo_document() -> Response:
    """The steps of filing a work, for programs that run workflows; in the language of the request."""
    told = arazzo.document(str(_l("登记一件作品，从注册到证书")), PARTS, INPUTS)
    return Response(json.dumps(told, ensure_ascii=False), content_type="application/json")
