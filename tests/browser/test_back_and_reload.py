"""Reloading a page that says what is wrong, and going back to it, sends nothing a second time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser import filing
from tests.browser.visit import Visit

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.requirement("W-01")]


def refused(visit: Visit, mobile: str) -> None:
    """Sends a number that is none."""
    for field, text in (("name", "林小雨"), ("id_number", "110105199001011237"), ("mobile", mobile), ("password", "a")):
        visit.fill(field, text)
    filing.agree(visit)
    visit.send()
    expect(visit.page.locator("#error-summary")).to_be_visible()


def test_an_answer_to_a_form_is_left_and_found_again_like_any_page(open_window: Callable[..., Visit]) -> None:
    visit = open_window(name="reload")
    page, sent = visit.page, list[str]()
    visit.go("/sign-up/person")
    refused(visit, "139")

    page.on("request", lambda request: sent.append(request.method))
    page.reload()
    expect(page.locator("h1")).to_be_visible()
    refused(visit, "138")
    visit.go("/guides")
    page.go_back()
    page.wait_for_url("**/sign-up/person")
    expect(page.locator("h1")).to_be_visible()
    assert sent.count("POST") == 1, "that of the second form"
