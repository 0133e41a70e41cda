"""What a restored database says of its moment, for an office that has to find out what came after it."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, LiteralString

import psycopg

_LAST_ACTION: LiteralString = "SELECT max(at) FROM audit"
_LAST_NUMBERS: Mapping[str, LiteralString] = {
    "filing": "SELECT year || series || lpad(last::text, 6, '0') FROM number_sequences ORDER BY year, series",
    "archive": (
        "(SELECT DISTINCT ON (year, series) registration_number FROM register_entries "
        "ORDER BY year, series, sequence DESC) "
        "UNION ALL (SELECT certificate_number FROM register_entries WHERE certificate_number IS NOT NULL "
        "ORDER BY length(certificate_number) DESC, certificate_number DESC LIMIT 1)"
    ),
    "payment": "SELECT 'SJ' || year || '-' || lpad(last::text, 6, '0') FROM receipt_series ORDER BY year",
}
AUDITED = ("identity", "filing", "payment", "archive", "legacy_bridge")


def told(owner_urls: Mapping[str, str]) -> Iterator[str]:
    """Sentences: the last action that is in it, and the last number of each series."""
    actions: list[datetime] = [
        row[0] for service in AUDITED for row in _rows(owner_urls[service], _LAST_ACTION) if row[0]
    ]
    if actions:
        yield f"The last action that is in it: {max(actions):%Y-%m-%d %H:%M:%S.%f} UTC."
    numbers = [row[0] for service, query in _LAST_NUMBERS.items() for row in _rows(owner_urls[service], query)]
    if numbers:
        yield f"The last numbers that were given: {', '.join(numbers)}."
        yield (
            "Whatever came later is not in it, and later numbers will be given again. Compare with what people hold: "
            "receipts, certificates, the providers' statements (docs/runbooks/backup-and-restore.md)."
        )


def _rows(url: str, query: LiteralString) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()
