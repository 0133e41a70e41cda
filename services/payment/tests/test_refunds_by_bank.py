"""Refunds through the bank: in a payment file by the standard, once each, confirmed by two or by a statement."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from contracts.base import Empty
from contracts.cashier import CASHIER_WORK
from contracts.refunds import (
    GET_PAYMENT_FILE,
    MAKE_PAYMENT_FILE,
    REFUND_ADVANCED,
    TOTAL_REFUNDS,
    Payee,
    PaymentFile,
    PaymentFileRef,
)
from lxml import etree
from payment.providers.model import ProviderReport
from payment.refunds.by_bank import left_by_statement
from payment.refunds.payment_file import NAMESPACE, Debtor, Transfer, payment_file
from payment.refunds.store import RefundFile
from payment.settlement.handlers import take_in
from sqlalchemy import select

from .test_statements import account, csv, row, rows, take

__all__ = ["account"]  # pytest takes the fixture from here
ANN, BEA = (staff_actor("cashier", id=f"acc-cashier-{name}") for name in ("ann", "bea"))
SCHEMA = etree.XMLSchema(etree.parse(str(Path(__file__).parent / "schemas" / "pain.001.001.09.xsd")))
PAYEE = {"name": "张三", "account": "6222020200112233445", "bank": "中国工商银行北京分行", "bank_code": "102100099996"}
WHY = "没有流水可对，按付款人来信"
_numbers = count(1)
_days = count(2)


def came(counter: Any, amount: int) -> str:
    """A remittance that nobody can place; its refund."""
    report = ProviderReport("bank", "", "paid", "statement", amount, transaction_id=f"BANK{next(_numbers)}")
    with counter.harness.uow() as uow:
        take_in(report, [], None, "order_unknown", uow)
    [held] = [one for one in counter.refunds("held", ANN) if one.transaction_id == report.transaction_id]
    return str(held.refund_id)


def approved(counter: Any, amount: int = 12_345, **payee: str) -> str:
    refund_id = came(counter, amount)
    counter.ask(ANN, refund_id=refund_id, payee={**PAYEE, **payee}, payee_why=WHY)
    counter.decide(refund_id, "approve", BEA)
    return refund_id


def made(counter: Any) -> PaymentFile:
    view = counter.harness.call(MAKE_PAYMENT_FILE, Empty(), ANN)
    found: PaymentFile = counter.harness.call(GET_PAYMENT_FILE, PaymentFileRef(file_id=view.file_id), BEA)
    return found


def texts(content: str, tag: str) -> list[str]:
    return [element.text for element in etree.fromstring(content.encode()).iter(f"{{{NAMESPACE}}}{tag}")]


@pytest.mark.requirement("P-04")
def test_the_file_is_what_the_standard_says_and_has_each_refund_once(counter: Any) -> None:
    refunds = [approved(counter, amount) for amount in (12_345, 1, 99_999_999)]
    approved(counter, 100, bank_code="ICBKCNBJXXX")
    found = made(counter)
    SCHEMA.assertValid(etree.fromstring(found.content.encode()))
    assert (found.file.transfers, found.file.total) == (4, 12_345 + 1 + 99_999_999 + 100)
    assert texts(found.content, "EndToEndId")[:3] == refunds
    assert texts(found.content, "InstdAmt") == ["123.45", "0.01", "999999.99", "1.00"]
    assert texts(found.content, "CtrlSum") == ["1000124.45"] * 2
    assert texts(found.content, "MmbId") == [PAYEE["bank_code"]] * 3
    assert texts(found.content, "BICFI") == ["ICBKCNBJXXX"]
    assert {counter.refund(one, ANN).file_id for one in refunds} == {found.file.file_id}
    with pytest.raises(Problem, match="refunds_none_to_send"):
        made(counter)
    assert counter.balances() == {"clearing_bank": found.file.total, "refunds_sent": -found.file.total}
    with counter.harness.uow() as uow:
        assert PAYEE["account"].encode() not in uow.session.scalars(select(RefundFile.content)).one()


@pytest.mark.requirement("P-04")
@pytest.mark.parametrize("name", ["张三", "O'Neil & Söhne <GmbH>", "𠮷野家（北京）有限公司", "=HYPERLINK(1)"])
def test_any_name_makes_a_valid_file(name: str) -> None:
    payee = Payee.model_validate({**PAYEE, "name": name})
    transfers = [Transfer("rfd-1", 1, payee, "退款 & <更多>" * 30)]
    debtor = Debtor("中国版权保护中心", "0200 0012 3456 7890 123", "工商银行")
    content = payment_file("rff-1", datetime(2026, 11, 29, 8, tzinfo=UTC), date(2026, 11, 29), debtor, transfers)
    document = etree.fromstring(content)
    SCHEMA.assertValid(document)
    assert [element.text for element in document.iter(f"{{{NAMESPACE}}}Nm")][-1] == payee.name
    accounts = [element.text for element in document.iterfind(f".//{{{NAMESPACE}}}Othr/{{{NAMESPACE}}}Id")]
    assert accounts == ["0200001234567890123", PAYEE["account"]], "without the blanks that they are read with"


@pytest.mark.requirement("P-04")
def test_two_people_say_that_it_has_arrived(counter: Any) -> None:
    refund_id = approved(counter)
    with pytest.raises(Problem, match="action_not_allowed"):
        counter.decide(refund_id, "attest", ANN)
    made(counter)
    with pytest.raises(Problem, match="action_not_allowed"):
        counter.decide(refund_id, "confirm", ANN)
    assert counter.decide(refund_id, "attest", ANN).state == "attested"
    with pytest.raises(Problem, match="second_cashier_required"):
        counter.decide(refund_id, "confirm", ANN)
    assert counter.decide(refund_id, "decline", BEA).state == "sent", "she does not see it"
    counter.decide(refund_id, "attest", BEA)
    assert counter.decide(refund_id, "confirm", ANN).state == "done"
    assert counter.balances() == {}


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("P-04")
def test_a_row_of_a_statement_says_it_too_once_and_only_with_the_right_amount(counter: Any) -> None:
    refund_id = approved(counter)
    made(counter)
    now = datetime.now(UTC)

    def said(number: str, amount: int) -> bool:
        with counter.harness.uow() as uow:
            return left_by_statement(number, amount, now, uow)

    assert not said(refund_id, 12_344)
    assert not said("rfd-none", 12_345)
    assert counter.refund(refund_id, ANN).state == "sent"
    assert said(refund_id, 12_345)
    assert not said(refund_id, 12_345), "that is a second transfer, for a person to see"
    assert counter.refund(refund_id, ANN).state == "done"
    assert counter.balances() == {}


def debit(counter: Any, note: str, amount: str = "-123.45") -> str:
    """A row of a statement for money that went out."""
    take(counter, csv((amount, "张三", note), day=f"2026-11-{next(_days):02d}"))
    found = [one for state in ("waiting", "explained") for one in rows(counter, state=state)]
    return max((one for one in found if one.note.startswith(note)), key=lambda one: one.booked_on).row_id


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("P-04")
def test_a_refund_that_was_transferred_by_hand_is_known_whichever_comes_first(counter: Any, account: None) -> None:
    asked = came(counter, 12_345)
    counter.ask(ANN, refund_id=asked, payee=PAYEE, payee_why=WHY)
    early = debit(counter, f"退款 {asked}")
    assert (row(counter, early).reason, row(counter, early).refund_id) == ("debit", asked)
    assert counter.refund(asked, ANN).state == "requested"
    assert counter.decide(asked, "approve", BEA).state == "done"
    assert (row(counter, early).state, row(counter, early).reason) == ("explained", "refund")
    twice = debit(counter, f"退款 {asked}")
    assert (row(counter, twice).state, row(counter, twice).reason) == ("waiting", "debit"), "it was transferred twice"
    second = approved(counter)
    late = debit(counter, f"退款 {second.replace('-', '').upper()}")
    assert (row(counter, late).state, counter.refund(second, ANN).state) == ("explained", "done")
    with pytest.raises(Problem, match="refunds_none_to_send"):
        made(counter)
    other = approved(counter)
    wrong = debit(counter, f"退款 {other}", "-123.44")
    assert (row(counter, wrong).state, counter.refund(other, ANN).state) == ("waiting", "approved")
    assert made(counter).file.transfers == 1


@pytest.mark.requirement("P-04")
def test_what_the_bank_sends_back_is_asked_for_anew_and_goes_under_another_number(counter: Any) -> None:
    refund_id = approved(counter)
    first = made(counter)
    with pytest.raises(Problem, match="request_invalid"):
        counter.decide(refund_id, "fail", ANN, note="")
    assert counter.decide(refund_id, "fail", ANN, note="账号户名不符").state == "failed"
    assert counter.balances() == {"clearing_bank": 12_345, "suspense": -12_345}
    with counter.harness.uow() as uow:
        assert not left_by_statement(refund_id, 12_345, datetime.now(UTC), uow), "that transfer came back"
    counter.ask(BEA, refund_id=refund_id, payee={**PAYEE, "account": "6222020200112233999"}, payee_why=WHY)
    with pytest.raises(Problem, match="second_cashier_required"):
        counter.decide(refund_id, "approve", BEA)
    counter.decide(refund_id, "approve", ANN)
    second = made(counter)
    assert texts(second.content, "EndToEndId") == [f"{refund_id}-2"]
    assert "6222020200112233999" in second.content
    again = counter.harness.call(GET_PAYMENT_FILE, PaymentFileRef(file_id=first.file.file_id), ANN)
    assert again.content == first.content, "a file stays what it was"
    assert [event.step for event in counter.harness.events(REFUND_ADVANCED)] == [], "nobody known can be told"


@pytest.mark.requirement("P-04")
@pytest.mark.requirement("S-01")
def test_files_that_are_made_at_once_share_the_refunds_and_repeat_none(counter: Any) -> None:
    refunds = {approved(counter, amount) for amount in range(1, 9)}

    def make(_: int) -> list[str]:
        try:
            return texts(made(counter).content, "EndToEndId")
        except Problem:
            return []

    with ThreadPoolExecutor(4) as pool:
        files = list(pool.map(make, range(4)))
    sent = [number for file in files for number in file]
    assert (len(sent), set(sent)) == (8, refunds)


@pytest.mark.requirement("P-04")
def test_what_was_approved_waits_for_a_cashier_until_it_is_in_a_payment_file(counter: Any) -> None:
    approved(counter)
    kind = {one.kind: one for one in counter.harness.call(CASHIER_WORK, Empty(), ANN).items}["refunds_to_send"]
    assert (kind.count, kind.since is not None) == (1, True)
    assert counter.harness.call(TOTAL_REFUNDS, Empty(), ANN).count == 1
    made(counter)
    told = {one.kind: one.count for one in counter.harness.call(CASHIER_WORK, Empty(), ANN).items}
    assert told["refunds_to_send"] == 0
    assert counter.harness.call(TOTAL_REFUNDS, Empty(), ANN).count == 0


@pytest.mark.requirement("P-04")
def test_a_payer_hears_of_a_payment_file_and_not_of_one_where_a_statement_shows_that_it_has_left(
    counter: Any, account: None
) -> None:
    told: list[str] = []
    for by_hand in (False, True):
        order = counter.ordered()
        take(counter, csv(("300.00", "张三", order.serial_number), day=f"2026-11-{next(_days):02d}"))
        lines = [{"line": 1, "amount": 500 + by_hand}]
        [refund] = counter.ask(ANN, order_id=order.order_id, lines=lines, payee=PAYEE, payee_why=WHY)
        counter.decide(refund.refund_id, "approve", BEA)
        if not by_hand:
            made(counter)
        progress = [one.state for one in counter.order(order.application_id).refunds]
        assert progress == ["approved" if by_hand else "prepared"]
        debit(counter, f"退款 {refund.refund_id}", f"-5.0{int(by_hand)}")
        assert [one.state for one in counter.order(order.application_id).refunds] == ["done"]
        told = [event.step for event in counter.harness.events(REFUND_ADVANCED)]
    assert told == ["approved", "sent", "approved"]
