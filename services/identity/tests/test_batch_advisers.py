"""Batches of many works have one person of customer service who looks after them, and people hear of a batch once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from contracts import batches, filing

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def advanced(office: Any, account_id: str, batch_id: str = "bat-1", **changes: Any) -> None:
    facts = {
        "batch_id": batch_id,
        "account_id": account_id,
        "name": "山水{组}画",
        "state": "checked",
        "works": 60,
        "failed": 0,
        "advanced_at": NOW,
    }
    office.harness.deliver(batches.BATCH_ADVANCED, batches.BatchAdvanced.model_validate(facts | changes))


def templates(office: Any, account_id: str) -> list[str]:
    return [message.template for message in reversed(office.messages(account_id))]


def customer_service(office: Any) -> set[str]:
    office.seed_staff()
    with office.harness.uow() as uow:
        found = uow.session.execute(text("SELECT account_id FROM staff WHERE roles ? 'customer_service'"))
        return {row.account_id for row in found}


@pytest.mark.requirement("F-15")
def test_fifty_works_have_a_contact_who_is_told_and_shown(office: Any) -> None:
    company, people = office.sign_up(), customer_service(office)
    advanced(office, company.account_id, works=49)
    assert office.harness.events(batches.ADVISER_ASSIGNED) == []
    advanced(office, company.account_id, "bat-2", works=50)
    advanced(office, company.account_id, "bat-2", works=50)
    [told] = office.harness.events(batches.ADVISER_ASSIGNED)
    assert told.adviser_id in people
    assert told.phone == ""
    assert templates(office, company.account_id).count("batch_adviser") == 1
    assert templates(office, told.adviser_id) == ["batch_given"]


def test_batches_are_shared_out_evenly(office: Any) -> None:
    company, people = office.sign_up(), customer_service(office)
    for number in range(3 * len(people)):
        advanced(office, company.account_id, f"bat-{number}")
    given = Counter(told.adviser_id for told in office.harness.events(batches.ADVISER_ASSIGNED))
    assert given == dict.fromkeys(people, 3)


def test_a_batch_that_came_when_nobody_was_there_is_given_later(office: Any) -> None:
    company = office.sign_up()
    assert customer_service(office)
    roles = "UPDATE staff SET roles = roles - 'customer_service' || '[\"intake\"]'::jsonb"
    office.harness.as_owner(f"{roles} WHERE roles ? 'customer_service'")
    advanced(office, company.account_id)
    assert office.harness.events(batches.ADVISER_ASSIGNED) == []
    office.harness.as_owner("""UPDATE staff SET roles = roles || '["customer_service"]'::jsonb""")
    assert office.harness.sweep("assign_advisers") == 1
    assert office.harness.sweep("assign_advisers") == 0
    assert len(office.harness.events(batches.ADVISER_ASSIGNED)) == 1


@pytest.mark.requirement("W-05")
@pytest.mark.parametrize(
    ("changes", "template"),
    [
        ({"state": "checked", "works": 3}, "batch_checked"),
        ({"state": "checked", "works": 3, "failed": 1}, "batch_checked_failed"),
        ({"state": "refused", "works": 0}, "batch_refused"),
        ({"state": "accepted", "works": 3}, "batch_accepted"),
        ({"state": "filed", "works": 3}, None),
    ],
)
def test_each_step_of_a_batch_is_told_once(office: Any, changes: dict[str, Any], template: str | None) -> None:
    company = office.sign_up()
    before = len(office.messages(company.account_id))
    advanced(office, company.account_id, **changes)
    told = office.messages(company.account_id)[: len(office.messages(company.account_id)) - before]
    assert [message.template for message in told] == ([template] if template else [])
    assert all("山水{组}画" in message.body and message.application_id == "bat-1" for message in told)


@pytest.mark.requirement("P-01")
@pytest.mark.parametrize(
    ("each", "expected", "says"),
    [
        (30_000, ["batch_order_created", "batch_order_paid"], "¥600.00"),
        (0, ["batch_order_free"], "不收费"),
    ],
)
def test_the_order_of_a_batch_and_its_payment_are_told_once(
    office: Any, each: int, expected: list[str], says: str
) -> None:
    company = office.sign_up()
    before = len(templates(office, company.account_id))
    order = {
        "batch_id": "bat-1",
        "order_id": "ord-1",
        "account_id": company.account_id,
        "name": "组画（2 件）",
        "amount": each * 2,
        "works": [{"application_id": f"app-{number}", "amount": each} for number in (1, 2)],
        "created_at": NOW,
        "pay_by": date(2026, 12, 14),
    }
    office.harness.deliver(batches.BATCH_ORDER_CREATED, batches.BatchOrderCreated.model_validate(order))
    paid = order | {"method": "wechat", "payment_id": "pay-1", "paid_at": NOW}
    office.harness.deliver(batches.BATCH_ORDER_PAID, batches.BatchOrderPaid.model_validate(paid))
    assert templates(office, company.account_id)[before:] == expected
    assert says in office.messages(company.account_id)[0].body


def test_works_of_a_batch_are_not_told_of_one_by_one_but_their_numbers_are_known(office: Any) -> None:
    company = office.sign_up()
    before = len(office.messages(company.account_id))
    facts = {
        "application_id": "app-1",
        "account_id": company.account_id,
        "kind": "work",
        "type": "work_registration",
        "form_code": "Z11",
        "title": "山水",
        "serial_number": "2026Z11S000123",
        "submitted_at": NOW,
        "fee_basis": {},
        "materials": [],
        "evidence": "token",
        "batch_id": "bat-1",
    }
    office.harness.deliver(filing.APPLICATION_SUBMITTED, filing.ApplicationSubmitted.model_validate(facts))
    assert len(office.messages(company.account_id)) == before
    with office.harness.uow() as uow:
        known = uow.session.execute(text("SELECT count(*) FROM case_numbers WHERE number = '2026Z11S000123'"))
        assert known.scalar_one() == 1
