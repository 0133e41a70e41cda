"""A reader of an older release takes what it knows of a newer message; a writer says only what its release knows."""

from __future__ import annotations

from typing import Literal

import pytest
from contracts.base import Model
from contracts.envelope import Envelope
from contracts.reading import read, read_json
from pydantic import ValidationError


class Part(Model):
    mark: Literal["red", "blue"]


class Message(Model):
    number: str
    state: Literal["open", "closed"] = "open"
    parts: list[Part] = []
    perhaps: Part | None = None
    by_name: dict[str, Part] = {}


NEWER = {
    "number": "1",
    "state": "suspended",
    "parts": [{"mark": "red", "weight": 3}, {"mark": "green"}],
    "perhaps": {"mark": "violet", "since": "2026"},
    "by_name": {"a": {"mark": "black", "since": "2026"}},
    "reason": {"code": 7},
}


def test_a_newer_message_is_read() -> None:
    message = read(Message, NEWER)
    assert isinstance(message, Message)
    assert (message.number, message.state) == ("1", "suspended")
    assert [part.mark for part in message.parts] == ["red", "green"]
    assert all(isinstance(part, Part) for part in message.parts)
    assert message.perhaps is not None
    assert message.perhaps.mark == "violet"
    assert message.by_name["a"].mark == "black"


def test_what_the_reader_needs_must_be_there_and_of_its_type() -> None:
    for broken in ({}, {"number": 5}, {"number": "1", "parts": [{"weight": 3}]}, {"number": "1", "state": 4}):
        with pytest.raises(ValidationError):
            read(Message, broken)


def test_writers_and_requests_stay_strict() -> None:
    read(Message, NEWER)
    with pytest.raises(ValidationError):
        Message.model_validate(NEWER)
    with pytest.raises(ValidationError):
        Message.model_validate({"number": "1", "reason": ""})
    with pytest.raises(ValidationError):
        Message.model_validate({"number": "1", "state": "suspended"})


def test_an_envelope_with_a_new_attribute_is_read() -> None:
    newer = (
        b'{"specversion": "1.0", "id": "e", "source": "filing", "type": "filing.x.v1", "subject": "a", "priority": 2,'
        b'"time": "2026-11-22T08:30:00Z", "dataschema": "s", "sequence": 1, "actor": "b", "data": {"new": 1}}'
    )
    assert read_json(Envelope, newer).data == {"new": 1}
