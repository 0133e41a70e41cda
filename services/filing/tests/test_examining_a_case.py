"""Claims, decisions, second examiners, corrections."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import staff_actor
from filing.prechecks.store import PrecheckRow
from sqlalchemy import update

from contracts import examination, filing

from .conftest import Office
from .test_accepting_a_case import text_of
from .test_filing_a_case import places, refused


def queue(office: Office, name: str, examiner: Any = None) -> list[str]:
    listed = office.call(examination.LIST_EXAMINATIONS, examiner or office.examiner, queue=name)
    assert listed.counts[name] == len(listed.items)
    return [item.application_id for item in listed.items]


def answer(office: Office, application_id: str, **request: Any) -> filing.ApplicationView:
    defects = office.view(application_id).corrections[-1].defects
    answers = [{"defect_id": defect.defect_id, "text": "已更正"} for defect in defects]
    return office.answer(application_id, **({"answers": answers} | request))


@pytest.mark.requirement("F-11")
def test_a_case_wanders_through_the_queues(office: Office) -> None:
    application_id = office.accepted()
    assert queue(office, "awaiting_paper") == [application_id]
    assert queue(office, "unclaimed") == []
    office.receive_paper(application_id)
    assert queue(office, "unclaimed") == [application_id]
    office.claim(application_id)
    assert (queue(office, "unclaimed"), queue(office, "mine")) == ([], [application_id])
    assert queue(office, "mine", office.second) == []
    office.call(examination.RELEASE_EXAMINATION, office.examiner, application_id=application_id)
    assert queue(office, "unclaimed", office.second) == [application_id]
    office.claim(application_id, office.second)
    office.decide(application_id, "refuse", office.second, reason="样本与名称不符")
    assert queue(office, "second", office.second) == []
    assert queue(office, "second") == [application_id]


@pytest.mark.requirement("F-11")
def test_who_has_a_case_sees_it_while_somebody_else_must_act(office: Office) -> None:
    corrected, refused_one, own = (office.claimed() for _ in range(3))
    office.decide(corrected, "correct", defects=[{"target": "title", "message": "请写全名称"}])
    office.decide(refused_one, "refuse", reason="样本与名称不符")
    assert queue(office, "mine") == [own], "what is to be acted on, for a program that takes the next"
    asked: dict[str, Any] = {"queue": "mine", "waiting": True, "limit": 2}
    first = office.call(examination.LIST_EXAMINATIONS, office.examiner, **asked)
    rest = office.call(examination.LIST_EXAMINATIONS, office.examiner, **asked, cursor=first.next_cursor)
    items = [*first.items, *rest.items]
    assert [(one.application_id, one.waiting, one.paused) for one in items] == [
        (own, False, False),
        (corrected, True, True),
        (refused_one, True, False),
    ]
    assert (first.counts["mine"], first.counts["mine_waiting"], rest.next_cursor) == (1, 2, None)
    assert office.call(examination.LIST_EXAMINATIONS, office.second, **asked).items == []
    assert office.call(examination.TOTAL_EXAMINATIONS, office.examiner).queues["mine"].count == 1


@pytest.mark.requirement("F-11")
def test_a_case_is_found_within_a_queue_by_number_title_or_applicant(office: Office) -> None:
    case = office.claimed()
    view = office.view(case)

    def found(text: str, who: Any = None) -> list[str]:
        listed = office.call(examination.LIST_EXAMINATIONS, who or office.examiner, queue="mine", text=text)
        return [one.application_id for one in listed.items]

    for text in (view.serial_number, f" {view.acceptance_number} ", view.title[:1], view.applicant_name):
        assert found(text) == [case], text
        assert found(text, office.second) == [], "not in theirs"
    for text in ("另一个名称", view.title[1:], "%", "_"):
        assert found(text) == [], text


@pytest.mark.requirement("F-10")
def test_a_case_without_its_paper_says_so_in_every_queue(office: Office) -> None:
    waits, there = office.accepted(), office.accepted()
    office.receive_paper(there)
    items = office.call(examination.LIST_EXAMINATIONS, office.examiner, queue="all").items
    found = {one.application_id: (one.paper_awaited, one.paper_due_on is not None) for one in items}
    assert found == {waits: (True, True), there: (False, False)}


@pytest.mark.requirement("F-11")
def test_the_list_is_in_order_of_due_dates_and_paged(office: Office) -> None:
    cases = []
    for _ in range(3):
        cases.append(office.accepted())
        office.harness.advance(1)
    for case in reversed(cases):
        office.receive_paper(case)
    first = office.call(examination.LIST_EXAMINATIONS, office.examiner, limit=2)
    rest = office.call(examination.LIST_EXAMINATIONS, office.examiner, limit=2, cursor=first.next_cursor)
    assert [item.application_id for item in (*first.items, *rest.items)] == cases
    assert rest.next_cursor is None
    bad = {"cursor": "broken|x"}
    refused("request_invalid", office.call, examination.LIST_EXAMINATIONS, office.examiner, **bad)


@pytest.mark.requirement("F-11")
def test_of_examiners_who_claim_at_once_one_gets_the_case(office: Office) -> None:
    application_id = office.accepted()
    office.receive_paper(application_id)
    outcomes: list[str] = []

    def claim(examiner: Any) -> None:
        try:
            outcomes.append(office.claim(application_id, examiner).state)
        except Problem as problem:
            outcomes.append(problem.code)

    threads = [threading.Thread(target=claim, args=(one,)) for one in (office.examiner, office.second, office.third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["examination_taken", "examination_taken", "under_examination"]


def test_examiners_see_and_decide_only_what_they_work_on(office: Office) -> None:
    application_id = office.claimed()
    assert office.view(application_id, office.examiner).allowed_actions == [
        "release",
        "approve",
        "request_correction",
        "propose_refusal",
    ]
    refused("forbidden", office.view, application_id, office.second)
    refused("examination_not_yours", office.decide, application_id, "approve", office.second)
    release = {"application_id": application_id}
    refused("examination_not_yours", office.call, examination.RELEASE_EXAMINATION, office.second, **release)
    assert office.view(application_id, staff_actor("senior_examiner", id="acc-senior")).examiner_id == "acc-examiner"
    assert office.view(application_id).examiner_id is None


def test_an_unclaimed_case_is_not_decided(office: Office) -> None:
    application_id = office.accepted()
    office.receive_paper(application_id)
    problem = refused("action_not_allowed", office.decide, application_id, "approve")
    assert "claim" in str(problem.params["allowed"])


def test_a_decision_says_why(office: Office) -> None:
    application_id = office.claimed()
    refused("reason_required", office.decide, application_id, "refuse", reason="  ")
    refused("defects_required", office.decide, application_id, "correct")
    unknown = [{"target": "colour", "message": "?"}]
    refused("defect_target_unknown", office.decide, application_id, "correct", defects=unknown)


@pytest.mark.requirement("F-11")
def test_approval_tells_the_archive_everything_it_needs(office: Office) -> None:
    application_id = office.claimed()
    assert office.decide(application_id, "approve").state == "approved"
    (event,) = office.harness.events(filing.APPLICATION_APPROVED)
    case = office.view(application_id)
    assert event.form == {name: value for name, value in case.form.items() if name not in ("contact", "delivery")}
    assert event.approved_by == "acc-examiner"
    assert [owner["name"] for owner in event.owners] == ["王小明"]
    assert event.sample_sha256 == [case.materials[0].object.sha256]


@pytest.mark.requirement("F-11")
def test_a_refusal_takes_effect_when_another_examiner_decides_the_same(office: Office) -> None:
    application_id = office.claimed()
    proposed = office.decide(application_id, "refuse", reason="样本不是作品")
    assert proposed.state == "refusal_proposed"
    assert office.harness.events(filing.APPLICATION_REFUSED) == []
    seen = office.view(application_id)
    assert (seen.reason, seen.proposed_reason) == ("", "")
    assert "样本不是作品" not in seen.model_dump_json()
    refused("second_examiner_required", office.decide, application_id, "refuse", reason="仍然")
    refused("second_examiner_required", office.claim, application_id)
    office.claim(application_id, office.second)
    refused("examination_taken", office.decide, application_id, "refuse", office.third, reason="同意")
    refused_case = office.decide(application_id, "refuse", office.second, reason="属于通用表格")
    assert refused_case.state == "refused"
    told = office.call(filing.GET_APPLICATION, office.applicant, application_id=application_id, language="en")
    assert all(limit in told.remedies[-1] for limit in ("within 60 days", "within six months"))
    assert "60 日内" in office.view(application_id).remedies[-1]
    (event,) = office.harness.events(filing.APPLICATION_REFUSED)
    assert event.decided_by == ["acc-examiner", "acc-second"]
    assert "样本不是作品" in text_of(office, event.documents[0])
    assert [node.state for node in office.view(application_id).nodes] == ["done", "done", "skipped", "skipped"]


@pytest.mark.requirement("F-11")
@pytest.mark.parametrize("role", ["examiner", "senior_examiner"])
def test_nobody_alone_registers_against_a_proposed_refusal(office: Office, role: str) -> None:
    opponent = staff_actor(role, id="acc-second")
    application_id = office.claimed()
    office.decide(application_id, "refuse", reason="样本不是作品")
    refused("reason_required", office.decide, application_id, "approve", opponent)
    opposed = office.decide(application_id, "approve", opponent, reason="是作品")
    assert (opposed.state, opposed.opposed_by, opposed.opposed_reason) == ("refusal_proposed", "acc-second", "是作品")
    assert opposed.allowed_actions == []
    for decision in ("approve", "refuse"):
        refused("second_examiner_required", office.decide, application_id, decision, opponent, reason="仍然是作品")
    correction = {"defects": [{"target": "description", "message": "请说明独创之处"}]}
    refused("second_examiner_required", office.decide, application_id, "correct", opponent, **correction)
    refused("second_examiner_required", office.claim, application_id, opponent)
    refused("second_examiner_required", office.decide, application_id, "refuse", reason="仍然不是")
    assert office.harness.events(filing.APPLICATION_APPROVED) == []
    seen = office.view(application_id)
    assert "是作品" not in seen.model_dump_json(), "the applicant is told of it when it is decided"


@pytest.mark.requirement("F-11")
@pytest.mark.parametrize("agreeing", ["acc-third", "acc-examiner"])
def test_two_who_would_register_overrule_a_proposed_refusal(office: Office, agreeing: str) -> None:
    application_id = office.claimed()
    office.decide(application_id, "refuse", reason="样本不是作品")
    office.decide(application_id, "approve", office.second, reason="是作品")
    approved = office.decide(application_id, "approve", staff_actor("examiner", id=agreeing))
    assert approved.state == "approved"
    (event,) = office.harness.events(filing.APPLICATION_APPROVED)
    assert event.approved_by == agreeing
    actions = [(action.action, action.note) for action in approved.actions][-3:]
    assert actions == [("propose_refusal", "样本不是作品"), ("oppose_refusal", "是作品"), ("approve", "")]


@pytest.mark.requirement("F-11")
def test_a_third_examiner_who_refuses_decides_with_the_first(office: Office) -> None:
    application_id = office.claimed()
    office.decide(application_id, "refuse", reason="样本不是作品")
    office.claim(application_id, office.second)
    office.decide(application_id, "approve", office.second, reason="是作品")
    queued = office.call(examination.LIST_EXAMINATIONS, office.third, queue="second")
    assert [item.application_id for item in queued.items] == [application_id]
    assert office.call(examination.LIST_EXAMINATIONS, office.second, queue="second").items == []
    office.claim(application_id, office.third)
    refused("examination_taken", office.decide, application_id, "approve")
    assert office.decide(application_id, "refuse", office.third, reason="同意").state == "refused"
    (event,) = office.harness.events(filing.APPLICATION_REFUSED)
    assert event.decided_by == ["acc-examiner", "acc-third"]


@pytest.mark.requirement("F-11")
def test_two_who_oppose_at_once_are_one_after_the_other(office: Office) -> None:
    """The second of them is not told that they oppose, but agrees: two would register."""
    application_id = office.claimed()
    office.decide(application_id, "refuse", reason="样本不是作品")
    with ThreadPoolExecutor(2) as both:
        decided = list(
            both.map(
                lambda who: office.decide(application_id, "approve", who, reason="是作品").state,
                (office.second, office.third),
            )
        )
    assert sorted(decided) == ["approved", "refusal_proposed"]
    assert len(office.harness.events(filing.APPLICATION_APPROVED)) == 1


@pytest.mark.requirement("F-11")
def test_a_second_examiner_who_asks_for_correction_goes_on_with_the_case(office: Office) -> None:
    application_id = office.claimed()
    office.decide(application_id, "refuse", reason="样本不是作品")
    defects = [{"target": "description", "message": "请说明独创之处"}]
    office.decide(application_id, "correct", office.second, defects=defects)
    answer(office, application_id)
    case = office.view(application_id, office.second)
    assert (case.state, case.examiner_id, case.second_examiner_id) == ("under_examination", "acc-second", None)
    office.decide(application_id, "refuse", office.second, reason="仍无独创性")
    assert office.decide(application_id, "refuse", office.examiner, reason="同意").state == "refused"


@pytest.mark.requirement("F-12")
def test_a_correction_pauses_the_examination_and_shows_what_changed(office: Office) -> None:
    application_id = office.claimed()
    before = {deadline.kind: deadline for deadline in office.view(application_id).deadlines}
    correction = office.ask_correction(application_id, "completion_date", "description.purpose")
    (event,) = office.harness.events(filing.CORRECTION_REQUESTED)
    assert (event.defects, event.due_on) == (2, correction.due_on)
    assert "创作完成日期" in text_of(office, event.documents[0])
    waiting = office.view(application_id)
    states = {deadline.kind: deadline.state for deadline in waiting.deadlines}
    assert (states["examination"], states["correction"]) == ("paused", "running")
    assert waiting.waiting_for == "applicant_correction"
    assert [node.state for node in waiting.nodes] == ["done", "current", "current", "pending"]
    office.harness.advance(10)
    answered = answer(office, application_id, form={"completion_date": "2026-03-02"})
    assert answered.state == "under_examination"
    assert answered.corrections[0].changes == [
        {"field": "completion_date", "before": "2026-03-01", "after": "2026-03-02"}
    ]
    assert [defect.answer for defect in answered.corrections[0].defects] == ["已更正", "已更正"]
    after = {deadline.kind: deadline for deadline in answered.deadlines}
    moved = (after["examination"].due_on - before["examination"].due_on).days
    assert after["examination"].state == "running"
    assert 5 <= moved <= 15
    assert after["correction"].state == "met"
    assert queue(office, "mine") == [application_id]


@pytest.mark.requirement("F-12")
def test_every_defect_is_answered_in_words_or_by_a_change(office: Office) -> None:
    application_id = office.claimed()
    correction = office.ask_correction(application_id, "completion_date", "title")
    first, second = (defect.defect_id for defect in correction.defects)
    words = [{"defect_id": first, "text": "日期无误"}]
    problem = refused("answers_missing", answer, office, application_id, answers=words)
    assert places(problem) == {(f"answers.{second}", "required")}
    change = {"form": {"title": "长江边的石头（修订）"}}
    both = [*words, {"defect_id": second, "text": ""}]
    assert answer(office, application_id, answers=both, **change).title == "长江边的石头（修订）"


@pytest.mark.requirement("F-12")
def test_a_corrected_form_obeys_the_same_rules_and_keeps_its_fee(office: Office) -> None:
    application_id = office.claimed()
    office.ask_correction(application_id, "completion_date")
    problem = refused(
        "form_invalid", answer, office, application_id, form={"completion_date": "2099-01-01", "word_count": 90}
    )
    assert places(problem) == {
        ("completion_date", "date_in_future"),
        ("publication_date", "publication_before_completion"),
        ("word_count", "fee_field_unmarked"),
    }
    assert office.view(application_id).form["word_count"] == 12000


@pytest.mark.requirement("F-12")
def test_a_correction_keeps_the_identity_under_which_the_case_was_filed(office: Office) -> None:
    application_id = office.claimed()
    office.ask_correction(application_id)
    office.verify(office.applicant, "王大明")
    answered = answer(office, application_id, form={"completion_date": "2026-03-02"})
    assert [change["field"] for change in answered.corrections[0].changes] == ["completion_date"]
    assert answered.applicant_name == "王小明"


@pytest.mark.requirement("F-12")
def test_a_new_sample_takes_the_place_of_the_old_one_which_stays_on_file(office: Office) -> None:
    application_id = office.claimed()
    old = office.view(application_id).materials[0]
    office.ask_correction(application_id, old.material_id)
    refused("application_incomplete", _attach_and_answer, office, application_id)
    office.finish_checks()
    answered = answer(office, application_id)
    assert [material.superseded for material in answered.materials] == [True, False]
    office.decide(application_id, "approve")
    (event,) = office.harness.events(filing.APPLICATION_APPROVED)
    assert event.sample_sha256 == [answered.materials[1].object.sha256]
    assert event.sample_sha256 != [old.object.sha256]


def _attach_and_answer(office: Office, application_id: str) -> None:
    office.attach(application_id, data=b"%PDF-1.4 the right sample")
    answer(office, application_id)


@pytest.mark.requirement("F-12")
def test_an_unanswered_correction_is_deemed_withdrawn(office: Office) -> None:
    application_id = office.claimed()
    correction = office.ask_correction(application_id)
    days = (correction.due_on - office.today()).days
    office.harness.advance(days)
    assert office.harness.sweep("lapse_uncorrected") == 0
    office.harness.advance(2)
    refused("correction_overdue", answer, office, application_id)
    assert office.harness.sweep("lapse_uncorrected") == 1
    case = office.view(application_id)
    assert (case.state, case.reason) == ("lapsed", "correction_not_answered")
    (event,) = office.harness.events(filing.APPLICATION_LAPSED)
    assert event.application_id == application_id
    refused("action_not_allowed", answer, office, application_id)


@pytest.mark.requirement("S-02")
def test_sweepers_of_several_replicas_lapse_a_case_once(office: Office) -> None:
    cases = [office.claimed() for _ in range(3)]
    for case in cases:
        office.ask_correction(case)
    office.harness.advance(40)
    done: list[int] = []
    threads = [
        threading.Thread(target=lambda: done.append(office.harness.sweep("lapse_uncorrected"))) for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 3
    assert sorted(event.application_id for event in office.harness.events(filing.APPLICATION_LAPSED)) == sorted(cases)


@pytest.mark.requirement("F-12")
def test_a_second_round_is_possible(office: Office) -> None:
    application_id = office.claimed()
    for number in (1, 2):
        office.ask_correction(application_id)
        answer(office, application_id)
        assert len(office.view(application_id).corrections) == number
    assert office.decide(application_id, "approve").state == "approved"
    assert [node.state for node in office.view(application_id).nodes] == ["done", "done", "done", "current"]


@pytest.mark.requirement("F-11")
def test_a_queue_is_filtered_by_category_answered_corrections_and_expedition(office: Office) -> None:
    fresh, corrected = office.claimed(), office.claimed()
    office.ask_correction(corrected)
    answer(office, corrected)

    def mine(**wanted: Any) -> list[str]:
        listed = office.call(examination.LIST_EXAMINATIONS, office.examiner, queue="mine", **wanted)
        assert listed.counts["mine"] == len(listed.items)
        assert sum(listed.kinds.values()) == len(listed.items)
        return [item.application_id for item in listed.items]

    assert set(mine()) == set(mine(category="A")) == set(mine(category="A", kind="work")) == {fresh, corrected}
    assert mine(corrected=True) == [corrected]
    assert mine(category="F") == mine(hurried=True) == mine(category="%") == []
    [item] = office.call(examination.LIST_EXAMINATIONS, office.examiner, queue="mine", corrected=True).items
    assert (item.corrected, item.applicant_name) == (True, "王小明")


@pytest.mark.requirement("W-04")
def test_who_comes_second_is_told_who_has_the_case_and_since_when(office: Office) -> None:
    application_id = office.claimed()
    problem = refused("examination_taken", office.claim, application_id, office.second)
    claimed = [action.at for action in office.view(application_id, office.examiner).actions if action.action == "claim"]
    assert problem.params == {
        "title": "长江边的石头",
        "examiner_id": "acc-examiner",
        "since": claimed[-1].isoformat(),
    }


@pytest.mark.requirement("F-12")
def test_a_correction_notice_says_who_handles_the_case(office: Office) -> None:
    """办理人: whom to ask for on the telephone; a name that is not known leaves no empty label."""
    for name in ("李审查", ""):
        case = office.claimed()
        office.examiner = replace(office.examiner, name=name)
        office.ask_correction(case)
        notice = text_of(office, office.harness.events(filing.CORRECTION_REQUESTED)[-1].documents[0])
        assert ("办理人" in notice, "办理人：李审查" in notice) == (bool(name), bool(name))


@pytest.mark.requirement("F-11")
def test_a_refusal_notice_says_who_handled_the_case_and_where_to_call(office: Office) -> None:
    """As a correction notice does; both examiners have decided, the second of them last."""
    for name in ("赵复核", ""):
        case = office.claimed()
        office.decide(case, "refuse", reason="样本不是作品")
        office.second = replace(office.second, name=name)
        office.decide(case, "refuse", office.second, reason="样本不是作品")
        notice = text_of(office, office.harness.events(filing.APPLICATION_REFUSED)[-1].documents[0])
        assert ("办理人" in notice, "办理人：赵复核" in notice) == (bool(name), bool(name))
        assert "电话：" in notice


@pytest.mark.requirement("F-11")
def test_who_proposed_a_refusal_takes_it_back_while_nobody_has_decided(office: Office) -> None:
    case = office.claimed()
    office.decide(case, "refuse", reason="样本不是作品", basis="")
    for other in (office.second, staff_actor("senior_examiner", id="acc-senior")):
        refused("examination_not_yours", office.call, examination.WITHDRAW_REFUSAL, other, application_id=case)
    back = office.call(examination.WITHDRAW_REFUSAL, office.examiner, application_id=case)
    assert (back.state, back.examiner_id, back.proposed_reason) == ("under_examination", "acc-examiner", "")
    assert back.actions[-1].actor == "acc-examiner"
    assert office.view(case).actions[-1].actor is None, "applicants learn no colleague's account"
    office.decide(case, "refuse", reason="还是不是作品")
    office.decide(case, "approve", office.second, reason="是作品")
    refused("second_examiner_required", office.call, examination.WITHDRAW_REFUSAL, office.examiner, application_id=case)


@pytest.mark.requirement("F-11")
def test_nobody_decides_about_what_has_changed_since_they_read_it(office: Office) -> None:
    case = office.claimed()
    office.decide(case, "refuse", reason="样本不是作品")
    read = office.view(case, office.second).version
    office.call(examination.WITHDRAW_REFUSAL, office.examiner, application_id=case)
    office.decide(case, "refuse", reason="别的理由")
    refused("version_conflict", office.decide, case, "refuse", office.second, reason="样本不是作品", version=read)
    now = office.view(case, office.second)
    assert (now.state, now.proposed_reason) == ("refusal_proposed", "别的理由")
    office.decide(case, "refuse", office.second, reason="别的理由", version=now.version)


@pytest.mark.requirement("F-11")
def test_a_senior_takes_a_case_from_who_is_away_with_a_reason(office: Office) -> None:
    case, senior = office.claimed(), staff_actor("senior_examiner", id="acc-senior")
    asked = {"application_id": case, "reason": "承办人休假"}
    assert "hand_over" in office.view(case, senior).allowed_actions
    assert "hand_over" not in office.view(case, office.examiner).allowed_actions
    refused("reason_required", office.call, examination.HAND_OVER_EXAMINATION, senior, application_id=case)
    freed = office.call(examination.HAND_OVER_EXAMINATION, senior, **asked)
    assert (freed.state, freed.examiner_id, freed.actions[-1].note) == ("accepted", None, "承办人休假")
    assert office.view(case).actions[-1].note == "", "for staff alone"
    refused("action_not_allowed", office.call, examination.HAND_OVER_EXAMINATION, senior, **asked)
    office.claim(case, senior)
    refused("action_not_allowed", office.call, examination.HAND_OVER_EXAMINATION, senior, **asked)
    office.decide(case, "refuse", senior, reason="样本不是作品")
    office.claim(case, office.second)
    other = staff_actor("senior_examiner", id="acc-other")
    freed = office.call(examination.HAND_OVER_EXAMINATION, other, **asked)
    assert (freed.state, freed.second_examiner_id) == ("refusal_proposed", None)


@pytest.mark.requirement("F-11")
def test_a_page_that_the_file_does_not_have_is_no_defect(office: Office) -> None:
    case = office.claimed()
    [sample] = [item for item in office.view(case).materials if item.role == "sample"]
    there = sample.precheck.facts["pdf"]["pages"]
    marked = {"target": sample.material_id, "message": "看不清"}
    told = refused("request_invalid", office.decide, case, "correct", defects=[marked | {"page": there + 1}])
    assert [(error.field, error.code, error.params) for error in told.errors] == [
        ("defects.0.page", "page_not_there", {"pages": there})
    ]
    assert office.decide(case, "correct", defects=[marked | {"page": there}]).state == "awaiting_correction"


@pytest.mark.requirement("F-11")
def test_a_refusal_rests_on_what_its_examiner_chose_and_on_nothing_else(office: Office) -> None:
    asked = {"type": "work_registration", "language": "zh"}
    bases = office.call(examination.LIST_STANDARD_DEFECTS, office.examiner, **asked).bases
    assert len({basis.words for basis in bases}) == len(bases) > 0
    with_basis, without = office.claimed(), office.claimed()
    refused("request_invalid", office.decide, with_basis, "refuse", reason="不是作品", basis="made_up")
    for case, basis in ((with_basis, bases[0].code), (without, "")):
        office.decide(case, "refuse", reason="样本不是作品", basis=basis)
        office.decide(case, "refuse", office.second, reason="样本不是作品")
    notices = [event.documents[0] for event in office.harness.events(filing.APPLICATION_REFUSED)]
    said = ["".join(text_of(office, notice).split()) for notice in notices]
    assert [bases[0].words in text for text in said] == [True, False]
    other = bases[-1]
    assert other != bases[0], "there is another one to choose"
    changed = office.claimed()
    office.decide(changed, "refuse", reason="样本不是作品", basis=bases[0].code)
    assert office.view(changed, office.second).proposed_basis == bases[0].words
    assert office.view(changed).proposed_basis == ""
    office.decide(changed, "refuse", office.second, reason="样本不是作品", basis=other.code)
    notice = office.harness.events(filing.APPLICATION_REFUSED)[-1].documents[0]
    last = "".join(text_of(office, notice).split())
    assert (bases[0].words in last, other.words in last) == (False, True), "what the second examiner chose"
    for text in said:
        assert "独立作出" not in text
        assert "另一名审查员复核同意" in text


@pytest.mark.requirement("P-04")
def test_nothing_is_registered_while_a_fee_that_was_another_s_money_is_owed(office: Office) -> None:
    application_id = office.claimed()
    office.order(application_id, order_id="ord-again", corrects=f"ord-{application_id}")
    case = office.view(application_id)
    assert case.order is not None
    assert (case.state, case.order.order_id, case.order.state) == ("under_examination", "ord-again", "pending")
    refused("fee_owed", office.decide, application_id, "approve")
    assert office.view(application_id).state == "under_examination"
    office.pay(application_id, order_id="ord-again")
    assert office.decide(application_id, "approve").state == "approved"


@pytest.mark.requirement("P-04")
def test_a_fee_that_is_due_again_stays_owed_when_the_first_payment_is_heard_of_late(office: Office) -> None:
    application_id = office.submitted()
    office.order(application_id)
    office.order(application_id, order_id="ord-again", corrects=f"ord-{application_id}")
    office.pay(application_id)
    case = office.view(application_id)
    assert case.order is not None
    assert (case.state, case.order.order_id, case.order.state) == ("accepted", "ord-again", "pending")
    office.pay(application_id, order_id="ord-again")
    order = office.view(application_id).order
    assert order is not None
    assert (order.order_id, order.state) == ("ord-again", "paid")


@pytest.mark.requirement("P-04")
def test_a_case_that_has_ended_hears_nothing_of_a_fee_that_is_due_again(office: Office) -> None:
    application_id = office.accepted()
    office.call(filing.WITHDRAW_APPLICATION, office.applicant, application_id=application_id, reason="不再需要")
    office.order(application_id, order_id="ord-again", corrects=f"ord-{application_id}")
    order = office.view(application_id).order
    assert order is not None
    assert (order.order_id, order.state) == (f"ord-{application_id}", "paid")


STANDARD = "样本不清晰或不完整，无法辨认，请重新提交。"
FILLED = "样本中有他人的肖像、商标或图库素材（第 3 页的商标），请提交授权证明或去除。"
OWN = "第三页少了一行。"


@pytest.mark.requirement("F-12")
def test_standard_opinions_are_said_in_the_readers_language_and_others_as_they_were_written(office: Office) -> None:
    application_id = office.accepted()
    office.receive_paper(application_id)
    office.claim(application_id)
    defects = [{"target": "title", "message": message} for message in (STANDARD, FILLED, OWN)]
    office.decide(application_id, "correct", defects=defects)

    def said(language: str) -> list[str]:
        view = office.call(filing.GET_APPLICATION, office.applicant, application_id=application_id, language=language)
        return [defect.message for defect in view.corrections[-1].defects]

    assert said("zh") == [STANDARD, FILLED, OWN]
    first, second, third = said("en")
    assert first.startswith("The sample")
    assert "(第 3 页的商标)" in second
    assert second.startswith("The sample shows")
    assert third == OWN


@pytest.mark.requirement("F-11")
def test_a_refusal_says_on_the_case_what_it_rests_on(office: Office) -> None:
    refused_case = refused_one(office)
    view = office.view(refused_case)
    assert (view.reason, view.basis) == (STANDARD, "《作品自愿登记试行办法》第五条")
    english = office.call(filing.GET_APPLICATION, office.applicant, application_id=refused_case, language="en")
    assert english.reason.startswith("The sample")
    assert "art. 5" in english.basis
    [event] = office.harness.events(filing.APPLICATION_REFUSED)
    assert event.reason_en == english.reason


def refused_one(office: Office) -> str:
    application_id = office.accepted()
    office.receive_paper(application_id)
    office.claim(application_id)
    bases = office.call(examination.LIST_STANDARD_DEFECTS, office.examiner, type="work_registration").bases
    basis = next(each.code for each in bases if "第五条" in each.words)
    office.decide(application_id, "refuse", reason=STANDARD, basis=basis)
    office.claim(application_id, office.second)
    office.decide(application_id, "refuse", office.second, reason=STANDARD, basis=basis)
    return application_id


@pytest.mark.requirement("F-12")
def test_a_number_that_does_not_fit_the_new_sample_is_remarked_before_the_answer_is_signed(office: Office) -> None:
    application_id = office.claimed()
    [sample] = office.view(application_id).materials
    office.ask_correction(application_id, sample.material_id, "word_count")
    office.attach(application_id, data=b"%PDF another")
    facts = {"pdf": {"pages": 2}, "content": {"words": 8400, "checked": 2, "with_text": 2, "blank": []}}
    with office.harness.uow() as uow:
        done = {"state": "done", "verdict": "pass", "facts": facts}
        uow.session.execute(update(PrecheckRow).where(PrecheckRow.state == "running").values(**done))
    report = office.view(application_id).report
    assert report is not None
    assert "word_count_differs" in [one.code for one in report.problems]
    defects = office.view(application_id).corrections[-1].defects
    answers = [{"defect_id": defect.defect_id, "text": "已更正"} for defect in defects]

    def remarked(words: int) -> list[str]:
        prepared = office.call(
            filing.PREPARE_CORRECTION,
            office.applicant,
            application_id=application_id,
            answers=answers,
            form={"word_count": words},
        )
        return [one.code for one in prepared.warnings if one.field == "word_count"]

    assert remarked(12000) == ["word_count_differs"]
    assert remarked(8400) == []
