"""A bank's row that was matched to the wrong order pays the right one, when two cashiers say so; nothing is deleted."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from contracts.payment import ORDER_PAID
from contracts.refunds import REFUND_ADVANCED

from .test_refunds_by_bank import ANN, BEA
from .test_statements import account, csv, decide, money, row, rows, take

__all__ = ["account"]  # pytest takes the fixture from here
pytestmark = pytest.mark.requirement("P-04")
FEE = 30_000


def matched(counter: Any, amount: str = "300.00") -> tuple[Any, Any, str]:
    """The order that a row was matched to by mistake, the one that it was meant for, and the row."""
    wrong, right = counter.ordered(), counter.ordered()
    take(counter, csv((amount, "王小二 6222000033334444", "登记费")))
    [waiting] = rows(counter, state="waiting")
    decide(counter, waiting.row_id, "assign", order_ids=[wrong.order_id])
    assert counter.order(wrong.application_id).state == "paid"
    return wrong, right, waiting.row_id


def ask(counter: Any, wrong: Any, pays: str, actor: Any = ANN, **more: Any) -> Any:
    asked = {"order_id": wrong.order_id, "lines": [{"line": 1, "amount": FEE}], "reason": "认领时点错了缴费单"}
    [refund] = counter.ask(actor, **(asked | {"pays": pays} | more))
    return refund


def test_two_cashiers_turn_a_settlement_to_the_right_order(counter: Any) -> None:
    wrong, right, row_id = matched(counter)
    before = money(counter)
    refund = ask(counter, wrong, right.serial_number)
    assert (refund.state, refund.pays, refund.pays_order_id) == ("asked", right.serial_number, right.order_id)
    assert counter.order(right.application_id).state == "pending", "nothing yet"
    with pytest.raises(Problem, match="second_cashier_required"):
        counter.decide(refund.refund_id, "approve", ANN)
    done = counter.decide(refund.refund_id, "approve", BEA)
    assert done.state == "redirected"
    assert counter.order(right.application_id).state == "paid"
    assert counter.order(wrong.application_id).state == "refunded"
    assert money(counter) == before, "the money is where it was"
    for about in (wrong, right):
        assert "receivable" not in {name for name, fen in counter.balances(about).items() if fen}
    paid = [event.application_id for event in counter.harness.events(ORDER_PAID)]
    assert paid == [wrong.application_id, right.application_id]
    assert counter.harness.events(REFUND_ADVANCED) == [], "nobody is promised money that was never theirs"
    assert [one.order_id for one in row(counter, row_id).orders] == [right.order_id]
    for again in ("approve", "decline"):
        with pytest.raises(Problem, match="action_not_allowed"):
            counter.decide(refund.refund_id, again, BEA)


def test_a_colleague_may_say_no_and_nothing_has_moved(counter: Any) -> None:
    wrong, right, _ = matched(counter)
    before = counter.balances()
    refund = ask(counter, wrong, right.order_id)
    assert counter.decide(refund.refund_id, "decline", BEA).state == "refused"
    assert (counter.balances(), counter.order(wrong.application_id).state) == (before, "paid")
    assert ask(counter, wrong, right.order_id).state == "asked"


def test_what_cannot_pay_the_other_order_is_refused_and_nothing_is_done(counter: Any) -> None:
    wrong, right, _ = matched(counter)
    with pytest.raises(Problem, match="bank_row_order_unknown"):
        ask(counter, wrong, "2026Z11S999999")
    with pytest.raises(Problem, match="order_not_payable"):
        ask(counter, wrong, wrong.order_id)
    with pytest.raises(Problem, match="bank_rows_too_little"):
        ask(counter, wrong, right.order_id, lines=[{"line": 1, "amount": FEE - 1}])
    by_phone = counter.ordered()
    counter.paid(by_phone)
    with pytest.raises(Problem, match="request_invalid"):
        ask(counter, by_phone, right.order_id)
    refund = ask(counter, wrong, right.order_id)
    counter.paid(right)
    with pytest.raises(Problem, match="order_not_payable"):
        counter.decide(refund.refund_id, "approve", BEA)
    assert counter.refund(refund.refund_id, BEA).state == "asked"
    assert counter.order(wrong.application_id).state == "paid"
