"""撤销 and 更正 by the office: two people, the holder heard, recorded in one transaction, never deleted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from archive.certificates.store import latest_issued
from archive.office_acts.store import OfficeAct
from archive.register.store import find_entry, records_of
from chassis.errors import Problem
from chassis.testing import Harness, person, service_actor, staff_actor
from contracts.archive import (
    CERTIFICATE_REISSUED,
    CERTIFICATE_REVOKED,
    CHECK_CERTIFICATE,
    LIST_CERTIFICATES,
    CheckCertificate,
)
from contracts.base import Empty
from contracts.filing import APPLICATION_APPROVED, APPLICATION_MOVED, ApplicationMoved
from contracts.own_data import OWN_DATA, ReadOwnData
from contracts.paging import Page
from contracts.ties import ACCOUNT_TIES, ReadTies
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from contracts import office_acts

from .conftest import software
from .test_changes import changed
from .test_reissues_and_revocations import file_check, text_of

pytestmark = [pytest.mark.requirement("A-05"), pytest.mark.requirement("F-01")]
HOLDER, STRANGER = person("acc-person"), person("acc-stranger")
FIRST, SECOND = staff_actor("archivist", id="acc-a"), staff_actor("senior_examiner", id="acc-b")


def refused(code: str, act: Callable[[], Any]) -> Problem:
    with pytest.raises(Problem) as told:
        act()
    assert told.value.code == code
    return told.value


def own_acts(archive: Harness, account_id: str) -> list[Any]:
    asked = ReadOwnData(account_id=account_id, section="office_acts")
    found: list[Any] = archive.call(OWN_DATA["archive"], asked, service_actor("identity")).items
    return found


def open_ties(archive: Harness, account_id: str) -> list[tuple[str, int]]:
    found = archive.call(ACCOUNT_TIES["archive"], ReadTies(account_id=account_id), service_actor("identity"))
    return [(tie.kind, tie.count) for tie in found.items]


def propose(archive: Harness, number: str, ground: str = "judgment", actor: Any = FIRST, **more: Any) -> Any:
    evidence = [archive.receipt(actor.subject, b"%PDF judgment", "判决书.pdf")]
    facts = {"registration_number": number, "ground": ground, "statement": "法院已作出终审判决", "evidence": evidence}
    return archive.call(office_acts.PROPOSE_ACT, office_acts.ProposeAct(**(facts | more)), actor)


def correct(archive: Harness, number: str, actor: Any = FIRST, act_id: str | None = None, **corrected: Any) -> Any:
    more = {"corrected": corrected, "statement": "录入时写错", "act_id": act_id}
    return propose(archive, number, "clerical_error", actor, **more)


def decide(archive: Harness, act: Any, step: str = "confirm", actor: Any = SECOND, reason: str = "") -> Any:
    asked = office_acts.DecideAct(act_id=act.act_id, step=step, reason=reason)
    return archive.call(office_acts.DECIDE_ACT, asked, actor)


def report(archive: Harness, number: str, text: str = "作者的名字写错了", actor: Any = HOLDER) -> Any:
    return archive.call(
        office_acts.REPORT_ERROR, office_acts.ReportError(registration_number=number, report=text), actor
    )


def seen(archive: Harness, act: Any, actor: Any = HOLDER) -> Any:
    return archive.call(office_acts.GET_OFFICE_ACT, office_acts.OfficeActRef(act_id=act.act_id), actor)


def check(archive: Harness, number: str) -> Any:
    return archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number))


@pytest.fixture
def number(archive: Harness, registered: Any) -> str:
    found: str = registered()
    archive.run_worker()
    return found


def test_a_judgment_is_recorded_when_a_second_person_confirms_it(archive: Harness, number: str) -> None:
    act = propose(archive, number)
    assert (act.state, act.act, act.hear_until, act.steps) == ("proposed", "revoked", None, ["withdraw"])
    assert check(archive, number).status == "valid", "a proposal changes nothing"
    refused("second_person_required", lambda: decide(archive, act, actor=FIRST))
    assert seen(archive, act, SECOND).steps == ["confirm", "dismiss"]
    assert decide(archive, act).state == "confirmed"
    found = check(archive, number)
    assert (found.status, found.acts[0].act, found.acts[0].ground) == ("revoked", "revoked", "judgment")
    archive.run_worker()
    [told] = archive.events(CERTIFICATE_REVOKED)
    assert (told.application_id, told.ground, told.number) == ("app-1", "judgment", "作登撤字第00000001号")
    proof, certificate = archive.call(LIST_CERTIFICATES, Page(), HOLDER).items
    assert (proof.paper, certificate.status) == ("revocation_proof", "revoked")
    assert "最终的司法判决" in text_of(archive, proof.document)
    assert file_check(archive, certificate.document).status == "revoked"


def test_the_office_revokes_once(archive: Harness, number: str) -> None:
    act = propose(archive, number)
    refused("office_act_open", lambda: propose(archive, number, "penalty", SECOND))
    decide(archive, act)
    refused("office_act_closed", lambda: decide(archive, act))
    refused("registration_ended", lambda: propose(archive, number, "penalty"))
    refused("registration_ended", lambda: correct(archive, number, title="别的"))
    refused("registration_ended", lambda: report(archive, number))
    with archive.uow() as uow:
        assert [one.act for one in records_of(uow.session, number)] == ["registered", "revoked"]


def test_the_holder_is_heard_before_a_work_is_revoked_as_untrue(archive: Harness, number: str) -> None:
    act = propose(archive, number, "untrue", statement="作品并非登记的作者所创作")
    [told] = archive.events(office_acts.OFFICE_ACT_ADVANCED)
    assert (told.account_id, told.state, told.hear_until, told.text) == (
        "acc-person",
        "proposed",
        act.hear_until,
        "作品并非登记的作者所创作",
    )
    assert refused("hearing_open", lambda: decide(archive, act)).params["until"] == act.hear_until.isoformat()
    assert seen(archive, act, SECOND).steps == ["dismiss"]
    mine = seen(archive, act)
    assert (mine.steps, mine.statement, len(mine.evidence)) == (["be_heard"], act.statement, 1)
    say = office_acts.BeHeard(act_id=act.act_id, statement="作品是我写的，有手稿")
    for stranger in (STRANGER, person("acc-x")):
        refused("office_act_unknown", lambda who=stranger: archive.call(office_acts.BE_HEARD, say, who))  # type: ignore[misc]
    assert archive.call(office_acts.BE_HEARD, say, HOLDER).heard == "作品是我写的，有手稿"
    refused("office_act_closed", lambda: archive.call(office_acts.BE_HEARD, say, HOLDER))
    assert decide(archive, act, "dismiss", reason="手稿可信").state == "dismissed"
    assert [one.state for one in archive.events(office_acts.OFFICE_ACT_ADVANCED)] == ["proposed", "dismissed"]
    assert check(archive, number).status == "valid"


def test_who_says_nothing_in_time_is_not_waited_for(archive: Harness, number: str) -> None:
    act = propose(archive, number, "duplicate")
    with archive.uow() as uow:
        uow.session.execute(update(OfficeAct).values(hear_until=date(2020, 1, 1)))
    assert seen(archive, act).steps == []
    late = office_acts.BeHeard(act_id=act.act_id, statement="晚了")
    refused("office_act_closed", lambda: archive.call(office_acts.BE_HEARD, late, HOLDER))
    assert decide(archive, act).state == "confirmed"


def test_grounds_are_those_of_the_kind(archive: Harness, registered: Any) -> None:
    number = registered(of=software)
    refused("ground_not_applicable", lambda: propose(archive, number, "duplicate"))
    asked = office_acts.AskStated(registration_number=number)
    stated = archive.call(office_acts.REGISTRATION_STATED, asked, FIRST)
    assert stated.grounds == ["judgment", "penalty", "clerical_error"]
    assert stated.owners == ["红叶科技有限公司"]
    for change in ({"evidence": []}, {"statement": ""}, {"corrected": {"title": "别的"}}):
        refused("request_invalid", lambda change=change: propose(archive, number, **change))  # type: ignore[misc]
    refused("registration_number_unknown", lambda: propose(archive, "2026SR9999999"))


def test_a_reported_error_is_put_right_and_the_certificate_replaced(archive: Harness, number: str) -> None:
    reported = report(archive, number)
    assert (reported.state, reported.steps) == ("reported", [])
    refused("office_act_open", lambda: report(archive, number))
    refused("certificate_of_another", lambda: report(archive, number, actor=STRANGER))
    refused("action_not_allowed", lambda: decide(archive, reported))
    act = correct(archive, number, act_id=reported.act_id, authors=["王晓明"], completion_date="2026-02-01")
    assert (act.act_id, act.report, act.hear_until) == (reported.act_id, "作者的名字写错了", None)
    assert [(one.field, one.before, one.after) for one in act.items] == [
        ("authors", "王小明", "王晓明"),
        ("completion_date", "2026-03-01", "2026-02-01"),
    ]
    refused("second_person_required", lambda: decide(archive, act, actor=FIRST))
    decide(archive, act)
    archive.run_worker()
    new, old = archive.call(LIST_CERTIFICATES, Page(), HOLDER).items
    assert [(one.edition, one.status) for one in (new, old)] == [(2, "valid"), (1, "replaced")]
    words = text_of(archive, new.document)
    for part in ("王晓明", "2026年2月1日", "更正后换发（登记机构书写有误），第2版"):
        assert part in words
    found = check(archive, number)
    assert (found.status, str(found.completion_date)) == ("valid", "2026-02-01")
    assert [(one.act, [item.field for item in one.items]) for one in found.acts] == [
        ("corrected", ["authors", "completion_date"])
    ]
    assert found.acts[0].items[0].before == "王**", "anybody sees names masked"
    [told] = archive.events(CERTIFICATE_REISSUED)
    assert (told.ground, told.application_id) == ("clerical_error", "app-1")
    with archive.uow() as uow:
        issued, entry = latest_issued(uow.session, number), find_entry(uow.session, number)
        assert issued is not None
        assert entry is not None
        assert (issued[0].edition, entry.completion_date) == (2, date(2026, 2, 1))
    [mine] = archive.call(office_acts.LIST_HELD_ACTS, Page(), HOLDER).items
    assert mine.state == "confirmed"


def test_a_report_is_answered_by_either_number_of_software(archive: Harness, registered: Any) -> None:
    number = registered(of=software)
    certificate = check(archive, number).certificate_number
    reported = report(archive, certificate, "名称写错了")
    assert reported.registration_number == number
    act = correct(archive, certificate, act_id=reported.act_id, title="红叶文档管理系统")
    assert (act.act_id, act.registration_number, act.state) == (reported.act_id, number, "proposed")
    other = registered("app-9", of=software)
    refused("office_act_unknown", lambda: correct(archive, other, act_id=reported.act_id, title="绿叶"))


def test_a_report_is_answered_with_a_reason(archive: Harness, number: str) -> None:
    reported = report(archive, number)
    refused("request_invalid", lambda: decide(archive, reported, "dismiss"))
    decide(archive, reported, "dismiss", reason="与申请表一致，请办理变更")
    [told] = archive.events(office_acts.OFFICE_ACT_ADVANCED)
    assert (told.state, told.ground, told.text) == ("dismissed", "", "与申请表一致，请办理变更")
    assert report(archive, number).state == "reported", "another may be reported"


@pytest.mark.parametrize(
    ("corrected", "code"),
    [
        ({}, "correction_changes_nothing"),
        ({"title": "长江边的石头"}, "correction_changes_nothing"),
        ({"title": ""}, "request_invalid"),
        ({"authors": ["王小明", "李白"]}, "request_invalid"),
        ({"owners": [""]}, "request_invalid"),
        ({"completion_date": "2099-01-01"}, "request_invalid"),
        ({"publication_date": "2025-01-01"}, "request_invalid"),
    ],
)
def test_what_cannot_be_stated_is_refused(archive: Harness, number: str, corrected: dict[str, Any], code: str) -> None:
    refused(code, lambda: correct(archive, number, **corrected))


def test_nothing_is_corrected_that_changed_meanwhile(archive: Harness, number: str) -> None:
    act = correct(archive, number, title="长江边的石子")
    archive.deliver(APPLICATION_APPROVED, changed(number, {"title": "长江边的石头"}, {"title": "石"}))
    refused("office_act_outdated", lambda: decide(archive, act))
    assert seen(archive, act).state == "proposed", "nothing of the refused decision stays"
    assert check(archive, number).title == "石"


@pytest.mark.parametrize("point", ["office_acts.confirmed", "office_acts.recorded"])
def test_a_death_between_confirming_and_recording_leaves_neither(
    archive: Harness, number: str, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = propose(archive, number)

    def die(name: str) -> None:
        if name == point:
            raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("archive.office_acts.handlers.failpoint", die)
        with pytest.raises(RuntimeError):
            decide(archive, act)
    assert (seen(archive, act).state, check(archive, number).status) == ("proposed", "valid")
    decide(archive, act)
    with archive.uow() as uow:
        assert len(records_of(uow.session, number)) == 2
    assert check(archive, number).acts[0].number == "作登撤字第00000001号", "no number was lost"


def test_whose_it_is_decides_who_sees_it(archive: Harness, number: str) -> None:
    act = propose(archive, number, "untrue")
    file = office_acts.OfficeActFileRef(act_id=act.act_id, file_id=act.evidence[0].file_id)
    assert archive.call(office_acts.OPEN_OFFICE_ACT_FILE, file, HOLDER).content_type == "application/pdf"
    refused("office_act_unknown", lambda: seen(archive, act, STRANGER))
    refused("office_act_unknown", lambda: archive.call(office_acts.OPEN_OFFICE_ACT_FILE, file, STRANGER))
    other = file.model_copy(update={"file_id": "oaf-0"})
    refused("office_act_file_unknown", lambda: archive.call(office_acts.OPEN_OFFICE_ACT_FILE, other, HOLDER))
    moved = ApplicationMoved(application_id="app-1", account_id="acc-new", moved_at=datetime.now(UTC))
    archive.deliver(APPLICATION_MOVED, moved)
    refused("office_act_unknown", lambda: seen(archive, act))
    assert seen(archive, act, person("acc-new")).steps == ["be_heard"], "the account was recovered"


def test_a_copy_of_ones_data_has_it(archive: Harness, number: str) -> None:
    report(archive, number)
    [told] = own_acts(archive, "acc-person")
    assert (told.title, told.facts["report"]) == (number, "作者的名字写错了")
    assert "reported_by" not in told.facts


def test_the_database_knows_that_it_takes_two(archive: Harness, number: str) -> None:
    act = propose(archive, number)
    with pytest.raises(IntegrityError, match="two_people"), archive.uow() as uow:
        uow.session.execute(
            update(OfficeAct).where(OfficeAct.act_id == act.act_id).values(state="confirmed", decided_by="acc-a")
        )


def test_queues_hold_what_waits_and_what_is_done(archive: Harness, number: str) -> None:
    act = propose(archive, number)

    def queue(name: str) -> list[str]:
        found = archive.call(office_acts.LIST_OFFICE_ACTS, office_acts.ListOfficeActs(queue=name), SECOND).items
        return [one.act_id for one in found]

    totals = archive.call(office_acts.TOTAL_OFFICE_ACTS, Empty(), SECOND)
    assert (queue("open"), queue("done"), totals.count) == ([act.act_id], [], 1)
    decide(archive, act)
    assert (queue("open"), queue("done")) == ([], [act.act_id])


@pytest.mark.requirement("I-12")
def test_its_holder_closes_no_account_before_it_is_decided(archive: Harness, number: str) -> None:
    def ties() -> list[tuple[str, int]]:
        return open_ties(archive, HOLDER.subject)

    assert ties() == []
    reported = report(archive, number)
    assert ties() == [("office_act", 1)]
    decide(archive, reported, "dismiss", reason="与申请表一致，请办理变更")
    assert ties() == []


def test_a_correction_needs_what_it_rests_on(archive: Harness, number: str) -> None:
    more = {"corrected": {"title": "对的名称"}, "statement": "录入时写错", "evidence": []}
    told = refused("request_invalid", lambda: propose(archive, number, "clerical_error", **more))
    assert [error.field for error in told.errors] == ["evidence"]


def test_who_proposed_takes_it_back_and_nobody_else(archive: Harness, number: str) -> None:
    """In its own words; a holder who was told of it is told; a report that it answered waits again."""
    act = propose(archive, number, "untrue")
    refused("action_not_allowed", lambda: decide(archive, act, "withdraw", SECOND, "不是我提的"))
    refused("action_not_allowed", lambda: decide(archive, act, "dismiss", FIRST, "自己提的"))
    refused("request_invalid", lambda: decide(archive, act, "withdraw", FIRST))
    assert seen(archive, act, SECOND).proposed_by == FIRST.subject
    assert seen(archive, act, HOLDER).proposed_by is None, "no name of staff for the holder"
    assert decide(archive, act, "withdraw", FIRST, "弄错了登记号").state == "withdrawn"
    refused("office_act_closed", lambda: decide(archive, act, "withdraw", FIRST, "再来一次"))
    states = [(one.state, one.text) for one in archive.events(office_acts.OFFICE_ACT_ADVANCED)]
    assert states[1:] == [("withdrawn", "弄错了登记号")]
    assert check(archive, number).status == "valid"

    reported = report(archive, number)
    answer = correct(archive, number, act_id=reported.act_id, title="对的名称")
    decide(archive, answer, "withdraw", FIRST, "还要核对")
    waiting = archive.call(office_acts.LIST_OFFICE_ACTS, office_acts.ListOfficeActs(), SECOND).items
    assert [(one.state, one.report) for one in waiting] == [("reported", reported.report)]
    assert len(archive.events(office_acts.OFFICE_ACT_ADVANCED)) == 2, "of a correction the holder was not told"


def test_what_was_reported_twice_waits_as_one_when_its_answer_is_taken_back(archive: Harness, number: str) -> None:
    first = report(archive, number, "作者的名字写错了")
    answer = correct(archive, number, act_id=first.act_id, title="对的名称")
    second = report(archive, number, "日期也不对")
    decide(archive, answer, "withdraw", FIRST, "还要核对")
    [waiting] = archive.call(office_acts.LIST_OFFICE_ACTS, office_acts.ListOfficeActs(), SECOND).items
    assert (waiting.act_id, waiting.report) == (second.act_id, "作者的名字写错了\n\n日期也不对")


def object_to(archive: Harness, number: str, actor: Any = STRANGER, text: str = "这是我的作品") -> Any:
    evidence = [archive.receipt(actor.subject, f"%PDF {actor.subject}".encode(), "底稿.pdf")]
    asked = office_acts.RaiseObjection(registration_number=number, statement=text, evidence=evidence)
    return archive.call(office_acts.RAISE_OBJECTION, asked, actor)


def heard_of(archive: Harness) -> list[tuple[str, str, bool, str]]:
    told = archive.events(office_acts.OFFICE_ACT_ADVANCED)
    return [(one.account_id, one.state, one.objector, one.text) for one in told]


def test_an_objection_is_answered_and_its_holder_never_sees_it(archive: Harness, registered: Any) -> None:
    number = registered()
    act = object_to(archive, number)
    assert (act.state, act.act, act.report, len(act.report_files), act.steps) == (
        *("reported", "revoked", "这是我的作品", 1),
        [],
    )
    refused("office_act_unknown", lambda: seen(archive, act, HOLDER))
    refused("office_act_unknown", lambda: seen(archive, act, person("acc-other")))
    assert archive.call(office_acts.LIST_HELD_ACTS, Page(), HOLDER).items == []
    [mine] = archive.call(office_acts.LIST_HELD_ACTS, Page(), STRANGER).items
    assert mine.act_id == act.act_id
    assert (own_acts(archive, "acc-person"), open_ties(archive, "acc-person")) == ([], [])
    [kept] = own_acts(archive, "acc-stranger")
    assert kept.facts["report"] == "这是我的作品"
    assert open_ties(archive, "acc-stranger") == [], "an account is closed all the same"
    office = seen(archive, act, FIRST)
    assert (office.steps, office.report) == (["propose", "dismiss"], "这是我的作品")
    refused("request_invalid", lambda: decide(archive, act, "dismiss"))
    assert decide(archive, act, "dismiss", reason="证据不足").state == "dismissed"
    assert heard_of(archive) == [("acc-stranger", "dismissed", True, "证据不足")], "and nobody else"
    refused("office_act_unknown", lambda: seen(archive, act, HOLDER))
    assert seen(archive, act, STRANGER).reason == "证据不足"
    assert object_to(archive, number).state == "reported", "again, with more"


def test_what_is_proposed_on_an_objection_is_heard_without_it(archive: Harness, registered: Any) -> None:
    number = registered()
    act = object_to(archive, number)
    refused("ground_not_applicable", lambda: correct(archive, number, act_id=act.act_id, title="别的"))
    propose(archive, number, "untrue", act_id=act.act_id)
    told = [one[:3] for one in heard_of(archive)]
    assert sorted(told) == [("acc-person", "proposed", False), ("acc-stranger", "proposed", True)]
    holder, objector = seen(archive, act, HOLDER), seen(archive, act, STRANGER)
    assert (holder.report, holder.report_files, holder.statement != "", holder.steps) == ("", [], True, ["be_heard"])
    assert (objector.report, objector.statement, objector.evidence, objector.ground) == ("这是我的作品", "", [], None)
    assert (objector.hear_until, objector.steps) == (None, [])
    by_office, [of_objection] = holder.evidence[0], objector.report_files

    def opened(file: Any, actor: Any) -> Any:
        asked = office_acts.OfficeActFileRef(act_id=act.act_id, file_id=file.file_id)
        return archive.call(office_acts.OPEN_OFFICE_ACT_FILE, asked, actor)

    assert opened(of_objection, STRANGER).file_name == opened(of_objection, FIRST).file_name == "底稿.pdf"
    refused("office_act_file_unknown", lambda: opened(of_objection, HOLDER))
    refused("office_act_file_unknown", lambda: opened(by_office, STRANGER))
    refused("office_act_unknown", lambda: opened(by_office, person("acc-other")))
    answer = office_acts.BeHeard(act_id=act.act_id, statement="是我画的")
    refused("office_act_unknown", lambda: archive.call(office_acts.BE_HEARD, answer, STRANGER))
    archive.call(office_acts.BE_HEARD, answer, HOLDER)
    assert seen(archive, act, STRANGER).answers == []
    assert [one.facts.get("report") for one in own_acts(archive, "acc-person")] == [None]
    assert decide(archive, act).state == "confirmed"
    assert heard_of(archive)[-1] == ("acc-stranger", "confirmed", True, "")
    refused("registration_ended", lambda: object_to(archive, number))


def test_an_objection_waits_again_with_its_files_when_the_proposal_is_taken_back(
    archive: Harness, registered: Any
) -> None:
    number = registered()
    act = object_to(archive, number)
    propose(archive, number, "untrue", act_id=act.act_id)
    decide(archive, act, "withdraw", FIRST, reason="提错了")
    [again] = archive.call(office_acts.LIST_OFFICE_ACTS, office_acts.ListOfficeActs(), FIRST).items
    assert (again.state, again.act, again.report, len(again.report_files)) == ("reported", "revoked", "这是我的作品", 1)
    assert ("acc-stranger", "withdrawn", True, "提错了") not in heard_of(archive), "it waits"
    refused("objection_open", lambda: object_to(archive, number))


def test_who_may_object_and_how_often(archive: Harness, registered: Any) -> None:
    number = registered()
    refused("objection_to_own", lambda: object_to(archive, number, HOLDER))
    refused("registration_number_unknown", lambda: object_to(archive, "国作登字-2026-A-99999999"))
    refused("request_invalid", lambda: object_to(archive, number, text=""))
    object_to(archive, number)
    refused("objection_open", lambda: object_to(archive, number))
    assert object_to(archive, number, person("acc-third")).state == "reported", "each for themselves"
    report = office_acts.ReportError(registration_number=number, report="完成日期错了")
    assert archive.call(office_acts.REPORT_ERROR, report, HOLDER).state == "reported", "nothing bars an error's report"
    for place in range(4):
        object_to(archive, registered(f"app-{place}-more"))
    told = refused("objections_too_many", lambda: object_to(archive, registered("app-9-more")))
    assert told.params == {"limit": 5}
