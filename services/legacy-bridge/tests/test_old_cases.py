"""Old cases are gone on with by their own people and the office, and end in one place."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from chassis.errors import Problem
from chassis.testing import organisation, person, service_actor, staff_actor
from contracts.archive import LEGACY_CERTIFICATE_ISSUED, CertificateIssued
from contracts.base import Empty
from contracts.identity import (
    LEGACY_ACCOUNT_LINKED,
    LEGACY_ACCOUNT_UNLINKED,
    LegacyAccountLinked,
    LegacyAccountUnlinked,
)
from contracts.legacy.cases import (
    AnswerLegacyCorrection,
    DecideLegacyCase,
    LegacyEntry,
    LegacyParticulars,
    LegacyQueue,
    LegacyRef,
    OpenLegacyFile,
)
from contracts.legacy_bridge import (
    ANSWER_LEGACY_CORRECTION,
    ASK_LEGACY_FEE,
    CHECK_LEGACY_DECISION,
    COMPLETE_LEGACY_CASE,
    DECIDE_LEGACY_CASE,
    GET_LEGACY_CASE,
    LEGACY_CASE_ADVANCED,
    LEGACY_CASE_APPROVED,
    LEGACY_CASE_COMPLETED,
    LEGACY_CASE_ENDED,
    LEGACY_CASE_MOVED,
    LEGACY_FEE_DUE,
    LIST_ENDED_LEGACY_CASES,
    LIST_LEGACY_CASES,
    LIST_LEGACY_QUEUE,
    LOCATE,
    OPEN_LEGACY_FILE,
    TOTAL_LEGACY_CASES,
    Locate,
)
from contracts.objects import DocumentRef, ObjectRef
from contracts.paging import Page
from contracts.payment import LEGACY_FEE_PAID, LegacyFeePaid
from contracts.ties import ACCOUNT_TIES, ReadTies
from legacy_bridge.cases import bulk
from legacy_bridge.cases.model import NEAR, length
from legacy_bridge.cases.policy import policy_of
from legacy_bridge.cases.store import LegacyCase

from chassis import failpoints, uow

pytestmark = pytest.mark.requirement("L-01")

ME, OTHER, EXAMINER = person(), person("acc-other"), staff_actor("examiner")
SECOND, THIRD = staff_actor("examiner", id="acc-second"), staff_actor("senior_examiner", id="acc-third")
STATED = LegacyEntry(owners=[{"name": "王伟"}], completion_date="2019-01-05")
REGISTERED = LegacyParticulars(owners=[{"name": "王伟"}], completion_date="2019-01-05")


def refused(act):
    with pytest.raises(Problem) as problem:
        act()
    return problem.value.code


def document() -> DocumentRef:
    return DocumentRef(
        document_id="arc-1", kind="certificate", title="证书", file_name="c.pdf", content_type="application/pdf",
        object=ObjectRef(sha256="ab" * 32, size=1), issued_at=datetime(2026, 11, 20, tzinfo=UTC),
    )  # fmt: skip


def issued(case_id: str) -> CertificateIssued:
    return CertificateIssued(
        application_id=case_id, account_id=ME.subject, title="气象查询系统", registration_number="2026SR000001",
        registered_on="2026-11-20", certificate_sha256="ab" * 32, documents=[document()],
    )  # fmt: skip


def decide(bridge, case_id, decision, who=EXAMINER, **more):
    return bridge.call(DECIDE_LEGACY_CASE, DecideLegacyCase(case_id=case_id, decision=decision, **more), who)


def refuse(bridge, case_id, text="不符合"):
    """As two examiners do."""
    decide(bridge, case_id, "refuse", text=text)
    return decide(bridge, case_id, "refuse", SECOND)


def test_only_its_own_account_sees_a_case_and_only_once_it_has_come(bridge, cases):
    case_id = cases.taken_over()
    assert refused(lambda: bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), ME)) == "legacy_case_unknown"
    assert bridge.call(LIST_LEGACY_CASES, Page(), ME).items == []
    cases.comes()
    assert [item.case_id for item in bridge.call(LIST_LEGACY_CASES, Page(), ME).items] == [case_id]
    seen = bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), ME)
    assert (seen.state, seen.scans, seen.actions) == ("accepted", "", [])
    assert bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), EXAMINER).scans == "/scan/0/1.tif"


@pytest.mark.parametrize("stranger", [OTHER, organisation(), staff_actor("reviewer"), staff_actor("cashier")])
def test_strangers_neither_see_nor_touch_it(bridge, cases, stranger):
    case_id = cases.taken_over(state="correction_due", correction="请补交权属证明")
    cases.comes()
    ref = LegacyRef(case_id=case_id)
    before, said = cases.row(case_id).version, bridge.events()
    for method, request in (
        (GET_LEGACY_CASE, ref),
        (ASK_LEGACY_FEE, ref),
        (COMPLETE_LEGACY_CASE, ref),
        (ANSWER_LEGACY_CORRECTION, AnswerLegacyCorrection(case_id=case_id, text="别人")),
        (OPEN_LEGACY_FILE, OpenLegacyFile(case_id=case_id, file_id="lgf-1")),
    ):
        code = refused(lambda method=method, request=request: bridge.call(method, request, stranger))
        assert code in ("legacy_case_unknown", "forbidden"), method.name
    assert cases.row(case_id).version == before
    assert bridge.events() == said


def test_what_others_may_know_of_a_case_goes_with_it_to_another_account(bridge, cases):
    """Order and certificate are the new account's, too; untouched cases nobody else has heard of."""
    used = cases.taken_over(state="correction_due", correction="请补交权属证明")
    due = cases.taken_over(state="fee_due")
    untouched = cases.taken_over()
    cases.comes()
    bridge.call(ANSWER_LEGACY_CORRECTION, AnswerLegacyCorrection(case_id=used, text="已补"), ME)
    record = cases.row(used).account_record
    heard = len(bridge.events(LEGACY_CASE_MOVED))
    later = LegacyAccountLinked(account_id=OTHER.subject, record_id=record, linked_at=datetime.now(UTC))
    for linked in (later, later, later.model_copy(update={"linked_at": later.linked_at - timedelta(days=1)})):
        bridge.deliver(LEGACY_ACCOUNT_LINKED, linked)
    said = bridge.events(LEGACY_CASE_MOVED)[heard:]
    assert [(event.application_id, event.account_id) for event in said] == [(used, OTHER.subject), (due, OTHER.subject)]
    assert bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=untouched), OTHER).case_id == untouched
    assert refused(lambda: bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=used), ME)) == "legacy_case_unknown"


def test_an_undone_link_leaves_the_cases_to_nobody(bridge, cases):
    case_id = cases.taken_over()
    cases.comes()
    record = cases.row(case_id).account_record
    gone = LegacyAccountUnlinked(account_id="acc-person", record_id=record, unlinked_at="2026-11-21T03:00:00Z")
    bridge.deliver(LEGACY_ACCOUNT_UNLINKED, gone)
    assert bridge.call(LIST_LEGACY_CASES, Page(), ME).items == []


@pytest.mark.requirement("L-03")
def test_whose_an_old_account_is_does_not_hang_on_the_order_in_which_it_is_heard(bridge, cases):
    """Joined, parted, joined by another, parted to a third: said late or twice, the last word counts."""
    day, parties = datetime(2026, 11, 20, 3, tzinfo=UTC), [person(f"acc-{letter}") for letter in "abc"]

    def hear(record: str, word: str, account: str, hour: int) -> None:
        at = day + timedelta(hours=hour)
        if word == "joined":
            linked = LegacyAccountLinked(account_id=account, record_id=record, linked_at=at)
            bridge.deliver(LEGACY_ACCOUNT_LINKED, linked)
        else:
            unlinked = LegacyAccountUnlinked(account_id=account, record_id=record, unlinked_at=at)
            bridge.deliver(LEGACY_ACCOUNT_UNLINKED, unlinked)

    said = [("joined", "acc-a", 0), ("parted", "acc-a", 1), ("joined", "acc-b", 2), ("parted", "acc-b", 3)]
    said.append(("joined", "acc-c", 3))
    for number, (shown, told) in enumerate((([], said[:2]), (["acc-b"], said[:3]), (["acc-c"], said))):
        for way, heard in enumerate((told, told[::-1], [*told, *told])):
            case_id = cases.taken_over(login=f"user{number}.{way}")
            record = cases.row(case_id).account_record
            for word in heard:
                hear(record, *word)
            holders = [
                who.subject
                for who in parties
                if case_id in {item.case_id for item in bridge.call(LIST_LEGACY_CASES, Page(), who).items}
            ]
            assert holders == shown, heard


@pytest.mark.requirement("I-12")
def test_a_case_that_has_not_ended_keeps_its_account_open(bridge, cases):
    case_id = cases.taken_over(state="submitted")
    cases.comes()
    asked = ReadTies(account_id="acc-person")
    [tie] = bridge.call(ACCOUNT_TIES["legacy_bridge"], asked, service_actor("identity")).items
    assert (tie.kind, tie.count, tie.named) == ("old_case", 1, [cases.row(case_id).serial_number])
    decide(bridge, case_id, "accept")
    refuse(bridge, case_id, "不属于作品")
    assert bridge.call(ACCOUNT_TIES["legacy_bridge"], asked, service_actor("identity")).items == []


@pytest.mark.requirement("L-01")
def test_history_has_only_cases_that_have_ended_here(bridge, cases):
    ended = cases.taken_over(state="fee_due")
    cases.taken_over(state="examined")
    cases.comes()
    assert bridge.call(LIST_ENDED_LEGACY_CASES, Page(), ME).items == []
    with bridge.uow() as uow:
        uow.session.get(LegacyCase, ended).stands = "lapsed"
    assert [item.case_id for item in bridge.call(LIST_ENDED_LEGACY_CASES, Page(), ME).items] == [ended]


def test_lists_go_on_where_the_page_before_ended(bridge, cases):
    ids = [cases.taken_over(state=state) for state in ("examined", "examined", "fee_due", "examined", "submitted")]
    cases.comes()
    found, cursor = [], None
    while True:
        page = bridge.call(LIST_LEGACY_CASES, Page(limit=2, cursor=cursor), ME)
        found += [item.case_id for item in page.items]
        if not (cursor := page.next_cursor):
            break
    assert found == ids
    queue, cursor = [], None
    while True:
        page = bridge.call(LIST_LEGACY_QUEUE, LegacyQueue(state="examined", limit=2, cursor=cursor), EXAMINER)
        queue += [item.case_id for item in page.items]
        if not (cursor := page.next_cursor):
            break
    assert queue == [ids[0], ids[1], ids[3]]
    bad = LegacyQueue(cursor="nonsense")
    assert refused(lambda: bridge.call(LIST_LEGACY_QUEUE, bad, EXAMINER)) == "request_invalid"


def test_the_fee_is_what_the_old_system_had_reckoned_and_payment_takes_the_case_on(bridge, cases):
    case_id = cases.taken_over(state="fee_due", fee_fen="120050", paid_fen="20000", acceptance_number="")
    cases.comes()
    for _ in range(2):
        asked = bridge.call(ASK_LEGACY_FEE, LegacyRef(case_id=case_id), ME)
    assert (asked.state, asked.fee_due_fen) == ("fee_due", 100050)
    assert {event.amount for event in bridge.events(LEGACY_FEE_DUE)} == {100050}
    paid = LegacyFeePaid(
        order_id="ord-1", application_id=case_id, account_id=ME.subject, serial_number="x", amount=100050,
        paid_at=datetime.now(UTC),
    )  # fmt: skip
    bridge.deliver(LEGACY_FEE_PAID, paid)
    bridge.deliver(LEGACY_FEE_PAID, paid)
    seen = bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), ME)
    assert (seen.state, [step.action for step in seen.history]) == ("submitted", ["pay"])
    for reader in (ME, EXAMINER):
        shown = bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), reader)
        assert (shown.fee_fen, shown.paid_fen, shown.fee_due_fen) == (120050, 120050, 0)
    assert refused(lambda: bridge.call(ASK_LEGACY_FEE, LegacyRef(case_id=case_id), ME)) == "action_not_allowed"


def test_who_owes_nothing_goes_on_at_once(bridge, cases):
    case_id = cases.taken_over(state="fee_due", fee_fen="25000", paid_fen="25000")
    cases.comes()
    assert bridge.call(ASK_LEGACY_FEE, LegacyRef(case_id=case_id), ME).state == "submitted"
    assert bridge.events(LEGACY_FEE_DUE) == []


def test_a_correction_is_answered_decided_and_taken(bridge, cases):
    case_id = cases.taken_over(state="correction_due", correction="请补交权属证明")
    cases.comes()
    assert bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), ME).correction == "请补交权属证明"
    empty = AnswerLegacyCorrection(case_id=case_id)
    assert refused(lambda: bridge.call(ANSWER_LEGACY_CORRECTION, empty, ME)) == "legacy_answer_empty"
    answer = AnswerLegacyCorrection(
        case_id=case_id, text="已补交", receipts=[bridge.receipt("acc-person", b"%PDF-1.7 proof")]
    )
    answered = bridge.call(ANSWER_LEGACY_CORRECTION, answer, ME)
    assert (answered.state, answered.correction, answered.old_correction) == ("examined", "", "请补交权属证明")
    (step,) = answered.history
    assert (step.text, step.by_office, step.files[0].file_name) == ("已补交", False, "file.pdf")
    opened = OpenLegacyFile(case_id=case_id, file_id=step.files[0].file_id)
    assert bridge.call(OPEN_LEGACY_FILE, opened, EXAMINER).object == step.files[0].object
    assert refused(lambda: bridge.call(OPEN_LEGACY_FILE, opened, OTHER)) == "legacy_case_unknown"

    assert refused(lambda: decide(bridge, case_id, "correct")) == "legacy_reason_missing"
    again = decide(bridge, case_id, "correct", text="请再盖章")
    assert (again.state, again.correction) == ("correction_due", "请再盖章")
    bridge.call(ANSWER_LEGACY_CORRECTION, AnswerLegacyCorrection(case_id=case_id, text="已盖章"), ME)
    assert refused(lambda: decide(bridge, case_id, "approve")) == "legacy_particulars_missing"
    assert decide(bridge, case_id, "approve", particulars=STATED).state == "certificate_due"

    taken = bridge.call(COMPLETE_LEGACY_CASE, LegacyRef(case_id=case_id), ME)
    assert (taken.state, taken.registration_number) == ("registering", None)
    (approved,) = bridge.events(LEGACY_CASE_APPROVED)
    assert (approved.application_id, approved.account_id, approved.particulars) == (case_id, "acc-person", REGISTERED)
    for _ in range(2):
        bridge.deliver(LEGACY_CERTIFICATE_ISSUED, issued(case_id))
    done = bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), ME)
    assert (done.state, done.registration_number, done.document_id) == ("completed", "2026SR000001", "arc-1")
    assert [event.registration_number for event in bridge.events(LEGACY_CASE_COMPLETED)] == ["2026SR000001"]
    assert refused(lambda: bridge.call(COMPLETE_LEGACY_CASE, LegacyRef(case_id=case_id), ME)) == "action_not_allowed"


def test_each_answer_stands_beside_what_it_answers(bridge, cases):
    """Several corrections in a row, the first still the old system's: for who filed it and for the examiner."""
    case_id = cases.taken_over(state="correction_due", correction="请补交权属证明")
    cases.comes()
    for text, next_question in (("已补交", "请再盖章"), ("已盖章", "请写明日期"), ("已写明", "")):
        bridge.call(ANSWER_LEGACY_CORRECTION, AnswerLegacyCorrection(case_id=case_id, text=text), ME)
        if next_question:
            decide(bridge, case_id, "correct", text=next_question)
    for reader in (ME, EXAMINER):
        seen = bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), reader)
        answers = [(step.asked, step.text) for step in seen.history if step.action == "answer"]
        assert answers == [("请补交权属证明", "已补交"), ("请再盖章", "已盖章"), ("请写明日期", "已写明")]
        assert {step.asked for step in seen.history if step.action != "answer"} == {""}


def test_what_the_old_system_had_asked_stays_with_a_case_that_was_answered_there(bridge, cases):
    case_id = cases.taken_over(state="examined", correction="请补交权属证明")
    seen = bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), EXAMINER)
    assert (seen.correction, seen.old_correction) == ("", "请补交权属证明")


def test_another_persons_file_is_no_answer(bridge, cases):
    case_id = cases.taken_over(state="correction_due")
    cases.comes()
    stolen = AnswerLegacyCorrection(case_id=case_id, receipts=[bridge.receipt("acc-other", b"%PDF-1.7 proof")])
    assert refused(lambda: bridge.call(ANSWER_LEGACY_CORRECTION, stolen, ME)) == "receipt_invalid"
    assert cases.row(case_id).stands == "correction_due"


def test_a_case_that_came_at_its_certificate_waits_for_the_office_to_state_what_it_is_registered_with(bridge, cases):
    case_id = cases.taken_over(state="certificate_due")
    cases.comes()
    assert bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), ME).actions == []
    code = refused(lambda: bridge.call(COMPLETE_LEGACY_CASE, LegacyRef(case_id=case_id), ME))
    assert code == "legacy_particulars_missing"
    assert bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), EXAMINER).actions == ["approve", "correct"]
    decide(bridge, case_id, "approve", particulars=STATED)
    assert bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), ME).actions == ["complete"]


def test_a_work_needs_an_author_and_a_category_to_be_registered(bridge, cases):
    without, with_it = cases.taken_over(kind="work"), cases.taken_over(kind="work", category="I")
    author = STATED.model_copy(update={"authors": STATED.owners})
    assert refused(lambda: decide(bridge, without, "approve", particulars=author)) == "legacy_particulars_missing"
    assert refused(lambda: decide(bridge, with_it, "approve", particulars=STATED)) == "legacy_particulars_missing"
    assert decide(bridge, with_it, "approve", particulars=author).state == "certificate_due"
    backwards = author.model_copy(update={"publication_date": STATED.completion_date - timedelta(days=1)})
    with pytest.raises(Problem) as told:
        decide(bridge, with_it, "approve", particulars=backwards)
    (error,) = told.value.errors
    assert (error.code, error.params) == ("publication_before_completion", {"completion_date": "2019-01-05"})


def lacking(act) -> set[str]:
    with pytest.raises(Problem) as problem:
        act()
    assert problem.value.code == "legacy_particulars_missing"
    return {error.field for error in problem.value.errors if error.code == "required"}


def test_whoever_approves_is_told_each_thing_that_is_missing(bridge, cases):
    work, software = cases.taken_over(kind="work", title=""), cases.taken_over(title="")
    nothing = {"particulars.title", "particulars.category", "particulars.authors", "particulars.owners"}
    assert lacking(lambda: decide(bridge, work, "approve")) == nothing
    assert lacking(lambda: decide(bridge, work, "approve", particulars=LegacyEntry())) == nothing
    only = STATED.model_copy(update={"title": "月光"})
    rest = {"particulars.category", "particulars.authors"}
    assert lacking(lambda: decide(bridge, work, "approve", particulars=only)) == rest
    assert lacking(lambda: decide(bridge, software, "approve", particulars=STATED)) == {"particulars.title"}
    assert cases.row(work).particulars is None


def test_what_the_old_record_lacks_is_completed_with_its_source(bridge, cases):
    """Category and title: the old record stays as it came, the register has what the examiner found in the file."""
    case_id = cases.taken_over(kind="work", title="月㊣", category="", state="examined")
    cases.comes()
    found = STATED.model_copy(update={"authors": STATED.owners, "category": "F", "title": "月光"})
    assert refused(lambda: decide(bridge, case_id, "approve", particulars=found)) == "legacy_source_missing"
    decided = decide(bridge, case_id, "approve", particulars=found, text="旧档案第 3 页")
    assert (decided.title, decided.old_title, decided.category, decided.old_category) == ("月光", "月㊣", "F", None)
    assert decided.history[-1].text == "旧档案第 3 页"
    row = cases.row(case_id)
    assert (row.title, row.category) == ("月㊣", "")
    assert bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), ME).particulars == found
    bridge.call(COMPLETE_LEGACY_CASE, LegacyRef(case_id=case_id), ME)
    (approved,) = bridge.events(LEGACY_CASE_APPROVED)
    assert (approved.title, approved.category) == ("月光", "F")
    assert approved.particulars == REGISTERED.model_copy(update={"authors": REGISTERED.owners})


def test_what_stands_in_the_old_record_needs_no_source(bridge, cases):
    case_id = cases.taken_over(kind="work", title="月光", category="I", state="examined")
    same = STATED.model_copy(update={"authors": STATED.owners, "category": "I", "title": "月光"})
    decided = decide(bridge, case_id, "approve", particulars=same)
    assert (decided.old_title, decided.old_category, decided.category) == ("", None, "I")
    other = same.model_copy(update={"category": "H"})
    assert refused(lambda: decide(bridge, case_id, "approve", particulars=other)) == "legacy_source_missing"
    changed = decide(bridge, case_id, "approve", particulars=other, text="旧档案第 3 页")
    assert (changed.category, changed.old_category) == ("H", "I")


def test_software_has_no_category_whatever_is_said(bridge, cases):
    case_id = cases.taken_over(state="examined")
    said = STATED.model_copy(update={"category": "F"})
    assert decide(bridge, case_id, "approve", particulars=said).category is None


def test_what_nobody_finds_is_asked_of_the_owner_also_at_the_certificate(bridge, cases):
    """As long as nothing is stated: the examination begins anew with the answer. What is stated is not asked for."""
    case_id = cases.taken_over(state="certificate_due", kind="work")
    cases.comes()
    decide(bridge, case_id, "correct", text="请写明作品类别")
    answered = bridge.call(ANSWER_LEGACY_CORRECTION, AnswerLegacyCorrection(case_id=case_id, text="摄影"), ME)
    row = cases.row(case_id)
    assert answered.due_on == length("examination", row.since, "work", policy_of(row.filed_on))
    found = STATED.model_copy(update={"authors": STATED.owners, "category": "G"})
    decide(bridge, case_id, "approve", particulars=found, text="申请人的补正")
    assert refused(lambda: decide(bridge, case_id, "correct", text="再补")) == "action_not_allowed"


def test_a_refusal_says_why_and_ends_it(bridge, cases):
    case_id = cases.taken_over(state="submitted")
    assert refused(lambda: decide(bridge, case_id, "refuse")) == "legacy_reason_missing"
    assert decide(bridge, case_id, "accept").state == "accepted"
    assert decide(bridge, case_id, "refuse", text="不属于作品").state == "accepted"
    assert bridge.events(LEGACY_CASE_ENDED) == []
    assert decide(bridge, case_id, "refuse", SECOND, text="是事实消息").state == "refused"
    assert [event.outcome for event in bridge.events(LEGACY_CASE_ENDED)] == ["refused"]


@pytest.mark.requirement("F-11")
def test_a_refusal_takes_effect_when_another_examiner_confirms_it(bridge, cases):
    """Until then nothing has happened for anybody else: no state, no period, no word of it."""
    case_id = cases.taken_over(state="examined")
    cases.comes()
    before, heard = bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), ME), len(bridge.events())
    proposed = decide(bridge, case_id, "refuse", text="不属于作品")
    assert (proposed.state, proposed.actions) == ("examined", ["withdraw_refusal"])
    assert (proposed.refusal.proposed_by, proposed.refusal.reason) == (EXAMINER.subject, "不属于作品")
    assert bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), ME) == before
    assert len(bridge.events()) == heard
    assert refused(lambda: decide(bridge, case_id, "refuse", text="不属于作品")) == "second_examiner_required"
    assert refused(lambda: decide(bridge, case_id, "oppose", text="不对")) == "second_examiner_required"
    for decision in ("accept", "correct", "take_back"):
        assert refused(lambda d=decision: decide(bridge, case_id, d, SECOND, text="x")) == "action_not_allowed"
    assert refused(lambda: decide(bridge, case_id, "approve", SECOND, particulars=STATED)) == "action_not_allowed"
    ended = decide(bridge, case_id, "refuse", SECOND, text="是事实消息")
    assert (ended.state, ended.refusal) == ("refused", None)
    assert [(step.action, step.actor) for step in ended.history] == [
        ("propose_refusal", EXAMINER.subject),
        ("refuse", SECOND.subject),
    ]
    mine = bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), ME)
    assert [(step.action, step.actor, step.text) for step in mine.history] == [("refuse", "", "不属于作品\n是事实消息")]
    assert bridge.events(LEGACY_CASE_ADVANCED)[-1].text == "不属于作品\n是事实消息"
    assert refused(lambda: decide(bridge, case_id, "refuse", THIRD, text="x")) == "action_not_allowed"


@pytest.mark.requirement("F-11")
def test_a_refusal_is_sent_back_or_taken_back_and_nobody_approves_alone_what_another_would_refuse(bridge, cases):
    case_id = cases.taken_over(state="examined")
    cases.comes()
    decide(bridge, case_id, "refuse", text="不属于作品")
    assert decide(bridge, case_id, "take_back").refusal is None
    decide(bridge, case_id, "refuse", text="不属于作品")
    assert refused(lambda: decide(bridge, case_id, "oppose", SECOND)) == "legacy_reason_missing"
    back = decide(bridge, case_id, "oppose", SECOND, text="有独创的编排")
    assert back.actions == ["correct", "propose_refusal"]
    assert (back.refusal.proposed_by, back.refusal.opposed_by, back.refusal.opposed_reason) == (
        None,
        SECOND.subject,
        "有独创的编排",
    )
    assert refused(lambda: decide(bridge, case_id, "approve", SECOND, particulars=STATED)) == "second_examiner_required"
    assert decide(bridge, case_id, "approve", particulars=STATED).state == "certificate_due"


def test_those_who_confirm_find_what_others_have_proposed(bridge, cases):
    first, second = cases.taken_over(state="examined"), cases.taken_over(state="submitted")
    cases.comes()
    decide(bridge, first, "refuse", text="不属于作品")
    decide(bridge, second, "refuse", SECOND, text="不属于作品")

    def waiting(who):
        return [item.case_id for item in bridge.call(LIST_LEGACY_QUEUE, LegacyQueue(second=True), who).items]

    assert (waiting(EXAMINER), waiting(SECOND), set(waiting(THIRD))) == ([second], [first], {first, second})
    (item,) = bridge.call(LIST_LEGACY_QUEUE, LegacyQueue(state="examined"), EXAMINER).items
    assert item.refusal_proposed
    assert not any(item.refusal_proposed for item in bridge.call(LIST_LEGACY_CASES, Page(), ME).items)


def test_what_waits_is_counted_for_each_queue_with_what_is_late_and_near(bridge, cases):
    """For the office: what nobody else has to act on. A refusal waits for who has not proposed it."""
    examined = cases.taken_over(state="examined", kind="work", category="F")
    cases.taken_over(state="submitted")
    cases.taken_over(state="certificate_due")
    stated, proposed = cases.taken_over(state="examined"), cases.taken_over(state="examined")
    cases.taken_over(state="correction_due")
    decide(bridge, stated, "approve", particulars=STATED)
    decide(bridge, proposed, "refuse", text="不属于作品")

    def totals(who=EXAMINER):
        told = bridge.call(TOTAL_LEGACY_CASES, Empty(), who)
        return {name: (one.count, one.late, told.near[name]) for name, one in told.queues.items() if one.count}

    waiting = {"office": 3, "examined": 2, "submitted": 1, "certificate_due": 2, "correction_due": 1}
    assert totals() == {name: (count, 0, 0) for name, count in waiting.items()}
    assert totals(SECOND) == totals() | {"second": (1, 0, 0)}
    row = cases.row(examined)
    assert bridge.call(TOTAL_LEGACY_CASES, Empty(), EXAMINER).queues["office"].due_on == row.due_until
    bridge.advance((row.due_until - row.since).days - NEAR)
    assert totals()["office"] == (3, 0, 1)
    bridge.advance(NEAR + 1)
    assert (totals()["office"], totals()["examined"]) == ((3, 1, 0), (2, 1, 0))
    assert refused(lambda: bridge.call(TOTAL_LEGACY_CASES, Empty(), staff_actor("cashier"))) == "forbidden"


def test_a_decision_is_of_the_case_as_it_was_read_and_can_be_tried_before(bridge, cases):
    case_id = cases.taken_over(state="examined")
    read = bridge.call(GET_LEGACY_CASE, LegacyRef(case_id=case_id), EXAMINER)
    tried = DecideLegacyCase(case_id=case_id, decision="approve", version=read.version)
    assert refused(lambda: bridge.call(CHECK_LEGACY_DECISION, tried, EXAMINER)) == "legacy_particulars_missing"
    whole = tried.model_copy(update={"particulars": STATED})
    assert bridge.call(CHECK_LEGACY_DECISION, whole, EXAMINER) == read
    decide(bridge, case_id, "refuse", SECOND, text="不属于作品")
    assert refused(lambda: bridge.call(DECIDE_LEGACY_CASE, whole, EXAMINER)) == "version_conflict"


def test_a_period_runs_only_when_its_person_has_come_and_ends_the_case_on_the_day_after(bridge, cases):
    case_id = cases.taken_over(state="correction_due", due_on="2019-05-20")
    assert cases.row(case_id).due_until is None
    bridge.advance(400)
    assert bridge.sweep("keep_legacy_clocks") == 0
    assert cases.row(case_id).stands == "correction_due"
    cases.comes()
    row = cases.row(case_id)
    assert row.due_until == length("correction", row.since, "software", policy_of(row.filed_on))
    bridge.advance((row.due_until - row.since).days)
    bridge.sweep("keep_legacy_clocks")
    assert cases.row(case_id).stands == "correction_due"
    bridge.advance(1)
    bridge.sweep("keep_legacy_clocks")
    assert cases.row(case_id).stands == "lapsed"
    assert [event.outcome for event in bridge.events(LEGACY_CASE_ENDED)] == ["lapsed"]


def test_a_case_that_comes_after_its_person_is_served_too(bridge, cases):
    cases.comes()
    case_id = cases.taken_over(state="correction_due")
    assert bridge.sweep("keep_legacy_clocks") == 1
    assert cases.row(case_id).due_until is not None


def test_money_that_comes_after_the_end_changes_nothing(bridge, cases):
    case_id = cases.taken_over(state="submitted")
    refuse(bridge, case_id)
    paid = LegacyFeePaid(
        order_id="ord-1", application_id=case_id, account_id="", serial_number="x", amount=1, paid_at=datetime.now(UTC)
    )
    bridge.deliver(LEGACY_FEE_PAID, paid)
    assert cases.row(case_id).stands == "refused"


@pytest.mark.parametrize("at", ["uow.before_commit", "uow.after_commit"])
def test_whoever_dies_while_a_case_is_completed_leaves_it_whole(bridge, cases, monkeypatch, at):
    """Before the commit nothing has happened, after it everything: asked again, it is told to the archive once."""
    case_id = cases.taken_over(state="examined")
    cases.comes()
    decide(bridge, case_id, "approve", particulars=STATED)

    class Died(BaseException):
        pass

    def die(name):
        if name == at:
            raise Died

    monkeypatch.setattr(uow, "failpoint", die)
    with pytest.raises(Died):
        bridge.call(COMPLETE_LEGACY_CASE, LegacyRef(case_id=case_id), ME, "req-1")
    monkeypatch.setattr(uow, "failpoint", failpoints.failpoint)
    assert bridge.call(COMPLETE_LEGACY_CASE, LegacyRef(case_id=case_id), ME, "req-1").state == "registering"
    assert len(bridge.events(LEGACY_CASE_APPROVED)) == 1


def test_what_was_gone_on_with_stays_as_it_came_for_the_verifier(bridge, cases):
    """The columns of the import are not touched, so that both sides still agree; undoing it is refused."""
    case_id = cases.taken_over(state="submitted")
    with bridge.uow() as unit:
        _, before = bulk.sums_of(unit.session, "imp-1", 1, 5000)
    decide(bridge, case_id, "accept")
    with bridge.uow() as unit:
        _, after = bulk.sums_of(unit.session, "imp-1", 1, 5000)
        assert bulk.gone_on_with(unit.session, "imp-1") == 1
    assert after == before


def told(bridge) -> list[tuple[str, str, bool]]:
    return [(event.previous, event.state, event.ending) for event in bridge.events(LEGACY_CASE_ADVANCED)]


@pytest.mark.requirement("W-05")
def test_the_owner_hears_of_each_step(bridge, cases):
    case_id = cases.taken_over(state="fee_due", fee_fen="25000", paid_fen="0", acceptance_number="")
    assert told(bridge) == []
    cases.comes()
    (due,) = bridge.events(LEGACY_CASE_ADVANCED)
    assert (due.application_id, due.account_id, due.amount) == (case_id, ME.subject, 25000)
    assert due.due_on == cases.row(case_id).due_until
    paid = LegacyFeePaid(
        order_id="ord-1", application_id=case_id, account_id=ME.subject, serial_number="x", amount=25000,
        paid_at=datetime.now(UTC),
    )  # fmt: skip
    for _ in range(2):
        bridge.deliver(LEGACY_FEE_PAID, paid)
    decide(bridge, case_id, "accept")
    decide(bridge, case_id, "correct", text="请补交")
    assert bridge.events(LEGACY_CASE_ADVANCED)[-1].text == "请补交"
    bridge.call(ANSWER_LEGACY_CORRECTION, AnswerLegacyCorrection(case_id=case_id, text="已补交"), ME)
    assert bridge.events(LEGACY_CASE_ADVANCED)[-1].text == ""
    decide(bridge, case_id, "approve", particulars=STATED)
    bridge.call(COMPLETE_LEGACY_CASE, LegacyRef(case_id=case_id), ME)
    bridge.deliver(LEGACY_CERTIFICATE_ISSUED, issued(case_id))
    states = [state for _, state, _ in told(bridge)]
    assert states == [
        "fee_due", "submitted", "accepted", "correction_due", "examined", "certificate_due", "registering", "completed",
    ]  # fmt: skip
    assert bridge.events(LEGACY_CASE_ADVANCED)[-1].registration_number == "2026SR000001"


@pytest.mark.requirement("W-05")
def test_whoever_has_few_days_left_is_reminded_once_of_each_period(bridge, cases):
    case_id = cases.taken_over(state="correction_due", correction="请补交权属证明")
    cases.comes()
    row = cases.row(case_id)
    bridge.advance((row.due_until - row.since).days - NEAR - 1)
    assert bridge.sweep("keep_legacy_clocks") == 0
    bridge.advance(1)
    assert [bridge.sweep("keep_legacy_clocks") for _ in range(2)] == [1, 0]
    begun, ending = bridge.events(LEGACY_CASE_ADVANCED)
    assert [(event.ending, event.text) for event in (begun, ending)] == [
        (False, row.correction),
        (True, row.correction),
    ]
    bridge.call(ANSWER_LEGACY_CORRECTION, AnswerLegacyCorrection(case_id=case_id, text="已补交"), ME)
    decide(bridge, case_id, "correct", text="请再盖章")
    row = cases.row(case_id)
    bridge.advance((row.due_until - row.since).days)
    assert bridge.sweep("keep_legacy_clocks") == 1
    assert (told(bridge)[-1], bridge.events(LEGACY_CASE_ADVANCED)[-1].text) == (
        ("correction_due", "correction_due", True),
        "请再盖章",
    )
    bridge.advance(1)
    bridge.sweep("keep_legacy_clocks")
    assert told(bridge)[-1] == ("correction_due", "lapsed", False)


@pytest.mark.requirement("W-05")
def test_nobody_is_told_of_a_case_whose_old_account_has_not_come(bridge, cases):
    case_id = cases.taken_over(state="accepted")
    decide(bridge, case_id, "correct", text="请补交")
    bridge.advance(400)
    bridge.sweep("keep_legacy_clocks")
    assert told(bridge) == []
    cases.comes()
    (begun,) = bridge.events(LEGACY_CASE_ADVANCED)
    assert (begun.state, begun.text, begun.due_on) == ("correction_due", "请补交", cases.row(case_id).due_until)


@pytest.mark.requirement("L-02")
def test_anybody_is_told_where_an_old_case_stands_with_a_masked_title(bridge, cases):
    cases.taken_over()
    for number in ("2019R110000001", "2019R11L0000001"):
        located = bridge.call(LOCATE, Locate(number=number))
        assert (located.known, located.legacy) == (True, True)
        assert located.case is not None
        assert (located.case.state, located.case.title) == ("accepted", "气***统")
    mistyped = bridge.call(LOCATE, Locate(number="2019r110000001"))
    assert (mistyped.suggestion, mistyped.known, mistyped.case) == ("2019R110000001", True, None)
    assert bridge.call(LOCATE, Locate(number="")).case is None


def test_a_correction_asked_of_somebody_who_has_not_come_begins_when_they_do(bridge, cases):
    case_id = cases.taken_over(state="examined")
    assert decide(bridge, case_id, "correct", text="请补交").due_on is None
    bridge.advance(100)
    bridge.sweep("keep_legacy_clocks")
    assert cases.row(case_id).stands == "correction_due"
    cases.comes()
    row = cases.row(case_id)
    assert row.due_until == length("correction", row.since, "software", policy_of(row.filed_on))
