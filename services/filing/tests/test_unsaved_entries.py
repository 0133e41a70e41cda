"""What was typed into a draft and not saved is kept for each open page, and none of them overwrites another's."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from chassis.errors import Problem
from filing.unsaved.model import LIFE, MOST
from filing.unsaved.store import UnsavedRow
from sqlalchemy import func, select, update

from contracts import filing

from .conftest import Office
from .test_filing_a_case import refused

STEP = "description"


def keep(
    office: Office, draft: filing.ApplicationView, page: str, turn: int = 1, actor: Any = None, **more: Any
) -> Any:
    asked = {"form": {"description": {"purpose": f"{page} {turn}"}}, "version": draft.version, "step": STEP} | more
    asked |= {"application_id": draft.application_id, "page": page, "turn": turn}
    return office.call(filing.KEEP_UNSAVED, actor or office.applicant, **asked)


def kept(office: Office, draft: filing.ApplicationView) -> dict[str, str]:
    asked = {"application_id": draft.application_id, "step": STEP}
    items = office.call(filing.LIST_UNSAVED, office.applicant, **asked).items
    return {item.page: item.form["description"]["purpose"] for item in items}


def save(office: Office, draft: filing.ApplicationView, form: dict[str, Any], *settled: tuple[str, int]) -> Any:
    page = {"step": STEP, "settled": [{"page": name, "turn": turn} for name, turn in settled]}
    asked = {"application_id": draft.application_id, "version": draft.version, "form": form, "page": page}
    return office.call(filing.SAVE_APPLICATION, office.applicant, **asked)


@pytest.mark.requirement("F-02")
def test_entries_are_kept_beside_the_draft_and_gone_once_they_are_saved(office: Office) -> None:
    draft = office.draft()
    assert keep(office, draft, "one").kept_at is not None
    assert keep(office, draft, "one", 2, read={"description": "ab"}).kept_at is not None
    assert kept(office, draft) == {"one": "one 2"}
    after = office.view(draft.application_id)
    assert (after.form, after.version) == (draft.form, draft.version), "nothing is saved by it"
    [item] = office.call(filing.LIST_UNSAVED, office.applicant, application_id=draft.application_id, step=STEP).items
    assert (item.turn, item.version, item.read) == (2, draft.version, {"description": "ab"})
    save(office, draft, {"description": {"purpose": "one 2"}}, ("one", 99))
    assert kept(office, draft) == {}


@pytest.mark.requirement("F-02")
def test_what_comes_late_or_twice_changes_nothing(office: Office) -> None:
    draft = office.draft()
    keep(office, draft, "one", 5)
    keep(office, draft, "one", 5, form={"description": {"purpose": "again"}})
    keep(office, draft, "one", 4)
    assert kept(office, draft) == {"one": "one 5"}
    saved = save(office, draft, {"description": {"purpose": "one 6"}}, ("one", 99))
    late = keep(office, draft, "one", 6, form={"description": {"purpose": "one 6"}})
    assert (late.kept_at, kept(office, saved)) == (None, {}), "on its way while the page was saved"


@pytest.mark.requirement("F-02")
def test_no_page_overwrites_another_ones_entries_unseen(office: Office) -> None:
    draft = office.draft()
    keep(office, draft, "older")
    keep(office, draft, "newer")
    keep(office, draft, "older", 2)
    assert kept(office, draft) == {"older": "older 2", "newer": "newer 1"}
    save(office, draft, {"title": "石头"}, ("newer", 99))
    assert kept(office, draft) == {"older": "older 2"}, "another page was saved, not this one"
    keep(office, draft, "next", seen=[{"page": "older", "turn": 2}])
    assert kept(office, draft) == {"next": "next 1"}, "what stands on the next page goes on there"
    keep(office, draft, "next", 2)
    keep(office, draft, "third", seen=[{"page": "next", "turn": 1}])
    assert set(kept(office, draft)) == {"next", "third"}, "written on after it was seen"


@pytest.mark.requirement("F-02")
def test_pages_at_once_keep_each_their_own(office: Office) -> None:
    draft = office.draft()
    names = [f"page-{number}" for number in range(6)]
    threads = [threading.Thread(target=keep, args=(office, draft, name, turn)) for name in names for turn in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept(office, draft) == {name: f"{name} 2" for name in names}


@pytest.mark.requirement("F-02")
def test_whatever_was_typed_is_kept_but_not_without_end(office: Office) -> None:
    draft = office.draft()
    odd = {"description": {"purpose": 7, "unheard of": ["x"]}, "nothing": None}
    assert keep(office, draft, "odd", form=odd).kept_at is not None
    with pytest.raises(ValueError, match="form"):
        keep(office, draft, "large", form={"description": {"purpose": "为" * 2_000_000}})
    for number in range(MOST - 1):
        keep(office, draft, f"page-{number}")
    refused("unsaved_too_many", keep, office, draft, "more")
    assert keep(office, draft, "page-3", 2).kept_at is not None


@pytest.mark.requirement("F-02")
@pytest.mark.requirement("I-05")
def test_entries_are_their_writers_alone_and_go_with_the_draft(office: Office) -> None:
    draft = office.draft()
    keep(office, draft, "one")
    of_step = {"application_id": draft.application_id, "step": STEP}
    for actor in (office.other, office.examiner):
        with pytest.raises(Problem, match=r"application_unknown|forbidden"):
            keep(office, draft, "theirs", actor=actor)
        with pytest.raises(Problem, match=r"application_unknown|forbidden"):
            office.call(filing.LIST_UNSAVED, actor, **of_step)
        with pytest.raises(Problem, match=r"application_unknown|forbidden"):
            office.call(filing.DROP_UNSAVED, actor, page="one", **of_step)
    for _twice in range(2):
        office.call(filing.DROP_UNSAVED, office.applicant, page="one", **of_step)
    assert kept(office, draft) == {}
    keep(office, draft, "one")
    office.call(filing.DISCARD_APPLICATION, office.applicant, application_id=draft.application_id)
    refused("application_discarded", keep, office, draft, "one")
    assert rows(office) == 0


def rows(office: Office) -> int:
    with office.harness.uow() as uow:
        return uow.session.scalar(select(func.count()).select_from(UnsavedRow)) or 0


@pytest.mark.requirement("F-02")
def test_what_nobody_came_back_for_and_what_was_filed_is_forgotten(office: Office) -> None:
    filed = office.view(office.ready())
    keep(office, filed, "one")
    office.submit(filed.application_id, office.evidence(office.prepare(filed.application_id)))
    refused("application_frozen", keep, office, filed, "one", 2)
    assert (kept(office, filed), rows(office)) == ({}, 1), "until it is swept"
    old, young = office.draft(), office.draft()
    keep(office, old, "one")
    keep(office, young, "one")
    with office.harness.uow() as uow:
        past = uow.now() - LIFE - timedelta(minutes=1)
        uow.session.execute(update(UnsavedRow).where(UnsavedRow.case_id == old.application_id).values(kept_at=past))
    assert kept(office, old) == {}, "whether it was swept already or not"
    office.harness.sweep("forget_unsaved")
    assert rows(office) == 1
    assert set(kept(office, young)) == {"one"}


@pytest.mark.requirement("F-10")
def test_an_answer_to_a_correction_is_kept_while_it_is_awaited(office: Office) -> None:
    application_id = office.claimed()
    case = office.view(application_id)
    answer = {"step": "correction", "form": {"correction_id": "cor-1", "answers": {"d": "写到一半"}, "fields": {}}}
    refused("application_frozen", keep, office, case, "one", 1, **answer)
    correction = office.ask_correction(application_id, "title")
    keep(office, case, "one", 1, **answer)
    asked = {"application_id": application_id, "step": "correction"}
    [item] = office.call(filing.LIST_UNSAVED, office.applicant, **asked).items
    assert item.form == answer["form"]
    refused("application_frozen", keep, office, case, "one", 2)
    refused("application_unknown", keep, office, case, "one", 3, actor=office.other, **answer)
    office.harness.sweep("forget_unsaved")
    assert rows(office) == 1
    answers = [{"defect_id": defect.defect_id, "text": "已改"} for defect in correction.defects]
    office.answer(application_id, answers=answers, form={"title": "改过的名称"})
    assert rows(office) == 0
    refused("application_frozen", keep, office, case, "one", 4, **answer)
