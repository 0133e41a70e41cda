"""How a program's application may end otherwise, as its applicant sees it: refused, or accepted with nothing to pay."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from registry_infra.demo.software import SoftwareFiling
from registry_infra.testing import Stack
from werkzeug.serving import make_server

from tests.browser.cases import Filing, new_filing
from tests.browser.filing import WORDS
from tests.browser.inspection import begin_axe, sticks_out, violations
from tests.browser.visit import Visit
from tests.browser.walk import Walk
from tests.forms.filers import Filer
from tests.forms.test_lives_of_software import free_of_charge, ready
from tests.one_process import System
from tests.staff import Staff

__all__ = ["free_of_charge"]
pytestmark = pytest.mark.browser
ZH = WORDS["zh"]
REASON = "提交的材料不是计算机程序。"


@pytest.fixture
def filing(stack: Stack, tmp_path: Path, staff: Staff) -> Filing:
    filing = new_filing(stack.url, tmp_path, staff)
    filing.accepted(SoftwareFiling())
    return filing


@pytest.mark.stack
@pytest.mark.requirement("F-11")
@pytest.mark.requirement("W-04")
def test_who_is_refused_reads_the_reason_and_what_can_be_done(
    open_window: Callable[..., Visit], filing: Filing, staff: Staff
) -> None:
    examined = f"/staff/examinations/{filing.application_id}"
    for number in (0, 1):
        staff("examiner", number).post(f"{examined}/claim", {"reason": "由测试领取"})
        staff("examiner", number).post(f"{examined}/decision", {"decision": "refuse", "reason": REASON})
    walk = Walk(open_window, "software-refused")
    visit = walk.desk
    visit.sign_in(filing.applicant, f"/account/applications/{filing.application_id}")
    walk.share_sign_in()
    walk.past(f"/account/applications/{filing.application_id}")
    for window, state, further in zip(
        walk.windows, ("不予登记", "Refused"), ("可以重新申请", "You can file again"), strict=True
    ):
        case = window.page.locator("#case")
        for words in (state, REASON, further):
            expect(case).to_contain_text(words)
        expect(case.get_by_role("link", name="去缴费")).to_have_count(0)
        window.look("refused")
    assert walk.complaints == []


@contextmanager
def served(system: System) -> Iterator[str]:
    """The gateway of the system of one process, for a browser; its address."""
    server = make_server("127.0.0.1", 0, system.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.requirement("F-09")
@pytest.mark.requirement("P-01")
def test_where_nothing_is_charged_the_pages_ask_for_nothing(
    browser: Browser, system: System, free_of_charge: None
) -> None:
    filer = Filer.person(system)
    case = ready(filer)
    with served(system) as url:
        context = browser.new_context(viewport={"width": 360, "height": 780})
        visit = Visit(context.new_page(), url, "software-free-phone-zh")
        page = visit.page
        visit.sign_in(filer.who, f"/registration/applications/{case}/check")
        expect(page.locator("#fee")).to_contain_text("免费")
        visit.click(page.locator("main form .btn-main").last)
        page.wait_for_url("**/declaration")
        expect(page.locator("#fee")).to_contain_text("免费")
        visit.look("declaration")
        visit.press(ZH["code"])
        expect(page.locator("#field-otp")).to_be_visible()
        visit.fill("otp", filer.newest_code())
        visit.press(ZH["sign"])
        page.wait_for_url("**/submitted")
        system.settle()  # payment hears of it, and says that it is paid
        page.reload()
        expect(page.locator(".confirmation")).to_be_visible()
        expect(page.get_by_role("link", name=ZH["pay"])).to_have_count(0)
        visit.look("submitted")
        visit.go(f"/account/applications/{case}")
        expect(page.locator(".case-numbers .number")).to_have_count(2)
        expect(page.get_by_role("link", name=ZH["pay"])).to_have_count(0)
        page.wait_for_load_state()
        begin_axe(page)
        assert violations(page) + sticks_out(page) + visit.complaints == []
        visit.look("accepted")
        context.close()
