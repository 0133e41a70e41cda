"""What must be true of a system's books when everything has come to rest, read from its databases."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

Row = tuple[Any, ...]
_REST = """
    SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL),
           (SELECT count(*) FROM inbox WHERE done_at IS NULL AND parked_at IS NULL)
"""
_DEAD = "SELECT consumer, event_id, subject, error FROM inbox WHERE parked_at IS NOT NULL"
_NUMBERS = "SELECT unnest(ARRAY[serial_number, acceptance_number]) AS number FROM cases WHERE serial_number IS NOT NULL"
_WITHOUT_RECORD = """
    SELECT registration_number, e.record, max(r.sequence) FROM register_entries e
    FULL JOIN register_records r USING (registration_number)
    GROUP BY registration_number, e.record HAVING e.record IS DISTINCT FROM max(r.sequence)
"""
SERVICES = ("identity", "filing", "payment", "archive", "legacy_bridge")
BOOKED = ("order_opened", "money_received")
"""Kinds of the ledger entries of a paid order."""
MESSAGES = ("application_submitted", "order_created", "order_paid", "application_accepted", "certificate_issued")
"""Beginnings of the templates of which every journey gets exactly one message."""


class Books:
    """Reads the databases of a stack as their owners."""

    def __init__(self, owner_urls: Mapping[str, str]) -> None:
        self._urls = owner_urls

    @contextmanager
    def of(self, service: str) -> Iterator[psycopg.Connection[Row]]:
        with psycopg.connect(self._urls[service], connect_timeout=5) as connection:
            yield connection

    def rows(self, service: str, query: str, *parameters: object) -> list[Row]:
        with self.of(service) as connection:
            return connection.execute(query, parameters).fetchall()

    def unrest(self) -> dict[str, Row]:
        """Per service, events still to be published or handled; empty when all is done."""
        found = {service: self.rows(service, _REST)[0] for service in SERVICES}
        return {service: counts for service, counts in found.items() if any(counts)}

    def wait_for_rest(self, seconds: float) -> dict[str, Row]:
        """What still moves after so long."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                moving = self.unrest()
            except psycopg.OperationalError as error:
                moving = {"database": (str(error),)}
            if not moving or time.monotonic() > deadline:
                return moving
            time.sleep(0.5)

    def complaints(self, applications: Sequence[str]) -> list[str]:
        """Everything that is not as it must be after these journeys have ended; empty when the books are right."""
        wanted = list(applications)
        checks: list[Callable[[list[str]], Iterator[str]]] = [
            self._orders,
            self._acceptances,
            self._register,
            self._messages,
            self._dead_letters,
        ]
        return [complaint for check in checks for complaint in check(wanted)]

    def _orders(self, applications: list[str]) -> Iterator[str]:
        query = (
            "SELECT i.application_id, order_id, o.state, o.amount FROM orders o JOIN order_items i USING (order_id)"
            " WHERE principal AND i.application_id = ANY(%s)"
        )
        orders = self.rows("payment", query, applications)
        yield from once("order", applications, [row[0] for row in orders])
        yield from (f"order of {row[0]} is {row[2]}" for row in orders if row[2] != "paid")
        booked = self.rows(
            "payment",
            """
            SELECT i.application_id, e.kind, sum(p.amount) FILTER (WHERE p.amount > 0), sum(p.amount), o.amount
            FROM orders o JOIN order_items i ON i.order_id = o.order_id AND i.principal
                JOIN ledger_postings p ON p.order_id = o.order_id JOIN ledger_entries e USING (entry_id)
            WHERE i.application_id = ANY(%s) GROUP BY i.application_id, e.entry_id, e.kind, o.amount
            """,
            applications,
        )
        for kind in BOOKED:
            yield from once(f"ledger entry {kind}", applications, [row[0] for row in booked if row[1] == kind])
        yield from (f"{row[1]} is booked for {row[0]}" for row in booked if row[1] not in BOOKED)
        for application, kind, debit, balance, amount in booked:
            if debit != amount or balance != 0:
                yield f"{kind} of {application} books {debit} for an order of {amount}, balance {balance}"

    def _acceptances(self, applications: list[str]) -> Iterator[str]:
        cases = self.rows(
            "filing",
            "SELECT id, state, acceptance_number, serial_number FROM cases WHERE id = ANY(%s)",
            applications,
        )
        yield from once("case", applications, [row[0] for row in cases])
        yield from (f"case {row[0]} is {row[1]}" for row in cases if row[1] != "registered")
        numbers = [row[0] for row in self.rows("filing", _NUMBERS) if row[0]]
        for series in {number[:8] for number in numbers}:  # year, form code, S or L
            yield from gaps(f"numbers {series}…", [int(number[8:]) for number in numbers if number[:8] == series])
        repeated = self.rows(
            "filing",
            "SELECT case_id, action, count(*) FROM actions WHERE case_id = ANY(%s)"
            " GROUP BY case_id, action HAVING count(*) > 1 AND action IN"
            " ('submit', 'accept', 'claim', 'approve', 'register', 'issue_certificate')",
            applications,
        )
        yield from (f"{row[1]} of {row[0]} happened {row[2]} times" for row in repeated)

    def _register(self, applications: list[str]) -> Iterator[str]:
        query = "SELECT application_id, series, year, sequence, certificate_number FROM register_entries"
        entries = self.rows("archive", query)
        yield from once("register entry", applications, [row[0] for row in entries], others=True)
        for series in {(row[1], row[2]) for row in entries}:
            yield from gaps(f"registration numbers of {series}", [r[3] for r in entries if (r[1], r[2]) == series])
        yield from gaps("certificate numbers", [int("".join(filter(str.isdigit, r[4]))) for r in entries if r[4]])
        alone = self.rows("archive", _WITHOUT_RECORD)
        yield from (f"entry {row[0]} is at record {row[1]} of {row[2]}" for row in alone)
        certificates = self.rows(
            "archive",
            "SELECT application_id, state FROM certificates WHERE language = 'zh' AND application_id = ANY(%s)",
            applications,
        )
        yield from once("certificate", applications, [row[0] for row in certificates])
        yield from (f"certificate of {row[0]} is {row[1]}" for row in certificates if row[1] != "issued")
        files = self.rows(
            "archive",
            "SELECT application_id FROM documents WHERE kind = 'certificate' AND application_id = ANY(%s)",
            applications,
        )
        yield from once("certificate file", applications, [row[0] for row in files])

    def _messages(self, applications: list[str]) -> Iterator[str]:
        doubled = self.rows(
            "identity",
            "SELECT application_id, template, channel, count(*) FROM messages WHERE application_id = ANY(%s)"
            " GROUP BY application_id, template, channel, recipient HAVING count(*) > 1",
            applications,
        )
        yield from (f"{row[1]} of {row[0]} was sent {row[3]} times by {row[2]}" for row in doubled)
        sent = self.rows(
            "identity",
            "SELECT application_id, template FROM messages WHERE application_id = ANY(%s) AND channel = 'sms'",
            applications,
        )
        for template in MESSAGES:
            yield from once(
                f"message {template}", applications, [row[0] for row in sent if row[1].startswith(template)]
            )

    def _dead_letters(self, _: list[str]) -> Iterator[str]:
        for service in SERVICES:
            for consumer, event_id, subject, error in self.rows(service, _DEAD):
                yield f"dead letter of {service}: {consumer} {event_id} about {subject}: {error}"


def once(what: str, wanted: Sequence[str], found: Sequence[str], *, others: bool = False) -> Iterator[str]:
    """Complaints unless each wanted one was found exactly once."""
    counts = Counter(found)
    yield from (f"{name} has {counts[name]} times: {what}" for name in wanted if counts[name] != 1)
    if not others:
        yield from (f"nobody asked for {what} of {name}" for name in counts if name not in wanted)


def gaps(what: str, numbers: Sequence[int]) -> Iterator[str]:
    """Complaints unless the numbers are 1 to n, each once."""
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        missing = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
        doubled = [number for number, count in Counter(numbers).items() if count > 1]
        yield f"{what}: missing {missing}, double {doubled}"
