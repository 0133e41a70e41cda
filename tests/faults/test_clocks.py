"""One machine's clock is wrong: calls end in time, each event counts once and in order, tokens are judged clearly."""

from __future__ import annotations

import time

import pytest
from chassis.actor import issue_access_token
from chassis.errors import Problem
from chassis.testing import person
from chassis.testing.sample.contracts import ADD_MINE, Add
from chassis.tokens import TokenError, TokenSigner, Trust

from tests.faults.chaos import wait_until
from tests.faults.conftest import Sample
from tests.faults.test_network import outcome


@pytest.mark.parametrize(
    ("clock", "judgements"), [("clock_ahead", {"token_expired"}), ("clock_steps", {"token_expired", "answered"})]
)
def test_a_service_with_a_wrong_clock_answers_in_time(sample: Sample, clock: str, judgements: set[str]) -> None:
    sample.start(clock)
    sample.wait_until_it_answers()
    for _ in range(5):
        sample.add("a")
    wait_until(lambda: sample.scalar("SELECT heard FROM counters WHERE name = 'a'") == 5, 10, "the events")
    assert sample.scalar("SELECT count(*) FROM heard") == 5
    token = issue_access_token(TokenSigner.load(sample.keys, "identity"), person(), 900)
    started = time.monotonic()
    try:
        sample.client.call(ADD_MINE, Add(counter="mine"), token=token, timeout=5)
        found = "answered"
    except Problem as problem:
        found = problem.code
    assert found in judgements
    assert time.monotonic() - started < 2


def test_believing_the_callers_deadline_would_leave_every_call_unanswered(sample: Sample) -> None:
    sample.start("deadline_by_own_clock")
    wait_until(sample.listens, 20, "the service's start")
    assert outcome(sample.client, 1.5) == "deadline_exceeded"


def test_a_token_is_believed_a_little_beyond_its_time_and_no_longer(keys: object) -> None:
    signer, trust = TokenSigner.load(keys, "identity"), Trust.load(keys)  # type: ignore[arg-type]  # a folder
    assert trust.verify(signer.sign({}, audience="a", ttl=-3), audience="a")["aud"] == "a"
    with pytest.raises(TokenError, match="expired"):
        trust.verify(signer.sign({}, audience="a", ttl=-8), audience="a")
