"""A real browser. Chromium comes from the machine, or from where ``./registry test`` put it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from registry_infra.chromium import find_chromium
from registry_infra.testing import Stack

from tests.browser.driver import driven
from tests.browser.keyboard import ByKeyboard
from tests.browser.office import Office
from tests.browser.people import Author
from tests.browser.visit import Visit
from tests.staff import Staff

PATIENCE = 40_000
"""Milliseconds: machines that run tests are busy with everything at once."""
SIZES = {"desktop": (1280, 900), "phone": (360, 780)}
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
)


@pytest.fixture(scope="module")  # Playwright keeps an event loop running, which other tests must not meet
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = find_chromium(tmp_path_factory.mktemp("chromium"), lambda said: None)
    expect.set_options(timeout=PATIENCE)
    with driven() as playwright:
        running = playwright.chromium.launch(executable_path=str(program), args=["--no-sandbox"])
        yield running
        running.close()


WINDOWS = pytest.StashKey[list[Visit]]()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """A test that fails says where each of its windows was, and what stood there."""
    outcome = yield
    if outcome.excinfo is not None:
        for visit in item.stash.get(WINDOWS, []):
            outcome.excinfo[1].add_note(visit.where())


@pytest.fixture
def open_window(browser: Browser, stack: Stack, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visit]]:
    """Opens windows of people who know nothing of each other: each has a browser profile of its own.

    At the end none of them may have had a complaint.
    """
    contexts: list[BrowserContext] = []
    visits = request.node.stash.setdefault(WINDOWS, [])

    def opened(
        width: str = "desktop", *, name: str = "window", language: str = "zh", script: bool = True, mouse: bool = True
    ) -> Visit:
        size = SIZES[width]
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            user_agent=PHONE if width == "phone" else None,
            java_script_enabled=script,
            accept_downloads=True,
            reduced_motion="no-preference" if mouse else "reduce",  # where the focus is, is seen at once
        )
        context.set_default_timeout(PATIENCE)
        context.add_cookies([{"name": "lang", "value": language, "url": stack.url}])
        contexts.append(context)
        window = Visit if mouse else ByKeyboard
        visits.append(window(context.new_page(), stack.url, f"{name}-{width}-{language}"))
        return visits[-1]

    yield opened
    for context in contexts:
        context.close()
    assert [complaint for visit in visits for complaint in visit.complaints] == []


@pytest.fixture
def new_page(open_window: Callable[..., Visit]) -> Callable[[], Page]:
    """A window at a desk, in Chinese."""
    return lambda: open_window().page


@pytest.fixture
def office(staff: Staff) -> Office:
    return Office(staff)


@pytest.fixture
def author(tmp_path: Path) -> Author:
    return Author(tmp_path)
