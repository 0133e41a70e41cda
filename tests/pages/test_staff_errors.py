"""What staff are told when a page is not for them, or not there: at their workbench, not by customer service."""

from __future__ import annotations

import pytest
from lxml import html

from tests.one_process import System
from tests.pages.test_office_desks import at_desk


@pytest.mark.requirement("I-11")
@pytest.mark.parametrize(
    ("place", "status"), [("/staff/refunds", 403), ("/staff/nothing-here", 404), ("/staff/recoveries/rec-0", 404)]
)
def test_staff_stay_at_the_workbench_and_ask_an_administrator(system: System, place: str, status: int) -> None:
    answer = at_desk(system, "customer_service").get(place)
    page = html.fromstring(answer.text)
    assert (answer.status_code, "管理员" in answer.text, "请联系客服" in answer.text) == (status, True, False)
    assert page.xpath("//header[@class='staff-header']")
    assert page.xpath("//main//a[@href='/staff']/text()") == ["回到工作台"]


@pytest.mark.requirement("I-11")
def test_visitors_are_told_as_before(system: System) -> None:
    answer = system.client().get("/nothing-here")
    assert (answer.status_code, "回到首页" in answer.text, "staff-header" in answer.text) == (404, True, False)
