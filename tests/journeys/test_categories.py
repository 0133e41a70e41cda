"""Every category of works by the API, each with real files of its kind, from the draft to the register."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from materials.testing.sample_files import encoded, numbered_pdf, picture, zip_of
from materials.testing.sample_media import film, recording
from registry_infra.portal import Portal

from tests.journeys.conftest import Problem
from tests.journeys.people import Person, decide
from tests.staff import Staff

PDF = numbered_pdf(2)
IMAGE = encoded(picture(2400, 1800), dpi=(300, 300))
VIEWS = zip_of({f"{side}.jpg": encoded(picture(1200 + n, 900)) for n, side in enumerate("前后左右上下")})
FILM = film("mp4", 4)
SONG = recording("mp3", 4)
TITLES = {"L": "潮汐装置与光的十二种可能"}
FILES = {"text": ("本.pdf", PDF), "pdf": ("附.pdf", PDF), "image": ("图.jpg", IMAGE), "views": ("六面.zip", VIEWS)}
FILES |= {"film": ("片.mp4", FILM), "song": ("歌.mp3", SONG)}


@dataclass
class Filing:
    """What is filed: the form's own fields, the files by role, and the fee in fen."""

    category: str
    fee: int
    files: list[tuple[str, str]]
    form: dict[str, Any] = field(default_factory=dict)


FILINGS = [
    Filing("B", 30_000, [("sample", "song"), ("lyrics", "pdf")], {"lyrics": "with", "sample_form": "recording"}),
    Filing("B", 20_000, [("sample", "image"), ("recording", "song")], {"lyrics": "without"}),
    Filing("C", 30_000, [("sample", "text")]),
    Filing("D", 30_000, [("sample", "film")], {"sample_form": "video"}),
    Filing("E", 30_000, [("sample", "film")]),
    Filing("N", 30_000, [("sample", "text")], {"sample_form": "script"}),
    Filing("F", 30_000, [("sample", "views")], {"sample_form": "views"}),
    Filing("O", 150_000, [("sample", "image")]),
    Filing("P", 50_000, [("sample", "image")]),
    Filing("H", 200_000, [("sample", "film"), ("cover", "image"), ("credits", "pdf")], {"duration": {"seconds": 4}}),
    Filing("I", 20_000, [("sample", "film"), ("cover", "image"), ("credits", "pdf")], {"duration": {"seconds": 4}}),
    Filing("J", 50_000, [("sample", "pdf")]),
    Filing("K", 50_000, [("sample", "image")], {"map_number": "GS（2019）1822号"}),
    Filing("L", 200_000, [("sample", "song")], {"sample_form": "recording", "category_note": "声音装置"}),
]


def brought(person: Person, filing: Filing) -> str:
    """A draft with its files, all of them checked."""
    form = {"title": f"江边的{filing.category}号作品", "category": filing.category, "word_count": None} | filing.form
    application_id = person.draft(**form)
    for role, kind in filing.files:
        name, data = FILES[kind]
        check = person.attach(application_id, data, name, role)
        assert check["verdict"] != "fail", (filing.category, role, check["findings"])
    return application_id


@pytest.mark.requirement("F-01")
@pytest.mark.requirement("F-04")
@pytest.mark.parametrize("filing", FILINGS, ids=lambda filing: "-".join([filing.category, *filing.form]))
def test_a_work_of_every_category_is_filed_and_registered(author: Person, staff: Staff, filing: Filing) -> None:
    application_id = brought(author, filing)
    author.declare(application_id)
    serial_number = author.submit(application_id)
    assert author.order(application_id)["amount"] == filing.fee
    author.pay(application_id)
    staff("intake").post("/staff/paper-receipts", {"serial_number": serial_number})
    examiner = staff("examiner")
    examiner.post(f"/staff/examinations/{application_id}/claim", {"reason": "由测试领取"})
    decide(examiner, application_id, "approve")
    number = author.wait_until(application_id, "registration_number")
    assert number.startswith(f"国作登字-{number[5:9]}-{filing.category}-")
    author.wait_until(application_id, "state", "registered")
    assert author.documents(application_id)["certificate"]


@pytest.mark.requirement("F-04")
@pytest.mark.requirement("F-11")
def test_a_film_is_played_from_any_place_of_it(author: Person, visitor: Portal) -> None:
    filing = next(one for one in FILINGS if one.category == "E")
    application_id = brought(author, filing)
    (material,) = author.case(application_id)["materials"]
    assert material["content_type"] == "video/mp4"
    path = f"/applications/{application_id}/materials/{material['material_id']}/file"
    whole = author.me.send("GET", path)
    assert (whole.content, whole.headers["Accept-Ranges"]) == (FILM, "bytes")
    part = author.me.send("GET", path, headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, FILM[100:300])
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(FILM)}"
    assert author.me.send("GET", path, headers={"Range": f"bytes={len(FILM)}-"}).status_code == 416
    assert visitor.send("GET", path, headers={"Range": "bytes=0-1"}).status_code == 401


@pytest.mark.requirement("F-03")
@pytest.mark.requirement("F-06")
def test_a_film_that_lasts_longer_than_its_form_says_is_not_filed(author: Person, problem: Problem) -> None:
    filing = Filing("I", 0, FILINGS[10].files, {"duration": {"minutes": 2}})
    application_id = brought(author, filing)
    refused = problem(author.me, "POST", f"/applications/{application_id}/declaration")
    assert [(error["field"], error["code"]) for error in refused["errors"]] == [("duration", "duration_differs")]
    assert author.case(application_id)["report"]["suggestions"] == {}, "what was filled in is not overwritten"


@pytest.mark.requirement("F-06")
@pytest.mark.parametrize(
    ("category", "form", "file", "code"),
    [
        ("E", {}, ("声.mp4", film("mp4", 2, picture=False)), "media_without_picture"),
        ("E", {}, ("断.mp4", FILM[: len(FILM) // 2]), "media_truncated"),
        ("B", {"lyrics": "without", "sample_form": "recording"}, ("空.wav", recording("wav", 0.02)), "media_too_short"),
        ("B", {"lyrics": "without"}, ("猫.jpg", encoded(picture(400, 300), dpi=(72, 72))), "image_too_few_pixels"),
        ("F", {"sample_form": "views"}, ("面.zip", zip_of(dict.fromkeys("123456", IMAGE))), "views_same"),
    ],
    ids=["no picture", "cut", "silence", "small score", "same views"],
)
def test_a_sample_that_is_not_what_its_category_needs_is_told(
    author: Person, category: str, form: dict[str, Any], file: tuple[str, bytes], code: str
) -> None:
    application_id = author.draft(title="江边的不合格样本", category=category, word_count=None, **form)
    check = author.attach(application_id, file[1], file[0])
    found = next(finding for finding in check["findings"] if finding["code"] == code)
    assert found["severity"] == "error"
    assert found["message"]
    assert found["remedy"]
