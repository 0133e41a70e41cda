"""A live database by its SQLAlchemy URL: one SELECT of one table, read by a cursor on the server, never written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import MetaData, Table, create_engine, func, make_url, select
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, NoSuchTableError, SQLAlchemyError

from legacy_bridge.sources.model import Row, SourceRefused
from legacy_bridge.sources.statements import Statement

_AT_ONCE = 2000


class Live:
    """``url`` may have a password; ``shown`` has none. Rows come in the order of the primary key, else of all columns:
    the same order each time is what a resumed import rests on."""

    def __init__(self, url: str, table: str) -> None:
        if not table:
            raise SourceRefused("source_without_table", expected="--table NAME")
        try:
            self._url = make_url(url)
            self._engine = create_engine(self._url, hide_parameters=True)
            self._table = Table(table, MetaData(), autoload_with=self._engine)
            with self._engine.connect() as connection:
                self.size = connection.scalar(select(func.count()).select_from(self._table)) or 0
        except (ArgumentError, NoSuchModuleError, ImportError) as error:
            raise SourceRefused("source_unknown_database", found=type(error).__name__) from None
        except NoSuchTableError:
            raise SourceRefused("source_without_table", expected=table) from None
        except SQLAlchemyError as error:
            raise SourceRefused("source_unreachable", found=type(error).__name__) from None
        self.columns = tuple(self._table.columns.keys())

    @property
    def reading(self) -> list[Statement]:
        """Which database, without its password."""
        address = self._url.render_as_string(hide_password=True)
        table = Statement("table", {"table": self._table.name})
        return [Statement("live", {"address": address}), table, Statement("rows", {"rows": self.size})]

    def rows(self) -> Iterator[Row]:
        """All of the table, in one transaction that can only read where the database knows such a thing."""
        order = list(self._table.primary_key.columns) or list(self._table.columns)
        options: dict[str, Any] = {"stream_results": True, "yield_per": _AT_ONCE}
        with self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(postgresql_readonly=True)
            found = connection.execution_options(**options).execute(select(self._table).order_by(*order))
            for number, record in enumerate(found, 1):
                values = tuple(_text(value) for value in record)
                raw = json.dumps(values, ensure_ascii=False).encode("utf-8", "backslashreplace")
                fault = "row_with_nul" if any("\x00" in value for value in values) else ""
                yield Row(number, number, raw, () if fault else values, fault)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return str(value)
