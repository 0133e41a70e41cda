"""A browser window as a test uses it: what a person does in it, and what went wrong meanwhile."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import ConsoleMessage, Error, Locator, Page
from registry_infra.demo.people import Applicant

SCREENSHOTS = Path(__file__).resolve().parents[2] / "screenshots"


class Visit:
    """A window of somebody. ``complaints`` are errors of scripts, of the server, and pages wider than the window."""

    def __init__(self, page: Page, url: str, name: str) -> None:
        self.page, self.url, self.name = page, url, name
        self.complaints: list[str] = []
        self._pictures = 0
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("response", lambda answer: self._answered(answer.url, answer.status))

    @property
    def on_phone(self) -> bool:
        """Whether the browser says that it runs on one."""
        return bool(self.page.evaluate("navigator.userAgent.includes('Mobile')"))

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    def fill(self, field: str, text: str) -> None:
        self.page.locator(f'[id="field-{field}"]').fill(text)

    def choose(self, field: str, value: str) -> None:
        self.page.locator(f'[id="field-{field}-{value}"]').check()

    def press(self, text: str) -> None:
        self.click(self.page.get_by_role("button", name=text, exact=True).first)

    def follow(self, text: str) -> None:
        self.click(self.page.get_by_role("link", name=text, exact=True).first)

    def click(self, what: Locator) -> None:
        what.click()

    def send(self) -> None:
        """The form of the page."""
        self.click(self.page.locator("main form .btn-main"))

    def sign_in(self, who: Applicant, then: str = "") -> None:
        """Signs an applicant in; ``then``: the page that they wanted (a path), else their account."""
        self.go(f"/sign-in?next={then}" if then else "/sign-in")
        self.fill("login", who.mobile)
        self.fill("password", who.password)
        self.send()
        self.page.wait_for_url(f"**{then or '/account'}**")

    def upload(self, field: str, file: Path) -> None:
        self.page.locator(f'input[name="{field}_file"]').set_input_files(file)

    def look(self, what: str) -> None:
        """Keeps a picture in ``screenshots/``; nothing may stick out at the side of the page."""
        self._pictures += 1
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{self.name}-{self._pictures:02d}-{what}.png", full_page=True)
        wide, seen = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        if wide > seen:
            self.complaints.append(f"{self.page.url}: {wide} pixels wide in a window of {seen}")

    def where(self) -> str:
        """The address and the beginning of the text of the page, for whoever asks why a test failed."""
        try:
            text = " ".join(self.page.locator("main").inner_text(timeout=2000).split())[:1500]
        except Error as error:
            text = f"({error.message})"
        return f"{self.name} at {self.page.url}: {text}"

    def _heard(self, message: ConsoleMessage) -> None:
        # Chromium writes a line for every form that is refused (422) or file that is not there yet (404).
        refused = "Failed to load resource: the server responded with a status of 4" in message.text
        if (
            message.type in ("error", "warning")
            and not refused
            and "net::ERR_INTERNET_DISCONNECTED" not in message.text
        ):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _answered(self, url: str, status: int) -> None:
        if status >= 500:
            self.complaints.append(f"{url}: {status}")
