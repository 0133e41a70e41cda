"""Steps of a tutorial. Where a value comes from is written as a runtime expression of Arazzo 1.0: ``$inputs.mobile``,
``$steps.sign_in.outputs.token``. Places in JSON are pointers (RFC 6901). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.api_guide.examples import example

Expressions = Mapping[str, str]


@dataclass(frozen=True)
class Step:
    """``says``: what is done, and why. ``by``: whose token is sent. ``puts``: what stands in the example's place, by
    pointer. ``file``: the input that is uploaded, for a ``purpose``. ``gives``: what later steps use, by pointer into
    the answer. ``until``: the step is repeated until a place of the answer has this value (``None``: any); ``again``:
    until the operation does not refuse it any more, because something else has to arrive first; ``anew``: the step that
    is done again before that."""

    id: str
    operation: str
    says: Any
    by: str = ""
    path: Expressions = field(default_factory=dict)
    query: Expressions = field(default_factory=dict)
    puts: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""
    purpose: str = ""
    gives: Mapping[str, str] = field(default_factory=dict)
    until: tuple[str, str | None] | None = None
    again: bool = False
    anew: str = ""


@dataclass(frozen=True)
class Part:
    """Steps that belong together. ``office``: in production people of the office do them."""

    title: Any
    steps: tuple[Step, ...]
    office: bool = False


def body_of(step: Step) -> dict[str, Any] | None:
    """What the step sends: the example of its operation, with expressions where values come from elsewhere."""
    body = example(step.operation)
    for pointer, value in step.puts.items():
        assert body is not None, f"{step.operation} has no example"
        _put(body, pointer, value)
    return body


def _put(body: Any, pointer: str, value: Any) -> None:
    *above, last = pointer.removeprefix("/").split("/")
    for name in above:
        body = body[int(name)] if isinstance(body, list) else body[name]
    body[last] = value
