"""Steps of the applicant's journey, each done by clicks and keys alone."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.office import Office
from tests.browser.people import Author
from tests.browser.visit import Visit

WORDS = {
    "zh": {
        "next": "下一步：验证手机号",
        "create": "完成注册",
        "verify": "提交认证",
        "save": "保存并继续",
        "continue": "继续",
        "declare": "内容无误，生成声明",
        "code": "获取验证码",
        "sign": "签名并提交",
        "pay": "去缴费",
        "wechat": "微信支付",
        "simulate": "模拟付款",
        "open_wechat": "打开微信付款",
        "see": "查看这件申请",
        "written": "文字作品",
    },
    "en": {
        "next": "Next: confirm your mobile number",
        "create": "Create the account",
        "verify": "Send for verification",
        "save": "Save and continue",
        "continue": "Continue",
        "declare": "All correct: make the declaration",
        "code": "Send the code",
        "sign": "Sign and submit",
        "pay": "Pay",
        "wechat": "WeChat Pay",
        "simulate": "Simulate the payment",
        "open_wechat": "Open WeChat to pay",
        "see": "See the application",
        "written": "Written work",
    },
}


def sign_up(visit: Visit, office: Office, author: Author, words: dict[str, str]) -> None:
    visit.go("/sign-up/person")
    for field in ("name", "id_number", "mobile", "password"):
        visit.fill(field, getattr(author, field))
    agree(visit)
    visit.press(words["next"])
    visit.page.wait_for_url("**/sign-up/code")
    visit.fill("otp", office.code_for(author.mobile))
    visit.look("code")
    visit.press(words["create"])
    visit.page.wait_for_url("**/account/verification")


def agree(visit: Visit) -> None:
    """Privacy notice and terms: two boxes."""
    for name in ("agreed_privacy", "agreed_terms"):
        visit.page.locator(f"#field-{name}").check()


def agree_to_face(visit: Visit) -> None:
    """The separate consent, without which there is nowhere to put the photograph."""
    expect(visit.page.locator("#field-face")).not_to_be_checked()
    visit.page.locator("#field-face").check()
    visit.click(visit.page.locator("button[value=consent]"))
    expect(visit.page.locator("#field-face")).to_have_count(0)


def get_verified(visit: Visit, office: Office, author: Author, words: dict[str, str]) -> None:
    visit.go("/account/verification")
    visit.look("face-consent")
    agree_to_face(visit)
    for role in ("id_front", "id_back", "handheld"):
        visit.upload(f"documents.{role}", author.photo(role))
    expect(visit.page.locator(".placed .tag-good")).to_have_count(3)
    visit.look("verification")
    visit.press(words["verify"])
    expect(visit.page.locator("[data-forget-uploads]")).to_be_attached()  # the same address shows another page now
    visit.look("verification-sent")
    office.verify(author.name)
    visit.page.reload()
    expect(visit.page.locator(".notice-success").first).to_be_visible()


def fill_in(visit: Visit, author: Author, words: dict[str, str], title: str) -> str:
    """Everything up to the check page; the application's id."""
    visit.go("/registration/work")
    visit.look("categories")
    visit.click(visit.page.locator("button.category", has_text=words["written"]))
    visit.page.wait_for_url("**/registration/applications/*")
    application_id = visit.page.url.rsplit("/", 1)[1]
    visit.look("steps")
    visit.click(visit.page.locator(".task-list a").first)
    visit.fill("title", title)
    visit.fill("word_count", "85000")
    visit.choose("creation_nature", "original")
    visit.press(words["save"])
    visit.fill("completion_date", "2026-03-01")
    visit.fill("completion_place.province", "湖北")
    visit.fill("completion_place.city", "宜昌")
    visit.choose("publication", "unpublished")
    visit.look("creation")
    visit.press(words["save"])
    visit.choose("ownership", "individual")
    visit.choose("acquisition", "original")
    visit.look("ownership")
    visit.press(words["save"])
    visit.fill("description.purpose", "记录长江边的童年，写给在江边长大的人。")
    visit.fill("description.process", "2025 年冬天动笔，2026 年春天完成，用电脑写作。")
    visit.fill("description.originality", "全部内容由本人独立创作。")
    visit.press(words["save"])
    visit.upload("materials.sample", author.novel())
    expect(visit.page.locator(".material .tag-good")).to_be_visible()
    visit.look("materials")
    visit.follow(words["continue"])
    visit.press(words["save"])
    visit.page.wait_for_url("**/check")
    expect(visit.page.locator(".error-summary")).to_have_count(0)
    visit.look("check")
    return application_id


def sign(visit: Visit, office: Office, author: Author, words: dict[str, str]) -> str:
    """Signs and submits; the serial number."""
    visit.press(words["declare"])
    visit.page.wait_for_url("**/declaration")
    visit.look("declaration")
    earlier = office.code_for(author.mobile)
    visit.press(words["code"])
    visit.fill("otp", office.code_for(author.mobile, unlike=earlier))
    visit.press(words["sign"])
    visit.page.wait_for_url("**/submitted")
    expect(visit.page.locator(".paper-list li")).not_to_have_count(0)
    visit.look("submitted")
    return visit.page.locator(".confirmation .number").inner_text()


def pay_on_the_providers_page(visit: Visit, words: str) -> None:
    """Follows the button with these words to the provider, pays there, and comes back."""
    ours = visit.page.url
    expect(visit.page.locator(".qr-box")).to_have_count(0)
    visit.look("payment")
    visit.follow(words)
    visit.page.wait_for_url("**/checkout/**")
    visit.press("支付 Pay")
    visit.follow("返回商家 Back to the office")
    visit.page.wait_for_url(f"{ours.partition('?')[0]}*")


def pay(visit: Visit, words: dict[str, str]) -> None:
    """By WeChat: at a desk by a code to scan, which the sandbox's provider pays while the page waits; on a phone, which
    cannot scan itself, by the provider's page."""
    visit.follow(words["pay"])
    visit.look("ways-to-pay")
    visit.press(words["wechat"])
    if visit.on_phone:
        pay_on_the_providers_page(visit, words["open_wechat"])
    else:
        expect(visit.page.locator(".qr-box svg")).to_be_visible()
        visit.look("payment")
        visit.press(words["simulate"])
    expect(visit.page.locator("#payment-part .notice-success")).to_be_visible()
    visit.look("paid")
    visit.follow(words["see"])
