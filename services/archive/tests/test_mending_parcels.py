"""纸质证书邮寄: what was entered of a parcel by mistake is put right, and a batch goes back while nothing is posted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import Harness, person, staff_actor
from contracts.mailing import (
    CANCEL_PARCEL,
    CORRECT_OUTCOME,
    LIST_MAILING,
    PARCEL_ADVANCED,
    PUT_BACK_MAILING,
    CancelParcel,
    CorrectOutcome,
    ListMailing,
    MailingItem,
    PutBackMailing,
)
from sqlalchemy import text

from .test_mailing import ANN, CLERK, EMS, OTHER_EMS, ask, issued, mine, send, settle, take

__all__ = ["issued"]
pytestmark = pytest.mark.requirement("A-01")


def correct(archive: Harness, number: str, outcome: Any, actor: Any = CLERK, **more: Any) -> MailingItem:
    asked = CorrectOutcome(number=number, outcome=outcome, **({"why": "扫错了回执"} | more))
    item: MailingItem = archive.call(CORRECT_OUTCOME, asked, actor)
    return item


def put_back(archive: Harness, batch_id: str, actor: Any = CLERK, request_id: str | None = None) -> int:
    parcels: int = archive.call(PUT_BACK_MAILING, PutBackMailing(batch_id=batch_id), actor, request_id).parcels
    return parcels


@pytest.fixture
def sent(archive: Harness, issued: Callable[..., str]) -> tuple[str, str]:
    """Registration and parcel of what was handed to EMS."""
    number = issued()
    parcel = ask(archive, number).parcel_number
    take(archive)
    send(archive, parcel)
    return number, parcel


def test_a_parcel_that_came_back_by_mistake_is_on_its_way_again(archive: Harness, sent: tuple[str, str]) -> None:
    number, parcel = sent
    settle(archive, EMS, "returned", reason="refused")
    assert correct(archive, EMS, "sent").state == "sent"
    found = mine(archive, number)
    assert found
    assert (found.state, found.ended_on, found.reason, found.changeable) == ("sent", None, "", False)
    told = [(one.state, one.corrected) for one in archive.events(PARCEL_ADVANCED)]
    assert told == [("sent", False), ("returned", False), ("sent", True)]
    steps = archive.call(LIST_MAILING, ListMailing(text=parcel), CLERK).steps
    assert [one.state for one in steps] == ["asked", "printed", "sent", "returned", "sent"]
    assert (steps[3].note, steps[-1].note, steps[-1].actor) == ("refused", "扫错了回执", CLERK.subject)
    settle(archive, EMS, "delivered")


@pytest.mark.parametrize("wrong", ["delivered", "returned"])
def test_the_other_outcome_is_entered_once_and_told(archive: Harness, sent: tuple[str, str], wrong: Any) -> None:
    number, _parcel = sent
    right: Any = "returned" if wrong == "delivered" else "delivered"
    settle(archive, EMS, wrong, reason="other" if wrong == "returned" else None)
    more = {"reason": "not_reached"} if right == "returned" else {}
    for _ in range(2):
        assert correct(archive, EMS, right, **more).state == right
    found = mine(archive, number)
    assert found
    assert (found.state, found.changeable, found.reason) == (right, right == "returned", more.get("reason", ""))
    assert [one.state for one in archive.events(PARCEL_ADVANCED) if one.corrected] == [right]


def test_the_day_and_the_reason_are_corrected_and_nobody_is_told_twice(archive: Harness, sent: tuple[str, str]) -> None:
    settle(archive, EMS, "returned", reason="other")
    assert correct(archive, EMS, "returned", reason="refused").reason == "refused"
    assert not [one for one in archive.events(PARCEL_ADVANCED) if one.corrected]


def test_what_a_correction_replaced_stays_with_it(archive: Harness, sent: tuple[str, str]) -> None:
    _number, parcel = sent
    archive.advance(3)
    with archive.uow() as uow:
        today = uow.today()
    days = [today - timedelta(days=n) for n in (1, 2, 0)]
    settle(archive, EMS, "returned", reason="other", on=days[0])
    correct(archive, EMS, "returned", reason="refused", on=days[1])
    correct(archive, EMS, "delivered", on=days[2])
    correct(archive, EMS, "sent")
    steps = archive.call(LIST_MAILING, ListMailing(text=parcel), CLERK).steps
    assert [(one.state, one.was_on, one.was_because) for one in steps[3:]] == [
        ("returned", None, ""),
        ("returned", days[0], "other"),
        ("delivered", days[1], "refused"),
        ("sent", days[2], ""),
    ]


def test_what_cannot_be_is_refused(archive: Harness, sent: tuple[str, str]) -> None:
    number, _parcel = sent
    with pytest.raises(Problem, match="parcel_not_settled"):
        correct(archive, EMS, "delivered")
    settle(archive, EMS, "returned", reason="refused")
    with archive.uow() as uow:
        today = uow.today()
    for bad in (
        {"outcome": "delivered", "on": today + timedelta(days=2)},
        {"outcome": "delivered", "on": today - timedelta(days=9)},
        {"outcome": "delivered", "why": "\n"},
        {"outcome": "returned"},
    ):
        with pytest.raises(Problem, match="request_invalid"):
            correct(archive, EMS, **bad)  # type: ignore[arg-type]
    with pytest.raises(Problem, match="parcel_unknown"):
        correct(archive, "EE000000000CN", "sent")
    for actor in (ANN, staff_actor("customer_service"), person("acc-other")):
        with pytest.raises(Problem, match="forbidden"):
            correct(archive, EMS, "sent", actor)
    ask(archive, number, city="上海市徐汇区")
    with pytest.raises(Problem, match="parcel_followed"):
        correct(archive, EMS, "delivered")
    archive.call(CANCEL_PARCEL, CancelParcel(registration_number=number), ANN)
    assert correct(archive, EMS, "delivered").state == "delivered"
    with pytest.raises(Problem, match="parcel_not_changeable"):
        ask(archive, number)
    with archive.uow() as uow:
        uow.session.execute(text("UPDATE parcels SET address = NULL"))
    with pytest.raises(Problem, match="parcel_address_deleted"):
        correct(archive, EMS, "sent")


@pytest.mark.parametrize("really", ["sent", "delivered"])
def test_no_second_paper_goes_out_where_the_next_parcel_was_cancelled(
    archive: Harness, sent: tuple[str, str], really: Any
) -> None:
    number, parcel = sent
    cancel = CancelParcel(registration_number=number)
    settle(archive, EMS, "returned", reason="refused")
    second = ask(archive, number).parcel_number
    assert [archive.call(CANCEL_PARCEL, cancel, ANN).parcel_number for _ in range(2)] == [second, second]
    correct(archive, EMS, really)
    found = mine(archive, number)
    assert found
    assert (found.parcel_number, found.state, found.changeable) == (parcel, really, False)
    with pytest.raises(Problem, match="parcel_not_changeable"):
        ask(archive, number)
    with pytest.raises(Problem, match="parcel_not_cancellable"):
        archive.call(CANCEL_PARCEL, cancel, ANN)
    if really == "sent":
        settle(archive, EMS, "delivered")
    else:
        correct(archive, EMS, "returned", reason="refused")
        assert ask(archive, number).state == "asked", "it came back after all"


def test_a_parcel_was_followed_whatever_was_cancelled_since(archive: Harness, sent: tuple[str, str]) -> None:
    number, _parcel = sent
    settle(archive, EMS, "returned", reason="refused")
    second = ask(archive, number).parcel_number
    take(archive)
    send(archive, second, OTHER_EMS)
    settle(archive, OTHER_EMS, "returned", reason="refused")
    ask(archive, number)
    archive.call(CANCEL_PARCEL, CancelParcel(registration_number=number), ANN)
    with pytest.raises(Problem, match="parcel_followed"):
        correct(archive, EMS, "delivered")
    assert correct(archive, OTHER_EMS, "delivered").state == "delivered"


def test_a_batch_taken_by_mistake_is_put_back_while_nothing_is_posted(archive: Harness, issued: Any) -> None:
    numbers = [issued(f"app-{n}", title=f"石头{n}") for n in range(2)]
    parcels = [ask(archive, number).parcel_number for number in numbers]
    batch = take(archive)
    with pytest.raises(Problem, match="forbidden"):
        put_back(archive, batch, ANN)
    assert [put_back(archive, batch, request_id="req-back") for _ in range(2)] == [2, 2]
    for gone in (batch, "", "mlb-0"):
        with pytest.raises(Problem, match="mailing_batch_unknown"):
            put_back(archive, gone)
    assert archive.call(LIST_MAILING, ListMailing(state="asked"), CLERK).counts["asked"] == 2
    with pytest.raises(Problem, match="parcel_not_printed"):
        send(archive, parcels[0])
    found = mine(archive, numbers[0])
    assert found
    assert found.cancellable
    again = take(archive)
    send(archive, parcels[0])
    with pytest.raises(Problem, match="mailing_batch_posted"):
        put_back(archive, again)
    assert archive.call(LIST_MAILING, ListMailing(text=parcels[1]), CLERK).items[0].state == "printed"
