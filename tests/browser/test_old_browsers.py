"""The portal in Chromium 88 and 109, as people on Windows 7 have them: pages hold together, uploads go on after a cut.

Playwright's own waiting for elements needs a newer browser: these tests ask the page itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from materials.testing.sample_files import encrypted_pdf
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, ViewportSize
from registry_infra.folders import cache_folder, server_user
from registry_infra.old_chromium import PACKAGES, find_old_chromium
from registry_infra.portal import wait_for
from registry_infra.progress import say
from registry_infra.testing import Stack

from tests.browser.driver import driven
from tests.browser.visit import Visit
from tests.journeys.people import Person
from tests.lives import Lives

pytestmark = [pytest.mark.stack, pytest.mark.browser]
PATIENCE = 40_000
DESK, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=360, height=800)
CHUNK = 16 << 20
"""Bytes that upload.js sends at once."""
DRAW_WITHOUT_CARD = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture(scope="module", params=sorted(PACKAGES))
def old(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    cache = cache_folder(tmp_path_factory.mktemp("chromium"), server_user())
    program = find_old_chromium(request.param, cache, say)
    with driven() as playwright:
        running = playwright.chromium.launch(executable_path=str(program), args=DRAW_WITHOUT_CARD)
        assert running.version.partition(".")[0] == str(request.param)
        yield running
        running.close()


@pytest.fixture
def visit(old: Browser, stack: Stack) -> Iterator[Visit]:
    context: BrowserContext = old.new_context(viewport=DESK)
    context.set_default_timeout(PATIENCE)
    visit = Visit(context.new_page(), stack.url, f"chromium-{old.version.partition('.')[0]}")
    yield visit
    context.close()
    assert visit.complaints == []


def until(page: Page, expression: str) -> None:
    wait_for(expression, lambda: page.evaluate(f"!!({expression})") or None)


def look(visit: Visit, what: str) -> None:
    """At a desk and on a phone."""
    visit.look(what)
    visit.page.set_viewport_size(PHONE)
    visit.look(f"{what}-phone")
    visit.page.set_viewport_size(DESK)


def click(page: Page, selector: str) -> None:
    page.evaluate("selector => document.querySelector(selector).click()", selector)


def sign_in(visit: Visit, person: Person) -> None:
    visit.go("/sign-in")
    for field, text in (("login", person.who.mobile), ("password", person.who.password)):
        visit.page.focus(f"#field-{field}")
        visit.page.keyboard.type(text)
    visit.page.keyboard.press("Enter")
    visit.page.wait_for_url("**/account")


@pytest.mark.requirement("W-02")
def test_the_main_pages_hold_together(visit: Visit, lives: Lives) -> None:
    person = lives.person
    for path in ("/", "/query?number=2019Z11L000001", "/guides/text-work", "/sign-up/person", "/tools/deposit"):
        visit.go(path)
        look(visit, path.strip("/").replace("/", "-").partition("?")[0] or "home")
    sign_in(visit, person)
    look(visit, "account")
    for case, page in ((lives.to_pay, "/payment"), (lives.to_correct, "/correction"), (lives.registered, "")):
        visit.go(f"/account/applications/{case}{page}")
        look(visit, f"case{page.replace('/', '-')}")
    draft = f"/registration/applications/{person.draft()}"
    for step in ("", "/work", "/creation", "/ownership", "/description", "/materials", "/contact", "/check"):
        visit.go(f"{draft}{step}")
        look(visit, f"draft{step.replace('/', '-')}")
    visit.go(f"{draft}/work")
    click(visit.page, "#field-composition-series")
    until(visit.page, "document.getElementById('field-parts').offsetHeight > 0")
    software = str(person.me.post("/applications", {"kind": "software"})["application_id"])
    steps = ("", "/software", "/development", "/rights", "/deposit", "/builder", "/technical", "/materials", "/contact")
    for step in (*steps, "/check"):
        visit.go(f"/registration/applications/{software}{step}")
        look(visit, f"software{step.replace('/', '-')}")
    visit.go(f"/registration/applications/{software}/deposit")
    click(visit.page, "#field-deposit_kind-exceptional")
    until(visit.page, "document.getElementById('field-exceptional_kind').offsetHeight > 0")
    visit.go(f"/registration/applications/{software}/technical")
    visit.page.focus("#field-functions")
    visit.page.keyboard.type("借还 与盘点")
    until(visit.page, "document.querySelector('#count-functions .counted').textContent.includes('5')")


@pytest.mark.requirement("F-08")
@pytest.mark.requirement("W-02")
def test_an_upload_goes_on_after_a_cut_and_is_checked_in_the_page(visit: Visit, lives: Lives, tmp_path: Path) -> None:
    page, file = visit.page, tmp_path / "长江边的石头.pdf"
    file.write_bytes(encrypted_pdf("secret", pages=3) + hashlib.shake_128(visit.name.encode()).digest(CHUNK))
    sign_in(visit, lives.person)
    asked: list[tuple[str, str]] = []
    cuts = iter([True])

    def cut_once(route: Route, request: Request) -> None:
        asked.append((request.method, request.headers.get("upload-offset", "")))
        later = request.method == "PATCH" and request.headers["upload-offset"] != "0"
        route.abort() if later and next(cuts, False) else route.continue_()

    page.route("**/api/v1/uploads**", cut_once)
    page.route("**/api/v1/uploads/*", cut_once)
    visit.go("/tools/precheck?profile=text_pdf")
    page.set_input_files("input[name=files_file]", file)
    until(page, "document.querySelector('article.check-card .tag-attention, article.check-card .tag-bad')")
    visit.look("checked")
    assert [method for method, _offset in asked if method in ("POST", "HEAD")] == ["POST", "HEAD"]
    assert [offset for method, offset in asked if method == "PATCH"] == ["0", str(CHUNK), str(CHUNK)]
    assert file.name in page.inner_text("article.check-card")
    (cut,) = (complaint for complaint in visit.complaints if "net::ERR_FAILED" in complaint)
    visit.complaints.remove(cut)
