"""What the sandbox adds, and that its clock moves every service at once."""

from __future__ import annotations

import pytest
from contracts.base import SERVICES
from registry_infra.portal import Portal

from tests.journeys.conftest import Problem


@pytest.mark.requirement("F-13")
def test_the_legal_clock_moves_in_every_service_before_the_call_answers(visitor: Portal) -> None:
    before = visitor.get("/tariff")["on"]
    moved = visitor.post("/sandbox/clock/advance", {"days": 1})["services"]
    assert set(moved) == set(SERVICES)
    assert len({(clock["legal_date"], clock["offset_days"]) for clock in moved.values()}) == 1
    assert visitor.get("/tariff")["on"] == moved["payment"]["legal_date"] > before
    assert visitor.get("/forms/work")["on"] == moved["filing"]["legal_date"]


def test_a_repeated_advance_moves_the_clock_once(visitor: Portal) -> None:
    first = visitor.post("/sandbox/clock/advance", {"days": 1}, key="advance-once-only")
    assert visitor.post("/sandbox/clock/advance", {"days": 1}, key="advance-once-only") == first


def test_the_clock_refuses_nonsense(visitor: Portal, problem: Problem) -> None:
    assert problem(visitor, "POST", "/sandbox/clock/advance", {"days": 0})["code"] == "request_invalid"


@pytest.mark.requirement("P-06")
def test_an_unknown_payment_cannot_be_paid(visitor: Portal, problem: Problem) -> None:
    assert problem(visitor, "POST", "/sandbox/payments/pmt-nowhere/pay", {})["code"] == "payment_unknown"


@pytest.mark.requirement("A-07")
def test_tariff_forms_and_guides_are_public(visitor: Portal) -> None:
    amounts = {line["code"]: line["amount"] for line in visitor.get("/tariff")["lines"]}
    assert amounts["text_individual"] == 30000
    form = visitor.get("/forms/work")
    assert form["form_code"] == "Z11"
    assert {guide["name"] for guide in visitor.get("/guides")["items"]} >= {"text-work", "fees"}
