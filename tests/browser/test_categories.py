"""Works that are heard and seen: a song and a film, from the choice of the category to the examiner who plays them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from materials.testing.sample_files import encoded, numbered_pdf, picture
from materials.testing.sample_media import film, recording
from playwright.sync_api import expect

from tests.browser import cases, filing
from tests.browser.visit import Visit
from tests.journeys.people import Person
from tests.staff import Staff

pytestmark = [pytest.mark.stack, pytest.mark.browser]
SONG = {"zh": "音乐作品", "en": "Musical work"}
FILM = {"zh": "类似摄制电影方法创作的作品", "en": "Work created by a process analogous to cinematography"}


@pytest.fixture
def person(staff: Staff) -> Person:
    """Verified; what is entered here is the form of a work."""
    return Person(staff.visitor, staff).sign_up().verify()


def file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def begin(visit: Visit, person: Person, category: str) -> str:
    """Signed in, a draft of this category opened by its button; the application's id. The rest of the form is there."""
    visit.sign_in(person.who)
    visit.go("/registration/work")
    visit.look("categories")
    visit.page.locator("button.category", has=visit.page.get_by_text(category, exact=True)).click()
    visit.page.wait_for_url("**/registration/applications/*")
    application_id = visit.page.url.rsplit("/", 1)[1]
    form = person.form()
    for name in ("title", "category", "word_count"):
        del form[name]
    version = person.case(application_id)["version"]
    current = {"If-Match": f'"{version}"'}
    person.me.call("PATCH", f"/applications/{application_id}", {"form": form}, headers=current)
    visit.go(f"/registration/applications/{application_id}/work")
    return application_id


@pytest.mark.requirement("F-01")
@pytest.mark.requirement("F-04")
@pytest.mark.requirement("W-02")
@pytest.mark.parametrize(("width", "language"), [("desktop", "zh"), ("phone", "en")])
def test_a_song_is_filed_as_a_recording_with_its_lyrics(
    open_window: Callable[..., Visit], person: Person, tmp_path: Path, width: str, language: str
) -> None:
    visit, words = open_window(width, name="song", language=language), filing.WORDS[language]
    page = visit.page
    application_id = begin(visit, person, SONG[language])
    expect(page.locator('[id="field-sample_form-recording"]')).to_be_visible()
    expect(page.locator('[id="field-sample_form-video"]')).to_be_hidden()
    expect(page.locator('[id="field-duration.minutes"]')).to_be_hidden()
    page.locator('[id="field-category"]').select_option("C")
    expect(page.locator('[id="field-sample_form-video"]')).to_be_visible()
    expect(page.locator('[id="field-sample_form-recording"]')).to_be_hidden()
    page.locator('[id="field-category"]').select_option("B")
    visit.fill("title", "江水谣")
    visit.choose("sample_form", "recording")
    visit.press(words["save"])
    expect(page.locator(".error-summary")).to_be_visible()  # whether it has lyrics
    visit.look("lyrics-missing")
    visit.choose("lyrics", "with")
    visit.press(words["save"])
    page.wait_for_url("**/creation**")
    visit.go(f"/registration/applications/{application_id}/materials")
    visit.upload("materials.sample", file(tmp_path, "江水谣.mp3", recording("mp3", 3)))
    expect(page.locator(".material")).to_have_count(1)
    visit.upload("materials.lyrics", file(tmp_path, "歌词.pdf", numbered_pdf(1)))
    expect(page.locator(".material .tag-good")).to_have_count(2)
    visit.look("materials")
    visit.go(f"/registration/applications/{application_id}/check")
    expect(page.locator(".error-summary")).to_have_count(0)
    visit.look("check")


@pytest.mark.requirement("F-04")
@pytest.mark.requirement("F-06")
@pytest.mark.requirement("F-11")
def test_a_film_has_the_length_of_its_file_and_the_examiner_plays_it(
    open_window: Callable[..., Visit], person: Person, staff: Staff, tmp_path: Path
) -> None:
    visit = open_window(name="film")
    page, words = visit.page, filing.WORDS["zh"]
    application_id = begin(visit, person, FILM["zh"])
    visit.fill("title", "潮汐来信")
    visit.fill("duration.minutes", "2")
    visit.look("length")
    visit.press(words["save"])
    page.wait_for_url("**/creation**")
    visit.go(f"/registration/applications/{application_id}/materials")
    for count, (role, each) in enumerate(
        {
            "sample": file(tmp_path, "潮汐来信.mp4", film("mp4", 4)),
            "cover": file(tmp_path, "海报.jpg", encoded(picture(1600, 1200))),
            "credits": file(tmp_path, "字幕.pdf", numbered_pdf(1)),
        }.items(),
        start=1,
    ):
        visit.upload(f"materials.{role}", each)
        expect(page.locator(".material")).to_have_count(count)
    expect(page.locator(".material .tag-good")).to_have_count(3)
    expect(page.locator(".material").first).to_contain_text("0:00:04")
    visit.look("materials")
    visit.go(f"/registration/applications/{application_id}/check")
    expect(page.locator(".error-summary")).to_contain_text("0:00:04")
    visit.look("length-differs")
    visit.go(f"/registration/applications/{application_id}/work")
    visit.fill("duration.minutes", "")
    visit.fill("duration.seconds", "4")
    visit.press(words["save"])
    page.wait_for_url("**/creation**")
    person.declare(application_id)
    serial_number = person.submit(application_id)
    person.pay(application_id)
    staff("intake").post("/staff/paper-receipts", {"serial_number": serial_number})

    desk = open_window(name="film-examiner")
    cases.sign_in(desk.page, desk.url, "examiner1")
    desk.go(f"/staff/examinations/{application_id}")
    player = desk.page.locator(".viewer video")
    expect(player).to_be_visible()
    desk.page.wait_for_function("document.querySelector('.viewer video').readyState >= 1")
    assert player.evaluate("video => [Math.round(video.duration), video.videoWidth]") == [4, 320]
    player.evaluate("video => new Promise(seen => { video.onseeked = seen; video.currentTime = 3; })")
    desk.look("player")
