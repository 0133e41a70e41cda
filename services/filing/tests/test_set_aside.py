"""What a service set aside, as administrators are told: never contents, and tried again once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import Harness, staff_actor
from contracts.base import Empty
from contracts.operations import LIST_SET_ASIDE, TRY_AGAIN, TryAgain

ADMINISTRATOR = staff_actor("administrator")
_PARKED = """
    INSERT INTO inbox (consumer, event_id, source, type, subject, sequence, envelope, attempts, parked_at, error)
    VALUES ('on_order_paid', 'evt-1', 'payment', 'payment.order_paid.v1', 'ord-1', 1,
            '{"data": {"payer": "张三"}}', 5, now(), 'application_unknown {''name'': ''张三''}')
    RETURNING id
    """


@pytest.fixture
def filing(service_harness: Callable[..., Harness]) -> Harness:
    return service_harness("filing")


def told(filing: Harness) -> Any:
    return filing.call(LIST_SET_ASIDE["filing"], Empty(), ADMINISTRATOR)


def again(filing: Harness, key: str, request_id: str | None = None, kind: Any = "event") -> int:
    request = TryAgain(kind=kind, number=key, reason="已经补上")
    return filing.call(TRY_AGAIN["filing"], request, ADMINISTRATOR, request_id).count


@pytest.mark.requirement("I-11")
def test_a_dead_letter_is_told_without_what_is_in_it_and_tried_again_once(filing: Harness) -> None:
    [(number,)] = filing.as_owner(_PARKED)
    [item] = told(filing).items
    assert (item.number, item.about, item.attempts, item.why) == (str(number), "ord-1", 5, "refused")
    assert "张三" not in item.model_dump_json()
    assert again(filing, item.number, "req-1") == again(filing, item.number, "req-1") == 1
    assert (told(filing).items, again(filing, item.number)) == ([], 0)
    audited = "SELECT facts ->> 'reason' FROM audit WHERE action = 'operations.try_again'"
    assert filing.as_owner(audited) == [("已经补上",), ("已经补上",)]


def test_hostile_keys_do_nothing_and_others_are_not_told(filing: Harness) -> None:
    filing.as_owner(_PARKED)
    for key in ("1 OR 1=1", "-1", "９", "9" * 60):
        assert again(filing, key) == again(filing, key, kind="work") == 0
    assert len(told(filing).items) == 1
    with pytest.raises(Problem, match="forbidden"):
        filing.call(LIST_SET_ASIDE["filing"], Empty(), staff_actor("examiner"))
