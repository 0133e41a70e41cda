"""A fee that is due again by the office's mistake is written off by two cashiers, or ends with its case."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import person
from contracts.cashier import ASK_WRITE_OFF, DECIDE_WRITE_OFF, AskWriteOff, DecideWriteOff, OrderBrief
from contracts.filing import APPLICATION_REFUSED, APPLICATION_WITHDRAWN, ApplicationRefused, ApplicationWithdrawn
from contracts.payment import ORDER_CANCELLED

from .test_cashier import counted, file
from .test_cashier import waiting as waiting_orders
from .test_redirecting import FEE, ask, matched
from .test_refunds_by_bank import ANN, BEA
from .test_statements import account
from .test_ties import ties

__all__ = ["account"]  # pytest takes the fixture from here
pytestmark = pytest.mark.requirement("P-04")


def due_again(counter: Any, ended: bool = False) -> Any:
    """The order of a fee that is due again; of a case that had ended before, if ``ended``."""
    wrong, right, _ = matched(counter)
    if ended:
        end(counter, wrong.application_id)
    refund = ask(counter, wrong, right.serial_number)
    counter.decide(refund.refund_id, "approve", BEA)
    due = counter.order(wrong.application_id)
    assert (due.state, due.corrects) == ("pending", wrong.order_id)
    return due


def end(counter: Any, application_id: str, *, refused: bool = False) -> None:
    """An accepted case ends."""
    facts: dict[str, Any] = {"application_id": application_id, "account_id": "acc-person", "kind": "work"}
    facts |= {"type": "work_registration", "form_code": "Z11", "title": "作品", "serial_number": "S"}
    facts |= {"acceptance_number": "2026Z11L000001"}
    now = datetime.now(UTC)
    if refused:
        told = ApplicationRefused(**facts, refused_at=now, reason="", decided_by=["acc-a", "acc-b"])
        counter.harness.deliver(APPLICATION_REFUSED, told)
    else:
        counter.harness.deliver(APPLICATION_WITHDRAWN, ApplicationWithdrawn(**facts, withdrawn_at=now, reason=""))


def wish(counter: Any, order: Any, actor: Any = ANN, reason: str = "案件已撤回，系我方入账错误") -> OrderBrief:
    found: OrderBrief = counter.harness.call(ASK_WRITE_OFF, AskWriteOff(order_id=order.order_id, reason=reason), actor)
    return found


def decide(counter: Any, order: Any, step: str, actor: Any = BEA, note: str = "同意") -> OrderBrief:
    request = DecideWriteOff.model_validate({"order_id": order.order_id, "step": step, "note": note})
    found: OrderBrief = counter.harness.call(DECIDE_WRITE_OFF, request, actor)
    return found


def test_two_cashiers_write_off_what_a_case_that_had_ended_goes_on_owing(counter: Any) -> None:
    due = due_again(counter, ended=True)
    assert ties(counter) == {"order": 1}, "the account cannot be closed"
    assert wish(counter, due).state == "pending"
    asked = file(counter, due.order_id).write_off
    assert asked is not None
    assert (asked.reason, asked.asked_by) == ("案件已撤回，系我方入账错误", ANN.subject)
    assert counted(counter)["write_offs_to_approve"] == 1
    assert waiting_orders(counter, "write_off") == [due.order_id]
    assert counter.balances(due) == {"receivable": FEE, "fees": -FEE}, "nothing yet"
    with pytest.raises(Problem, match="second_cashier_required"):
        decide(counter, due, "approve", ANN)
    assert decide(counter, due, "approve").state == "cancelled"
    assert counter.balances(due) == {}
    assert ties(counter) == {}, "and now it can"
    assert not {"write_offs_to_approve", "orders_due_again"} & set(counted(counter))
    told = counter.harness.events(ORDER_CANCELLED)[-1]
    assert (told.order_id, told.corrects, told.reason) == (due.order_id, due.corrects, "written_off")
    assert (told.title, told.amount) == (due.title, FEE)
    filed = file(counter, due.order_id)
    assert [(one.action, one.actor) for one in filed.actions] == [
        ("ask_write_off", ANN.subject),
        ("write_off", BEA.subject),
    ]
    assert (filed.write_off, filed.cancel_reason) == (None, "written_off")
    for action in ("order.ask_write_off", "order.cancel"):
        assert counter.audited(action), action
    for step in ("approve", "decline"):
        with pytest.raises(Problem, match="action_not_allowed"):
            decide(counter, due, step)


def test_a_colleague_may_say_no_with_a_reason_and_it_can_be_asked_for_again(counter: Any) -> None:
    due = due_again(counter)
    with pytest.raises(Problem, match="action_not_allowed"):
        decide(counter, due, "approve")
    wish(counter, due)
    with pytest.raises(Problem, match="action_not_allowed"):
        wish(counter, due, BEA)
    with pytest.raises(Problem, match="request_invalid"):
        decide(counter, due, "decline", note=" ")
    assert decide(counter, due, "decline", note="案件还在办理").state == "pending"
    assert file(counter, due.order_id).write_off is None
    assert counted(counter)["orders_due_again"] == 1
    assert "write_offs_to_approve" not in counted(counter)
    wish(counter, due, BEA)
    with pytest.raises(Problem, match="second_cashier_required"):
        decide(counter, due, "approve", BEA)
    counter.paid(due)
    with pytest.raises(Problem, match="action_not_allowed"):
        decide(counter, due, "approve", ANN)


def test_only_a_fee_that_is_due_again_is_written_off_and_only_by_cashiers_with_a_reason(counter: Any) -> None:
    plain, due = counter.ordered(), due_again(counter)
    with pytest.raises(Problem, match="action_not_allowed"):
        wish(counter, plain)
    with pytest.raises(Problem, match="order_unknown"):
        wish(counter, plain.model_copy(update={"order_id": "ord-none"}))
    with pytest.raises(Problem, match="request_invalid"):
        wish(counter, due, reason="  ")
    with pytest.raises(Problem, match="forbidden"):
        wish(counter, due, person(due.account_id))
    with pytest.raises(Problem, match="forbidden"):
        decide(counter, due, "approve", person(due.account_id))
    counter.paid(due)
    with pytest.raises(Problem, match="action_not_allowed"):
        wish(counter, due)


@pytest.mark.parametrize("refused", [False, True])
def test_a_case_that_ends_afterwards_owes_it_no_more_and_keeps_what_it_paid(counter: Any, refused: bool) -> None:
    due, paid = due_again(counter), counter.ordered()
    counter.paid(paid)
    for application_id in (due.application_id, paid.application_id):
        end(counter, application_id, refused=refused)
    assert counter.order(due.application_id).state == "cancelled"
    assert counter.balances(due) == {}
    assert counter.order(paid.application_id).state == "paid"
    assert ties(counter) == {}
    assert counter.harness.events(ORDER_CANCELLED)[-1].corrects == due.corrects
