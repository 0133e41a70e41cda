"""Errors are told without the values that they quote: in logs, and where operators read why an event failed."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator

import pytest
import structlog
from chassis.db import connect
from chassis.telemetry import configure_logging, logger
from chassis.testing import Harness
from chassis.untold import fault, untold
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

pytestmark = pytest.mark.requirement("I-12")
NAME, MOBILE, ID_NUMBER, PASSWORD = "李青荷", "13800138000", "11010519900307293X", "Ink-stone-27-reeds"


@pytest.fixture
def sample(service_harness: Callable[..., Harness]) -> Harness:
    return service_harness("chassis.testing.sample")


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What a service writes to its log."""
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    handlers, level = logging.root.handlers[:], logging.root.level
    structlog.reset_defaults()
    configure_logging("sample")
    yield said
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def database_says(sample: Harness, statement: str, **values: object) -> DBAPIError:
    engine = connect(sample._owner_url)
    try:
        with engine.begin() as connection:
            connection.execute(text("CREATE TEMP TABLE people (name text PRIMARY KEY, age int, note text NOT NULL)"))
            with pytest.raises(DBAPIError) as caught:
                connection.execute(text(statement), values)
            connection.rollback()
    finally:
        engine.dispose()
    return caught.value


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO people (name, age, note) SELECT :name, 1, 'x' FROM generate_series(1, 2)",
        "INSERT INTO people (name, age) VALUES (:name, 1)",
        "INSERT INTO people (name, age, note) VALUES (:name, length(CAST(CAST(:name AS text) AS json)::text), 'x')",
        "INSERT INTO people (name, age, note) VALUES (:name, CAST(CAST(:name AS text) AS int), 'x')",
    ],
    ids=["taken", "failing row", "context", "no number"],
)
def test_what_a_database_quotes_is_not_told(sample: Harness, statement: str) -> None:
    error = database_says(sample, statement, name=f"{NAME}\n{PASSWORD}")
    assert NAME in str(error), "PostgreSQL quotes it"
    told = fault(error)
    assert NAME not in told
    assert PASSWORD not in told
    assert "INSERT INTO people" in told
    assert told.startswith(type(error).__name__)


def test_parameters_of_a_statement_are_not_told(sample: Harness) -> None:
    error = database_says(sample, "SELECT 1 FROM nowhere WHERE a = :name", name=PASSWORD)
    assert PASSWORD not in str(error)


def test_what_somebody_entered_is_not_told_by_a_model_of_another_library() -> None:
    class Entry(BaseModel):
        password: str = Field(max_length=3)
        number: int

    with pytest.raises(ValidationError) as caught:
        Entry.model_validate({"password": PASSWORD, "number": ID_NUMBER})
    assert PASSWORD in str(caught.value)
    told = untold(str(caught.value))
    assert PASSWORD not in told
    assert ID_NUMBER not in told
    assert "string_too_long" in told


@pytest.mark.parametrize("number", [MOBILE, ID_NUMBER, "123456", ID_NUMBER.lower()])
def test_numbers_of_people_are_not_told(number: str) -> None:
    assert number not in untold(f"invalid literal for int() with base 10: '{number}'")


@pytest.mark.parametrize(
    "useful", ["evt-01m8gsdp9gb98z08rq846gvm6s", "line 1042", "2026-11-28T09:57:43.123456Z", "0x7f1234567890"]
)
def test_what_finds_a_fault_is_told(useful: str) -> None:
    assert useful in untold(f"at {useful} it failed")


def test_no_log_line_tells_values_of_errors(lines: io.StringIO) -> None:
    try:
        raise ValueError(f"Invalid isoformat string: '{ID_NUMBER}'\nDETAIL:  Key (name)=({NAME}) already exists.")
    except ValueError as error:
        logger("sample").exception("rpc_failed")
        logger("sample").warning("database_unavailable", error=str(error))
        logging.getLogger("some.library").exception(f"could not take {MOBILE}")
    written = lines.getvalue()
    for told in (ID_NUMBER, NAME, MOBILE):
        assert told not in written
    assert [json.loads(line)["level"] for line in written.splitlines()] == ["error", "warning", "error"]
    assert "Traceback" in written
