"""The payment service with a database of its own, and as many orders as a measurement pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from chassis.ids import new_id
from chassis.service import service_class
from chassis.testing.harness import Harness, settings_for
from contracts.filing import APPLICATION_SUBMITTED, ApplicationSubmitted
from contracts.forms import REGISTRATIONS

from tests.load.servers import Bench

FEE = 30_000
ACCOUNT = "110060000010149999999"


@contextmanager
def payment(servers: Bench) -> Iterator[tuple[Harness, Mapping[str, str]]]:
    """The service, called in this process, and the environment of others beside it."""
    objects = servers.folder / "objects"
    objects.mkdir()
    with servers.databases.database("payment") as database:
        settings = settings_for("payment", database.application_url, servers.keys, objects)
        harness = Harness(service_class("payment"), settings, database.owner_url)
        yield (
            harness,
            {
                "REGISTRY_PROFILE": "sandbox",
                "REGISTRY_SERVICE": "payment",
                "REGISTRY_DATABASE_URL": database.application_url,
                "REGISTRY_AMQP_URL": servers.broker,
                "OBJECT_STORE_URL": settings.object_store_url,
                "REGISTRY_KEYS_DIR": str(servers.keys),
                "REGISTRY_LOG_LEVEL": "WARNING",
            },
        )
        harness.close()


def serial_number(order: int) -> str:
    """Of the application that an order is for."""
    return f"2026Z11S{order:06d}"


_COLUMNS = """SELECT string_agg(quote_ident(column_name), ', '), string_agg('(made).' || quote_ident(column_name), ', ')
    FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'"""
_MORE = """INSERT INTO {table} ({names}) SELECT {values} FROM (SELECT jsonb_populate_record(r, jsonb_build_object(
    {other})) AS made FROM {table} r, generate_series(1, {most}) AS n WHERE r.order_id = '{like}') AS more"""
_COPIES = {
    "orders": "'order_id', {id}, 'account_id', 'acc-' || n, 'serial_number', {number}",
    "order_items": "'order_id', {id}, 'application_id', 'app-' || n, 'serial_number', {number}",
    "ledger_entries": "'entry_id', 'led-' || n, 'order_id', {id}, 'reference', {id}",
    "ledger_postings": "'entry_id', 'led-' || n, 'order_id', {id}",
}
"""What is another in an order that is made like the first; the rest of its rows is the same."""


def make_orders(harness: Harness, count: int) -> list[str]:
    """So many orders of one fee, each of its own account: one that was filed, and copies of it. Their ids."""
    facts = {"kind": "work", "form_code": "Z11", "category": "A", "applicant_kind": "natural_person"}
    data = ApplicationSubmitted(
        application_id=new_id("app"),
        account_id="acc-0",
        kind="work",
        type=REGISTRATIONS["work"],
        form_code="Z11",
        title="《长江边的石头》",
        serial_number=serial_number(0),
        submitted_at=datetime.now(UTC),
        applicant_name="张三",
        fee_basis={**facts, "word_count": 85_000, "parts": 1},
        materials=[],
        evidence="",
    )
    harness.deliver(APPLICATION_SUBMITTED, data)
    [(like,)] = harness.as_owner("SELECT order_id FROM orders")
    ids = {"id": "'ord-' || lpad(n::text, 8, '0')", "number": "'2026Z11S' || lpad(n::text, 6, '0')"}
    more = []
    for table, other in _COPIES.items():
        [(names, values)] = harness.as_owner(_COLUMNS, table)
        other = other.format(**ids)
        more.append(_MORE.format(table=table, names=names, values=values, other=other, most=count - 1, like=like))
    harness.as_owner("; ".join(more))
    return [order_id for (order_id,) in harness.as_owner("SELECT order_id FROM orders ORDER BY serial_number")]
