"""The sandbox: messages that were "sent", payments by the provider simulator, the legal clock, staff accounts.

Production has none of these routes.
"""

from __future__ import annotations

from contracts.base import ANONYMOUS, Empty
from contracts.identity import (
    SANDBOX_MESSAGES,
    SANDBOX_STAFF,
    MessageList,
    SandboxMessages,
    StaffAccounts,
)
from contracts.payment import SANDBOX_PAY, PaymentView, SandboxPay
from contracts.sandbox import ADVANCE_CLOCK, AdvanceClock, ClockView
from flask_babel import lazy_gettext as _l
from pydantic import BaseModel, ConfigDict, Field

from gateway.web.api import ApiGroup
from gateway.web.calls import call_as_gateway

routes = ApiGroup("sandbox", _l("演示环境"), prefix="/sandbox")


class SandboxPayment(BaseModel):
    """How the simulated provider behaves. ``amount``: fen, another than asked; ``times``: notices it sends."""

    model_config = ConfigDict(extra="forbid")

    amount: int | None = Field(default=None, ge=0, lt=1 << 31)
    times: int = Field(default=1, ge=0, le=10)
    delay: int = Field(default=0, ge=0, le=3600, description="seconds")
    forged: bool = False
    stale: bool = False


class Clocks(BaseModel):
    """Each service's legal date after the move."""

    services: dict[str, ClockView]


@routes.get("/messages", _l("已“发送”的短信与邮件"), access=ANONYMOUS, query=SandboxMessages, reply=MessageList)
def sandbox_messages(query: SandboxMessages) -> MessageList:
    """``to``: a mobile number, an e-mail address or an account. Newest first."""
    return call_as_gateway(SANDBOX_MESSAGES, query)


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


@routes.get("/staff", _l("演示用的工作人员账号"), access=ANONYMOUS, reply=StaffAccounts)
def sandbox_staff() -> StaffAccounts:
    """With passwords and the TOTP codes of this moment."""
    return call_as_gateway(SANDBOX_STAFF, Empty())
