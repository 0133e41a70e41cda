"""The memory of answered commands: what comes again acts once, and nothing of it can be read or guessed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator

import pytest
from chassis.errors import Problem
from chassis.sealing import SealBroken, Sealing
from chassis.settings import SettingsError
from chassis.testing import Harness, anonymous, person
from chassis.testing.sample.contracts import ADD, ENROL, READ, Add, Enrol

from chassis import answers

NAME, PASSWORD = "李青荷", "Ink-stone-27-reeds"


@pytest.fixture
def sample(service_harness: Callable[..., Harness]) -> Harness:
    return service_harness("chassis.testing.sample")


def kept(sample: Harness) -> str:
    """Every column of the table, bytes as hexadecimal digits and as what they spell."""
    rows = sample.as_owner("SELECT a::text, a.reply::text, sealed_reply FROM answered_requests a")
    return "\n".join(f"{whole} {reply} {bytes(sealed or b'')!r}" for whole, reply, sealed in rows)


def enrolment(**changes: str) -> Enrol:
    return Enrol.model_validate({"counter": "a", "name": NAME, "password": PASSWORD, "client": "10.0.0.1"} | changes)


@pytest.mark.requirement("I-12")
def test_a_reply_about_a_person_is_given_again_and_lies_nowhere_in_clear(sample: Harness) -> None:
    first = sample.call(ENROL, enrolment(), person(), "req-1")
    assert sample.call(ENROL, enrolment(), person(), "req-1") == first
    assert first.total == 1
    for told in (NAME, PASSWORD, json.dumps(NAME)[1:-1], base64.b64encode(NAME.encode()).decode(), NAME.encode().hex()):
        assert told not in kept(sample)


@pytest.mark.requirement("I-12")
def test_who_has_the_table_cannot_try_out_what_was_asked(sample: Harness) -> None:
    """The offline guess: the right request, hashed in every way that needs no key."""
    sample.call(ENROL, enrolment(), person(), "req-1")
    content = enrolment().model_dump(mode="json")
    said = {name: value for name, value in content.items() if name != "client"}
    for what in (content, said, ["enrol", "req-1", "acc-person", said]):
        guess = json.dumps(what, sort_keys=True, ensure_ascii=False).encode()
        assert hashlib.sha256(guess).hexdigest() not in kept(sample)
    stolen = Sealing(bytes(range(32)))
    [(digest, sealed)] = sample.as_owner("SELECT digest, sealed_reply FROM answered_requests")
    with_another_key = answers.asked(stolen, ENROL, enrolment(), person(), "req-1")
    assert with_another_key.digest != digest
    with pytest.raises(SealBroken):
        stolen.open("reply", bytes(sealed), "req-1")


def test_equal_requests_under_two_ids_look_different(sample: Harness) -> None:
    for request_id in ("req-1", "req-2"):
        sample.call(ENROL, enrolment(), person(), request_id)
    rows = sample.as_owner("SELECT DISTINCT digest FROM answered_requests")
    assert len(rows) == 2


@pytest.mark.requirement("W-06")
def test_a_request_repeated_from_another_network_is_the_same_request(sample: Harness) -> None:
    first = sample.call(ENROL, enrolment(), person(), "req-1")
    assert sample.call(ENROL, enrolment(client="192.168.7.7"), person(), "req-1") == first
    with pytest.raises(Problem, match="idempotency_key_reused"):
        sample.call(ENROL, enrolment(password="Another-8-word"), person(), "req-1")
    assert sample.call(READ, Add(counter="a")).total == 1


@pytest.mark.requirement("W-06")
def test_people_who_use_the_same_id_never_meet(sample: Harness) -> None:
    sample.call(ADD, Add(counter="a", amount=5), person("acc-other"), "req-1")
    assert sample.call(ADD, Add(counter="a", amount=1), person(), "req-1").total == 6
    assert sample.call(ADD, Add(counter="a", amount=1), person(), "req-1").total == 6
    assert sample.call(ADD, Add(counter="a", amount=5), person("acc-other"), "req-1").total == 5


@pytest.mark.requirement("W-06")
def test_a_stranger_with_a_visitors_id_neither_learns_nor_changes_what_becomes_of_it(sample: Harness) -> None:
    """Before the visitor and after, with less, more or other content."""
    strangers = [enrolment(name=other) for other in ("", NAME[:2], "张三")]
    for number, stranger in enumerate(strangers, start=1):
        assert sample.call(ENROL, stranger, anonymous(), "req-1").total == number
    first = sample.call(ENROL, enrolment(), anonymous(), "req-1")
    assert (first.name, first.total) == (NAME, 4)
    assert [sample.call(ENROL, stranger, anonymous(), "req-1").name for stranger in strangers] == [
        "",
        NAME[:2],
        "张三",
    ]
    assert sample.call(ENROL, enrolment(), anonymous(), "req-1") == first
    assert sample.call(READ, Add(counter="a")).total == 4


def test_what_was_sealed_for_one_place_opens_in_no_other() -> None:
    sealing = Sealing(bytes(32))
    sealed = sealing.seal("password of a file", b"Secret-1", "pre-1")
    assert sealing.open("password of a file", sealed, "pre-1") == b"Secret-1"
    broken: Iterator[tuple[str, bytes, str]] = iter(
        (
            ("password of a file", sealed, "pre-2"),
            ("reply", sealed, "pre-1"),
            ("password of a file", sealed[:-1], "pre-1"),
            ("password of a file", b"", "pre-1"),
        )
    )
    for purpose, content, context in broken:
        with pytest.raises(SealBroken):
            sealing.open(purpose, content, context)


def test_a_service_without_its_key_says_what_to_do(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("no-keys")
    with pytest.raises(SettingsError, match="openssl rand"):
        Sealing.load(folder, "filing")
    (folder / "filing-sealing.key").write_bytes(b"short")
    with pytest.raises(SettingsError, match="32 random bytes"):
        Sealing.load(folder, "filing")
