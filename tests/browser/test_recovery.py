"""Getting an account back as people do it: refused, granted and objected to, and begun in a chat with the office."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, expect
from registry_infra.demo.people import Applicant
from registry_infra.portal import newest_code
from registry_infra.testing import Stack

from tests.browser.cases import sign_in
from tests.browser.office import Office
from tests.browser.people import Author
from tests.browser.visit import Visit
from tests.lives import Lives

pytestmark = [pytest.mark.stack, pytest.mark.browser, pytest.mark.requirement("I-09")]
QUEUE = "/staff/recoveries"


def new_mobile() -> str:
    return f"137{secrets.randbelow(10**8):08d}"


def ask(visit: Visit, office: Office, number: str, mobile: str, words: tuple[str, str], photo: Path) -> str:
    """Fills in the form, with a photograph and the code that was sent; the receipt. ``words``: of the buttons."""
    visit.go("/recovery")
    visit.page.locator("main a[href='/recovery/request']").click()
    visit.fill("number", number)
    visit.fill("mobile", mobile)
    visit.page.locator("#lost-mobile").check()
    visit.fill("note", "原手机号上个月停用。")
    visit.upload("photo", photo)
    if visit.page.locator("[data-upload] .js-only").first.is_visible():
        expect(visit.page.locator('.upload-item[data-state="done"]')).to_have_count(1)
    visit.press(words[0])
    expect(visit.page.locator("main .notice")).to_be_visible()
    expect(visit.page.locator("#lost-mobile")).to_be_checked()
    expect(visit.page.locator('[data-kept="photo"] input')).to_have_count(1)
    visit.look("code-sent")
    if visit.page.locator("[data-upload] .js-only").first.is_visible():
        visit.page.locator(".upload-item button", has_text="移除").click()
        expect(visit.page.locator('main form input[name="photo"]')).to_have_count(0)
        visit.upload("photo", photo)
        expect(visit.page.locator('.upload-item[data-state="done"]')).to_have_count(1)
    visit.fill("otp", office.code_for(mobile))
    visit.press(words[1])
    expect(visit.page).to_have_url(f"{visit.url}/recovery/request")
    receipt = visit.page.locator("main h2 .number").inner_text()
    visit.look("receipt")
    return "".join(receipt.split())


def progress(visit: Visit, office: Office, receipt: str, mobile: str, words: tuple[str, str]) -> Locator:
    """What the page of a request says to who has its address."""
    visit.go("/recovery/progress")
    before = newest_code(office.visitor, mobile)
    visit.fill("receipt", receipt)
    visit.fill("mobile", mobile)
    visit.press(words[0])
    expect(visit.page.locator("main .notice")).to_be_visible()
    visit.fill("otp", office.code_for(mobile, unlike=before))
    visit.press(words[1])
    expect(visit.page.locator("main .facts")).to_be_visible()
    visit.look("progress")
    return visit.page.locator("main")


def claim(member: Visit, receipt: str) -> None:
    member.go(QUEUE)
    member.look("queue")
    member.follow(receipt)
    expect(member.page.get_by_text("领取之后显示。")).to_be_visible()
    member.press("领取")
    expect(member.page.locator("form.decision")).to_be_visible()
    member.look("claimed")


def pictures(member: Visit, count: int) -> None:
    """They are drawn by a worker; the page brings them by itself."""
    shown = member.page.locator(".id-images img")
    expect(shown).to_have_count(count, timeout=60_000)
    for place in range(count):
        expect(shown.nth(place)).to_have_js_property("naturalWidth", 1000)
    member.look("pictures")


@pytest.mark.requirement("W-01")
def test_a_stranger_is_refused_and_an_owner_who_objects_keeps_the_account(
    open_window: Callable[..., Visit], stack: Stack, office: Office, lives: Lives, tmp_path: Path
) -> None:
    photo = Author(tmp_path).photo("card")
    service, second = open_window(name="service"), open_window(name="second")
    sign_in(service.page, stack.url, "service")
    sign_in(second.page, stack.url, "service2")
    refused(open_window("phone", name="stranger", language="en", script=False), service, office, photo)

    owner, finder, new = lives.person, open_window(name="finder"), new_mobile()
    number = owner.case(lives.registered)["registration_number"]
    receipt = ask(finder, office, number, new, ("获取验证码", "提交找回申请"), photo)
    granted_by_two(service, second, receipt, owner.who)
    expect(progress(finder, office, receipt, new, ("获取验证码", "查看申请进度"))).to_contain_text("异议期")
    stopped(open_window("phone", name="holder"), receipt, objection_code(office, owner.who.mobile, receipt))
    second.go(f"{QUEUE}?state=objected")
    second.follow(receipt)
    second.look("objected")
    assert owner.sign_in().me.get("/me")["mobile"][-4:] == owner.who.mobile[-4:]


def refused(stranger: Visit, service: Visit, office: Office, photo: Path) -> None:
    """Somebody without scripts, on a phone, names a number that nobody has; a refusal wants a reason."""
    mobile = new_mobile()
    receipt = ask(stranger, office, "2026-A-99999999", mobile, ("Send the code", "Send the request"), photo)
    claim(service, receipt)
    pictures(service, 1)
    expect(service.page.get_by_text("没有账号用过这个号码。")).to_be_visible()
    service.choose("outcome", "refused")
    service.press("作出处理")
    expect(service.page.locator("#error-summary")).to_be_visible()
    service.look("reason-wanted")
    service.choose("outcome", "refused")
    service.page.locator("#field-reason").select_option("not_proven")
    service.press("作出处理")
    expect(service.page.get_by_text(f"{receipt}：未通过。")).to_be_visible()
    told = progress(stranger, office, receipt, mobile, ("Send the code", "See the progress"))
    expect(told).to_contain_text("Not approved")


def granted_by_two(service: Visit, second: Visit, receipt: str, owner: Applicant) -> None:
    """Who proposes the change of a mobile number sees the holder masked, and cannot confirm it."""
    claim(service, receipt)
    pictures(service, 3)
    masked = service.page.locator("section[aria-labelledby=account-title]")
    expect(masked).to_contain_text(owner.name[:1])
    assert owner.mobile not in masked.inner_text()
    assert owner.name not in masked.inner_text()
    service.fill("said_name", owner.name)
    service.press("比对")
    expect(service.page.get_by_text("一致", exact=True)).to_be_visible()
    expect(service.page.get_by_text("没有比对", exact=True)).to_be_visible()
    service.fill("said_id_number", owner.id_number)
    service.press("比对")
    expect(service.page.get_by_text("一致", exact=True)).to_have_count(2)
    service.choose("outcome", "mobile_changed")
    service.press("作出处理")
    expect(service.page.locator("#error-summary")).to_be_visible()
    service.look("check-wanted")
    service.fill("checked", "致电登记的手机号，姓名和案件名称答对。")
    service.press("作出处理")
    expect(service.page.get_by_text(f"{receipt}：待复核。")).to_be_visible()
    for member in (service, second):
        member.go(f"{QUEUE}?state=proposed")
        member.follow(receipt)
        member.look("proposed")
    expect(service.page.get_by_text("由您提出，要由另一位同事复核。")).to_be_visible()
    expect(second.page.get_by_text("致电登记的手机号，姓名和案件名称答对。")).to_be_visible()
    expect(service.page.get_by_role("button", name="复核同意")).to_have_count(0)
    second.press("复核同意")
    expect(second.page.get_by_text(f"{receipt}：已通过，等待异议期结束。")).to_be_visible()


def stopped(holder: Visit, receipt: str, code: str) -> None:
    """Whose number it still is objects, on a phone, at the second try."""
    holder.go("/recovery")
    holder.follow("提出异议")
    holder.fill("receipt", receipt)
    holder.fill("code", "AAAAAAAAAAAA")
    holder.press("停止变更")
    expect(holder.page.locator("#error-summary")).to_be_visible()
    holder.look("wrong-code")
    holder.fill("code", code)
    holder.press("停止变更")
    expect(holder.page.locator(".notice-success")).to_be_visible()
    holder.look("stopped")


def objection_code(office: Office, mobile: str, receipt: str) -> str:
    """Out of the message that the old number got."""
    sent = office.visitor.get(f"/sandbox/messages?to={mobile}&limit=50")["items"]
    body = next(m["body"] for m in sent if m["template"] == "recovery_announced" and receipt in m["body"])
    words = "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in body).split()
    return next(word for word in words if len(word) == 12)


class Chat:
    """The simulated platform, with somebody who writes to the office's official account."""

    def __init__(self, stack: Stack, *, encrypted: bool) -> None:
        port = json.loads((stack.data / "ports.json").read_text(encoding="utf-8"))["provider"]
        self.url = f"http://127.0.0.1:{port}"
        self._wish: dict[str, Any] = {"openid": f"o{secrets.token_hex(8)}", "encrypted": encrypted}

    def say(self, text: str, **more: Any) -> list[tuple[int, str]]:
        """Status and text of every answer; the platform may send it several times."""
        wish = self._wish | {"text": text} | more
        answers = httpx.post(f"{self.url}/simulator/wechat-oa", json=wish, timeout=30).raise_for_status().json()
        return [(answer["status"], answer["text"]) for answer in answers["answers"]]


def test_a_chat_with_the_official_account_ends_in_the_offices_list(
    open_window: Callable[..., Visit], stack: Stack, office: Office
) -> None:
    receipts = []
    for encrypted in (True, False):
        chat, mobile = Chat(stack, encrypted=encrypted), new_mobile()
        assert chat.say("找回 2026Z11S000001", forged=True)[0][0] == 401
        assert "手机号" in chat.say("找回 2026Z11S000001")[0][1]
        assert "验证码" in chat.say(mobile)[0][1]
        first, again = chat.say(office.code_for(mobile), times=2)
        assert first == again
        receipts.append(first[1].partition("ZH")[2][:16])
    service = open_window(name="service-wechat")
    sign_in(service.page, stack.url, "service")
    for receipt in receipts:
        claim(service, f"ZH{receipt}")
        expect(service.page.get_by_text("微信公众号", exact=True)).to_be_visible()
        service.press("退回队列")

    person = open_window("phone", name="wechat")
    person.page.goto(f"{chat.url}/wechat")
    person.page.get_by_label("text").fill("recover 2026Z11S000001")
    person.page.get_by_role("button").click()
    expect(person.page.get_by_text("mobile", exact=False)).to_be_visible()
    person.look("chat")
