"""A day of the bank account: what statements say of it against the books, and balances that follow each other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from chassis.clock import SHANGHAI
from chassis.errors import Problem
from contracts.books import (
    EXPLAIN_DIFFERENCE,
    GET_RECONCILIATION,
    LIST_RECONCILIATIONS,
    ExplainDifference,
    ListReconciliations,
    ReconciliationOf,
    ReconciliationView,
)

from .test_refunds_by_bank import ANN, BEA, approved, made
from .test_statements import ACCOUNT, CASHIER, accept, account, csv, decide, named_csv, rows, set_aside, take

__all__ = ["account"]  # pytest takes the fixture from here
pytestmark = pytest.mark.requirement("P-04")


def compared(counter: Any, day: str = "2026-11-20") -> ReconciliationView:
    for _ in range(5):
        counter.harness.sweep("compare_days")
    asked = ReconciliationOf(day=date.fromisoformat(day), method="bank")
    view: ReconciliationView = counter.harness.call(GET_RECONCILIATION, asked, CASHIER)
    assert view.reconciliation.state == "done"
    return view


def told(view: ReconciliationView) -> dict[int, str]:
    """What explains each difference that is still there, by its amount at the bank."""
    return {one.theirs or 0: one.explanation for one in view.differences if one.cleared_at is None}


def explain(counter: Any, difference_id: str, words: str) -> None:
    said = ExplainDifference(difference_id=difference_id, explanation=words)
    counter.harness.call(EXPLAIN_DIFFERENCE, said, CASHIER)


def unbalanced(view: ReconciliationView) -> list[str]:
    """Statements that do not follow the one before, as far as nobody has explained it."""
    open_ = [one for one in view.differences if one.cleared_at is None and one.explained_by is None]
    return [one.number for one in open_ if one.what == "balance"]


def balanced(opening: str, closing: str, day: str, *rows: tuple[str, str]) -> bytes:
    entries = "".join(
        f":61:{day}{day[2:]}C{amount}NTRF//{day}{n}\n:86:{note}\n" for n, (amount, note) in enumerate(rows)
    )
    return (
        f":20:{day}\n:25:{ACCOUNT}\n:28C:1/1\n:60F:C{day}CNY{opening}\n{entries}:62F:C{day}CNY{closing}\n-\n".encode()
    )


def test_rows_that_are_not_in_the_books_are_explained_by_what_became_of_them(counter: Any) -> None:
    order = counter.ordered()
    take(
        counter,
        csv(
            ("300.00", "张三", order.serial_number),
            ("7.00", "无名氏", "?"),
            ("20.00", "银行", "存款利息"),
            ("-5.00", "银行", "手续费"),
            start=100_000,
        ),
    )
    first = compared(counter)
    day = first.reconciliation
    assert (day.our_payments, day.their_payments, day.their_refunds, day.rows) == (30_000, 32_700, 500, 4)
    assert told(first) == {700: "", 2_000: "", 500: "row:bank_fee"}
    assert day.open == 2, "nobody has said what the rows are that wait"
    waits = next(one for one in first.differences if one.theirs == 700)
    with pytest.raises(Problem, match="bank_row_waits"):
        explain(counter, waits.difference_id, "附言写错")
    by_amount = {one.amount: one.row_id for one in rows(counter, state="waiting")}
    decide(counter, by_amount[700], "return")
    decide(counter, by_amount[2_000], "explain", note="利息")
    again = compared(counter)
    assert told(again) == {2_000: "row:by_cashier", 500: "row:bank_fee"}
    assert (again.reconciliation.our_payments, again.reconciliation.open) == (30_700, 0)


def test_a_refund_that_people_say_has_left_is_a_task_until_a_statement_shows_it(counter: Any) -> None:
    today = datetime.now(SHANGHAI).date().isoformat()
    refund_id = approved(counter, 5_000)
    made(counter)
    counter.decide(refund_id, "attest", ANN)
    counter.decide(refund_id, "confirm", BEA)
    take(counter, csv(("1.00", "甲", "?"), day=today))
    missing = [one for one in compared(counter, today).differences if one.what == "refund"]
    assert [(one.kind, one.number, one.explained_by) for one in missing] == [("missing_there", refund_id, None)]
    take(counter, csv(("1.00", "甲", "?"), ("-50.00", "张三", f"退款 {refund_id}"), day=today))
    [cleared] = [one for one in compared(counter, today).differences if one.what == "refund"]
    assert cleared.cleared_at is not None


def test_a_statement_that_is_missing_between_two_is_a_task_until_it_comes(counter: Any) -> None:
    take(counter, balanced("0,", "100,", "261118", ("100,", "甲")))
    take(counter, balanced("150,", "180,", "261120", ("30,", "丙")))
    gap = compared(counter, "2026-11-20")
    [difference] = [one for one in gap.differences if one.what == "balance"]
    assert (difference.ours, difference.theirs, difference.kind) == (10_000, 15_000, "amount")
    assert gap.reconciliation.open == 2, "the gap, and the row that waits"
    open_days = counter.harness.call(LIST_RECONCILIATIONS, ListReconciliations(open_only=True), CASHIER)
    assert ("2026-11-20", "bank") in [(one.day.isoformat(), one.method) for one in open_days.items]
    take(counter, balanced("100,", "150,", "261119", ("50,", "乙")))
    assert unbalanced(compared(counter, "2026-11-19")) == unbalanced(compared(counter, "2026-11-20")) == []


def test_what_a_person_has_explained_stays_explained(counter: Any) -> None:
    take(counter, balanced("0,", "100,", "261118", ("100,", "甲")))
    take(counter, balanced("150,", "180,", "261120", ("30,", "丙")))
    [difference] = [one for one in compared(counter).differences if one.what == "balance"]
    explain(counter, difference.difference_id, "银行十九日停机")
    take(counter, balanced("150,", "190,", "261120", ("30,", "丙"), ("10,", "丁")))
    assert unbalanced(compared(counter)) == []


def test_a_statement_that_names_no_account_says_nothing_of_ours_before_a_cashier_does(counter: Any) -> None:
    take(counter, balanced("0,", "100,", "261118", ("100,", "甲")))
    nameless = balanced("150,", "180,", "261120", ("30,", "丙")).replace(ACCOUNT.encode(), b"/")
    unnamed = take(counter, nameless, confirm=False)
    assert unnamed.needs_acceptance
    counter.harness.sweep("compare_days")
    days = counter.harness.call(LIST_RECONCILIATIONS, ListReconciliations(), CASHIER).items
    assert "2026-11-20" not in [one.day.isoformat() for one in days if one.method == "bank"]
    take(counter, balanced("100,", "101,", "261121", ("1,", "丁")))
    assert unbalanced(compared(counter, "2026-11-21")) == [], "the unnamed one is not what went before"
    accept(counter, unnamed.statement_id)
    counter.harness.run_worker()
    later = compared(counter)
    assert later.reconciliation.their_payments == 3_000
    assert len(unbalanced(later)) == 1, "it opens with more than the first one closes with"


def test_a_day_has_only_what_a_statement_of_ours_says_of_it(counter: Any) -> None:
    unnamed = take(counter, csv(("30.00", "丙", "?")), confirm=False)
    take(counter, named_csv(("5.00", "戊", "?")))
    assert compared(counter).reconciliation.their_payments == 500
    accept(counter, unnamed.statement_id)
    counter.harness.run_worker()
    assert compared(counter).reconciliation.their_payments == 3_500


def test_a_file_that_is_not_the_office_s_says_nothing_of_a_day(counter: Any) -> None:
    unnamed = take(counter, csv(("30.00", "丙", "?")), confirm=False)
    named = take(counter, named_csv(("5.00", "戊", "?")))
    assert named.missing == 0
    set_aside(counter, unnamed.statement_id)
    assert compared(counter).reconciliation.their_payments == 500


def test_a_day_says_which_rows_an_earlier_file_has_and_a_later_one_has_not(counter: Any) -> None:
    stays, goes = ("20.00", "李四", "捐款"), ("31.00", "王五", "误记")
    earlier = take(counter, csv(stays, goes))
    assert compared(counter).missing == []
    later = take(counter, csv(stays, ("42.00", "赵六", "新来")))
    [lost] = rows(counter, missing_from=later.statement_id)
    [said] = compared(counter).missing
    assert (said.row_id, said.amount) == (lost.row_id, 3_100)
    assert (said.earlier_id, said.earlier) == (earlier.statement_id, earlier.file_name)
    assert (said.statement_id, said.file) == (later.statement_id, later.file_name)
    assert rows(counter, missing_from=earlier.statement_id) == [], "what comes later is not missing from it"
    take(counter, csv(stays, goes, ("42.00", "赵六", "新来")))
    assert [one.statement_id for one in compared(counter).missing] == [later.statement_id]
