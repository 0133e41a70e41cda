"""Calling services as the caller of this request, or as the gateway itself."""

from __future__ import annotations

from typing import Any, TypeVar

from chassis.actor import issue_access_token, service_actor
from chassis.rpc.client import DEFAULT_TIMEOUT
from contracts.base import Model, RpcMethod
from pydantic import ValidationError

from gateway.web.api import command_id
from gateway.web.caller import caller
from gateway.web.resources import resources

ReplyT = TypeVar("ReplyT", bound=Model)
OWN_TOKEN_LIFE = 60


def call(method: RpcMethod[Any, ReplyT], request: Model, *, part: str = "", timeout: float = DEFAULT_TIMEOUT) -> ReplyT:
    """The reply to the signed-in person (or visitor) of this request; raises the service's Problem.

    A command repeated with the same idempotency key acts once. ``part`` tells commands to the same service apart
    when one request causes several. ``timeout``: seconds to wait, for what a page can do without.
    """
    request_id = f"{command_id()}{'-' if part else ''}{part}" if method.kind == "command" else None
    return _ask(method, request, caller().token, request_id, timeout)


def call_as_gateway(method: RpcMethod[Any, ReplyT], request: Model) -> ReplyT:
    """For methods that only services may call (the sandbox). Commands act once per idempotency key here too."""
    token = issue_access_token(resources().runtime.signer, service_actor("gateway"), OWN_TOKEN_LIFE)
    request_id = command_id() if method.kind == "command" else None
    return _ask(method, request, token, request_id)


def _ask(
    method: RpcMethod[Any, ReplyT],
    request: Model,
    token: str | None,
    request_id: str | None,
    timeout: float = DEFAULT_TIMEOUT,
) -> ReplyT:
    try:
        return resources().rpc.call(method, request, token=token, request_id=request_id, timeout=timeout)
    except ValidationError as mismatch:  # the service's fault; what a person entered is told apart from it
        raise TypeError(f"{method.full_name} answers otherwise than its contract says") from mismatch
