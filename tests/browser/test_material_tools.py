"""材料预检工具 and 鉴别材料 as people use them: in a browser, on a phone, in English, and without script."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from materials.testing.sample_files import encrypted_pdf
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.visit import Visit

Open = Callable[..., Visit]
CARD = "article.check-card"
PASSWORD_WORDS = {
    "zh": {"repair": "一键修复", "wrong": "密码不正确", "done": "改了什么", "named": "poems-修复.pdf"},
    "en": {
        "repair": "One-click repair",
        "wrong": "The password is wrong",
        "done": "What was changed",
        "named": "poems-repaired.pdf",
    },
}
FINISHED = f"{CARD}:has(.tag-good, .tag-attention, .tag-bad)"


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """A photograph that says where it was taken, one that is too small, and a PDF under a wrong name."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (30.0, 41.0, 20.0), 3: "E", 4: (111.0, 17.0, 10.0)})
    taken, small, renamed = tmp_path / "长江.jpg", tmp_path / "小图.jpg", tmp_path / "假图.jpg"
    Image.effect_noise((2000, 1500), 60).convert("RGB").save(taken, "JPEG", exif=exif, quality=80)
    Image.effect_noise((400, 300), 60).convert("RGB").save(small, "JPEG")
    renamed.write_bytes(b"%PDF-1.4 not a picture")
    return [taken, small, renamed]


@pytest.mark.browser
@pytest.mark.requirement("F-06")
@pytest.mark.requirement("F-07")
def test_many_files_are_checked_as_they_arrive_and_one_is_repaired(open_window: Open, pictures: list[Path]) -> None:
    window = open_window(name="precheck")
    window.go("/")
    window.follow("材料预检")
    window.page.get_by_role("link", name=re.compile("摄影作品")).click()
    window.page.locator("input[name=files_file]").set_input_files(pictures)
    expect(window.page.locator(FINISHED)).to_have_count(3)
    expect(window.page.locator(".upload-item")).to_have_count(0)
    window.look("results")
    window.page.reload()
    expect(window.page.locator(FINISHED)).to_have_count(3)
    card = window.page.locator(CARD, has_text="长江.jpg")
    expect(card).to_contain_text("GPS")
    card.get_by_role("button", name="一键修复").click()
    expect(window.page.get_by_role("heading", name="改了什么")).to_be_visible()
    expect(window.page.locator(".before-after img")).to_have_count(2)
    window.look("repaired")
    with window.page.expect_download() as download:
        window.page.get_by_role("link", name="下载修复后的文件").click()
    assert download.value.suggested_filename == "长江-修复.jpg"


@pytest.mark.browser
@pytest.mark.requirement("F-04")
def test_a_folder_becomes_a_deposit_on_a_phone_in_english(open_window: Open, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    (folder / "node_modules").mkdir(parents=True)
    (folder / "node_modules" / "other.js").write_text("not ours\n")
    for number in range(30):
        lines = [f"    shelf_{line} = borrow({number}, {line})" for line in range(110)]
        (folder / f"部分_{number:02}.py").write_text("\n".join([f"def part_{number}(borrow):", *lines]), "utf-8")
    window = open_window("phone", name="deposit", language="en")
    window.go("/tools/deposit")
    window.fill("title", "山居图书管理软件")
    window.fill("version", "V1.0")
    window.page.locator("[data-name=source] [data-folder-input]").set_input_files(folder)
    expect(window.page.locator("[data-name=source] .upload-item[data-state=done]")).to_have_count(1)
    expect(window.page.locator("[data-name=source]")).to_contain_text("1 folder or file was left out")
    window.press("Make the deposit")
    expect(window.page.get_by_role("heading", name="Numbers for the form")).to_be_visible()
    expect(window.page.locator(".made-list")).to_contain_text("60 pages")
    expect(window.page.locator(".facts")).to_contain_text("Python")
    window.look("made")
    window.page.locator("summary", has_text="Choose another entry file").click()
    window.page.locator("#again-first").select_option("library/部分_07.py")
    window.look("another-entry")
    window.press("Change and make it again")
    expect(window.page.locator('[id="field-title"]')).to_have_value("山居图书管理软件")
    expect(window.page.locator("[data-name=source] .upload-item[data-state=done]")).to_have_count(1)
    window.press("Make the deposit")
    window.page.locator("summary", has_text="File and line with which each page begins").click()
    expect(window.page.locator(".page-list tbody tr").first).to_contain_text("部分_07.py")


def refresh_until(window: Visit, there: Locator) -> None:
    """As people do without script: by the page's own link, as long as the page offers it."""
    again = window.page.get_by_role("link", name="刷新，查看进展")
    ends = time.monotonic() + 60
    while not there.count():
        assert time.monotonic() < ends, "nothing has come of it"
        again.click()
    expect(again).to_have_count(0)


@pytest.mark.browser
@pytest.mark.requirement("W-02")
@pytest.mark.requirement("W-03")
def test_without_script_a_plain_form_does_the_same(open_window: Open, pictures: list[Path]) -> None:
    window = open_window(name="plain", script=False)
    window.go("/tools/precheck?profile=photograph")
    expect(window.page.get_by_role("heading", name="上传不成功？")).to_be_visible()
    window.upload("files", pictures[0])
    window.press("开始检查")
    window.look("checking")
    refresh_until(window, window.page.locator(FINISHED))
    window.page.locator("summary", has_text="画面方向不对").click()
    window.page.locator("select[name=rotate]").select_option("90")
    window.press("一键修复")
    refresh_until(window, window.page.get_by_role("heading", name="改了什么"))
    expect(window.page.locator(".change-list")).to_contain_text("顺时针旋转了 90 度")


@pytest.mark.browser
@pytest.mark.requirement("F-07")
@pytest.mark.parametrize(("width", "language", "script"), [("desktop", "zh", False), ("phone", "en", True)])
def test_a_wrong_password_is_asked_for_again_in_place(
    open_window: Open, tmp_path: Path, width: str, language: str, script: bool
) -> None:
    words = PASSWORD_WORDS[language]
    locked = tmp_path / "poems.pdf"
    locked.write_bytes(encrypted_pdf("secret"))
    window = open_window(width, name="password", language=language, script=script)
    window.go("/tools/precheck?profile=text_pdf")
    window.upload("files", locked)
    if not script:
        window.press("开始检查")
        refresh_until(window, window.page.locator(FINISHED))
    window.page.locator("input[name=password]").fill("Secret")
    window.press(words["repair"])
    field = window.page.locator("input[name=password][aria-invalid]")
    if not script:
        refresh_until(window, field)
    expect(window.page.locator("#error-summary")).to_contain_text(words["wrong"])
    window.look("asked-again")
    field.fill("secret")
    window.press(words["repair"])
    done = window.page.get_by_role("heading", name=words["done"])
    if not script:
        refresh_until(window, done)
    expect(done).to_be_visible()
    expect(window.page.locator(".material-name")).to_contain_text(words["named"])


@pytest.mark.browser
@pytest.mark.requirement("W-03")
def test_a_file_that_does_not_fit_is_explained_before_a_byte_is_sent(open_window: Open, tmp_path: Path) -> None:
    wrong = tmp_path / "作品.docx"
    wrong.write_bytes(b"PK\x03\x04")
    window = open_window(name="refused")
    window.go("/tools/precheck?profile=text_pdf")
    window.page.locator("input[name=files_file]").set_input_files(wrong)
    failed = window.page.locator(".upload-item[data-state=failed]")
    expect(failed).to_contain_text("PDF")
    expect(failed.get_by_role("link")).to_have_attribute("href", "/guides/upload-help")
