"""Cases for the browser tests, brought to where a test begins over the API; and staff who sign in on the page."""

from __future__ import annotations

from pathlib import Path

import httpx
from playwright.sync_api import Page, expect
from registry_infra.demo import Demo
from registry_infra.demo.job import Filing as Filed
from registry_infra.demo.people import handheld, id_back, id_front
from registry_infra.demo.work import WorkFiling
from registry_infra.portal import wait_for

from tests.staff import Staff


class Filing(Demo):
    """The demonstration's applicant, without its report."""

    serial_number = ""
    verification_id = ""

    def step(self, text: str) -> None:
        pass

    def ask_for_verification(self) -> None:
        """Signs up and sends the images; nobody has decided yet."""
        self.sign_up()
        person = self.applicant
        self.agree_to_face()
        images = {"id_front": id_front(person), "id_back": id_back(), "handheld": handheld(person)}
        sent = {role: self.me.upload(image, f"{role}.jpg", "id_image") for role, image in images.items()}
        self.verification_id = self.me.post("/verifications", sent)["verification_id"]
        path = f"/verifications/{self.verification_id}"
        wait_for("the automatic check", lambda: self.me.get(path)["check"] == "done" or None, 120)

    def accepted(self, filed: Filed | None = None, *, paper: bool = True) -> None:
        """A paid and accepted application, whose paper has come unless told otherwise."""
        self.sign_up()
        self.verify_identity()
        self.draft(filed or WorkFiling())
        self.serial_number = self.submit()
        self.pay()
        if paper:
            self.staff("intake").post("/staff/paper-receipts", {"serial_number": self.serial_number})

    def case(self) -> dict[str, object]:
        view: dict[str, object] = self.me.get(f"/applications/{self.application_id}")
        return view


def new_filing(url: str, folder: Path, staff: Staff) -> Filing:
    filing = Filing(url, folder, folder)
    filing.staff = staff
    return filing


def sign_in(page: Page, url: str, login: str) -> None:
    """By password and the code of now, as staff do. A code that somebody used this half minute is refused; then the
    next one is tried."""

    used: set[str] = set()

    def signed_in() -> bool | None:
        accounts = httpx.get(f"{url}/sandbox/staff", timeout=30).json()["items"]
        account = next(entry for entry in accounts if entry["login"] == login)
        if account["totp"] in used:
            return None
        used.add(account["totp"])
        page.goto(f"{url}/staff?lang=zh")
        page.get_by_label("账号名").fill(login)
        page.get_by_label("密码", exact=True).fill(account["password"])
        page.get_by_label("动态口令").fill(account["totp"])
        page.get_by_role("button", name="登录", exact=True).click()
        return True if page.locator("h1", has_text="工作台首页").count() else None

    wait_for(f"sign-in of {login}", signed_in, 40)
    expect(page.locator("h1")).to_have_text("工作台首页")
