"""A page that says that something went wrong leads on: to the same page, or back to what was filled in."""

from __future__ import annotations

import pytest
from chassis.errors import Problem
from gateway.web.errors import answer

from tests.one_process import System

pytestmark = pytest.mark.requirement("W-01")


@pytest.mark.parametrize(
    ("method", "code", "part", "offered"),
    [
        ("GET", "deadline_exceeded", False, "again"),
        ("POST", "deadline_exceeded", False, "back"),
        ("POST", "deadline_exceeded", True, ""),
        ("GET", "service_unavailable", True, ""),
        ("GET", "not_found", False, ""),
        ("POST", "forbidden", False, ""),
    ],
)
def test_an_error_that_passes_leads_back_to_where_it_met_somebody(
    system: System, method: str, code: str, part: bool, offered: str
) -> None:
    headers = {"HX-Request": "true"} if part else {}
    with system.app.test_request_context("/guides/fees?kind=work", method=method, headers=headers):
        page = answer(Problem(code)).get_data(as_text=True)
    found = {"again": 'href="/guides/fees?kind=work">' in page, "back": "data-back" in page}
    assert [name for name, there in found.items() if there] == ([offered] if offered else [])
