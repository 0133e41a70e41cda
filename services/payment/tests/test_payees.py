"""Bank money goes back to who sent it; to somebody else only for a reason that the second cashier reads."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.refunds import ASSIGN_HELD, AssignHeld, Payee, Remitter
from contracts.statements import GET_BANK_ROW, LIST_BANK_ROWS, BankRowRef, ListBankRows
from payment.matching.model import payer_parts
from payment.refunds.payees import differs
from payment.refunds.store import Refund

from .test_refunds_by_bank import ANN, BEA, PAYEE, made
from .test_statements import account, csv, decide, rows, take

__all__ = ["account"]  # pytest takes the fixture from here
pytestmark = pytest.mark.requirement("P-04")
SENT = "王小二 6222000033334444"


def held(counter: Any, payer: str = SENT) -> str:
    """The refund of money that nobody can place."""
    take(counter, csv(("300.00", payer, "学费")))
    [row] = rows(counter, state="waiting")
    decide(counter, row.row_id, "return")
    [refund] = counter.refunds("held", ANN)
    assert refund.payer == payer
    return str(refund.refund_id)


def test_a_payee_that_sent_the_money_needs_no_reason(counter: Any) -> None:
    refund_id = held(counter)
    shown = counter.refund(refund_id, BEA).remitter
    assert (shown.payer, shown.note) == (SENT, "学费\n转账")
    counter.ask(ANN, refund_id=refund_id, payee={**PAYEE, "name": "王小二", "account": "6222 0000 3333 4444"})
    asked = counter.refund(refund_id, BEA)
    assert (asked.payee_differs, asked.payee_why) == ([], "")
    assert counter.decide(refund_id, "approve", BEA).state == "approved"


def test_another_payee_is_marked_and_its_reason_is_what_the_second_cashier_reads(counter: Any) -> None:
    refund_id = held(counter)
    other = {**PAYEE, "name": "李四", "account": "6222000099998888"}
    for why in ("", "  "):
        with pytest.raises(Problem, match="refund_payee_differs"):
            counter.ask(ANN, refund_id=refund_id, payee=other, payee_why=why)
    assert counter.refund(refund_id, ANN).state == "held"
    counter.ask(ANN, refund_id=refund_id, payee=other, payee_why="王小二来信，请汇其女李四，附户口簿")
    asked = counter.refund(refund_id, BEA)
    assert asked.payee_differs == ["name", "account"]
    assert asked.payee_why == "王小二来信，请汇其女李四，附户口簿"
    assert (asked.remitter.payer, asked.payee.name) == (SENT, "李四")


def test_what_was_asked_for_without_a_reason_is_not_approved(counter: Any) -> None:
    refund_id = held(counter)
    counter.ask(ANN, refund_id=refund_id, payee={**PAYEE, "name": "李四"}, payee_why="来信")
    with counter.harness.uow() as uow:
        uow.session.get_one(Refund, refund_id).payee_why = ""
    with pytest.raises(Problem, match="refund_payee_differs"):
        counter.decide(refund_id, "approve", BEA)
    counter.decide(refund_id, "decline", BEA, note="没有写理由")
    counter.ask(ANN, refund_id=refund_id, payee={**PAYEE, "name": "李四"}, payee_why="来信")
    assert counter.decide(refund_id, "approve", BEA).state == "approved"


@pytest.mark.parametrize(
    ("payer", "tail", "differing"),
    [
        ("王小二", "…4444", []),
        ("王 小二", "4444", []),
        ("王小二（6222****4444）", "", []),
        ("王小二", "", ["account"]),
        ("王小二", "…4445", ["account"]),
        ("王小二 6222000033334445", "…4444", ["account"]),
        ("", "…4444", ["name"]),
        ("王大二", "…4444", ["name"]),
    ],
)
def test_name_and_end_of_the_account_are_compared(payer: str, tail: str, differing: list[str]) -> None:
    payee = Payee.model_validate({**PAYEE, "name": "王小二", "account": "6222000033334444"})
    sent = Remitter(row_id="brw-1", booked_on=date(2026, 11, 20), payer=payer, payer_account=tail)
    assert differs(payee, sent) == differing
    assert differs(payee, None) == ["name", "account"]


@pytest.mark.parametrize(
    ("payer", "name", "account"),
    [
        ("王小二 6222000033334444", "王小二", "6222000033334444"),
        ("北京住房公积金管理中心1111111111", "北京住房公积金管理中心", "1111111111"),
        ("Blue Harbour Press 659 6222020200112233445", "Blue Harbour Press 659", "6222020200112233445"),
        ("Studio 2024 6222 0202 0011 2233 445", "Studio 2024", "6222020200112233445"),
        ("3M中国 6222****4444", "3M中国", "6222****4444"),
        ("深圳798文化（6222020200112233445）", "深圳798文化", "6222020200112233445"),
        ("Press6222020200112233445", "Press", "6222020200112233445"),
        ("ABC123 GB29NWBK60161331926819", "ABC123", "GB29NWBK60161331926819"),
        ("公司2024 6222", "公司2024 6222", ""),
        ("6222 0202 0011 2233 445", "6222 0202 0011 2233 445", ""),
        ("12341234123412341", "12341234123412341", ""),
        ("1" * 150 + " " + "1" * 49, "1" * 150 + " " + "1" * 49, ""),
        ("王小二", "王小二", ""),
    ],
)
def test_an_account_behind_a_name_is_told_from_the_names_own_digits(payer: str, name: str, account: str) -> None:
    assert payer_parts(payer) == (name, account)


def test_money_that_is_held_still_pays_the_order_it_was_meant_for(counter: Any) -> None:
    def assign(refund_id: str, order: str, note: str = "付款人来电，附言写错") -> Any:
        asked = AssignHeld(refund_id=refund_id, order=order, note=note)
        return counter.harness.call(ASSIGN_HELD, asked, ANN)

    order, dear = counter.ordered(), counter.ordered(word_count=10_000_000)
    take(counter, csv(("305.00", SENT, "学费")))
    [row] = rows(counter, state="waiting")
    decide(counter, row.row_id, "return")
    [held_] = counter.refunds("held", ANN)
    assert held_.assignable
    with pytest.raises(Problem, match="bank_row_order_unknown"):
        assign(held_.refund_id, "2026Z11S999999")
    with pytest.raises(Problem, match="request_invalid"):
        assign(held_.refund_id, order.order_id, note=" ")
    if dear.amount > 30_500:
        with pytest.raises(Problem, match="bank_rows_too_little"):
            assign(held_.refund_id, dear.order_id)
    assert assign(held_.refund_id, order.serial_number).state == "divided"
    assert counter.order(order.application_id).state == "paid"
    [rest] = counter.refunds("held", ANN)
    assert (rest.amount, rest.payer) == (500, SENT)
    for again in (held_.refund_id, rest.refund_id):
        with pytest.raises(Problem, match=r"action_not_allowed|order_not_payable"):
            assign(again, order.order_id)
    books = counter.balances()
    assert (books["clearing_bank"], books["suspense"], books["receivable"]) == (30_500, -500, dear.amount)


@pytest.mark.requirement("P-03")
def test_a_row_whose_money_has_gone_back_waits_for_no_refund_any_more(counter: Any) -> None:
    done = held(counter)
    take(counter, csv(("200.00", SENT, "别的"), day="2026-11-17"))
    [other] = rows(counter, state="waiting")
    decide(counter, other.row_id, "return")
    [waiting] = [one.refund_id for one in counter.refunds("held", ANN) if one.refund_id != done]
    assert [len(rows(counter, state=state)) for state in ("returned", "refunded")] == [2, 0]
    counter.ask(ANN, refund_id=done, payee={**PAYEE, "name": "王小二", "account": "6222 0000 3333 4444"})
    counter.decide(done, "approve", BEA)
    made(counter)
    counter.decide(done, "attest", ANN)
    assert len(rows(counter, state="returned")) == 2, "nobody has confirmed it"
    counter.decide(done, "confirm", BEA)
    [left], [gone] = rows(counter, state="returned"), rows(counter, state="refunded")
    assert (left.row_id, left.refunded, gone.refunded) == (other.row_id, False, True)
    told = counter.harness.call(LIST_BANK_ROWS, ListBankRows(), ANN).counts
    assert (told["returned"], told["refunded"]) == (1, 1)
    assert counter.harness.call(GET_BANK_ROW, BankRowRef(row_id=gone.row_id), ANN).refunded
    assert counter.refund(waiting, ANN).state == "held"
    assert counter.refund(done, ANN).remitter.payer_account == "6222000033334444", "as the row's payer shows it"
