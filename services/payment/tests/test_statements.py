"""Bank statements: read, kept, matched by serial number, and never counted twice."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import Harness, person, staff_actor
from contracts.payment import ORDER_PAID
from contracts.statements import (
    ACCEPT_STATEMENT,
    DECIDE_BANK_ROW,
    GET_BANK_ROW,
    GET_STATEMENT,
    LIST_BANK_ROWS,
    TAKE_STATEMENT,
    AcceptStatement,
    BankRowRef,
    BankRowView,
    DecideBankRow,
    ListBankRows,
    StatementRef,
    StatementView,
    TakeStatement,
)
from openpyxl import Workbook
from payment.orders.store import Order
from payment.statements import importing

CASHIER = staff_actor("cashier", id="acc-cashier-ann")
ACCOUNT = "110060000010149999999"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_BANK_PAYEE", "中国版权保护中心")
    monkeypatch.setenv("REGISTRY_BANK_NAME", "交通银行")
    monkeypatch.setenv("REGISTRY_BANK_ACCOUNT", ACCOUNT)


def csv(*rows: tuple[str, str, str], day: str = "2026-11-20", start: int = 0) -> bytes:
    """A statement of China Merchants Bank: amount, payer, note of each row, with balances that follow."""
    lines, balance = ["记账日期,货币,交易金额,联机余额,交易摘要,对手信息,客户摘要"], start
    for amount, payer, note in rows:
        balance += round(float(amount) * 100)
        lines.append(f"{day},CNY,{amount},{balance / 100:.2f},转账,{payer},{note}")
    return "\n".join(lines).encode("gb18030")


def named_csv(*rows: tuple[str, str, str], start: int = 0) -> bytes:
    """The same with our account above the table."""
    return f"账号：{ACCOUNT}\n".encode("gb18030") + csv(*rows, start=start)


def mt940(*rows: tuple[str, str], closing: str) -> bytes:
    entries = "".join(f":61:2611201120C{amount}NTRF//REF{n}\n:86:{note}\n" for n, (amount, note) in enumerate(rows))
    return f":20:1\n:25:{ACCOUNT}\n:28C:1/1\n:60F:C261119CNY0,\n{entries}:62F:C261120CNY{closing}\n-\n".encode()


def camt(note: str, amount: str = "300.00") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Acct><Id><Othr><Id>{ACCOUNT}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>A1</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>张三</Nm>
</Pty></Dbtr></RltdPties><RmtInf><Ustrd>{note}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">301.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
</Stmt></BkToCstmrStmt></Document>""".encode()


def take(counter: Any, data: bytes, *, confirm: bool = True) -> StatementView:
    """Of a file that names no account, the cashier says that it is ours, unless not to ``confirm``."""
    harness: Harness = counter.harness
    receipt = harness.receipt(CASHIER.subject, data, "statement.csv")
    taken = harness.call(TAKE_STATEMENT, TakeStatement(receipt=receipt), CASHIER)
    harness.run_worker()
    found: StatementView = harness.call(GET_STATEMENT, StatementRef(statement_id=taken.statement_id), CASHIER)
    if any(not part.named for part in found.periods) and not found.accepted_by and confirm:
        accept(counter, found.statement_id)
        harness.run_worker()
        found = harness.call(GET_STATEMENT, StatementRef(statement_id=taken.statement_id), CASHIER)
    return found


def accept(counter: Any, statement_id: str, account: str = ACCOUNT[-4:]) -> StatementView:
    asked = AcceptStatement(statement_id=statement_id, note="网银导出的本户流水", account=account)
    return counter.harness.call(ACCEPT_STATEMENT, asked, CASHIER)


def rows(counter: Any, **wanted: Any) -> list[BankRowView]:
    return counter.harness.call(LIST_BANK_ROWS, ListBankRows(**wanted), CASHIER).items


def row(counter: Any, row_id: str) -> BankRowView:
    return counter.harness.call(GET_BANK_ROW, BankRowRef(row_id=row_id), CASHIER)


def decide(counter: Any, row_id: str, step: str, **more: Any) -> BankRowView:
    request = DecideBankRow.model_validate({"row_id": row_id, "step": step, **more})
    return counter.harness.call(DECIDE_BANK_ROW, request, CASHIER)


def set_aside(counter: Any, statement_id: str, note: str = "误交了食堂账户的对账单") -> StatementView:
    asked = AcceptStatement(statement_id=statement_id, step="set_aside", note=note)
    return counter.harness.call(ACCEPT_STATEMENT, asked, CASHIER)


def money(counter: Any) -> dict[str, int]:
    """The books, without what is owed and earned."""
    return {name: fen for name, fen in counter.balances().items() if name not in ("receivable", "fees")}


@pytest.mark.requirement("P-03")
@pytest.mark.parametrize(
    "written",
    [
        lambda note: csv(("300.00", "某公司", note)),
        lambda note: mt940(("300,00", note), closing="300,00"),
        camt,
    ],
    ids=["csv", "mt940", "camt.053"],
)
def test_a_row_with_the_serial_number_pays_its_order(counter: Any, written: Any) -> None:
    order = counter.ordered()
    found = take(counter, written(f"《城南旧事新编》{order.serial_number}"))
    assert (found.state, found.rows, found.waiting, found.needs_acceptance) == ("done", 1, 0, False)
    paid = counter.order(order.application_id)
    assert (paid.state, paid.payments[0].method, paid.payments[0].state) == ("paid", "bank", "succeeded")
    assert [one.order_id for one in counter.harness.events(ORDER_PAID)] == [order.order_id]
    assert money(counter) == {"clearing_bank": 30_000}
    [kept] = rows(counter, state="settled")
    shown = row(counter, kept.row_id)
    assert [one.order_id for one in shown.orders] == [order.order_id]
    assert [one.action for one in shown.actions] == ["settle"]


@pytest.mark.requirement("P-03")
def test_the_same_statement_and_overlapping_ones_count_once(counter: Any) -> None:
    orders = [counter.ordered() for _ in range(3)]
    lines = [("300.00", "张三", order.serial_number) for order in orders]
    equal = ("20.00", "李四", "捐款")
    first = take(counter, csv(lines[0], equal))
    assert take(counter, csv(lines[0], equal)).statement_id == first.statement_id
    second = take(counter, csv(lines[0], equal, equal, *lines[1:]))
    assert (second.rows, second.known, second.missing) == (5, 2, 0)
    shorter = take(counter, csv(lines[0], lines[1]))
    assert (shorter.rows, shorter.known, shorter.missing) == (2, 2, 3)
    lost = rows(counter, missing_from=shorter.statement_id)
    assert sorted(one.amount for one in lost) == [2_000, 2_000, 30_000]
    assert [lines[2][2] in one.note for one in lost if one.amount == 30_000] == [True]
    assert rows(counter, missing_from=second.statement_id) == []
    changed = take(counter, csv(("300.00", "张三", "另一附言"), equal))
    assert (changed.known, changed.changed) == (2, 1)
    assert money(counter) == {"clearing_bank": 90_000}
    assert [one.amount for one in rows(counter, state="waiting")] == [2_000, 2_000]


@pytest.mark.requirement("P-03")
def test_what_leaves_doubt_waits_with_a_reason_and_candidates(counter: Any) -> None:
    mine, hers = counter.ordered(), counter.order(counter.submitted(account="acc-other"), person("acc-other"))
    paid = counter.ordered()
    counter.paid(paid)
    number = mine.serial_number
    written = {
        "unmatched": ("300.00", "无名氏", "登记费"),
        "partial": ("100.00", "张三", number),
        "over": ("400.00", "张三", number),
        "late": ("300.00", "张三", paid.serial_number),
        "several_owners": ("600.00", "张三", f"{number} {hers.serial_number}"),
        "debit": ("-50.00", "某公司", "电费"),
    }
    take(counter, csv(*written.values(), start=100_000))
    assert {one.reason: one.amount for one in rows(counter, state="waiting")} == {
        name: round(float(amount) * 100) for name, (amount, _, _) in written.items() if name != "partial"
    }
    [part] = rows(counter, state="settled")
    assert (part.reason, part.amount) == ("part_payment", 10_000), "what is missing is said to who has sent it"
    assert counter.order(mine.application_id).state == "pending"
    for one in rows(counter, state="waiting"):
        if one.reason == "over":
            assert row(counter, one.row_id).candidates[0].order_id == mine.order_id
        if one.reason == "debit":
            assert one.steps == ["refund", "explain"]


@pytest.mark.requirement("P-03")
def test_a_cashier_joins_two_parts_returns_what_is_nobodys_and_explains_the_rest(counter: Any) -> None:
    order = counter.ordered()
    take(
        counter,
        csv(
            ("100.00", "张三", "登记费"),
            ("210.00", "张三", "登记费，余款"),
            ("7.00", "无", "?"),
            ("-5.00", "无", "电"),
        ),
    )
    by_amount = {one.amount: one.row_id for one in rows(counter, state="waiting")}
    with pytest.raises(Problem, match="bank_rows_too_little"):
        decide(counter, by_amount[10_000], "assign", order_ids=[order.order_id])
    with pytest.raises(Problem, match="action_not_allowed"):
        decide(counter, by_amount[-500], "return")
    decide(counter, by_amount[10_000], "assign", order_ids=[order.order_id], with_rows=[by_amount[21_000]])
    assert counter.order(order.application_id).state == "paid"
    assert decide(counter, by_amount[700], "return").refund_id
    decide(counter, by_amount[-500], "explain", note="电费")
    assert rows(counter, state="waiting") == []
    assert money(counter) == {"clearing_bank": 31_700, "suspense": -1_700}
    assert sorted(one.amount for one in counter.refunds("held", CASHIER)) == [700, 1_000]
    with pytest.raises(Problem, match="action_not_allowed"):
        decide(counter, by_amount[700], "return")


@pytest.mark.requirement("P-03")
def test_a_statement_that_does_not_balance_waits_until_a_cashier_has_seen_it(counter: Any) -> None:
    order = counter.ordered()
    found = take(counter, mt940(("300,00", order.serial_number), closing="299,00"))
    assert (found.periods[0].balances, found.needs_acceptance, found.waiting) == (False, True, 1)
    assert counter.order(order.application_id).state == "pending"
    accept = AcceptStatement(statement_id=found.statement_id, note="银行已更正期末余额")
    counter.harness.call(ACCEPT_STATEMENT, accept, CASHIER)
    counter.harness.run_worker()
    assert counter.order(order.application_id).state == "paid"
    with pytest.raises(Problem, match="action_not_allowed"):
        counter.harness.call(ACCEPT_STATEMENT, accept, CASHIER)


@pytest.mark.requirement("P-03")
@pytest.mark.parametrize(
    ("data", "problem", "line"),
    [
        (b"", "statement_empty", 0),
        (b"%PDF-1.7", "statement_unknown_format", 0),
        (b"hello, world", "statement_unknown_format", 0),
        (b":86:no statement", "statement_fragment", 1),
        (b":20:1\n:25:1\n:60F:C261119CNY0,\n:61:261120C1x\n", "statement_row_unreadable", 4),
        ('记账日期,货币,交易金额,联机余额,交易摘要\n2026-11-20,CNY,"1,5",1,x'.encode(), "statement_row_unreadable", 2),
        (b"<?xml version='1.0'?><Document><Stmt>", "statement_not_readable", 1),
        (b"<!DOCTYPE a [<!ENTITY b 'x'>]><a>&b;</a>", "statement_unknown_format", 0),
    ],
)
def test_what_is_no_statement_is_refused_with_a_reason(counter: Any, data: bytes, problem: str, line: int) -> None:
    if not data:
        data = b"\n"
    found = take(counter, data)
    assert (found.state, found.problem, found.line, found.rows) == ("refused", problem, line, 0)


def workbook(*rows: tuple[Any, ...], heading: int = 0) -> bytes:
    """A statement of China Construction Bank as it gives it: a spreadsheet with lines above the header."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for _ in range(heading):
        sheet.append([])
    sheet.append(["账　　号：", ACCOUNT])
    sheet.append(["记账日  ", "支出 ", "收入 ", "账户余额", "币种", "摘要", "对方账号", "对方户名"])
    for row in rows:
        sheet.append(list(row))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.requirement("P-03")
def test_a_spreadsheet_of_a_bank_is_read_like_its_text_files(counter: Any) -> None:
    order = counter.ordered()
    booked = [
        ("20261120", 0, order.amount / 100, 300, "人民币", f"登记费{order.serial_number}", "622", "张三"),
        (date(2026, 11, 21), 12.5, 0, 287.5, "人民币", "手续费", "", ""),
    ]
    taken = take(counter, workbook(*booked, heading=3))
    assert (taken.state, taken.format, taken.rows) == ("done", "ccb", 2)
    assert [period.account for period in taken.periods] == [ACCOUNT]
    assert counter.order(order.application_id).state == "paid"
    [kept] = rows(counter, state="settled")
    assert (kept.line, kept.amount) == (6, order.amount)


@pytest.mark.requirement("P-03")
@pytest.mark.parametrize("data", [workbook(), b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old"])
def test_a_workbook_that_is_no_statement_is_refused(counter: Any, data: bytes) -> None:
    assert take(counter, data).state == "refused"


class Killed(BaseException):
    """Ends a process where it is, past every handler."""


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("S-01")
def test_a_worker_that_dies_in_the_middle_of_a_statement_counts_each_row_once(
    counter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = counter.ordered()
    data = csv(("300.00", "张三", order.serial_number), ("7.00", "无名氏", "?"), ("8.00", "无名氏", "?"))
    deaths = iter([Killed, Killed])

    def die(name: str) -> None:
        if name == "statement.kept" and (death := next(deaths, None)):
            raise death

    monkeypatch.setattr(importing, "AT_ONCE", 2)
    monkeypatch.setattr(importing, "failpoint", die)
    for _ in range(2):
        with pytest.raises(Killed):
            take(counter, data)
        counter.harness.as_owner("UPDATE bank_statements SET leased_until = NULL WHERE state = 'reading'")
    found = take(counter, data)
    assert (found.state, found.rows, found.known, found.waiting) == ("done", 3, 0, 2)
    assert counter.order(order.application_id).state == "paid"
    assert money(counter) == {"clearing_bank": 30_000}


@pytest.mark.requirement("P-03")
@pytest.mark.parametrize("payer", ["张三 6222020200001111", "张三（6222****1111）", "李四"])
def test_open_orders_of_the_same_payer_or_amount_are_offered_the_payers_first(counter: Any, payer: str) -> None:
    mine, other = counter.ordered(), counter.ordered()
    with counter.harness.uow() as uow:
        uow.session.get_one(Order, other.order_id).payer = "王五"
    take(counter, csv(("300.00", payer, "登记费")))
    [waiting] = rows(counter, state="waiting")
    offered = {one.order_id: one.why for one in row(counter, waiting.row_id).candidates}
    assert offered.keys() >= {mine.order_id, other.order_id}
    assert offered[other.order_id] == ["amount"]
    if payer != "李四":
        assert next(iter(offered)) == mine.order_id
        assert offered[mine.order_id] == ["amount", "payer"]


@pytest.mark.requirement("P-03")
def test_a_row_is_assigned_by_serial_number_and_a_wrong_one_is_said_to_a_cashier(counter: Any) -> None:
    order = counter.ordered()
    take(counter, csv(("300.00", "李四", "?")))
    [waiting] = rows(counter, state="waiting")
    with pytest.raises(Problem, match="bank_row_order_unknown"):
        decide(counter, waiting.row_id, "assign", order_ids=["2026Z11S999999"])
    with pytest.raises(Problem, match="bank_row_order_unknown"):
        decide(counter, waiting.row_id, "return", order_ids=["ord-none"])
    paid = decide(counter, waiting.row_id, "assign", order_ids=[order.serial_number.lower()])
    assert [one.order_id for one in paid.orders] == [order.order_id]
    assert counter.order(order.application_id).state == "paid"


@pytest.mark.requirement("P-04")
def test_a_statement_of_somebody_else_is_set_aside_as_a_whole_while_nothing_of_it_is_used(counter: Any) -> None:
    wrong = take(counter, csv(("300.00", "甲", "菜款"), ("-20.00", "乙", "水费"), ("5.00", "丙", "?")))
    assert (wrong.waiting, wrong.may_set_aside) == (3, True)
    with pytest.raises(Problem, match="request_invalid"):
        set_aside(counter, wrong.statement_id, note=" ")
    after = set_aside(counter, wrong.statement_id)
    assert (after.waiting, after.may_set_aside, [one.ours for one in after.periods]) == (0, False, [False])
    assert {(one.state, one.reason) for one in rows(counter)} == {("explained", "set_aside")}
    with pytest.raises(Problem, match="action_not_allowed"):
        set_aside(counter, wrong.statement_id)
    used = take(counter, csv(("1.00", "丁", "?"), ("2.00", "戊", "?"), day="2026-11-21"))
    decide(counter, rows(counter, state="waiting")[0].row_id, "return")
    with pytest.raises(Problem, match="action_not_allowed"):
        set_aside(counter, used.statement_id)


@pytest.mark.requirement("P-04")
def test_what_is_set_aside_waits_again_in_another_statement_and_what_stands_in_a_good_one_still_waits(
    counter: Any,
) -> None:
    order = counter.ordered()
    ours, theirs, both = ("300.00", "甲", order.serial_number), ("5.00", "丙", "菜款"), ("7.00", "丁", "?")
    wrong = take(counter, csv(ours, theirs, both).replace(b",312.00,", b",999.00,"), confirm=False)
    assert take(counter, csv(both, start=500)).known == 1
    after = set_aside(counter, wrong.statement_id)
    assert (after.set_aside, after.waiting, after.may_set_aside) == (True, 1, False)
    assert {one.payer: one.state for one in rows(counter)} == {"甲": "explained", "丙": "explained", "丁": "waiting"}
    with pytest.raises(Problem, match="action_not_allowed"):
        set_aside(counter, wrong.statement_id)
    later = take(counter, csv(theirs, start=9000))
    assert (later.set_aside, later.waiting, later.may_set_aside) == (False, 1, True)
    [again] = rows(counter, statement_id=later.statement_id)
    assert (again.state, again.reason) == ("waiting", "unmatched")
    assert [one.action for one in row(counter, again.row_id).actions] == ["explain", "reopen"]
    set_aside(counter, later.statement_id)
    assert row(counter, again.row_id).reason == "set_aside", "a statement that was set aside is no other one"
    take(counter, csv(ours, theirs, start=70000))
    assert {one.payer: one.state for one in rows(counter)} == {"甲": "settled", "丙": "waiting", "丁": "waiting"}
    assert counter.order(order.application_id).state == "paid"


@pytest.mark.requirement("P-03")
def test_nothing_of_a_statement_that_names_no_account_is_booked_before_a_cashier_says_whose_it_is(
    counter: Any,
) -> None:
    order = counter.ordered()
    told = take(
        counter, csv(("300.00", "某公司", order.serial_number), ("-3.00", "", "rfd-" + "0" * 26)), confirm=False
    )
    assert ([part.named for part in told.periods], told.needs_acceptance, told.waiting) == ([False], True, 2)
    assert {one.reason for one in rows(counter)} == {"account_unnamed"}
    assert counter.order(order.application_id).state == "pending"
    for wrong in ("", "999", "0000", ACCOUNT[:4], "****", f"{ACCOUNT}1"):
        with pytest.raises(Problem, match="statement_account_differs"):
            accept(counter, told.statement_id, wrong)
    accept(counter, told.statement_id, f" {ACCOUNT[-8:-4]} {ACCOUNT[-4:]}")
    counter.harness.run_worker()
    assert counter.order(order.application_id).state == "paid"
    with pytest.raises(Problem, match="action_not_allowed"):
        accept(counter, told.statement_id)


def of_two(counter: Any, other: str, first: str, second: str, amount: str = "300,00") -> StatementView:
    """A file with the statements of an account that is not ours and of one that does not balance."""
    theirs = mt940((amount, first), closing=amount).replace(ACCOUNT.encode(), other.encode())
    ours = mt940((amount, second), closing="999,00").replace(b":20:1", b":20:2")
    return take(counter, theirs + ours)


def other_file(counter: Any) -> StatementView:
    """Of two parts with nothing that pays, the second accepted."""
    found = of_two(counter, "6222000099997777", "?", "??", "7,00")
    asked = AcceptStatement(statement_id=found.statement_id, note="核实", parts=[2])
    counter.harness.call(ACCEPT_STATEMENT, asked, CASHIER)
    counter.harness.run_worker()
    return found


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("P-04")
def test_each_part_of_a_statement_is_accepted_by_itself(counter: Any) -> None:
    first, second = counter.ordered(), counter.ordered()
    told = of_two(counter, "6222000099998888", first.serial_number, second.serial_number)
    assert [(part.ours, part.balances, part.needs_acceptance) for part in told.periods] == [
        (False, True, True),
        (True, False, True),
    ]

    def word(*parts: int) -> StatementView:
        asked = AcceptStatement(statement_id=told.statement_id, note=f"核实 {parts}", parts=list(parts))
        counter.harness.call(ACCEPT_STATEMENT, asked, CASHIER)
        counter.harness.run_worker()
        return counter.harness.call(GET_STATEMENT, StatementRef(statement_id=told.statement_id), CASHIER)

    for wrong in ((), (3,), (1, 3)):
        with pytest.raises(Problem, match="request_invalid"):
            word(*wrong)
    after = word(2)
    assert [part.accepted for part in after.periods] == [False, True]
    assert (after.needs_acceptance, after.waiting) == (True, 1)
    states = [counter.order(order.application_id).state for order in (first, second)]
    assert states == ["pending", "paid"], "one word is not for the other account"
    with pytest.raises(Problem, match="request_invalid"):
        word(2)
    aside = set_aside(counter, other_file(counter).statement_id)
    assert not aside.needs_acceptance, "what is set aside waits for no word"
    last = word()
    assert ([part.accepted for part in last.periods], last.needs_acceptance) == ([True, True], False)
    assert counter.order(first.application_id).state == "paid"
    assert last.accepted.splitlines() == ["核实 (2,)", "核实 ()"]


@pytest.mark.requirement("P-04")
def test_a_statement_whose_rows_another_without_an_account_had_first_waits_for_them_and_can_be_set_aside(
    counter: Any,
) -> None:
    first, second = ("300.00", "甲", "菜款"), ("5.00", "丙", "?")
    take(counter, csv(first, second), confirm=False)
    again = take(counter, csv(first), confirm=False)
    assert (again.known, again.needs_acceptance, again.waiting, again.may_set_aside) == (1, True, 1, True)
    after = set_aside(counter, again.statement_id)
    assert (after.set_aside, after.waiting) == (True, 1), "the row still stands in the other file"


@pytest.mark.requirement("P-03")
def test_a_debit_in_a_statement_of_another_account_is_no_refund_that_left(counter: Any) -> None:
    other = "账号：6222000099998888\n".encode("gb18030") + csv(("-3.00", "", "rfd-" + "0" * 26))
    assert [part.ours for part in take(counter, other).periods] == [False]
    assert {one.reason for one in rows(counter)} == {"other_account"}
    assert take(counter, named_csv(("1.00", "丙", "?"))).needs_acceptance is False


@pytest.mark.requirement("P-04")
def test_several_rows_are_explained_at_once_or_none_is(counter: Any) -> None:
    take(counter, csv(("20.00", "银行", "存款利息"), ("21.00", "银行", "存款利息"), ("22.00", "银行", "存款利息")))
    first, second, third = (one.row_id for one in rows(counter, state="waiting"))
    decide(counter, first, "explain", with_rows=[second], note="利息")
    assert row(counter, second).state == "explained"
    with pytest.raises(Problem, match="action_not_allowed"):
        decide(counter, third, "explain", with_rows=[second], note="利息")
    assert row(counter, third).state == "waiting"


@pytest.mark.requirement("P-03")
def test_a_statement_that_was_sent_before_is_said_to_be(counter: Any) -> None:
    data = csv(("20.00", "银行", "存款利息"))
    taken = [
        counter.harness.call(
            TAKE_STATEMENT, TakeStatement(receipt=counter.harness.receipt(CASHIER.subject, data, name)), CASHIER
        )
        for name in ("statement.csv", "again.csv")
    ]
    assert [one.again for one in taken] == [False, True]
    assert taken[0].statement_id == taken[1].statement_id


@pytest.mark.requirement("P-03")
def test_rows_that_came_without_an_account_are_matched_when_a_statement_that_names_ours_has_them(counter: Any) -> None:
    order = counter.ordered()
    paying, fee = ("300.00", "某公司", order.serial_number), ("-5.00", "银行", "手续费")
    take(counter, csv(paying, fee, ("1.00", "丙", "?")), confirm=False)
    again = take(counter, csv(paying, fee, start=0), confirm=False)
    assert {one.reason for one in rows(counter)} == {"account_unnamed"}, "no file has named an account"
    assert again.needs_acceptance
    take(counter, named_csv(paying, fee))
    assert counter.order(order.application_id).state == "paid"
    found = {one.amount: (one.state, one.reason) for one in rows(counter)}
    assert found == {
        30_000: ("settled", "exact"),
        -500: ("explained", "bank_fee"),
        100: ("waiting", "account_unnamed"),
    }


@pytest.mark.requirement("P-03")
def test_a_cashier_s_word_for_one_file_is_enough_for_what_another_without_an_account_had_first(counter: Any) -> None:
    order = counter.ordered()
    paying = ("300.00", "某公司", order.serial_number)
    take(counter, csv(paying), confirm=False)
    take(counter, csv(paying, ("1.00", "丙", "?")))
    assert counter.order(order.application_id).state == "paid"


@pytest.mark.requirement("P-03")
def test_rows_without_an_account_wait_for_the_file_that_names_ours_and_does_not_balance(counter: Any) -> None:
    order = counter.ordered()
    take(counter, csv(("300.00", "某公司", order.serial_number)), confirm=False)
    doubtful = named_csv(("300.00", "某公司", order.serial_number), ("1.00", "丙", "?")).replace(b"301.00", b"302.00")
    found = take(counter, doubtful)
    assert found.needs_acceptance
    assert {one.reason for one in rows(counter)} == {"unbalanced"}
    accept(counter, found.statement_id)
    counter.harness.run_worker()
    assert counter.order(order.application_id).state == "paid"


@pytest.mark.requirement("P-03")
def test_a_fee_in_a_statement_that_names_no_account_is_ours_when_a_cashier_says_so(counter: Any) -> None:
    told = take(counter, csv(("-5.00", "银行", "手续费"), ("-6.00", "银行", "转出")), confirm=False)
    assert [(one.state, one.reason) for one in rows(counter)] == [("waiting", "account_unnamed")] * 2
    accept(counter, told.statement_id)
    counter.harness.run_worker()
    assert {one.amount: (one.state, one.reason) for one in rows(counter)} == {
        -500: ("explained", "bank_fee"),
        -600: ("waiting", "debit"),
    }


@pytest.mark.requirement("P-03")
def test_money_that_came_twice_is_held_as_that_and_not_as_a_stranger_s(counter: Any) -> None:
    order = counter.ordered()
    counter.paid(order)
    take(counter, csv(("300.00", "张三", order.serial_number)))
    [waiting] = rows(counter, state="waiting")
    assert [(one.order_id, one.state) for one in row(counter, waiting.row_id).candidates] == [(order.order_id, "paid")]
    decide(counter, waiting.row_id, "return")
    [held] = counter.refunds("held", CASHIER)
    assert (held.because, held.order_id) == ("order_not_payable", order.order_id)
    take(counter, csv(("20.00", "李四", "不知道什么款"), start=30_000))
    [stranger] = rows(counter, state="waiting")
    decide(counter, stranger.row_id, "return")
    assert {one.because for one in counter.refunds("held", CASHIER)} == {"order_not_payable", "order_unknown"}


@pytest.mark.requirement("P-03")
def test_a_statement_of_the_rest_of_a_day_misses_nothing(counter: Any) -> None:
    morning = [(f"{n}.00", "张三", f"上午 {n}") for n in range(1, 6)]
    take(counter, csv(*morning))
    rest = take(counter, csv(("9.00", "李四", "下午"), start=1_500))
    assert (rest.rows, rest.known, rest.missing) == (1, 0, 0)
    shorter = take(counter, csv(*morning[:2], ("9.00", "李四", "下午")))
    assert (shorter.known, shorter.missing) == (3, 3)


@pytest.mark.requirement("P-03")
def test_the_rows_of_a_file_are_listed_in_its_order_page_by_page(counter: Any) -> None:
    written = [(f"{fen}.00", "某人", f"说明{at}") for at, fen in enumerate((30, 5, 77, 5, 12))]
    found = take(counter, csv(*written))
    told, cursor = list[str](), None
    while True:
        asked = ListBankRows(statement_id=found.statement_id, limit=2, cursor=cursor)
        page = counter.harness.call(LIST_BANK_ROWS, asked, CASHIER)
        told += [one.note.split("\n")[0] for one in page.items]
        if (cursor := page.next_cursor) is None:
            break
    assert told == [note for _, _, note in written]
    with pytest.raises(Problem, match="request_invalid"):
        rows(counter, statement_id=found.statement_id, cursor="2026-11-20|brw-1")


@pytest.mark.requirement("P-03")
def test_entries_of_camt_are_listed_in_the_order_of_the_file(counter: Any) -> None:
    entry = camt("ONE").decode().split("<Ntry>", 1)[1].split("</Ntry>", 1)[0]
    more = "".join(f"<Ntry>{entry.replace('ONE', note)}</Ntry>" for note in ("C", "A", "B"))
    head, tail = camt("ONE").decode().split(f"<Ntry>{entry}</Ntry>")
    found = take(counter, f"{head}{more}{tail.replace('301.00', '901.00')}".encode())
    assert [one.note for one in rows(counter, statement_id=found.statement_id)] == ["C", "A", "B"]


@pytest.mark.requirement("P-03")
def test_beside_a_number_that_exists_no_paid_order_of_a_stranger_is_shown(counter: Any) -> None:
    first = counter.ordered()
    strangers = [counter.ordered() for _ in range(3)]
    for one in strangers:
        counter.paid(one)
    take(counter, csv(("400.00", "某公司", first.serial_number), ("100.00", "某公司", f"{first.serial_number[:-1]}X")))
    by_reason = {one.reason: row(counter, one.row_id).candidates for one in rows(counter, state="waiting")}
    assert [one.order_id for one in by_reason["over"]] == [first.order_id]
    assert [one.order_id for one in by_reason["number_misspelled"]] == [first.order_id]
