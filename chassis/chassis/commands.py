"""Running a contract method: who calls, may they, is the request well formed, has it been answered before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from contracts.base import Model, RpcMethod
from pydantic import ValidationError
from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis import answers
from chassis.actor import Actor, authenticate, authorise
from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.objects import StoreUnavailable
from chassis.runtime import Runtime
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
    id: should the first commit have got through, its reply is given. ``service_unavailable`` when that fails too, or
    the object store does; ``request_invalid`` for values that no column holds.
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
    except StoreUnavailable as error:
        _log.warning("store_unavailable", method=method.full_name, error=str(error)[:500])
        raise Problem("service_unavailable") from error
    except (DataError, psycopg.DataError) as error:
        _log.warning("request_not_storable", method=method.full_name, error=str(error)[:500])
        raise Problem("request_invalid") from error


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
        asked = answers.asked(runtime.sealing, method, request, actor, request_id)
        answered = asked.recall(uow.session)
        if answered is not None:
            return answered
        reply = _dump(handler(request, uow))
        uow.answer(asked.keep(reply))
        return reply


def _dump(reply: Model) -> dict[str, Any]:
    return reply.model_dump(mode="json")


def _parse(method: RpcMethod[Any, Any], payload: Mapping[str, Any]) -> Model:
    try:
        request: Model = method.request.model_validate(payload)
    except ValidationError as error:
        raise Problem("request_invalid", errors=field_errors(error)) from error
    if found := [FieldError(place, "format_invalid") for place in _places_of_nul(payload)]:
        raise Problem("request_invalid", errors=found)
    return request


def _places_of_nul(content: Any, place: str = "") -> Iterator[str]:
    """Where the content holds U+0000, which no text of PostgreSQL can."""
    if isinstance(content, str):
        if "\0" in content:
            yield place
    elif isinstance(content, Mapping):
        for name, value in content.items():
            yield from _places_of_nul(name, place)
            yield from _places_of_nul(value, f"{place}.{name}".lstrip("."))
    elif isinstance(content, list):
        for number, value in enumerate(content):
            yield from _places_of_nul(value, f"{place}.{number}".lstrip("."))


def field_errors(error: ValidationError) -> list[FieldError]:
    """Pydantic's complaints as field errors: the code is pydantic's own type (``missing``, ``extra_forbidden`` …)."""
    return [
        FieldError(".".join(str(part) for part in item["loc"]), item["type"], {"message": item["msg"]})
        for item in error.errors(include_url=False, include_context=False, include_input=False)
    ]
