"""A step on two pages: what only one changed is kept from it, what both changed has to be chosen."""

from __future__ import annotations

from typing import Any

import pytest
from contracts.filing import UnsavedMark
from flask import Flask
from gateway.forms.testing import field
from gateway.forms.versions import Opened, compare, fingerprints, opened_by, taken
from gateway.pages.two_versions import left_as_saved
from werkzeug.datastructures import MultiDict

FIELDS = [
    field("title", "text"),
    field("words", "integer"),
    field("told", "group", fields=[field("why", "area"), field("how", "area")]),
    field("place", "group", fields=[field("city", "text", width="s"), field("country", "text", width="s")]),
    field("people", "rows", fields=[field("name", "text")]),
]
READ: dict[str, Any] = {"title": "石头", "words": 3, "told": {"why": "a\n\nb", "how": ""}, "place": None, "people": []}
SAME = {"title": "石头", "words": 3, "told": {"why": "a\r\n\r\nb"}, "place": {"city": "", "country": ""}, "people": []}

pytestmark = pytest.mark.requirement("F-02")


def compared(entered: dict[str, Any], saved: dict[str, Any]) -> tuple[set[str], set[str], set[str]]:
    found = compare(FIELDS, SAME | entered, READ | saved, fingerprints(FIELDS, READ))
    return set(found.mine), set(found.theirs), set(found.both)


def test_what_is_the_same_in_other_words_was_not_changed() -> None:
    assert compared({}, {}) == (set(), set(), set())


def test_what_one_page_changed_is_kept_and_what_both_changed_is_chosen() -> None:
    mine = {"title": "木头", "told": {"why": "c", "how": "d"}, "people": [{"name": "甲"}]}
    theirs = {"words": 4, "told": {"why": "e", "how": ""}, "people": [{"name": "乙"}]}
    assert compared(mine, theirs) == ({"title", "told.how"}, {"words"}, {"told.why", "people"})
    assert compared(mine, mine) == (set(), set(), set()), "the same on both"
    assert compared({"place": {"city": "宜昌"}}, {}) == ({"place"}, set(), set())


def test_a_page_that_does_not_say_what_it_read_is_asked_for_all_that_differs() -> None:
    found = compare(FIELDS, SAME | {"title": "木头"}, READ, {})
    assert found.both == ("title",)


def test_what_is_taken_leaves_the_rest_of_a_group_as_it_is_saved() -> None:
    entered = SAME | {"title": "木头", "told": {"how": "d"}}
    saved = READ | {"told": {"why": "e", "how": "f", "more": 1}}
    assert taken(entered, saved, ["title", "told.how"]) == {
        "title": "木头",
        "told": {"why": "e", "how": "d", "more": 1},
    }
    assert taken(entered, saved, ["told.why"]) == {"told": {"how": "f", "more": 1}}, "not asked any more"
    assert taken(entered, saved, []) == {}


def test_a_page_says_back_what_it_was_opened_with() -> None:
    opened = Opened(7, fingerprints(FIELDS, READ), (UnsavedMark(page="older", turn=3),), "here")
    entries = MultiDict(
        {"draft.version": "7", "draft.read": opened.fingerprints, "draft.page": "here", "draft.seen": opened.marks}
    )
    assert opened_by(entries) == opened
    assert [mark.page for mark in opened.again().seen] == ["older", "here"]


@pytest.mark.parametrize("hostile", ["", "x" * 70000, "a:b:c 9:9", "<script>", "页:1", "page:99999999999", "\u0661"])
def test_whatever_a_page_says_of_itself_is_read_or_passed_over(hostile: str) -> None:
    told = {f"draft.{name}": hostile for name in ("version", "read", "page", "seen")}
    found = opened_by(MultiDict(told))
    assert found.version is None
    assert found.page != hostile
    assert opened_by(MultiDict()).read == {}


@pytest.mark.parametrize(
    ("entered", "left"),
    [
        ({"choose.title": "saved", "choose.words": "mine", "choose.place": "theirs"}, {"title", "place"}),
        ({"choose.title": "saved", "choose.place": "theirs", "choose_all": "mine"}, {"place"}),
        ({"choose.title": "mine", "choose.place": "theirs", "choose_all": "saved"}, {"title", "place"}),
        ({"title": "石头"}, set()),
    ],
)
def test_what_only_others_changed_stays_whatever_is_chosen_of_the_rest(entered: dict[str, str], left: set[str]) -> None:
    """Walk: "use all of this page" took back what another page had saved, unlisted."""
    with Flask("choice").test_request_context(method="POST", data=entered):
        assert left_as_saved() == left
