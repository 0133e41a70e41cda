"""My cases: filtered, counted and paged by the service, right with thousands of them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import get_args

import pytest
from chassis.errors import Problem
from chassis.testing import person, staff_actor
from chassis.testing.lists import every_page, multiply, tables_read_whole
from contracts.forms import Procedure
from contracts.paging import QueueTotals
from filing.cases.store import STATES, Case
from filing.types import TYPES
from sqlalchemy import insert

from contracts import examination, filing, payment

from .conftest import Office

pytestmark = pytest.mark.requirement("W-01")
APPLICANTS_TURN = ("applicant_form", "applicant_payment", "applicant_correction", "paper")
ENDED = ("registered", "refused", "withdrawn", "lapsed")
MANY = 5000


def case(number: int, **values: object) -> dict[str, object]:
    state = str(values.get("state", "draft"))
    numbered = state not in ("draft", "submitted", "withdrawn", "lapsed")
    now = datetime.now(UTC)
    return {
        "id": f"app-{number:06}",
        "account_id": "acc-many",
        "type": "work_registration",
        "form_code": "Z11",
        "state": state,
        "policy_on": None if state == "draft" else now.date(),
        "version": 1,
        "form": {},
        "title": f"第 {number} 件",
        "paper_required": False,
        "serial_number": None if state == "draft" else f"LS-{number:06}",
        "acceptance_number": f"SL-{number:06}" if numbered else None,
        "registration_number": f"DJ-{number:06}" if state == "registered" else None,
        "examiner_id": "acc-examiner" if state == "under_examination" else None,
        "created_at": now,
        "updated_at": now,
        **values,
    }


def put(office: Office, rows: list[dict[str, object]]) -> None:
    with office.harness.runtime.sessions() as session:
        names = {name for row in rows for name in row}
        session.execute(insert(Case), [dict.fromkeys(names) | row for row in rows])
        session.commit()


@pytest.fixture
def many(office: Office) -> Office:
    """An organisation with 5,000 cases: of ten, one is a draft, one is being examined, the others are registered."""
    states = ["draft", "under_examination", *["registered"] * 8]
    put(office, [case(number, state=states[number % 10]) for number in range(MANY)])
    return office


def pages(office: Office, **wanted: object) -> list[filing.ApplicationSummary]:
    found: list[filing.ApplicationSummary] = []
    cursor = None
    while True:
        page = office.call(filing.LIST_APPLICATIONS, person("acc-many"), cursor=cursor, limit=200, **wanted)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            return found


def test_every_group_is_whole_in_order_and_counted_with_thousands_of_cases(many: Office) -> None:
    first = many.call(filing.LIST_APPLICATIONS, person("acc-many"), group="office", limit=5, counts=True)
    assert first.counts == {"all": 5000, "mine": 500, "office": 500, "ended": 4000, "filed": 4500}
    assert [item.application_id for item in first.items] == [f"app-{n:06}" for n in (4991, 4981, 4971, 4961, 4951)]
    ended = [item.application_id for item in pages(many, group="ended")]
    assert len(ended) == len(set(ended)) == 4000
    assert ended == sorted(ended, reverse=True)
    assert many.call(filing.LIST_APPLICATIONS, person("acc-many"), limit=5).counts == {}


def test_a_part_of_a_title_or_number_finds_its_cases_and_counts_go_by_it(many: Office) -> None:
    assert [item.title for item in pages(many, text="第 4321 件")] == ["第 4321 件"]
    assert [item.title for item in pages(many, text="dj-004322")] == ["第 4322 件"], "in either case of letters"
    assert pages(many, text="%") == [], "no pattern, just text"
    found = many.call(filing.LIST_APPLICATIONS, person("acc-many"), text="第 432", counts=True, limit=1)
    assert found.counts == {"all": 11, "mine": 1, "office": 1, "ended": 9, "filed": 10}
    assert many.call(filing.LIST_APPLICATIONS, person("acc-many"), kind="software", counts=True).counts["all"] == 0
    assert many.call(filing.LIST_APPLICATIONS, person("acc-other"), text="第 4321 件").items == []


def test_cases_are_told_apart_by_what_is_filed_about_them(office: Office) -> None:
    put(office, [case(number, type=name, state="under_examination") for number, name in enumerate(TYPES)])
    found = {name: [item.type for item in pages(office, procedure=name)] for name in get_args(Procedure)}
    assert {name: sorted(types) for name, types in found.items()} == {
        name: [f"software_{name}", f"work_{name}"] for name in get_args(Procedure)
    }
    assert sum(map(len, found.values())) == len(TYPES), "no type is left without a word of its own"
    pledges = office.call(
        filing.LIST_APPLICATIONS, person("acc-many"), kind="software", procedure="pledge", counts=True
    )
    assert ([item.type for item in pledges.items], pledges.counts["all"]) == (["software_pledge"], 1)


def test_groups_say_of_every_case_who_must_act_next_as_the_case_itself_does(office: Office) -> None:
    rows = []
    for number, (state, order, paper) in enumerate(product(STATES, (None, "pending", "paid"), (True, False))):
        more = {"order_id": f"ord-{number}", "order_amount": 1} if order else {}
        rows.append(case(number, state=state, order_state=order, paper_required=paper, **more))
    put(office, rows)
    for group in ("mine", "office", "ended"):
        for item in pages(office, group=group):
            turn = "mine" if item.waiting_for in APPLICANTS_TURN else "office"
            assert group == ("ended" if item.state in ENDED and turn == "office" else turn), item
    assert sum(len(pages(office, group=group)) for group in ("mine", "office", "ended")) == len(rows)


def test_a_page_of_an_account_reads_no_others_cases(many: Office) -> None:
    put(many, [case(MANY + number, account_id=f"acc-{number}") for number in range(MANY)])

    def ask() -> None:
        many.call(filing.LIST_APPLICATIONS, person("acc-7"), limit=20, group="mine", counts=True, text="件")

    assert "cases" not in tables_read_whole(many.harness, ask)


@pytest.fixture
def queued(office: Office) -> Office:
    """5,000 cases with examiners, some due on the same day, some late, beside 5,000 that are registered."""
    office.accepted()
    new = {
        "applicant": "null",
        "paper_required": "false",
        "serial_number": "'LS-' || n",
        "acceptance_number": "'SL-' || n",
    }
    new |= {"state": "CASE n % 5 WHEN 0 THEN 'awaiting_correction' ELSE 'accepted' END"}
    multiply(office.harness, "cases", MANY, id="'app-q' || lpad(n::text, 5, '0')", **new)
    new |= {"id": "'app-r' || n", "serial_number": "'LR-' || n", "acceptance_number": "'SR-' || n"}
    new |= {"state": "'registered'", "registration_number": "n"}
    multiply(office.harness, "cases", MANY, "model.id NOT LIKE 'app-q%'", **new)
    office.harness.as_owner(
        "INSERT INTO deadlines (case_id, kind, started_on, nominal_due_on, due_on, state, legal_basis)"
        " SELECT id, 'examination', day, day, day, 'running', '{}' FROM cases,"
        " LATERAL (SELECT current_date - 5 + (substr(id, 6)::int %% 30) AS day) AS due WHERE id LIKE 'app-q%%'"
    )
    return office


@pytest.mark.requirement("W-02")
def test_an_examiners_queue_is_whole_in_order_and_counted_with_thousands_of_cases(queued: Office) -> None:
    examiner = staff_actor("examiner", id="acc-examiner")
    asked = examination.ListExaminations(queue="unclaimed", limit=200)
    items = every_page(queued.harness, examination.LIST_EXAMINATIONS, asked, examiner)
    assert len({item.application_id for item in items}) == len(items) == 4000
    keys = [(item.due_on, item.application_id) for item in items]
    assert keys == sorted(keys), "the most urgent first"
    counts = queued.call(examination.LIST_EXAMINATIONS, examiner, limit=1).counts
    assert (counts["unclaimed"], counts["awaiting_paper"], counts["all"]) == (4000, 1, 5001)

    totals = queued.call(examination.TOTAL_EXAMINATIONS, examiner).queues
    assert {name: total.count for name, total in totals.items()} == counts
    unclaimed = totals["unclaimed"]
    assert unclaimed.late == sum(item.overdue for item in items) > 0
    assert (unclaimed.due_on, unclaimed.on) == (items[0].due_on, queued.today())
    assert unclaimed.since == min(item.accepted_on for item in items)
    assert totals["mine"] == QueueTotals(on=queued.today(), count=0, late=0)
    intake = queued.call(examination.TOTAL_EXAMINATIONS, staff_actor("intake")).queues
    assert set(intake) == {"awaiting_paper"}


@pytest.mark.requirement("W-02")
def test_a_queue_does_not_read_what_is_decided(queued: Office) -> None:
    """Of the cases of years, those that are open are few."""
    queued.harness.as_owner(
        "UPDATE cases SET state = 'registered', registration_number = id WHERE id > 'app-q00200' AND id LIKE 'app-q%%'"
    )
    examiner = staff_actor("examiner", id="acc-examiner")

    def ask() -> None:
        for queue in ("unclaimed", "mine", "second", "awaiting_paper", "all"):
            queued.call(examination.LIST_EXAMINATIONS, examiner, queue=queue, limit=20)
        queued.call(examination.TOTAL_EXAMINATIONS, examiner)

    assert "cases" not in tables_read_whole(queued.harness, ask)


@pytest.mark.requirement("F-11")
def test_a_page_of_what_is_decided_reads_no_more_than_it_needs(queued: Office) -> None:
    queued.harness.as_owner(
        "UPDATE cases SET state = 'registered', registration_number = id WHERE id > 'app-q00200' AND id LIKE 'app-q%%'"
    )
    queued.harness.as_owner("UPDATE cases SET examiner_id = 'acc-' || right(id, 2) WHERE state = 'registered'")
    at = datetime.now(UTC).isoformat()

    def ask() -> None:
        for actor in (staff_actor("examiner", id="acc-42"), staff_actor("senior_examiner", id="acc-senior")):
            for more in ({}, {"cursor": f"{at}|app-r5"}, {"text": "SR-42"}, {"text": "42"}):
                queued.call(examination.LIST_EXAMINATIONS, actor, queue="decided", limit=20, **more)

    assert "cases" not in tables_read_whole(queued.harness, ask)


@pytest.mark.requirement("P-03")
def test_a_cashier_finds_a_filed_case_by_any_of_its_numbers_and_no_draft(many: Office) -> None:
    def found(number: str) -> list[str]:
        cases = many.call(filing.FIND_CASES, staff_actor("cashier"), number=number).items
        return [case.application_id for case in cases]

    for number in ("LS-004991", "ls-004991", "SL-004991", " SL-004991 ", "app-004991"):
        assert found(number) == ["app-004991"], number
    for number in ("app-004990", "LS-00499", "", "%", "SL-004991' OR '1'='1"):
        assert found(number) == [], number
    for actor in (person("acc-many"), staff_actor("intake"), staff_actor("examiner")):
        with pytest.raises(Problem, match="forbidden"):
            many.call(filing.FIND_CASES, actor, number="LS-004991")


@pytest.mark.requirement("P-04")
def test_a_fee_that_is_due_again_is_the_applicants_turn_until_it_is_paid_or_ended(office: Office) -> None:
    def seen(application_id: str) -> tuple[str, list[str]]:
        groups = [
            group
            for group in ("mine", "office", "ended")
            if office.call(filing.LIST_APPLICATIONS, office.applicant, group=group).items
        ]
        counts = office.call(filing.LIST_APPLICATIONS, office.applicant, counts=True).counts
        assert [group for group in ("mine", "office", "ended") if counts[group]] == groups
        return office.view(application_id).waiting_for, groups

    application_id = office.claimed()
    assert seen(application_id) == ("examiner", ["office"])
    office.order(application_id, order_id="ord-again", corrects=f"ord-{application_id}")
    assert seen(application_id) == ("applicant_payment", ["mine"])
    office.pay(application_id, order_id="ord-again")
    assert seen(application_id) == ("examiner", ["office"])
    office.order(application_id, order_id="ord-third", corrects="ord-again")
    assert seen(application_id) == ("applicant_payment", ["mine"])
    told = {"application_id": application_id, "account_id": "acc-wang", "serial_number": "", "reason": "written_off"}
    cancelled = payment.OrderCancelled.model_validate(
        told | {"order_id": "ord-third", "cancelled_at": datetime.now(UTC), "corrects": "ord-again"}
    )
    office.harness.deliver(payment.ORDER_CANCELLED, cancelled)
    assert seen(application_id) == ("examiner", ["office"])
    office.decide(application_id, "approve")
