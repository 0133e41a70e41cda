"""The ledger: whatever happens in whatever order, the books balance and money is neither lost nor made."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import UTC, datetime
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.filing import APPLICATION_WITHDRAWN, ApplicationWithdrawn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from payment.ledger.model import ACCOUNTS, Cause, Entry, Posting
from payment.ledger.store import LedgerEntry, LedgerPosting, balances
from payment.providers.model import ProviderReport
from payment.settlement.handlers import settle
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from contracts import payment as contract

FEE = 30_000
PLACES = {"wechat": 0, "alipay": 1}

reports = st.tuples(
    st.just("report"),
    st.sampled_from([0, 1]),
    st.sampled_from(["wechat", "alipay"]),
    st.sampled_from([FEE, FEE, FEE, 1, FEE + 1]),
    st.sampled_from(["t1", "t2", "t3"]),
)
withdrawals = st.tuples(st.just("withdraw"), st.sampled_from([0, 1]))
histories = st.lists(reports | withdrawals, max_size=12)


def withdrawal(order: contract.OrderView) -> ApplicationWithdrawn:
    return ApplicationWithdrawn(
        application_id=order.application_id,
        account_id=order.account_id,
        kind="work",
        type="work_registration",
        form_code="Z11",
        title=order.title,
        serial_number=order.serial_number,
        withdrawn_at=datetime.now(UTC),
        reason="",
    )


@pytest.mark.requirement("P-05")
@pytest.mark.requirement("S-01")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories)
def test_any_history_of_reports_and_withdrawals_leaves_balanced_books(counter, history: list[Any]) -> None:
    orders = [counter.ordered(), counter.ordered()]
    payments = [{m: counter.start(order, m) for m in PLACES} for order in orders]
    received: dict[tuple[str, str], int] = {}
    for step in history:
        if step[0] == "withdraw":
            counter.harness.deliver(APPLICATION_WITHDRAWN, withdrawal(orders[step[1]]))
            continue
        _, which, method, amount, transaction = step
        payment = payments[which][method]
        number = f"{payment.payment_id}-{transaction}"
        report = ProviderReport(method, payment.payment_id, "paid", "callback", amount, transaction_id=number)
        with counter.harness.uow() as uow:
            settle(report, uow)
        received.setdefault((method, number), amount)
    for which, order in enumerate(orders):
        books = counter.balances(order)
        assert sum(books.values()) == 0
        mine = {
            key: amount
            for key, amount in received.items()
            if key[1].startswith(tuple(p.payment_id for p in payments[which].values()))
        }
        money = Tally[str]()
        for (method, _), amount in mine.items():
            money[f"clearing_{method}"] += amount
        assert {k: v for k, v in books.items() if k.startswith("clearing")} == dict(money)
        state = counter.order(order.application_id).state
        assert books.get("receivable", 0) == (FEE if state == "pending" else 0)
        assert books.get("fees", 0) == (0 if state in ("cancelled", "returning") else -FEE)
        assert -books.get("suspense", 0) == sum(mine.values()) - (FEE if state == "paid" else 0)
    paid = Tally(event.order_id for event in counter.harness.events(contract.ORDER_PAID))
    assert all(count == 1 for count in paid.values())


@pytest.mark.requirement("P-05")
def test_the_sum_of_all_postings_is_zero(counter) -> None:
    counter.paid(counter.ordered())
    counter.paid(counter.ordered(), amount=7)
    counter.ordered()
    assert counter.balances()
    assert sum(counter.balances().values()) == 0


@pytest.mark.requirement("P-05")
@pytest.mark.parametrize("amounts", [[], [100], [100, -99], [100, -50, -49]])
def test_the_database_refuses_an_unbalanced_entry(counter, amounts: list[int]) -> None:
    order = counter.ordered()

    def write() -> None:
        with counter.harness.uow() as uow:
            entry = {"entry_id": "led-x", "kind": "order_opened", "reference": "x", "order_id": order.order_id}
            entry["day"] = uow.today()
            uow.session.execute(insert(LedgerEntry).values(entry))
            for line, amount in enumerate(amounts):
                posting = {"entry_id": "led-x", "line": line, "account": "fees", "amount": amount}
                uow.session.execute(insert(LedgerPosting).values(posting))

    with pytest.raises(IntegrityError, match="not balanced"):
        write()


@pytest.mark.requirement("P-05")
@pytest.mark.parametrize("statement", [delete(LedgerPosting), update(LedgerPosting).values(amount=1)])
def test_the_service_cannot_change_the_books(counter, statement) -> None:
    counter.ordered()
    with pytest.raises(DBAPIError, match="permission denied"), counter.harness.uow() as uow:
        uow.session.execute(statement)


@pytest.mark.requirement("P-05")
def test_an_entry_that_does_not_balance_cannot_be_written_down() -> None:
    with pytest.raises(ValueError, match="sum to zero"):
        Entry("order_opened", "ord-1", Cause(order_id="ord-1"), (Posting("receivable", 100), Posting("fees", -99)))
    with pytest.raises(ValueError, match="sum to zero"):
        Entry("order_opened", "ord-1", Cause(order_id="ord-1"), (Posting("receivable", 0), Posting("fees", 0)))


def test_every_account_of_the_model_is_in_the_books(counter) -> None:
    from payment.ledger.store import LedgerAccount
    from sqlalchemy import select

    with counter.harness.uow() as uow:
        assert set(uow.session.scalars(select(LedgerAccount.code))) == {code for code, _, _ in ACCOUNTS}
        assert balances(uow.session) == {}


@pytest.mark.requirement("S-01")
def test_a_failure_while_settling_leaves_no_half(counter, monkeypatch: pytest.MonkeyPatch) -> None:
    from payment.settlement import handlers

    order = counter.ordered()
    counter.pay(counter.start(order), times=2)
    first, second = counter.notices()
    with monkeypatch.context() as broken:
        broken.setattr(handlers, "mark_paid", lambda *_: (_ for _ in ()).throw(RuntimeError("crash")))
        with pytest.raises((RuntimeError, Problem)):
            counter.call_back(first)
    assert counter.balances() == {"receivable": FEE, "fees": -FEE}
    counter.call_back(second)
    assert counter.balances() == {"clearing_wechat": FEE, "fees": -FEE}
