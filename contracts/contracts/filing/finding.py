"""Cases by a number, for staff whose work begins with a number."""

from __future__ import annotations

from typing import Annotated

from contracts.base import Model, RpcMethod, staff
from contracts.filing.cases import State
from contracts.forms import Kind
from contracts.text import Line


class FindCases(Model):
    """A serial number, an acceptance number or the id of an application, exactly as written."""

    number: Annotated[str, Line(100)]


class FoundCase(Model):
    """A case, without whose it is."""

    application_id: str
    kind: Kind
    title: str
    state: State
    serial_number: str
    acceptance_number: str | None = None
    batch_id: str | None = None


class FoundCases(Model):
    items: list[FoundCase]


FIND_CASES = RpcMethod("filing", "find_cases", FindCases, FoundCases, staff("cashier"))
