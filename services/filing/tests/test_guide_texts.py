"""The office's words beside the guides: by two people, for a time, taken away and there again; nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chassis.actor import Actor
from chassis.clock import legal_date
from chassis.errors import Problem
from chassis.testing import anonymous, staff_actor
from pydantic import ValidationError

from contracts import guides

from .conftest import Office

pytestmark = pytest.mark.requirement("A-07")
WRITER, SECOND = staff_actor("administrator", id="acc-one"), staff_actor("administrator", id="acc-two")
TODAY = legal_date(datetime.now(UTC))


def written(office: Office, zh: str = "周五下午不对外办公。", by: Actor = WRITER, **changes: Any) -> guides.GuideText:
    asked = {
        "place": "software",
        "section": "times",
        "zh": zh,
        "en": f"In English: {zh}",
        "valid_from": TODAY,
    } | changes
    found: guides.GuideText = office.call(guides.WRITE_GUIDE_TEXT, by, **asked)
    return found


def published(office: Office, text: guides.GuideText, by: Actor = SECOND) -> guides.GuideText:
    found: guides.GuideText = office.call(guides.PUBLISH_GUIDE_TEXT, by, text_id=text.text_id)
    return found


def shown(office: Office, place: str = "software") -> dict[str, str]:
    found = office.call(guides.GUIDE_WORDS, anonymous(), place=place)
    return {words.section: words.zh for words in found.items}


def test_a_second_person_publishes_and_only_then_it_is_shown(office: Office) -> None:
    draft = written(office)
    assert (draft.state, draft.mine, shown(office)) == ("draft", True, {})
    with pytest.raises(Problem, match="guide_text_second_person"):
        published(office, draft, by=WRITER)
    done = published(office, draft)
    assert (done.state, done.in_force, done.published_by, done.mine) == ("published", True, "acc-two", False)
    assert shown(office) == {"times": "周五下午不对外办公。"}
    assert shown(office, "fees") == {}
    with pytest.raises(Problem, match="guide_text_ended"):
        published(office, draft)


def test_taken_away_the_one_before_is_there_again_and_the_history_keeps_all(office: Office) -> None:
    first, second = published(office, written(office, "一")), published(office, written(office, "二"))
    assert shown(office) == {"times": "二"}
    gone = office.call(guides.END_GUIDE_TEXT, WRITER, text_id=second.text_id, reason="写错了")
    assert (gone.state, gone.reason, shown(office)) == ("withdrawn", "写错了", {"times": "一"})
    with pytest.raises(Problem, match="guide_text_ended"):
        office.call(guides.END_GUIDE_TEXT, WRITER, text_id=second.text_id, reason="又一次")
    found = office.call(guides.LIST_GUIDE_TEXTS, SECOND, place="software").items
    assert [(one.text_id, one.in_force) for one in found if one.state in ("published", "withdrawn")] == [
        (second.text_id, False),
        (first.text_id, True),
    ]
    page = office.call(guides.LIST_GUIDE_TEXTS, SECOND, place="software", limit=1)
    following = office.call(guides.LIST_GUIDE_TEXTS, SECOND, place="software", limit=1, cursor=page.next_cursor)
    assert [*page.items, *following.items] == found[:2]


def test_it_is_shown_on_its_days_alone(office: Office) -> None:
    published(office, written(office, "一直"))
    published(office, written(office, "下周起", valid_from=TODAY + timedelta(days=7)))
    published(office, written(office, "上周", valid_from=TODAY - timedelta(9), valid_to=TODAY - timedelta(2)))
    assert shown(office) == {"times": "一直"}
    with pytest.raises(ValidationError, match="before valid_from"):
        written(office, valid_to=TODAY - timedelta(1))


def test_a_draft_that_another_replaces_is_discarded(office: Office) -> None:
    draft = written(office, "初稿")
    better = written(office, "改过", by=SECOND, replaces=draft.text_id)
    assert office.call(guides.GET_GUIDE_TEXT, WRITER, text_id=draft.text_id).state == "discarded"
    with pytest.raises(Problem, match="guide_text_second_person"):
        published(office, better)
    published(office, better, by=WRITER)
    with pytest.raises(Problem, match="guide_text_ended"):
        written(office, "再改", replaces=better.text_id)
    with pytest.raises(Problem, match="guide_text_unknown"):
        written(office, "再改", replaces="gtx-none")


@pytest.mark.parametrize("actor", [anonymous(), staff_actor("examiner"), staff_actor("cashier")])
def test_nobody_else_writes_publishes_or_reads_drafts(office: Office, actor: Actor) -> None:
    draft = written(office)
    for method, asked in (
        (guides.PUBLISH_GUIDE_TEXT, {"text_id": draft.text_id}),
        (guides.GET_GUIDE_TEXT, {"text_id": draft.text_id}),
        (guides.LIST_GUIDE_TEXTS, {}),
        (guides.END_GUIDE_TEXT, {"text_id": draft.text_id, "reason": "x"}),
    ):
        with pytest.raises(Problem, match=r"forbidden|not_signed_in"):
            office.call(method, actor, **asked)
    with pytest.raises(Problem, match=r"forbidden|not_signed_in"):
        written(office, by=actor)
