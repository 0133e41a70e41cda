"""How a capability offers API routes: routes are data, from which Flask's rules, OpenAPI and tests are made.

::

    routes = ApiGroup("applications", _l("著作权登记"))

    @routes.post("/applications", _l("新建申请"), access=ACCOUNT, body=CreateApplication, reply=View, status=201)
    def create_application(body: CreateApplication) -> View: ...

A handler gets path parameters by name, ``body`` and ``query`` as validated models, and returns a model, a
:class:`Reply` (with status or headers) or a Flask response. Problems are raised.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.errors import FieldError
from chassis.ids import new_id
from contracts.base import Access
from flask import Flask, Response, current_app, g, request
from pydantic import BaseModel, ValidationError

from gateway.web.caller import caller, require
from gateway.web.characters import json_has_nul
from gateway.web.problems import HttpProblem, field_code

PREFIX = "/api/v1"
JSON_LIMIT = 1 << 20
_EXTENSION = "api_groups"
_NAMESPACE = uuid.UUID("6d0f3c53-2f0c-5ad1-9d5c-5f3f0a5f6f10")
Handler = Callable[..., Any]


@dataclass(frozen=True)
class Reply:
    """A model with a status or headers of its own."""

    model: BaseModel | None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Header:
    """A header that a raw handler reads, for the documentation."""

    name: str
    pattern: str
    required: bool = True


@dataclass(frozen=True)
class Operation:
    """One API call. ``raw`` handlers (tus, callbacks, bytes) read the request and write the answer themselves.

    ``takes``: content types of a raw body; ``needs_body``: a body may not be left out, ``reads``: its headers.
    ``versioned``: needs ``If-Match``.
    """

    group: ApiGroup
    method: str
    path: str
    summary: Any
    handler: Handler
    access: Access
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    reply: type[BaseModel] | None = None
    status: int = 200
    raw: bool = False
    content_type: str = "application/json"
    problems: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    needs_body: bool = True
    reads: tuple[Header, ...] = ()
    versioned: bool = False

    @property
    def name(self) -> str:
        return self.handler.__name__

    def answer(self, **path: str) -> Response:
        """Checks who asks and what, then lets the handler answer. ``request_invalid``, ``forbidden``,
        ``not_signed_in``."""
        require(self.access)
        arguments: dict[str, Any] = dict(path)
        if self.query is not None:
            arguments["query"] = _validated(self.query, lambda model: model.model_validate(request.args.to_dict()))
        if self.raw:
            answered: Response = self.handler(**arguments)
            return answered
        if self.body is not None:
            arguments["body"] = _validated(self.body, lambda model: model.model_validate_json(self._json()))
        return _respond(self.handler(**arguments), self.status)

    def _json(self) -> bytes:
        """Where no body is needed, none is an empty one, whatever its type is said to be."""
        if not self.needs_body and not request.get_data(cache=True):
            return b"{}"
        return _json_body()


class ApiGroup:
    """The API routes of one capability; ``tag`` groups them in the documentation."""

    def __init__(self, tag: str, title: Any, *, prefix: str = PREFIX) -> None:
        self.tag = tag
        self.title = title
        self.prefix = prefix
        self.operations: list[Operation] = []

    def route(
        self, method: str, path: str, summary: Any, *, access: Access, **options: Any
    ) -> Callable[[Handler], Handler]:
        """Makes the decorated function the handler of an operation; ``options`` are fields of :class:`Operation`."""

        def add(handler: Handler) -> Handler:
            self.operations.append(Operation(self, method, path, summary, handler, access, **options))
            return handler

        return add

    def get(self, path: str, summary: Any, *, access: Access, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("GET", path, summary, access=access, **options)

    def post(self, path: str, summary: Any, *, access: Access, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("POST", path, summary, access=access, **options)

    def patch(self, path: str, summary: Any, *, access: Access, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("PATCH", path, summary, access=access, **options)

    def delete(self, path: str, summary: Any, *, access: Access, **options: Any) -> Callable[[Handler], Handler]:
        return self.route("DELETE", path, summary, access=access, **options)


def install_groups(app: Flask, groups: tuple[ApiGroup, ...]) -> None:
    """Flask's rules of all their operations, each at the endpoint ``api.<tag>.<handler>``."""
    app.extensions[_EXTENSION] = groups
    for group in groups:
        for operation in group.operations:
            app.add_url_rule(
                group.prefix + operation.path,
                endpoint=f"api.{group.tag}.{operation.name}",
                view_func=operation.answer,
                methods=[operation.method],
                provide_automatic_options=False,
            )


def offered() -> tuple[ApiGroup, ...]:
    """The groups that this application was given: what its documentation describes."""
    groups: tuple[ApiGroup, ...] = current_app.extensions[_EXTENSION]
    return groups


def command_id() -> str:
    """The ``request_id`` of the command this request causes: the same when the client repeats it.

    From a client's ``Idempotency-Key``: derived from caller, method, path and key, so that a repeated request after a
    lost answer, or after a gateway crash, is answered with the stored reply. Without a key: this request's own.
    Visitors without a browser's session share a name here; services tell them apart by what they ask.
    """
    key = request.headers.get("Idempotency-Key") or request.form.get("idempotency_key", "")
    if not key:
        if "command_id" not in g:
            g.command_id = new_id("web")
        own: str = g.command_id
        return own
    who = caller()
    return f"idem-{uuid.uuid5(_NAMESPACE, repr((who.actor.subject, who.session, request.method, request.path, key)))}"


def _json_body() -> bytes:
    if request.mimetype != "application/json":
        raise HttpProblem("unsupported_media_type", headers={"Accept": "application/json"})
    data = request.get_data(cache=False)
    if len(data) > JSON_LIMIT:
        raise HttpProblem("too_large")
    if json_has_nul(data):
        raise HttpProblem("request_malformed")
    return data or b"{}"


def _validated(model: type[BaseModel], build: Callable[[type[BaseModel]], BaseModel]) -> BaseModel:
    try:
        return build(model)
    except ValidationError as invalid:
        raise invalid_request(invalid) from None


_LISTS = {"too_long": "too_many", "too_short": "too_few"}
"""Our own code for what pydantic says about the length of a list; of a text it says it otherwise."""


def invalid_request(invalid: ValidationError) -> HttpProblem:
    """``request_invalid`` with every field at once; ``request_malformed`` for what is not JSON at all.

    What makes a form too large by itself is named instead of the form.
    """
    details = invalid.errors(include_url=False, include_input=False)
    if any(detail["type"] == "json_invalid" for detail in details):
        return HttpProblem("request_malformed")
    return HttpProblem(
        "request_invalid",
        errors=[
            FieldError(
                detail.get("ctx", {}).get("largest") or ".".join(str(step) for step in detail["loc"]),
                _LISTS.get(detail["type"]) or field_code(detail["type"]),
                {name: str(value) for name, value in detail.get("ctx", {}).items()},
            )
            for detail in details
        ],
    )


def _respond(result: Any, status: int) -> Response:
    if isinstance(result, Response):
        return result
    reply = result if isinstance(result, Reply) else Reply(result)
    if reply.model is None:
        return Response(status=reply.status or (204 if status == 200 else status), headers=dict(reply.headers))
    return Response(
        reply.model.model_dump_json(),
        status=reply.status or status,
        headers=dict(reply.headers),
        content_type="application/json",
    )
