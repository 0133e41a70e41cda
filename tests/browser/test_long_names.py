"""The head of every page on a phone, for who has a long name: it is cut, its title has all, and the menu stays."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route

from tests.browser.inspection import sticks_out
from tests.one_process import System
from tests.pages.test_agreements import sign_in
from tests.pages.test_paper_to_send import company

NAME = "北京江边石头文化传播与数字出版技术研究开发（集团）股份有限公司"
SITE = "http://registry.test"


@pytest.fixture(scope="module")
def signed_in(system: System) -> FlaskClient:
    return sign_in(company(system, NAME))[0]


@pytest.fixture
def page(browser: Browser, signed_in: FlaskClient) -> Iterator[Page]:
    """A window whose requests the system of this process answers."""

    def answered(route: Route) -> None:
        place = urlsplit(route.request.url)
        answer = signed_in.get(f"{place.path}?{place.query}")
        route.fulfill(status=answer.status_code, body=answer.data, content_type=answer.content_type)

    context = browser.new_context()
    context.route(f"{SITE}/**", answered)
    yield context.new_page()
    context.close()


@pytest.mark.requirement("W-01")
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_a_long_name_pushes_nothing_out_of_the_head_of_a_page(page: Page, width: int, language: str) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.goto(f"{SITE}/account/messages?lang={language}")
    assert sticks_out(page) == []
    name = page.locator(".account-name")
    assert (name.get_attribute("title"), name.inner_text()) == (NAME, NAME)
    box, head = name.bounding_box(), page.locator(".header-row").bounding_box()
    assert box is not None
    assert head is not None
    assert box["width"] > 60
    assert box["height"] < 40, "one line"
    assert head["height"] < 150
    for tool in page.locator(".header-tools a, .header-tools button").all():
        assert tool.is_visible()
        place = tool.bounding_box()
        assert place is not None
        assert place["x"] >= 0
        assert place["x"] + place["width"] <= width
