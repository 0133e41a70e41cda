"""How requests and replies look on the wire: nameko's own form, with deadline, actor and trace in headers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chassis.errors import Problem

EXCHANGE = "nameko-rpc"
ACTOR = "registry.actor"
REQUEST_ID = "registry.request_id"
DEADLINE = "registry.deadline"
TRACEPARENT = "traceparent"


def queue_of(service: str) -> str:
    """The queue of a service's requests."""
    return f"rpc-{service}"


def encode_request(payload: Mapping[str, Any]) -> bytes:
    """A request in the form that nameko sends, so that its own clients are understood too."""
    return json.dumps({"args": [payload], "kwargs": {}}, ensure_ascii=False).encode()


def encode_reply(result: Any, problem: Problem | None) -> bytes:
    """nameko's reply body. The error carries a code, never a Python path; nameko clients see it as ``RemoteError``."""
    error = None
    if problem is not None:
        error = {"exc_type": problem.code, "value": problem.code, "exc_args": [], "problem": problem.to_wire()}
    return json.dumps({"result": result, "error": error}, ensure_ascii=False).encode()


def decode_reply(body: bytes | str) -> Any:
    """The result, or the Problem raised."""
    reply = json.loads(body)
    error = reply.get("error")
    if error:
        raise Problem.from_wire(error.get("problem") or {"code": "internal_error"})
    return reply["result"]
