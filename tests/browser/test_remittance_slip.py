"""汇款单: what to write on a remittance and until when, on the screen and on paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from registry_infra.portal import Portal

from tests.browser.filing import WORDS
from tests.browser.inspection import begin_axe, sticks_out, violations
from tests.browser.visit import Visit
from tests.journeys.people import Person
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]
TITLE = "长江边的石头与没有名字的渡口"


@pytest.mark.requirement("P-03")
@pytest.mark.requirement("W-01")
@pytest.mark.parametrize(
    ("width", "language", "transfer", "words"),
    [
        ("desktop", "zh", "银行汇付", ("汇款单", "叁佰元整", "最迟到账日期")),
        ("phone", "en", "Bank transfer", ("Remittance slip", "叁佰元整", "Must arrive by")),
    ],
)
def test_a_slip_says_all_that_the_bank_asks_for_and_prints(
    open_window: Callable[..., Visit],
    visitor: Portal,
    staff: Staff,
    width: str,
    language: str,
    transfer: str,
    words: tuple[str, ...],
) -> None:
    person = Person(visitor, staff).sign_up().verify()
    application_id = person.ready_to_sign(title=TITLE)
    serial_number = person.submit(application_id)
    pay_by = person.order(application_id)["pay_by"]
    visit = open_window(width, name="slip", language=language)
    visit.sign_in(person.who, f"/account/applications/{application_id}/payment")
    visit.press(transfer)
    slip = visit.page.locator(".slip")
    for text in (*words, f"{TITLE}{serial_number}", "300.00", str(int(pay_by[8:10]))):
        expect(slip).to_contain_text(text)
    begin_axe(visit.page)
    assert violations(visit.page) + sticks_out(visit.page) == []
    visit.look("screen")
    visit.page.emulate_media(media="print")
    expect(slip).to_be_visible()
    expect(slip).to_contain_text(serial_number)
    for hidden in (WORDS[language]["wechat"], {"zh": "打印汇款单", "en": "Print the slip"}[language]):
        expect(visit.page.get_by_role("button", name=hidden)).to_have_count(0)
    visit.look("paper")
