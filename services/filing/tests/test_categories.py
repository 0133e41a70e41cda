"""Every category of works: which files its form asks for, what its fee goes by, a length that its files bear out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from contracts.forms import WorkForm
from filing.documents.model import BLANKS
from filing.forms.policy import policies
from filing.types import TYPES

from .work_forms import complete

TODAY = date(2026, 11, 23)
POLICY = policies().on("work_registration", TODAY)
WORK = TYPES["work_registration"]

NEEDED: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"category": "A"}, {"sample": "text_pdf"}),
    ({"category": "M"}, {"sample": "text_pdf"}),
    ({"category": "B", "lyrics": "with"}, {"sample": "score"}),
    ({"category": "B", "lyrics": "with", "sample_form": "recording"}, {"sample": "audio_sample", "lyrics": "text_pdf"}),
    ({"category": "B", "lyrics": "without", "sample_form": "recording"}, {"sample": "audio_sample"}),
    ({"category": "C"}, {"sample": "text_pdf"}),
    ({"category": "C", "sample_form": "video"}, {"sample": "video_sample"}),
    ({"category": "D"}, {"sample": "text_pdf"}),
    ({"category": "E"}, {"sample": "video_sample"}),
    ({"category": "E", "sample_form": "script"}, {"sample": "text_pdf"}),
    ({"category": "N"}, {"sample": "video_sample"}),
    ({"category": "F"}, {"sample": "artwork_image"}),
    ({"category": "F", "sample_form": "views"}, {"sample": "views_3d"}),
    ({"category": "G"}, {"sample": "photograph"}),
    ({"category": "O"}, {"sample": "photograph"}),
    ({"category": "O", "sample_form": "drawing"}, {"sample": "drawing"}),
    ({"category": "P"}, {"sample": "photograph"}),
    ({"category": "H"}, {"sample": "video_sample", "cover": "proof", "credits": "proof"}),
    ({"category": "I"}, {"sample": "video_sample", "cover": "proof", "credits": "proof"}),
    ({"category": "J"}, {"sample": "drawing"}),
    ({"category": "K"}, {"sample": "drawing"}),
    ({"category": "L"}, {"sample": "text_pdf"}),
    ({"category": "L", "sample_form": "recording"}, {"sample": "audio_sample"}),
    ({"category": "A", "sample_form": "video"}, {"sample": "text_pdf"}),
    ({"category": None}, {"sample": "text_pdf"}),
]


def form(**changes: Any) -> WorkForm:
    return WorkForm.model_validate(complete(word_count=None) | changes)


@pytest.mark.requirement("F-04")
@pytest.mark.parametrize(("changes", "files"), NEEDED)
def test_each_category_asks_for_its_own_files(changes: dict[str, Any], files: dict[str, str]) -> None:
    needs = WORK.materials(form(**changes), POLICY)
    assert {need.role: need.profile for need in needs if need.needed} == files
    assert all(need.role in WORK.fields.roles() for need in needs)


@pytest.mark.requirement("F-01")
def test_every_category_of_the_law_is_open_and_has_an_example_here() -> None:
    assert {changes["category"] for changes, _ in NEEDED} - {None} == {*POLICY.categories}
    assert all(category.open and category.head.zh and category.head.en for category in POLICY.categories.values())


@pytest.mark.requirement("F-04")
def test_a_series_brings_a_sample_for_each_part() -> None:
    (sample, *_) = WORK.materials(form(category="I", composition="series", parts=["一", "二", "三"]), POLICY)
    assert sample.least == 3


@pytest.mark.requirement("F-05")
def test_what_the_fee_goes_by_is_told() -> None:
    film = form(category="I", duration={"minutes": 4, "seconds": 5}, composition="series", parts=["一", "二"])
    told = WORK.fee_basis(film, POLICY, "organisation")
    assert (told["category"], told["seconds"], told["parts"]) == ("I", 245, 2)
    assert WORK.fee_basis(form(category="B", lyrics="without"), POLICY, "organisation")["with_lyrics"] is False
    assert WORK.fee_basis(form(category="H", episodes=24), POLICY, "organisation")["episodes"] == 24
    assert WORK.fee_basis(form(creation_nature="compilation"), POLICY, "natural_person")["compilation"] is True


GROUNDS = {
    "individual": [],
    "joint": ["joint_agreement"],
    "legal_person": ["corporate_statement"],
    "work_for_hire": ["employment_contract", "creation_proof"],
    "commissioned": ["commission_contract"],
}
ACQUISITIONS = {
    "original": [],
    "inheritance": ["inheritance_proof"],
    "succession": ["succession_proof"],
    "other": ["transfer_contract"],
}


@pytest.mark.requirement("F-05")
@pytest.mark.parametrize("acquisition", ACQUISITIONS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_every_cell_of_the_matrix_has_its_proofs_each_with_a_template(ground: str, acquisition: str) -> None:
    held = form(
        ownership=ground, acquisition=acquisition, owners=[{"name": "长江文化有限公司", "kind": "organisation"}]
    )
    needed = [need.role for need in WORK.materials(held, POLICY) if need.needed and need.role != "sample"]
    assert needed == [*GROUNDS[ground], *ACQUISITIONS[acquisition]]
    described = {words.role: words for words in WORK.fields.material}
    for role in needed:
        assert described[role].template in BLANKS
        assert described[role].hint.zh
        assert described[role].hint.en


@pytest.mark.requirement("F-05")
def test_who_was_commissioned_and_is_the_owner_needs_no_contract() -> None:
    def roles(*owners: str) -> set[str]:
        held = form(ownership="commissioned", acquisition="original", owners=[{"name": name} for name in owners])
        return {need.role for need in WORK.materials(held, POLICY) if need.needed}

    assert roles("王小明") == {"sample"}
    assert roles("王小明", "李雷") == {"sample", "commission_contract"}
    assert roles() == {"sample", "commission_contract"}


@dataclass
class Check:
    facts: Mapping[str, Any]
    state: str = "done"
    findings: Sequence[Mapping[str, Any]] = ()


@dataclass
class File:
    precheck: Check
    role: str = "sample"
    id: str = "mat-1"
    file_name: str = "片.mp4"
    made_of: Mapping[str, Any] | None = None


def lasting(*seconds: float | None, role: str = "sample") -> list[File]:
    return [File(Check({"media": {"duration": length}}), role) for length in seconds]


@dataclass
class Case:
    stated: dict[str, int]
    files: list[File]
    found: dict[str, int] | None
    changes: dict[str, Any] = field(default_factory=dict)


SERIES = {"composition": "series", "parts": ["一", "二"]}
LENGTHS = [
    Case({"minutes": 3}, lasting(180), None),
    Case({"minutes": 3}, lasting(181), None),
    Case({"minutes": 3}, lasting(188), None),
    Case({"minutes": 3}, lasting(200), {"hours": 0, "minutes": 3, "seconds": 20}),
    Case({"seconds": 30}, lasting(400.4), {"hours": 0, "minutes": 6, "seconds": 40}),
    Case({"minutes": 3}, lasting(90, 90), None),
    Case({"minutes": 3}, lasting(90, 91, 89), {"hours": 0, "minutes": 4, "seconds": 30}),
    Case({"minutes": 3}, lasting(180, 20), None, SERIES),
    Case({"minutes": 3}, lasting(180, 600), {"hours": 0, "minutes": 10, "seconds": 0}, SERIES),
    Case({"minutes": 3}, lasting(None), None),
    Case({"minutes": 3}, lasting(30, None), None),
    Case({"minutes": 3}, [], None),
    Case({"minutes": 3}, lasting(9, role="recording"), None),
    Case({"minutes": 3}, [File(Check({}, state="running"))], None),
    Case({"minutes": 3}, [File(Check({"media": "no"}))], None),
]


@pytest.mark.requirement("F-06")
@pytest.mark.parametrize("case", LENGTHS)
def test_the_length_is_that_of_the_files(case: Case) -> None:
    compared = WORK.compare(form(category="I", duration=case.stated, **case.changes), case.files)
    if case.found is None:
        assert (compared.problems, compared.suggestions) == ((), {})
        return
    (problem,) = compared.problems
    assert (problem.field, problem.code, problem.severity) == ("duration", "duration_differs", "error")
    assert compared.suggestions == {"duration": case.found}
    assert WORK.compare(form(category="I", duration=case.found, **case.changes), case.files).problems in ((), [])


def written(*words: int, **of_pages: Any) -> list[File]:
    """Texts of so many words, on two pages each."""
    content = [{"words": number, "checked": 2, "with_text": 2, "blank": []} | of_pages for number in words]
    return [File(Check({"pdf": {"pages": 2}, "content": each})) for each in content]


@pytest.mark.requirement("F-06")
@pytest.mark.parametrize(
    ("stated", "files", "found", "changes"),
    [
        (2300, written(2300), None, {}),
        (2300, written(2700), None, {}),
        (100, written(280), None, {}),
        (2300, written(8400), 8400, {}),
        (12000, written(3100), 3100, {}),
        (2300, written(2000, 6400), 8400, {}),
        (8400, written(2000, 8400), None, SERIES),
        (2300, written(2000, 8400), 8400, SERIES),
        (2300, written(8400, with_text=1), None, {}),
        (2300, written(8400, with_text=1, blank=[2]), 8400, {}),
        (2300, written(8400, checked=1, with_text=1), None, {}),
        (2300, written(0), None, {}),
        (2300, [], None, {}),
        (2300, [*written(8400), File(Check({}, state="running"))], None, {}),
        (2300, [File(Check({"content": "no", "pdf": 7}))], None, {}),
        (None, written(8400), None, {}),
    ],
)
def test_a_number_of_words_is_held_against_the_text(
    stated: int | None, files: list[File], found: int | None, changes: dict[str, Any]
) -> None:
    """Walk 36: a remark, as nobody says how they are counted."""
    compared = WORK.compare(form(category="A", word_count=stated, **changes), files)
    assert compared.suggestions == ({"word_count": found} if found else {})
    told = [(one.code, one.severity, one.params) for one in compared.problems]
    assert told == ([("word_count_differs", "warning", {"stated": stated, "found": found})] if found else [])
