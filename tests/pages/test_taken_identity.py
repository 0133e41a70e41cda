"""Another account is verified by the same number: said before anything is uploaded; what helps is no photo."""

from __future__ import annotations

from dataclasses import replace

import pytest
from registry_infra.demo.people import new_applicant

from tests.agreed import FACE
from tests.author import IMAGE, Author
from tests.one_process import System
from tests.pages.test_closing import newcomer, signed_in
from tests.pages.test_renaming import looked_at

pytestmark = pytest.mark.requirement("I-05")
HERE = "/account/verification"
TAKEN = "这个证件号码已由另一账号通过实名认证"


def test_a_number_in_use_is_said_before_photos_and_after_a_refusal_nobody_asks_for_others(system: System) -> None:
    first = newcomer(system)
    second = Author(system, replace(new_applicant(), id_number=first.who.id_number), system.client(), {})
    second.sign_up()
    browser = signed_in(second)
    before = browser.get(HERE).text
    assert TAKEN in before
    assert "请先不要上传" in before
    assert 'href="/recovery"' in before
    assert second.get("/verification-photos")["taken"] is True
    assert TAKEN not in signed_in(first).get(f"{HERE}?new=1").text
    second.post("/consents", FACE)
    sent = {role: second.upload(IMAGE + role.encode(), f"{role}.jpg") for role in ("id_front", "id_back", "handheld")}
    asked = second.post("/verifications", sent)
    looked_at(system)
    reasons = {"decision": "refuse", "reasons": ["这个身份已由另一账号认证。"]}
    second.act("reviewer", f"/staff/verifications/{asked['verification_id']}/decision", reasons)
    shown = browser.get(HERE).text
    assert TAKEN in shown
    assert "用那个账号登录" in shown
    assert "不限次数" not in shown
    [latest] = second.get("/verifications")["items"]
    assert (latest["taken"], latest["holder"]) == (True, None)
