"""Uploads as a person meets them: paused, reloaded, cut off, blocked, too large. Each time it is said what helps."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from materials.testing.sample_files import numbered_pdf
from PIL import Image
from playwright.sync_api import Error, Request, Route, expect

from tests.browser.visit import Visit

Open = Callable[..., Visit]
CHUNK = 16 << 20
"""Bytes that upload.js sends at once."""
ITEM = ".upload-item"
CHECKED = "article.check-card:has(.tag-good, .tag-attention, .tag-bad)"
TOOL = "/tools/precheck?profile=text_pdf"

pytestmark = [pytest.mark.browser, pytest.mark.requirement("F-08")]


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """A PDF that takes two requests."""
    file = tmp_path / "长篇.pdf"
    file.write_bytes(numbered_pdf(3) + hashlib.shake_128(str(tmp_path).encode()).digest(CHUNK + (1 << 20)))
    return file


def choose(window: Visit, *files: Path) -> None:
    window.page.locator("input[name=files_file]").set_input_files(files)


def wait_for(window: Visit, caught: list[Route]) -> None:
    """Until a request was caught: the second piece is on its way when its route was asked for."""
    for _ in range(400):
        if caught:
            return
        window.page.wait_for_timeout(100)
    raise AssertionError("nothing was sent")


def test_a_paused_upload_goes_on_after_a_reload(open_window: Open, long: Path) -> None:
    window = open_window(name="paused")
    page, offsets = window.page, []
    held: list[Route] = []

    def hold_second(route: Route, request: Request) -> None:
        if request.method == "PATCH":
            offsets.append(request.headers["upload-offset"])
        if offsets == ["0", str(CHUNK)] and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/v1/uploads/*", hold_second)
    window.go(TOOL)
    choose(window, long)
    expect(page.locator(f"{ITEM} .upload-status")).to_contain_text(re.compile(r"\d+% · .+ MB"))
    wait_for(window, held)  # all of the first piece may be on its way, and not yet taken, when 94 % is shown
    window.press("暂停")
    expect(page.locator(f"{ITEM}[data-state=paused]")).to_contain_text("已暂停")
    with suppress(Error):
        held[0].abort()
    page.reload()
    expect(page.locator("[data-unfinished]")).to_contain_text("已传 94%")
    window.look("reloaded")
    choose(window, long)
    expect(page.locator(CHECKED)).to_have_count(1)
    assert offsets == ["0", str(CHUNK), str(CHUNK)]


@pytest.mark.requirement("W-02")
def test_what_is_pressed_while_a_file_is_on_its_way_waits_for_it(open_window: Open, tmp_path: Path) -> None:
    window = open_window(name="pressed")
    page, file = window.page, tmp_path / "证书.pdf"
    file.write_bytes(numbered_pdf(1))
    held: list[Route] = []

    def hold(route: Route, request: Request) -> None:
        if request.method == "PATCH" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/api/v1/uploads/*", hold)
    window.go("/certificate-check")
    page.locator("input[name=certificate_file]").set_input_files(file)
    wait_for(window, held)
    window.press("核验")
    expect(page.locator("[data-waiting]")).to_contain_text("传完会自动提交")
    window.look("waiting")
    held[0].continue_()
    expect(page.locator("h1")).to_have_text("核验结果")
    expect(page.locator("main")).to_contain_text("证书.pdf")


def test_a_file_chosen_while_the_page_is_leaving_with_another_is_said_to_be_missing(
    open_window: Open, tmp_path: Path
) -> None:
    window = open_window(name="late")
    page, late = window.page, tmp_path / "第二份.pdf"
    late.write_bytes(numbered_pdf(1))
    window.go(TOOL)
    page.evaluate("document.body.dataset.sending = '1'")
    choose(window, late)
    page.reload()
    expect(page.locator(f"{ITEM}[data-state=failed]")).to_contain_text("请再选一次")
    expect(page.locator(ITEM)).to_contain_text("第二份.pdf")


def test_of_two_kept_files_none_is_forgotten_when_one_cannot_be_looked_for(open_window: Open, tmp_path: Path) -> None:
    window = open_window(name="kept")
    page, files = window.page, [tmp_path / "第一份.pdf", tmp_path / "第二份.pdf"]
    for number, file in enumerate(files, 1):
        file.write_bytes(numbered_pdf(number))
    field = "document.querySelector('[data-upload]').uploadField"
    kept = f"JSON.parse(sessionStorage[{field}.key] || '[]')"
    window.go(TOOL)
    page.evaluate("document.querySelector('form[data-precheck]').removeAttribute('data-precheck')")
    choose(window, *files)
    expect(page.locator(f"{ITEM}[data-state=done]")).to_have_count(2)
    second = next(one["id"] for one in page.evaluate(kept) if one["name"] == files[1].name)
    held: list[Route] = []
    page.route(f"**/api/v1/uploads/{second}", lambda route: held.append(route))
    page.reload()
    expect(page.locator(f"{ITEM}[data-state=done]")).to_have_count(1)
    assert page.evaluate(f"{field}.looking"), "no form is sent with the first file alone"
    assert len(page.evaluate(kept)) == 2
    held[-1].abort()
    page.wait_for_function(f"!{field}.looking")
    page.evaluate(f"{field}.forgetSent()")
    assert [one["id"] for one in page.evaluate(kept)] == [second]
    page.unroute(f"**/api/v1/uploads/{second}")
    expect(page.locator(CHECKED)).to_have_count(1)
    page.reload()
    expect(page.locator(CHECKED)).to_have_count(2)
    window.complaints[:] = [complaint for complaint in window.complaints if "net::" not in complaint]


def test_an_upload_waits_out_the_loss_of_the_network(open_window: Open, long: Path) -> None:
    window = open_window(name="offline")
    page = window.page
    lost: list[Route] = []

    def lose_second(route: Route, request: Request) -> None:
        if request.method == "PATCH" and request.headers["upload-offset"] == str(CHUNK) and not lost:
            lost.append(route)
            return
        route.continue_()

    page.route("**/api/v1/uploads/*", lose_second)
    window.go(TOOL)
    choose(window, long)
    wait_for(window, lost)
    page.context.set_offline(True)
    lost[0].abort("internetdisconnected")
    expect(page.locator(f"{ITEM}[data-state=failed]")).to_contain_text("已传的部分不会丢失")
    window.look("offline")
    page.context.set_offline(False)
    expect(page.locator(CHECKED)).to_have_count(1)
    window.complaints[:] = [complaint for complaint in window.complaints if "net::" not in complaint]


@pytest.mark.requirement("W-03")
def test_a_blocked_upload_is_told_apart_from_a_lost_network_and_goes_on_at_the_press_of_a_button(
    open_window: Open, tmp_path: Path
) -> None:
    window = open_window(name="blocked")
    page, file = window.page, tmp_path / "诗集.pdf"
    file.write_bytes(numbered_pdf(2))
    page.route("**/api/v1/uploads", lambda route: route.abort("blockedbyclient"))
    window.go(TOOL)
    choose(window, file)
    expect(page.locator(f"{ITEM}[data-state=failed]")).to_contain_text("关闭广告拦截")
    window.look("blocked")
    page.unroute("**/api/v1/uploads")
    window.press("继续上传")
    expect(page.locator(CHECKED)).to_have_count(1)
    window.complaints[:] = [complaint for complaint in window.complaints if "net::" not in complaint]


@pytest.mark.requirement("W-03")
@pytest.mark.requirement("F-07")
def test_a_file_above_the_limit_can_be_sent_to_be_made_smaller(open_window: Open, tmp_path: Path) -> None:
    window = open_window(name="large")
    page, scan = window.page, tmp_path / "扫描件.pdf"
    pages = [Image.effect_noise((600, 800), 60).convert("RGB") for _ in range(2)]
    pages[0].save(scan, save_all=True, append_images=pages[1:], quality=95)
    purposes: list[str] = []
    page.on("request", lambda request: purposes.append(request.headers.get("upload-metadata", "")))
    window.go(TOOL)
    page.evaluate("() => { document.querySelector('[data-upload]').uploadField.limit = 1000; }")
    choose(window, scan)
    expect(page.locator(f"{ITEM}[data-state=failed]")).to_contain_text("一键修复压缩到上限以内")
    window.look("above-the-limit")
    window.press("上传并压缩")
    expect(page.locator(CHECKED)).to_have_count(1)
    assert any("purpose dG9fc2hyaW5r" in metadata for metadata in purposes), "to_shrink, in base64"


def test_dropped_files_are_sent_three_at_a_time(open_window: Open) -> None:
    window = open_window(name="dropped")
    page = window.page
    window.go(TOOL)
    page.evaluate(
        """() => {
          window.most = 0;
          const field = document.querySelector("[data-upload]").uploadField;
          field.root.addEventListener("upload:changed", () => {
            const busy = field.items.filter(item => item.state === "uploading").length;
            window.most = Math.max(window.most, busy);
          });
          const transfer = new DataTransfer();
          for (let number = 0; number < 5; number += 1) {
            const part = new File([`%PDF-1.4 nothing ${number}`], `第${number}卷.pdf`, {type: "application/pdf"});
            transfer.items.add(part);
          }
          const drop = new DragEvent("drop", {dataTransfer: transfer, bubbles: true, cancelable: true});
          document.querySelector(".upload-drop").dispatchEvent(drop);
        }"""
    )
    expect(page.locator(CHECKED)).to_have_count(5)
    assert page.evaluate("window.most") == 3
