"""A walk past pages, in Chinese at a desk and in English on a phone, by somebody who is signed in or not."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.inspection import begin_axe, sticks_out, sticks_out_elsewhere, violations
from tests.browser.visit import Visit
from tests.structure.crawl import route_of


class Walk:
    """One person's two windows. ``complaints`` of all pages; ``seen``: their routes."""

    def __init__(self, open_window: Callable[..., Visit], name: str) -> None:
        self.desk = open_window("desktop", name=name, language="zh")
        self.phone = open_window("phone", name=name, language="en")
        self.complaints: list[str] = []
        self.seen: set[str] = set()

    @property
    def windows(self) -> tuple[Visit, Visit]:
        return self.desk, self.phone

    def share_sign_in(self) -> None:
        """The phone is signed in as the desk is."""
        cookies = self.desk.page.context.cookies()
        self.phone.page.context.add_cookies([cookie for cookie in cookies if cookie["name"] != "lang"])

    def past(self, *paths: str) -> None:
        for path in paths:
            for window in self.windows:
                window.page.goto(f"{window.url}{path}", wait_until="commit")
            self.inspect()

    def after(self, action: Callable[[Visit], None]) -> None:
        """The page that something leads to which a person does."""
        for window in self.windows:
            action(window)
        self.inspect()

    def inspect(self) -> None:
        """Both windows at once: each has a process of its own. English needs more room, so that is measured.

        The colours of a page are the same at any width (tests/structure/test_colours.py), so they are looked at once.
        """
        for window in self.windows:
            window.page.wait_for_load_state()
            expect(window.page.locator("[data-document][aria-busy]")).to_have_count(0)
            begin_axe(window.page, colours=window is self.desk)
        for window in self.windows:
            found = violations(window.page) + sticks_out(window.page)
            found += sticks_out_elsewhere(window.page) if window is self.phone else []
            where = window.page.url.removeprefix(window.url)
            self.seen.add(route_of(where) or where)
            self.complaints += [f"{window.name} {where}: {complaint}" for complaint in found]
