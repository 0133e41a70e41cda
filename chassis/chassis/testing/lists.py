"""Lists with thousands of rows: all pages of one, and how the database finds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from contracts.base import RpcMethod
from contracts.paging import Page
from sqlalchemy import Engine, event

from chassis.actor import Actor
from chassis.testing.harness import Harness


def every_page(harness: Harness, method: RpcMethod[Any, Any], request: Page, actor: Actor) -> list[Any]:
    """The items of all pages, one after the other. ``AssertionError`` for a page longer than was asked for."""
    found: list[Any] = []
    cursor = request.cursor
    while True:
        page = harness.call(method, request.model_copy(update={"cursor": cursor}), actor)
        assert len(page.items) <= request.limit
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found
        assert len(page.items) == request.limit, "only the last page may be short"


def multiply(harness: Harness, table: str, times: int, where: str = "true", **changes: str) -> None:
    """So many copies of the rows of ``table`` (``model``) for which ``where`` holds; ``changes`` are SQL of ``n``."""
    harness.as_owner(copies(harness, table, times, where, **changes))


def copies(harness: Harness, table: str, times: int, where: str = "true", **changes: str) -> str:
    """The statement of :func:`multiply`, for what only holds together with others."""
    columns = harness.as_owner(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
        " AND is_identity = 'NO' AND is_generated = 'NEVER'",
        table,
    )
    names = ", ".join(f'"{name}"' for (name,) in columns)
    copied = ", ".join(f'copy."{name}"' for (name,) in columns)
    new = ", ".join(f"'{name}', {value}" for name, value in changes.items())
    rows = f"{table} AS model, generate_series(1, {times}) AS n"
    made = f"jsonb_populate_record(model, jsonb_build_object({new})) AS copy"
    statement = f"INSERT INTO {table} ({names}) SELECT {copied} FROM {rows}, {made} WHERE {where}"  # noqa: S608  a test's
    return statement.replace("%", "%%")


def tables_read_whole(harness: Harness, ask: Callable[[], Any]) -> set[str]:
    """Tables that a statement of ``ask`` reads from end to end, as the planner decides by fresh statistics."""
    harness.as_owner("ANALYZE")
    with selects() as statements:
        ask()
    assert statements, "nothing was asked"
    with harness.runtime.engine.connect() as connection:
        plans = [
            connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {sql}", values).scalar() for sql, values in statements
        ]
    return {node["Relation Name"] for plan in plans for node in _nodes(plan) if node["Node Type"] == "Seq Scan"}


@contextmanager
def selects() -> Iterator[list[tuple[str, Any]]]:
    """What is read from the databases meanwhile: statements with their values."""
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def _nodes(plan: Any) -> Iterator[dict[str, Any]]:
    if isinstance(plan, list):
        for each in plan:
            yield from _nodes(each)
    elif isinstance(plan, dict):
        if "Node Type" in plan:
            yield plan
        for value in plan.values():
            yield from _nodes(value)
