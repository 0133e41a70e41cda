"""Debits that name no refund: which refunds through the bank they may be, and two cashiers who say which one it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from chassis.clock import SHANGHAI
from chassis.errors import Problem
from contracts.refunds import RefundView
from contracts.statements import DECIDE_BANK_ROW, BankRowView, DecideBankRow

from .test_bank_days import compared
from .test_refunds_by_bank import ANN, BEA, account, approved, came, debit, made
from .test_statements import csv, row, rows, take

__all__ = ["account"]  # pytest takes the fixture from here


@pytest.fixture(autouse=True)
def _account(account: None) -> None:
    """Statements are of the office's account."""


def say(counter: Any, row_id: str, refund_id: str | None, actor: Any = ANN, **more: Any) -> BankRowView:
    request = DecideBankRow.model_validate({"row_id": row_id, "step": "refund", "refund_id": refund_id, **more})
    told: BankRowView = counter.harness.call(DECIDE_BANK_ROW, request, actor)
    return told


def code(*args: Any, **more: Any) -> str:
    with pytest.raises(Problem) as refused:
        say(*args, **more)
    return refused.value.code


def view(counter: Any, refund_id: str) -> RefundView:
    found: RefundView = counter.refund(refund_id, ANN)
    return found


def open_refunds(counter: Any, day: str) -> list[str]:
    """Refunds of which books and bank say something else about a day."""
    found = compared(counter, day).differences
    return [one.number for one in found if one.what == "refund" and one.cleared_at is None]


@pytest.mark.requirement("P-03")
def test_a_debit_offers_refunds_of_its_amount_the_likeliest_first(counter: Any) -> None:
    other = approved(counter, name="李四", account="6222020200119990000")
    likely = approved(counter)
    by_another_way = approved(counter, 12_344)
    made(counter)
    unsent = approved(counter, name="王五")
    found = row(counter, debit(counter, "退款 没有写单号"))
    assert found.steps == ["refund", "explain"]
    assert found.refunds[0].refund_id == likely
    assert {one.refund_id for one in found.refunds} == {likely, other, unsent}
    told = {one.refund_id: one for one in found.refunds}
    assert (told[likely].why, told[other].why, told[likely].payee) == (["payee"], [], "张三")
    assert [told[one].can_be for one in (likely, other, unsent)] == [True, True, False]
    assert (found.state, view(counter, likely).state) == ("waiting", "sent"), "the amount alone confirms nothing"
    assert view(counter, by_another_way).state == "sent"


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("P-04")
def test_two_cashiers_say_which_refund_a_debit_is(counter: Any) -> None:
    refund_id, other = approved(counter), approved(counter)
    made(counter)
    row_id = debit(counter, "退款")
    told = say(counter, row_id, refund_id, note="网银回单一致")
    assert (told.state, told.refunds[0].refund_id, told.refunds[0].proposed) == ("waiting", refund_id, True)
    assert not any(one.can_be for one in told.refunds)
    assert (view(counter, refund_id).state, view(counter, refund_id).row_id) == ("attested", row_id)
    assert view(counter, refund_id).actions[-1].note == "网银回单一致", "the row stands beside the cashier's words"
    assert code(counter, row_id, refund_id, BEA) == "action_not_allowed"
    assert code(counter, row_id, other, BEA) == "bank_row_of_another_refund"
    with pytest.raises(Problem, match="second_cashier_required"):
        counter.decide(refund_id, "confirm", ANN)
    assert counter.decide(refund_id, "confirm", BEA).state == "done"
    found = row(counter, row_id)
    assert (found.state, found.reason, found.refund_id) == ("explained", "refund", refund_id)
    assert view(counter, refund_id).row_id == row_id, "by what it was known stays known"
    assert counter.balances() == {"clearing_bank": 12_345, "refunds_sent": -12_345}
    counter.decide(other, "attest", ANN, note=f"{row_id} 不是这一笔")
    assert view(counter, other).row_id is None, "words are for people"


@pytest.mark.requirement("P-03")
def test_a_second_cashier_who_declines_leaves_the_row_to_be_said_anew(counter: Any) -> None:
    wrong, right = approved(counter), approved(counter)
    made(counter)
    row_id = debit(counter, "退款")
    say(counter, row_id, wrong)
    assert counter.decide(wrong, "decline", BEA).state == "sent"
    assert row(counter, row_id).state == "waiting"
    say(counter, row_id, right, BEA)
    counter.decide(right, "confirm", ANN)
    assert row(counter, row_id).refund_id == right
    assert (counter.decide(wrong, "attest", ANN).state, view(counter, wrong).row_id) == ("attested", None)


@pytest.mark.requirement("P-03")
def test_a_refund_that_two_had_confirmed_before_the_statement_came_is_the_rows_at_once(counter: Any) -> None:
    refund_id = approved(counter)
    made(counter)
    counter.decide(refund_id, "attest", ANN)
    counter.decide(refund_id, "confirm", BEA)
    row_id = debit(counter, "退款")
    assert [one.refund_id for one in row(counter, row_id).refunds] == [refund_id]
    assert say(counter, row_id, refund_id).reason == "refund"
    again = debit(counter, "退款")
    assert row(counter, again).refunds == [], "it has left once"
    assert code(counter, again, refund_id) == "action_not_allowed"


@pytest.mark.requirement("P-03")
def test_what_is_no_refund_of_the_bank_of_that_amount_cannot_be_said(counter: Any) -> None:
    refund_id, less, unsent = approved(counter), approved(counter, 100), came(counter, 12_345)
    made(counter)
    row_id = debit(counter, "退款")
    for wrong in (None, "rfd-none", less):
        assert code(counter, row_id, wrong) == "request_invalid"
    assert code(counter, row_id, refund_id, with_rows=[row_id]) == "request_invalid"
    assert code(counter, row_id, unsent) == "action_not_allowed"
    assert code(counter, "brw-none", refund_id) == "bank_row_unknown"
    named = debit(counter, f"退款 {refund_id}")
    assert code(counter, named, refund_id) == "action_not_allowed"


@pytest.mark.requirement("P-04")
@pytest.mark.parametrize("before", [True, False], ids=["confirmed before", "confirmed by the row"])
def test_books_and_bank_agree_about_a_refund_that_the_row_does_not_name(counter: Any, before: bool) -> None:
    today = datetime.now(SHANGHAI).date().isoformat()
    refund_id = approved(counter)
    made(counter)
    if before:
        counter.decide(refund_id, "attest", ANN)
        counter.decide(refund_id, "confirm", BEA)
    take(counter, csv(("-123.45", "张三", "退款"), day=today))
    assert open_refunds(counter, today)
    [waiting] = rows(counter, state="waiting")
    say(counter, waiting.row_id, refund_id)
    if not before:
        counter.decide(refund_id, "confirm", BEA)
    assert open_refunds(counter, today) == []
