"""Running a contract method: who calls, may they, is the request well formed, has it been answered before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.base import Model, RpcMethod
from pydantic import ValidationError
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.actor import Actor, authenticate, authorise
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.receipts import without_signatures
from chassis.runtime import Runtime
from chassis.tables import AnsweredRequest
from chassis.telemetry import logger
from chassis.uow import UnitOfWork, unit_of_work

_log = logger("chassis.commands")
Handler = Callable[[Any, UnitOfWork], Model]


@dataclass(frozen=True)
class Call:
    """What comes with a request besides its content."""

    token: str | None = None
    request_id: str | None = None


def execute(
    runtime: Runtime,
    method: RpcMethod[Any, Any],
    handler: Handler,
    payload: Mapping[str, Any],
    call: Call,
) -> dict[str, Any]:
    """Runs one method and returns the reply as JSON data. Raises :class:`Problem`.

    A database connection that turns out to be broken is replaced and the method run once more, under the same request
    id: should the first commit have got through, its reply is given. ``service_unavailable`` when that fails too.
    """
    actor = authenticate(runtime.trust, call.token)
    request_id = call.request_id or new_id("req")
    try:
        try:
            return execute_as(runtime, method, handler, payload, actor, request_id)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return execute_as(runtime, method, handler, payload, actor, request_id)
    except (OperationalError, PoolTimeout) as error:
        _log.warning("database_unavailable", method=method.full_name, error=str(error)[:500])
        raise Problem("service_unavailable") from error


def execute_as(
    runtime: Runtime,
    method: RpcMethod[Any, Any],
    handler: Handler,
    payload: Mapping[str, Any],
    actor: Actor,
    request_id: str | None,
) -> dict[str, Any]:
    """As :func:`execute`, for an actor who is already known."""
    if method.sandbox_only and not runtime.settings.sandbox:
        raise Problem("not_found")
    authorise(method.access, actor)
    if actor.session_id and actor.session_id in runtime.revoked_sessions:
        raise Problem("session_expired")
    request = _parse(method, payload)
    request_id = request_id or new_id("req")
    with unit_of_work(runtime, actor, request_id, reading=method.kind == "query") as uow:
        if method.kind == "query" or not method.keep_reply:
            return _dump(handler(request, uow))
        answered = _begin(uow, method, request)
        if answered is not None:
            return answered
        reply = _dump(handler(request, uow))
        uow.session.execute(
            update(AnsweredRequest)
            .where(AnsweredRequest.request_id == request_id, AnsweredRequest.method == method.name)
            .values(reply=reply)
        )
        return reply


def _dump(reply: Model) -> dict[str, Any]:
    return reply.model_dump(mode="json")


def _parse(method: RpcMethod[Any, Any], payload: Mapping[str, Any]) -> Model:
    try:
        request: Model = method.request.model_validate(payload)
    except ValidationError as error:
        raise Problem("request_invalid", errors=field_errors(error)) from error
    return request


def field_errors(error: ValidationError) -> list[FieldError]:
    """Pydantic's complaints as field errors: the code is pydantic's own type (``missing``, ``extra_forbidden`` …)."""
    return [
        FieldError(".".join(str(part) for part in item["loc"]), item["type"], {"message": item["msg"]})
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _begin(uow: UnitOfWork, method: RpcMethod[Any, Any], request: Model) -> dict[str, Any] | None:
    """Registers the request; a repeated one waits for the first and is answered with its reply.

    Problem ``idempotency_key_reused`` when the same id comes with other content or from somebody else.
    """
    content = json.dumps(without_signatures(request.model_dump(mode="json")), sort_keys=True, ensure_ascii=False)
    digest = hashlib.sha256(content.encode()).hexdigest()
    values = {"request_id": uow.request_id, "method": method.name, "actor": uow.actor.subject, "digest": digest}
    inserted = uow.session.execute(
        insert(AnsweredRequest).values(**values).on_conflict_do_nothing().returning(AnsweredRequest.request_id)
    ).scalar_one_or_none()
    if inserted is not None:
        return None
    row = uow.session.execute(
        select(AnsweredRequest).where(
            AnsweredRequest.request_id == uow.request_id, AnsweredRequest.method == method.name
        )
    ).scalar_one()
    if row.actor != uow.actor.subject or row.digest != digest:
        raise Problem("idempotency_key_reused")
    return row.reply
