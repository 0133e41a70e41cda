"""The cashier's desk: what waits with its oldest day, one search for all that is money, and the file of an order."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from chassis.actor import Actor
from chassis.calendar import roll_forward, working_days_between
from chassis.clock import legal_date
from chassis.errors import Problem
from chassis.testing import Harness, person, staff_actor
from contracts.base import Empty
from contracts.cashier import (
    CASHIER_WORK,
    FIND_MONEY,
    GET_ORDER_FILE,
    LIST_ORDERS_WAITING,
    MOST_FILED,
    MOST_FOUND,
    FindMoney,
    FoundMoney,
    GetOrderFile,
    ListOrdersWaiting,
    OrderFile,
    WorkItem,
)
from contracts.paging import Page
from contracts.statements import LIST_STATEMENTS
from payment.cashier.model import asked
from payment.orders.store import Order
from payment.reconciliation.store import DayCompared
from sqlalchemy import update

from .test_statements import CASHIER, account, csv, decide, rows, take

__all__ = ["account"]  # pytest takes the fixture from here

BEA = staff_actor("cashier", id="acc-cashier-bea")


def work(counter: Any) -> dict[str, WorkItem]:
    told = counter.harness.call(CASHIER_WORK, Empty(), CASHIER)
    return {item.kind: item for item in told.items}


def counted(counter: Any) -> dict[str, int]:
    """Of what waits, without what does not."""
    return {kind: item.count for kind, item in work(counter).items() if item.count}


def find(counter: Any, text: str, *application_ids: str) -> FoundMoney:
    harness: Harness = counter.harness
    request = FindMoney(text=text, application_ids=list(application_ids))
    return harness.call(FIND_MONEY, request, CASHIER)


def file(counter: Any, order_id: str, after_line: int = 0) -> OrderFile:
    harness: Harness = counter.harness
    request = GetOrderFile(order_id=order_id, after_line=after_line)
    return harness.call(GET_ORDER_FILE, request, CASHIER)


def waiting(counter: Any, queue: str, **more: Any) -> list[str]:
    request = ListOrdersWaiting.model_validate({"queue": queue, **more})
    return [order.order_id for order in counter.harness.call(LIST_ORDERS_WAITING, request, CASHIER).items]


def overdue(counter: Any, order_id: str, days: int = 3) -> date:
    """Its last day is past."""
    with counter.harness.uow() as uow:
        past: date = uow.today() - timedelta(days=days)
        uow.session.execute(update(Order).where(Order.order_id == order_id).values(pay_by=past))
    return past


@pytest.mark.parametrize(
    ("text", "spellings", "fen", "words"),
    [
        ("2026z11s000001", ("2026z11s000001", "2026Z11S000001"), None, "2026z11s000001"),
        ("２０２６Z11S000001", ("2026Z11S000001", "2026z11s000001"), None, "2026Z11S000001"),
        ("¥1,234.5", (), 123_450, ""),
        ("300元", (), 30_000, ""),
        ("300.00", (), 30_000, ""),
        ("20261120", ("20261120",), 2_026_112_000, "20261120"),
        ("4200001234202611291234567890", ("4200001234202611291234567890",), None, "4200001234202611291234567890"),
        ("张", (), None, ""),
        ("张三", (), None, "张三"),
        ("100%_", (), None, "100%_"),
        ("  ", (), None, ""),
        ("1" * 12, ("1" * 12,), None, "1" * 12),
    ],
)
def test_what_is_typed_is_a_number_an_amount_or_words(
    text: str, spellings: tuple[str, ...], fen: int | None, words: str
) -> None:
    found = asked(text)
    assert (set(found.spellings), found.fen, found.words) == (set(spellings), fen, words)


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("P-04")
def test_what_waits_is_counted_by_kind_with_the_oldest_day(counter: Any) -> None:
    assert counted(counter) == {}
    partial, over, mismatched = counter.ordered(), counter.ordered(), counter.ordered()
    take(counter, csv(("100.00", "张三", partial.serial_number), ("9.00", "李四", "捐款"), day="2026-11-20"))
    counter.paid(mismatched, amount=20_000)
    told = work(counter)
    here = counter.harness.call(LIST_STATEMENTS, Page(), CASHIER).items[0].uploaded_at
    queue = told["rows_waiting"]
    assert (queue.count, queue.since) == (1, legal_date(here)), "since it came here, not since the bank's day"
    assert (told["refunds_held"].count, told["payments_mismatched"].count) == (1, 1)
    assert told["payments_mismatched"].since == told["refunds_held"].since is not None
    assert "orders_overdue" not in counted(counter)
    past = overdue(counter, partial.order_id)
    overdue(counter, over.order_id)
    found = work(counter)["orders_overdue"]
    assert (found.count, found.since) == (1, past)  # of the other no money has come
    assert waiting(counter, "overdue") == [partial.order_id]
    assert waiting(counter, "mismatched") == [mismatched.order_id]


@pytest.mark.requirement("P-04")
def test_a_mismatched_payment_is_no_work_any_more_once_somebody_has_asked_for_its_refund(counter: Any) -> None:
    order = counter.ordered()
    counter.paid(order, amount=20_000)
    overdue(counter, order.order_id)
    [held] = counter.refunds("held", CASHIER)
    assert counted(counter) == {"refunds_held": 1, "payments_mismatched": 1, "orders_overdue": 1}
    counter.ask(CASHIER, refund_id=held.refund_id)
    assert counted(counter) == {"refunds_to_approve": 1, "orders_overdue": 1}
    counter.decide(held.refund_id, "approve", BEA)
    counter.carry()
    assert counter.refund(held.refund_id, CASHIER).state == "done"
    assert counted(counter) == {}


@pytest.mark.requirement("P-03")
def test_working_days_without_a_statement_are_missing_from_the_day_after_the_last_one(counter: Any) -> None:
    assert work(counter)["statements_missing"].count == 0  # nobody has paid by remittance yet
    with counter.harness.uow() as uow:
        today: date = uow.today()
    take(counter, csv(("9.00", "李四", "捐款"), day=today.isoformat()))
    assert work(counter)["statements_missing"].count == 0
    counter.harness.advance(20)
    found = work(counter)["statements_missing"]
    by_noon, before = (working_days_between(today, today + timedelta(days=n)) for n in (19, 18))
    assert found.count in (by_noon, before)
    assert found.since == roll_forward(today + timedelta(days=1))


def test_a_bill_that_could_not_be_had_waits_and_is_in_the_list_of_what_is_to_be_explained(counter: Any) -> None:
    from contracts.books import LIST_RECONCILIATIONS, ListReconciliations

    with counter.harness.uow() as uow:
        facts = {"rank": 0, "sender": "x", "queued_at": uow.now()}
        known = {name: value for name, value in facts.items() if hasattr(DayCompared, name)}
        uow.session.add(
            DayCompared(reconciliation_id="rcn-1", day=date(2026, 11, 20), method="alipay", state="failed", **known)
        )
    found = work(counter)["bills_missing"]
    assert (found.count, found.since) == (1, date(2026, 11, 20))
    days = counter.harness.call(LIST_RECONCILIATIONS, ListReconciliations(open_only=True), CASHIER).items
    assert [day.state for day in days] == ["failed"]


@pytest.mark.requirement("P-03")
def test_any_number_leads_to_the_order_with_all_that_hangs_together(counter: Any) -> None:
    order, other = counter.ordered(), counter.ordered()
    payment = counter.paid(order)
    [refund] = counter.ask(CASHIER, order_id=order.order_id, lines=[{"line": 1, "amount": 100}])
    [number] = file(counter, order.order_id).payments[0].transaction_ids
    for text in (
        order.order_id,
        order.order_id.upper(),
        order.serial_number,
        order.serial_number.lower(),
        order.application_id,
        payment.payment_id,
        number,
        refund.refund_id,
    ):
        found = find(counter, text)
        assert [one.order_id for one in found.orders] == [order.order_id], text
        assert [one.payment_id for one in found.payments] == [payment.payment_id], text
        assert [one.refund_id for one in found.refunds] == [refund.refund_id], text
    take(counter, csv(("300.00", "某公司", f"书款{other.serial_number}")))
    [row] = rows(counter, state="settled")
    for text in (other.serial_number, row.row_id):
        found = find(counter, text)
        assert ([one.order_id for one in found.orders], [one.row_id for one in found.rows]) == (
            [other.order_id],
            [row.row_id],
        ), text
    take(counter, csv(("0.07", "某公司", f"补缴{order.serial_number}"), day="2026-11-21"))
    for text in (order.order_id, number):
        assert [one.amount for one in find(counter, text).rows] == [7], text  # it names the order, and waits
    assert [one.order_id for one in find(counter, "2026R000001", order.application_id).orders] == [order.order_id]


@pytest.mark.requirement("P-03")
def test_names_notes_and_amounts_are_found_and_nothing_is_a_wildcard(counter: Any) -> None:
    order = counter.ordered()
    take(counter, csv(("12.34", "李四_公司", "捐款 100% 公益"), ("-12.34", "银行", "付款")))
    assert [one.payer for one in find(counter, "李四").rows] == ["李四_公司"]
    assert {one.amount for one in find(counter, "￥12.34").rows} == {1_234, -1_234}
    assert [one.note for one in find(counter, "100%").rows] == ["捐款 100% 公益\n转账"]
    assert find(counter, "%%").rows == find(counter, "__").rows == []
    assert [one.order_id for one in find(counter, "城南旧事").orders] == [order.order_id]
    assert [one.order_id for one in find(counter, "300").orders] == [order.order_id]
    assert find(counter, "张三").orders[0].payer == "张三"
    assert find(counter, "' OR 1=1 --") == FoundMoney()


def test_a_long_list_is_cut_and_says_so(counter: Any) -> None:
    for _ in range(MOST_FOUND + 1):
        counter.submitted()
    found = find(counter, "城南旧事")
    assert (len(found.orders), found.more) == (MOST_FOUND, ["orders"])
    assert found.orders[0].created_at >= found.orders[-1].created_at


@pytest.mark.requirement("I-11")
def test_who_looked_for_what_is_written_down_and_only_cashiers_look(counter: Any) -> None:
    order = counter.ordered()
    find(counter, "张三")
    find(counter, "  ")
    assert [(one["text"], one["found"]) for one in counter.audited("money.search")] == [("张三", 1)]
    for actor in (person(), staff_actor("customer_service"), staff_actor("administrator"), staff_actor("examiner")):
        for method, request in (
            (CASHIER_WORK, Empty()),
            (FIND_MONEY, FindMoney(text="张三")),
            (LIST_ORDERS_WAITING, ListOrdersWaiting()),
            (GET_ORDER_FILE, GetOrderFile(order_id=order.order_id)),
        ):
            assert refused(counter, method, request, actor) == "forbidden"


def refused(counter: Any, method: Any, request: Any, actor: Actor) -> str:
    with pytest.raises(Problem) as problem:
        counter.harness.call(method, request, actor)
    return problem.value.code


@pytest.mark.requirement("P-04")
@pytest.mark.requirement("P-05")
def test_the_file_of_an_order_has_all_that_belongs_to_it(counter: Any) -> None:
    order = counter.ordered()
    counter.paid(order, amount=20_000)
    take(counter, csv(("350.00", "某公司", order.serial_number)))
    [row] = rows(counter, state="waiting")
    decide(counter, row.row_id, "assign", order_ids=[order.order_id])
    found = file(counter, order.order_id)
    assert (found.order.state, found.order.paid_by, found.order.payer) == ("paid", "bank", "张三")
    assert [(one.line, one.amount, one.returned) for one in found.items] == [(1, 30_000, 0)]
    assert {(one.method, one.state) for one in found.payments} >= {("wechat", "mismatched")}
    assert [(one.method, one.amount, one.settles) for one in found.money] == [
        ("wechat", 20_000, 0),
        ("bank", 35_000, 30_000),
    ]
    assert [one.row_id for one in found.rows] == [found.money[1].row_id] == [row.row_id]
    assert sorted(one.amount for one in found.refunds) == [5_000, 20_000]
    assert found.entries[0].kind == "order_opened"
    assert {one.account for one in found.entries[0].postings} == {"receivable", "fees"}
    assert sum(one.amount for entry in found.entries for one in entry.postings if one.account == "receivable") == 0
    assert [one.action for one in found.actions] == ["pay"]
    assert found.more == []
    assert refused(counter, GET_ORDER_FILE, GetOrderFile(order_id="ord-none"), CASHIER) == "order_unknown"


def test_the_items_of_a_large_batch_are_told_page_by_page(counter: Any) -> None:
    order = counter.batch(MOST_FILED + 5)
    first = file(counter, order.order_id)
    assert (len(first.items), first.item_count, first.next_line) == (MOST_FILED, MOST_FILED + 5, MOST_FILED)
    rest = file(counter, order.order_id, after_line=MOST_FILED)
    assert ([one.line for one in rest.items], rest.next_line) == (list(range(MOST_FILED + 1, MOST_FILED + 6)), None)
    assert [one.order_id for one in find(counter, str(order.batch_id)).orders] == [order.order_id]


def test_orders_that_wait_come_page_by_page_the_longest_due_first(counter: Any) -> None:
    orders = [counter.ordered() for _ in range(3)]
    for number, order in enumerate(orders):
        counter.paid(order, amount=20_000)
        overdue(counter, order.order_id, days=number + 1)
    request = ListOrdersWaiting(limit=2)
    page = counter.harness.call(LIST_ORDERS_WAITING, request, CASHIER)
    rest = counter.harness.call(LIST_ORDERS_WAITING, ListOrdersWaiting(limit=2, cursor=page.next_cursor), CASHIER)
    assert [one.order_id for one in [*page.items, *rest.items]] == [one.order_id for one in reversed(orders)]
    assert rest.next_cursor is None
    assert refused(counter, LIST_ORDERS_WAITING, ListOrdersWaiting(cursor="x"), CASHIER) == "request_invalid"
