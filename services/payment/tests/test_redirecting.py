"""A bank's row that was matched to the wrong order pays the right one, when two cashiers say so; nothing is deleted."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.calendar import add_working_days
from chassis.clock import legal_date
from chassis.errors import Problem
from chassis.testing import person
from contracts.base import Empty
from contracts.payment import (
    GET_ORDER,
    MONEY_HELD,
    ORDER_CREATED,
    ORDER_PAID,
    RECEIPT_ISSUED,
    GetOrder,
    OrderView,
)
from contracts.refunds import MAKE_PAYMENT_FILE, REFUND_ADVANCED
from payment.orders import anew
from payment.orders.store import lock_order
from payment.refunds import asking
from payment.settlement import redirecting

from .test_cashier import counted
from .test_cashier import waiting as waiting_orders
from .test_invoices import invoices
from .test_refunds_by_bank import ANN, BEA, PAYEE
from .test_slips import documents, text_of
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
    assert by_id(counter, wrong).state == "corrected"
    assert money(counter) == before, "the money is where it was"
    for about in (wrong, right):
        assert "receivable" not in {name for name, fen in counter.balances(about).items() if fen}
    paid = [event.application_id for event in counter.harness.events(ORDER_PAID)]
    assert paid == [wrong.application_id, right.application_id]
    assert counter.harness.events(REFUND_ADVANCED) == [], "nobody is promised money that was never theirs"
    assert [one.order_id for one in row(counter, row_id).orders] == [right.order_id]
    turned = row(counter, row_id).actions[-1]
    assert (turned.action, turned.note, turned.actor) == ("redirect", right.serial_number, BEA.subject)
    for again in ("approve", "decline"):
        with pytest.raises(Problem, match="action_not_allowed"):
            counter.decide(refund.refund_id, again, BEA)


def by_id(counter: Any, order: Any) -> OrderView:
    found: OrderView = counter.harness.call(GET_ORDER, GetOrder(order_id=order.order_id), person(order.account_id))
    return found


def test_a_fee_that_another_s_money_was_booked_for_is_due_again(counter: Any) -> None:
    wrong, right, _ = matched(counter)
    refund = ask(counter, wrong, right.serial_number)
    counter.decide(refund.refund_id, "approve", BEA)
    due = counter.order(wrong.application_id)
    assert (due.state, due.amount, due.corrects) == ("pending", FEE, wrong.order_id)
    assert due.pay_by == add_working_days(legal_date(due.created_at), 15)
    told = counter.harness.events(ORDER_CREATED)[-1]
    assert (told.order_id, told.application_id, told.corrects) == (due.order_id, wrong.application_id, wrong.order_id)
    assert counter.balances(due) == {"receivable": FEE, "fees": -FEE}
    assert counted(counter)["orders_due_again"] == 1
    assert waiting_orders(counter, "due_again") == [due.order_id]
    counter.harness.advance((due.pay_by - legal_date(due.created_at)).days + 2)
    counter.paid(due)  # late, and taken: nothing lapses while the case waits for it
    assert counter.order(wrong.application_id).state == "paid"
    assert counter.harness.events(ORDER_PAID)[-1].order_id == due.order_id
    assert "orders_due_again" not in counted(counter)
    assert counter.balances(due)["fees"] == -FEE
    assert by_id(counter, wrong).state == "corrected", "nobody got anything back"
    counter.harness.sweep("issue_receipts")
    assert counter.order(wrong.application_id).receipt is not None


def test_what_is_redirected_in_parts_is_due_again_as_one(counter: Any) -> None:
    wrong, _, _ = matched(counter)
    for times in (1, 2, 3):
        small = counter.ordered(word_count=80, applicant_kind="organisation")
        assert small.amount == 10_000
        refund = ask(counter, wrong, small.order_id, lines=[{"line": 1, "amount": 10_000}])
        counter.decide(refund.refund_id, "approve", BEA)
        due = counter.order(wrong.application_id)
        assert (due.state, due.amount, due.corrects) == ("pending", times * 10_000, wrong.order_id)
        assert by_id(counter, wrong).state == ("corrected" if times == 3 else "paid")
        assert len(waiting_orders(counter, "due_again")) == 1
    counter.paid(due)
    assert counter.order(wrong.application_id).state == "paid"
    assert counter.balances(due) == {"clearing_wechat": FEE, "fees": -FEE}


def test_of_a_batch_what_was_another_s_money_is_due_again_work_by_work(counter: Any) -> None:
    wrong, right = counter.batch(2), counter.ordered()
    take(counter, csv(("600.00", "王小二 6222000033334444", "登记费")))
    [waiting] = rows(counter, state="waiting")
    decide(counter, waiting.row_id, "assign", order_ids=[wrong.order_id])
    refund = ask(counter, wrong, right.order_id, lines=[{"line": 2, "amount": FEE}])
    counter.decide(refund.refund_id, "approve", BEA)
    first, second = counter.works_of(wrong)
    assert by_id(counter, wrong).state == "paid"
    assert counter.order(first).order_id == wrong.order_id
    due = counter.order(second)
    assert (due.state, due.amount, due.corrects, due.batch_id) == ("pending", FEE, wrong.order_id, None)
    counter.withdraw(second)
    assert counter.order(second).state == "cancelled"
    assert {name for name, fen in counter.balances(due).items() if fen} == set()


def test_what_was_given_back_in_part_stays_called_refunded(counter: Any) -> None:
    wrong, right = counter.batch(2), counter.ordered()
    take(counter, csv(("600.00", "王小二 6222000033334444", "登记费")))
    [waiting] = rows(counter, state="waiting")
    decide(counter, waiting.row_id, "assign", order_ids=[wrong.order_id])
    turned = ask(counter, wrong, right.order_id, lines=[{"line": 1, "amount": FEE}])
    counter.decide(turned.refund_id, "approve", BEA)
    lines = [{"line": 2, "amount": FEE}]
    [back] = counter.ask(ANN, order_id=wrong.order_id, lines=lines, payee=PAYEE, payee_why="来电核实")
    counter.decide(back.refund_id, "approve", BEA)
    counter.harness.call(MAKE_PAYMENT_FILE, Empty(), ANN)
    counter.decide(back.refund_id, "attest", ANN)
    counter.decide(back.refund_id, "confirm", BEA)
    assert by_id(counter, wrong).state == "refunded"


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


def test_the_fee_is_invoiced_once_and_the_receipt_of_the_wrong_order_is_taken_back(counter: Any) -> None:
    wrong, right, _ = matched(counter)
    counter.harness.sweep("issue_receipts")
    refund = ask(counter, wrong, right.order_id)
    counter.decide(refund.refund_id, "approve", BEA)
    reversed_ = invoices(counter, wrong).items
    assert [(one.kind, one.amount, one.red_reason) for one in reversed_] == [("blue", FEE, None), ("red", -FEE, "01")]
    assert [(one.kind, one.amount) for one in invoices(counter, right).items] == [("blue", FEE)]
    counter.harness.sweep("issue_receipts")
    assert counter.harness.sweep("issue_slips") == 1
    assert counter.harness.sweep("issue_slips") == 0
    _, slip = documents(counter, wrong.application_id)
    assert slip.kind == "receipt_cancellation"
    text = text_of(counter, slip)
    for part in ("Receipt cancelled", refund.refund_id, "¥300.00", "冲销合计", wrong.serial_number):
        assert part in text, part
    assert "退款" not in text, "nobody is promised money that was never theirs"
    assert right.serial_number not in text
    assert len(documents(counter, right.application_id)) == 1


def test_no_receipt_is_taken_back_that_was_never_issued(counter: Any) -> None:
    wrong, right, _ = matched(counter)
    refund = ask(counter, wrong, right.order_id)
    counter.decide(refund.refund_id, "approve", BEA)
    counter.harness.sweep("issue_receipts")
    assert counter.harness.sweep("issue_slips") == 0
    assert documents(counter, wrong.application_id) == []
    assert [one.kind for one in documents(counter, right.application_id)] == ["receipt"]


def test_the_receipt_of_what_stays_comes_before_the_slip_that_takes_a_part_of_it_back(counter: Any) -> None:
    wrong, right = counter.batch(2), counter.ordered()
    take(counter, csv(("600.00", "王小二", "登记费")))
    [waiting] = rows(counter, state="waiting")
    decide(counter, waiting.row_id, "assign", order_ids=[wrong.order_id])
    refund = ask(counter, wrong, right.order_id)
    counter.decide(refund.refund_id, "approve", BEA)
    assert counter.harness.sweep("issue_slips") == 0
    counter.harness.sweep("issue_receipts")
    counter.harness.sweep("issue_slips")
    first, second = ([one.kind for one in documents(counter, work)] for work in counter.works_of(wrong)[:2])
    assert sorted(first) == ["receipt", "receipt_cancellation"], "what was another's has no receipt of its own"
    assert second == ["receipt", "receipt"], "the whole, and its own part, which stays"


def test_a_fee_that_goes_back_to_its_payer_pays_nobody_else_s_order(counter: Any) -> None:
    ended, right, _ = matched(counter)
    counter.withdraw(ended.application_id)
    [held] = counter.refunds("held", ANN)
    assert held.because == "case_ended"
    with pytest.raises(Problem, match="action_not_allowed"):
        ask(counter, ended, right.order_id, refund_id=held.refund_id, order_id=None, lines=[])
    counter.ask(ANN, refund_id=held.refund_id, payee=PAYEE, payee_why="来电核实")
    counter.decide(held.refund_id, "approve", BEA)
    counter.harness.call(MAKE_PAYMENT_FILE, Empty(), ANN)
    counter.decide(held.refund_id, "fail", BEA)
    with pytest.raises(Problem, match="action_not_allowed"):
        ask(counter, ended, right.order_id, refund_id=held.refund_id, order_id=None, lines=[])
    assert counter.order(right.application_id).state == "pending"


def test_what_comes_back_from_the_bank_pays_nobody_else_s_order(counter: Any) -> None:
    paid, right, _ = matched(counter)
    lines = [{"line": 1, "amount": FEE}]
    [refund] = counter.ask(ANN, order_id=paid.order_id, lines=lines, payee=PAYEE, payee_why="来电核实")
    counter.decide(refund.refund_id, "approve", BEA)
    counter.harness.call(MAKE_PAYMENT_FILE, Empty(), ANN)
    counter.decide(refund.refund_id, "fail", BEA)
    for _ in ("failed", "held again"):
        with pytest.raises(Problem, match="action_not_allowed"):
            ask(counter, paid, right.order_id, refund_id=refund.refund_id, order_id=None, lines=[])
        if counter.refund(refund.refund_id, ANN).state == "failed":
            counter.ask(ANN, refund_id=refund.refund_id, payee=PAYEE, payee_why="来电核实")
            counter.decide(refund.refund_id, "decline", BEA)


def test_money_of_nobody_s_pays_an_order_with_two_cashiers_too(counter: Any) -> None:
    _, right, _ = matched(counter, "700.00")
    [held] = counter.refunds("held", ANN)
    wish = ask(counter, right, right.order_id, refund_id=held.refund_id, order_id=None, lines=[])
    assert counter.decide(wish.refund_id, "approve", BEA).state == "redirected"
    assert counter.order(right.application_id).state == "paid"


def test_the_rest_is_held_for_the_payer_of_the_right_order_who_is_told(counter: Any) -> None:
    wrong, right = counter.batch(2), counter.ordered()
    take(counter, csv(("600.00", "王小二 6222000033334444", "登记费")))
    [waiting] = rows(counter, state="waiting")
    decide(counter, waiting.row_id, "assign", order_ids=[wrong.order_id])
    before = money(counter)
    refund = ask(counter, wrong, right.order_id, lines=[{"line": 1, "amount": FEE}, {"line": 2, "amount": FEE}])
    counter.decide(refund.refund_id, "approve", BEA)
    [rest] = counter.refunds("held", ANN)
    assert (rest.amount, rest.order_id) == (FEE, right.order_id)
    told = [(event.order_id, event.amount) for event in counter.harness.events(MONEY_HELD)]
    assert told == [(right.order_id, FEE)]
    assert money(counter) == {"clearing_bank": before["clearing_bank"], "suspense": -FEE}
    assert "suspense" not in counter.balances(wrong)
    assert counter.balances(right)["suspense"] == -FEE
    counter.ask(ANN, refund_id=rest.refund_id, payee=PAYEE, payee_why="来电核实")
    counter.decide(rest.refund_id, "approve", BEA)
    counter.harness.call(MAKE_PAYMENT_FILE, Empty(), ANN)
    assert "suspense" not in counter.balances(right)


@pytest.mark.parametrize(("transfer", "works"), [("600.00", 2), ("700.00", 2), ("500.00", 1)])
def test_a_transfer_that_was_more_than_the_wrong_order_cost_is_turned_whole(
    counter: Any, transfer: str, works: int
) -> None:
    wrong, right = counter.ordered(), counter.batch(works)
    take(counter, csv((transfer, "王小二 6222000033334444", "登记费")))
    [waiting] = rows(counter, state="waiting")
    decide(counter, waiting.row_id, "assign", order_ids=[wrong.order_id])
    refund = ask(counter, wrong, right.order_id)
    counter.decide(refund.refund_id, "approve", BEA)
    assert by_id(counter, wrong).state == "corrected"
    assert counter.order(counter.works_of(right)[0]).state == "paid"
    left = round(float(transfer) * 100) - works * FEE
    held = [(one.amount, one.order_id) for one in counter.refunds("held", ANN)]
    assert held == ([(left, right.order_id)] if left else [])
    assert "suspense" not in counter.balances(wrong)
    assert counter.balances(right).get("suspense", 0) == -left


def test_what_is_over_stays_where_it_is_while_the_transfer_pays_another_order_as_well(counter: Any) -> None:
    wrong, other, right = counter.ordered(), counter.ordered(), counter.ordered()
    take(counter, csv(("700.00", "王小二 6222000033334444", "登记费")))
    [waiting] = rows(counter, state="waiting")
    decide(counter, waiting.row_id, "assign", order_ids=[wrong.order_id, other.order_id])
    [held] = counter.refunds("held", ANN)
    refund = ask(counter, wrong, right.order_id)
    counter.decide(refund.refund_id, "approve", BEA)
    assert [one.refund_id for one in counter.refunds("held", ANN)] == [held.refund_id]


@pytest.mark.parametrize("turned", [0, 1])
def test_what_is_over_of_a_transfer_that_pays_another_order_as_well_is_used_as_far_as_it_is_needed(
    counter: Any, turned: int
) -> None:
    """It is held under the first of the orders, whichever of them was the wrong one."""
    pair, right = sorted((counter.ordered() for _ in range(2)), key=lambda one: one.order_id), counter.batch(2)
    take(counter, csv(("1000.00", "王小二", "登记费")))
    [waiting] = rows(counter, state="waiting")
    decide(counter, waiting.row_id, "assign", order_ids=[one.order_id for one in pair])
    wrong, other = pair[turned], pair[1 - turned]
    [held] = counter.refunds("held", ANN)
    assert (held.amount, held.order_id) == (40_000, pair[0].order_id)
    before = money(counter)
    refund = ask(counter, wrong, right.order_id)
    assert counter.decide(refund.refund_id, "approve", BEA).state == "redirected"
    states = [counter.order(one.application_id).state for one in (wrong, other)]
    assert (by_id(counter, wrong).state, states) == ("corrected", ["pending", "paid"])
    assert counter.order(counter.works_of(right)[0]).state == "paid"
    [left] = counter.refunds("held", ANN)
    assert (left.amount, left.order_id) == (10_000, pair[0].order_id)
    assert money(counter) == {"clearing_bank": before["clearing_bank"], "suspense": -10_000}
    assert counter.balances(pair[0])["suspense"] == -10_000
    for settled in (pair[1], right):
        assert not {"suspense", "receivable"} & {name for name, fen in counter.balances(settled).items() if fen}


def test_too_little_with_all_that_is_over_is_refused_and_nothing_moves(counter: Any) -> None:
    wrong, other, right = counter.ordered(), counter.ordered(), counter.batch(3)
    take(counter, csv(("700.00", "王小二", "登记费")))
    [waiting] = rows(counter, state="waiting")
    decide(counter, waiting.row_id, "assign", order_ids=[wrong.order_id, other.order_id])
    before = counter.balances()
    with pytest.raises(Problem, match="bank_rows_too_little") as refused:
        ask(counter, wrong, right.order_id)
    assert refused.value.params["missing"] == 50_000
    assert counter.balances() == before
    assert len(counter.refunds("held", ANN)) == 1


def test_what_was_asked_to_pay_another_order_meanwhile_is_not_approved_as_a_refund(
    counter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, right, _ = matched(counter, "700.00")
    [held] = counter.refunds("held", ANN)
    locks, real = [held.refund_id], asking.lock_refund

    def late(*args: Any) -> Any:
        if locks:  # a colleague is faster, between what was read and the lock
            ask(counter, right, right.order_id, refund_id=locks.pop(), order_id=None, lines=[])
        return real(*args)

    monkeypatch.setattr(asking, "lock_refund", late)
    with pytest.raises(Problem, match="action_not_allowed"):
        counter.decide(held.refund_id, "approve", BEA)
    assert counter.refund(held.refund_id, ANN).state == "requested"
    assert counter.decide(held.refund_id, "approve", BEA).state == "redirected"
    assert counter.order(right.application_id).state == "paid"


def test_what_pays_another_order_is_in_the_lists_of_refunds(counter: Any) -> None:
    wrong, right, _ = matched(counter)
    refund = ask(counter, wrong, right.order_id)
    counter.decide(refund.refund_id, "approve", BEA)
    for queue in ("done", "all"):
        assert [one.refund_id for one in counter.refunds(queue, ANN)] == [refund.refund_id]


def of_batch(counter: Any) -> Any:
    """The order of a batch of two, paid by a row that was meant for another order."""
    wrong = counter.batch(2)
    take(counter, csv(("600.00", "王小二 6222000033334444", "登记费")))
    [waiting] = rows(counter, state="waiting")
    decide(counter, waiting.row_id, "assign", order_ids=[wrong.order_id])
    counter.harness.sweep("issue_receipts")
    return wrong


def turn(counter: Any, wrong: Any, *lines: int) -> None:
    pays = counter.ordered() if len(lines) == 1 else counter.batch(2)
    refund = ask(counter, wrong, pays.order_id, lines=[{"line": line, "amount": FEE} for line in lines])
    counter.decide(refund.refund_id, "approve", BEA)


def test_each_work_of_a_batch_has_the_slip_that_takes_its_receipt_back(counter: Any) -> None:
    wrong = of_batch(counter)
    works = counter.works_of(wrong)
    assert counter.harness.sweep("issue_slips") == 2
    turn(counter, wrong, 1, 2)
    assert counter.harness.sweep("issue_slips") == 1
    for work in works:
        assert [one.kind for one in documents(counter, work)] == ["receipt", "receipt", "receipt_cancellation"]
    slip = documents(counter, works[0])[-1]
    assert "S1 等 2 件" in text_of(counter, slip)
    told = [one.application_id for one in counter.harness.events(RECEIPT_ISSUED) if one.documents == [slip]]
    assert told == works


def test_no_work_of_a_batch_gets_a_receipt_of_its_own_for_what_was_another_s_money(counter: Any) -> None:
    wrong = of_batch(counter)
    first, second = counter.works_of(wrong)
    turn(counter, wrong, 2)
    assert sum(counter.harness.sweep("issue_slips") for _ in range(4)) == 2
    assert [one.kind for one in documents(counter, first)] == ["receipt", "receipt"]
    assert [one.kind for one in documents(counter, second)] == ["receipt", "receipt_cancellation"]


def test_nobody_is_told_of_a_refund_while_one_cashier_means_that_the_fee_was_another_s_money(counter: Any) -> None:
    wrong, right, _ = matched(counter)
    refund = ask(counter, wrong, right.serial_number)
    assert by_id(counter, wrong).refunds == []
    counter.decide(refund.refund_id, "decline", BEA)
    assert by_id(counter, wrong).refunds == []
    counter.ask(ANN, order_id=wrong.order_id, lines=[{"line": 1, "amount": FEE}], payee=PAYEE, payee_why="来信")
    assert [one.state for one in by_id(counter, wrong).refunds] == ["deciding"], "what goes back to them is theirs"


def test_orders_are_locked_in_their_order_also_those_that_ask_again(
    counter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong, _, _ = matched(counter)
    for times in (1, 2):
        right = counter.ordered(word_count=80, applicant_kind="organisation")
        refund = ask(counter, wrong, right.order_id, lines=[{"line": 1, "amount": 10_000}])
        locked: list[str] = []

        def lock(session: Any, order_id: str, seen: list[str] = locked) -> Any:
            seen.append(order_id)
            return lock_order(session, order_id)

        with monkeypatch.context() as patched:
            patched.setattr(redirecting, "lock_order", lock)
            patched.setattr(anew, "lock_order", lock)
            counter.decide(refund.refund_id, "approve", BEA)
        first = list(dict.fromkeys(locked))
        assert first == sorted(first)
        assert len(first) == times + 1
