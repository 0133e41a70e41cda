"""Parts of a page that ask for themselves again: what is shown is never older than what has become of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visit import Visit

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.requirement("F-10")]
WAIT = """address => {
    const part = Object.assign(document.createElement("p"), {id: "part", textContent: "等待"});
    const asks = {"hx-get": address, "hx-trigger": "load", "hx-select": "#part", "hx-swap": "outerHTML"};
    for (const [name, value] of Object.entries(asks)) { part.setAttribute(name, value); }
    document.querySelector("main").append(part);
    window.stays = true;
    htmx.process(part);
}"""
"""The page waits for a part of itself that the answer from the address does not have."""


def test_a_page_that_has_no_such_part_any_more_comes_anew(open_window: Callable[..., Visit]) -> None:
    visit = open_window(name="part")
    visit.go("/guides")
    visit.page.evaluate(WAIT, "/guides")
    visit.page.wait_for_function("() => !window.stays && document.readyState === 'complete'")
    expect(visit.page.locator("h1")).to_be_visible()


def test_a_part_whose_address_fails_stays(open_window: Callable[..., Visit]) -> None:
    visit = open_window(name="part-failed")
    visit.go("/guides")
    with visit.page.expect_response("**/no-such-page"):
        visit.page.evaluate(WAIT, "/no-such-page")
    expect(visit.page.locator("#part")).to_have_text("等待")
    assert visit.page.evaluate("window.stays")
    visit.complaints.clear()  # of the address that is none


ALSO = """address => {
    const made = (id, text, asks) => {
        const part = Object.assign(document.createElement("div"), {id, innerHTML: text});
        for (const [name, value] of Object.entries(asks)) { part.setAttribute(name, value); }
        document.querySelector("main").append(part);
        return part;
    };
    made("rest", "<details open><summary>x</summary></details>旧的", {});
    const asks = {"hx-get": address, "hx-trigger": "asked", "hx-select": "#part", "hx-swap": "outerHTML"};
    asks["data-also"] = "rest";
    htmx.process(made("part", "一样", asks));
}"""
"""A part that is unchanged, and what the same answer brings anew."""


def test_what_the_same_answer_brings_is_put_in_place_though_the_part_itself_is_unchanged(
    open_window: Callable[..., Visit],
) -> None:
    visit = open_window(name="part-also")
    visit.go("/guides")
    rest = "<details><summary>x</summary></details>新的"
    answer = f'<div id="part">一样</div><div id="rest">{rest}</div>'
    visit.page.route("**/asked", lambda route: route.fulfill(content_type="text/html", body=answer))
    visit.page.evaluate(ALSO, "/asked")
    visit.page.evaluate("document.getElementById('part').dispatchEvent(new Event('asked'))")
    expect(visit.page.locator("#rest")).to_contain_text("新的")
    expect(visit.page.locator("#rest details")).to_have_attribute("open", "")
