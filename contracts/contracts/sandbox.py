"""Sandbox-only RPC that every service answers: the legal clock. Production has no such switch."""

from __future__ import annotations

from pydantic import Field

from contracts.base import SERVICES, Model, RpcMethod, service


class AdvanceClock(Model):
    days: int = Field(ge=1, le=3660)


class ClockView(Model):
    legal_date: str
    offset_days: int


ADVANCE_CLOCK = {
    name: RpcMethod(name, "advance_clock", AdvanceClock, ClockView, service("gateway"), "command", sandbox_only=True)
    for name in SERVICES
}
