"""Rights that went over to somebody else: new papers, parcels and the office's word are theirs, not who had them
before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import Harness, person
from contracts.archive import CERTIFICATE_REISSUED, GET_DOCUMENT, LIST_CERTIFICATES, REGISTRATION_AFFECTED
from contracts.filing import APPLICATION_APPROVED, APPLICATION_MOVED, ApplicationMoved
from contracts.mailing import CANCEL_PARCEL, OPEN_PARCEL, CancelParcel, OpenParcel
from contracts.objects import GetDocument
from contracts.paging import Page

from contracts import office_acts

from .test_dealings import BANK, COMPANY, deal, release, verified
from .test_mailing import ask, mine, send, settle, take
from .test_office_acts import SECOND, check, decide, open_ties, own_acts, propose, refused, report, seen
from .test_reissues_and_revocations import asked, changed, file_check

pytestmark = [pytest.mark.requirement("A-05"), pytest.mark.requirement("F-01")]
FIRST, NEW, STRANGER = person("acc-person"), person("acc-company"), person("acc-stranger")
PLEDGEE = person("acc-bank")


def unassigned(archive: Harness, registered: Any) -> str:
    """A registration with its certificate, and a company that may be assigned the rights."""
    number: str = registered()
    archive.run_worker()
    verified(archive, "acc-company", COMPANY)
    return number


@pytest.fixture
def assigned(archive: Harness, registered: Any) -> str:
    """A registration whose rights all went over to a company."""
    number = unassigned(archive, registered)
    archive.deliver(APPLICATION_APPROVED, deal(number))
    return number


def affected(archive: Harness) -> dict[str, set[str]]:
    """Which accounts were told that somebody else did what."""
    told: dict[str, set[str]] = {}
    for one in archive.events(REGISTRATION_AFFECTED):
        told.setdefault(one.act, set()).add(one.account_id)
    return told


def certificates(archive: Harness, actor: Any) -> list[tuple[int, str]]:
    items = archive.call(LIST_CERTIFICATES, Page(), actor).items
    return [(one.edition, one.status) for one in items if one.paper == "certificate"]


def reissued(archive: Harness, number: str) -> None:
    archive.deliver(APPLICATION_APPROVED, asked(number, "reissued", "outdated", "app-3", account_id="acc-company"))
    archive.run_worker()


def place_of(archive: Harness, number: str, actor: Any) -> Any:
    return archive.call(OPEN_PARCEL, OpenParcel(registration_number=number), actor)


def moved(archive: Harness, application_id: str, account_id: str) -> None:
    told = ApplicationMoved(application_id=application_id, account_id=account_id, moved_at=datetime.now(UTC))
    archive.deliver(APPLICATION_MOVED, told)


def test_a_certificate_that_a_new_owner_asks_for_is_theirs(archive: Harness, assigned: str) -> None:
    reissued(archive, assigned)
    assert certificates(archive, NEW) == [(2, "valid")]
    assert certificates(archive, FIRST) == [(1, "replaced")]
    assert archive.events(CERTIFICATE_REISSUED)[-1].account_id == "acc-company"
    stated = {"title": "长江边的石子"}
    archive.deliver(APPLICATION_APPROVED, changed(assigned, {}, stated, "app-4", account_id="acc-company"))
    archive.run_worker()
    proofs = [one.paper for one in archive.call(LIST_CERTIFICATES, Page(), FIRST).items]
    assert "change_proof" not in proofs
    assert "change_proof" in [one.paper for one in archive.call(LIST_CERTIFICATES, Page(), NEW).items]


def test_cases_that_move_take_their_own_papers_along(archive: Harness, assigned: str) -> None:
    reissued(archive, assigned)
    moved(archive, "app-1", "acc-again")
    assert certificates(archive, NEW) == [(2, "valid")]
    assert (certificates(archive, FIRST), certificates(archive, person("acc-again"))) == ([], [(1, "replaced")])
    moved(archive, "app-3", "acc-later")
    assert (certificates(archive, NEW), certificates(archive, person("acc-later"))) == ([], [(2, "valid")])


def test_no_parcel_takes_a_certificate_along_that_names_who_owns_nothing_any_more(
    archive: Harness, registered: Any
) -> None:
    number = unassigned(archive, registered)
    ask(archive, number)
    take(archive)
    assert place_of(archive, number, FIRST).names_others is False
    archive.deliver(APPLICATION_APPROVED, deal(number))
    stopped = place_of(archive, number, FIRST)
    assert (stopped.parcel.state, stopped.asks, stopped.names_others) == ("cancelled", False, True)
    assert stopped.parcel.address is None
    assert take(archive) == "", "nothing is left to print"
    refused("certificate_names_others", lambda: ask(archive, number))
    refused("registration_number_unknown", lambda: ask(archive, number, NEW))
    reissued(archive, number)
    refused("registration_number_unknown", lambda: ask(archive, number))
    assert ask(archive, number, NEW).state == "asked"
    assert mine(archive, number, STRANGER) is None
    moved(archive, "app-1", "acc-again")
    assert mine(archive, number, NEW) is not None


def test_the_list_and_the_check_say_that_a_certificate_names_earlier_owners(archive: Harness, registered: Any) -> None:
    number = unassigned(archive, registered)
    archive.deliver(APPLICATION_APPROVED, deal(number))
    [mine] = [one for one in archive.call(LIST_CERTIFICATES, Page(), FIRST).items if one.paper == "certificate"]
    assert (mine.status, mine.names_others) == ("valid", True)
    checked = file_check(archive, mine.document)
    assert (checked.status, checked.file_matches, checked.names_others) == ("valid", True, True)
    reissued(archive, number)
    [anew] = [one for one in archive.call(LIST_CERTIFICATES, Page(), NEW).items if one.paper == "certificate"]
    assert anew.names_others is False
    assert file_check(archive, anew.document).names_others is False


@pytest.mark.requirement("I-12")
def test_what_an_earlier_owner_was_sent_is_neither_shown_to_a_new_one_nor_in_their_way(
    archive: Harness, registered: Any
) -> None:
    assigned = unassigned(archive, registered)
    number = ask(archive, assigned).parcel_number
    take(archive)
    send(archive, number)
    archive.deliver(APPLICATION_APPROVED, deal(assigned))
    assert place_of(archive, assigned, FIRST).parcel.state == "sent", "what is on its way is left alone"
    reissued(archive, assigned)
    assert (place_of(archive, assigned, NEW).parcel, place_of(archive, assigned, NEW).asks) == (None, True)
    assert mine(archive, assigned, NEW) is None
    with pytest.raises(Problem, match="parcel_not_changeable"):
        ask(archive, assigned, NEW)
    with pytest.raises(Problem, match="parcel_unknown"):
        archive.call(CANCEL_PARCEL, CancelParcel(registration_number=assigned), NEW)
    settle(archive, number, "delivered")
    assert place_of(archive, assigned, NEW).parcel is None, "where it went is the other's"
    assert ask(archive, assigned, NEW, street="新华路2号").address.street == "新华路2号"
    assert place_of(archive, assigned, NEW).parcel.address.street == "新华路2号"
    with pytest.raises(Problem, match="registration_number_unknown"):
        place_of(archive, assigned, FIRST)


def test_part_of_the_rights_leaves_the_certificate_as_it_is(archive: Harness, registered: Any) -> None:
    number = unassigned(archive, registered)
    archive.deliver(APPLICATION_APPROVED, deal(number, rights=["reproduction"]))
    [mine] = [one for one in archive.call(LIST_CERTIFICATES, Page(), FIRST).items if one.paper == "certificate"]
    assert mine.names_others is False
    assert ask(archive, number).state == "asked"


def test_who_has_it_reissued_for_themselves_keeps_the_parcel(archive: Harness, registered: Any) -> None:
    number = registered()
    archive.run_worker()
    ask(archive, number)
    archive.deliver(APPLICATION_APPROVED, asked(number, "reissued", "lost"))
    still = mine(archive, number)
    assert still is not None
    assert still.state == "asked"


def test_everybody_whom_a_revocation_concerns_is_heard(archive: Harness, assigned: str) -> None:
    verified(archive, "acc-bank", BANK)
    archive.deliver(APPLICATION_APPROVED, deal(assigned, "pledged", "app-5", "acc-company", grantees=[BANK]))
    act = propose(archive, assigned, "untrue", statement="作品并非登记的作者所创作")
    told = {one.account_id for one in archive.events(office_acts.OFFICE_ACT_ADVANCED)}
    assert told == {"acc-person", "acc-company", "acc-bank"}
    assert seen(archive, act, NEW).steps == ["be_heard"]
    assert [one.act_id for one in archive.call(office_acts.LIST_HELD_ACTS, Page(), NEW).items] == [act.act_id]
    refused("office_act_unknown", lambda: seen(archive, act, STRANGER))
    assert archive.call(office_acts.LIST_HELD_ACTS, Page(), STRANGER).items == []
    say = office_acts.BeHeard(act_id=act.act_id, statement="受让时已经核对手稿")
    assert archive.call(office_acts.BE_HEARD, say, NEW).heard == "受让时已经核对手稿"
    refused("office_act_closed", lambda: archive.call(office_acts.BE_HEARD, say, NEW))
    assert seen(archive, act, NEW).steps == []
    first = seen(archive, act)
    assert (first.steps, first.heard, first.answers) == (["be_heard"], "", []), "what another says is theirs"
    refused("hearing_open", lambda: decide(archive, act))
    draft = archive.receipt("acc-person", b"%PDF draft", "手稿.pdf")
    own = office_acts.BeHeard(act_id=act.act_id, statement="手稿在我这里", evidence=[draft])
    assert [one.statement for one in archive.call(office_acts.BE_HEARD, own, FIRST).answers] == ["手稿在我这里"]
    refused("hearing_open", lambda: decide(archive, act))
    office = seen(archive, act, SECOND)
    assert (office.unheard, [(one.act, one.names) for one in office.dealings]) == (
        1,
        [("assigned", [COMPANY["name"]]), ("pledged", [BANK["name"]])],
    )
    [sent] = office.answers[1].files
    opened = office_acts.OfficeActFileRef(act_id=act.act_id, file_id=sent.file_id)
    for actor in (SECOND, FIRST):
        assert archive.call(office_acts.OPEN_OFFICE_ACT_FILE, opened, actor).file_name == "手稿.pdf"
    refused("office_act_file_unknown", lambda: archive.call(office_acts.OPEN_OFFICE_ACT_FILE, opened, NEW))
    assert (seen(archive, act, NEW).dealings, seen(archive, act, NEW).unheard) == ([], 0)
    assert sent.file_id not in {one.file_id for one in seen(archive, act, NEW).evidence}
    pledgee = office_acts.BeHeard(act_id=act.act_id, statement="我们有质权")
    assert archive.call(office_acts.BE_HEARD, pledgee, PLEDGEE).steps == []
    told = [(one.name, one.statement) for one in seen(archive, act, SECOND).answers]
    assert told == [
        (COMPANY["name"], "受让时已经核对手稿"),
        ("王小明", "手稿在我这里"),
        (BANK["name"], "我们有质权"),
    ]
    assert decide(archive, act).state == "confirmed", "everybody was heard"
    assert affected(archive) == {"revoked": {"acc-company", "acc-bank"}}
    archive.run_worker()
    for actor in (FIRST, NEW, PLEDGEE):
        papers = archive.call(LIST_CERTIFICATES, Page(), actor).items
        [proof] = [one for one in papers if one.paper == "revocation_proof"]
        opened = archive.call(GET_DOCUMENT, GetDocument(document_id=proof.document.document_id), actor)
        assert opened.object == proof.document.object
    assert archive.call(LIST_CERTIFICATES, Page(), STRANGER).items == []


def test_a_released_pledge_concerns_nobody_and_a_correction_is_no_business_of_a_pledgee(
    archive: Harness, assigned: str
) -> None:
    verified(archive, "acc-bank", BANK)
    archive.deliver(APPLICATION_APPROVED, deal(assigned, "pledged", "app-5", "acc-company", grantees=[BANK]))
    refused("registration_number_unknown", lambda: report(archive, assigned, actor=PLEDGEE))
    act = report(archive, assigned, actor=NEW)
    refused("office_act_unknown", lambda: seen(archive, act, PLEDGEE))
    assert archive.call(office_acts.LIST_HELD_ACTS, Page(), PLEDGEE).items == []
    [pledge] = check(archive, assigned).dealings[1:]
    archive.deliver(APPLICATION_APPROVED, release(assigned, pledge.number, "app-6", "acc-bank"))
    proposed = propose(archive, assigned, "untrue")
    refused("office_act_unknown", lambda: seen(archive, proposed, PLEDGEE))
    assert archive.call(office_acts.LIST_HELD_ACTS, Page(), PLEDGEE).items == []


def test_what_the_present_owner_does_is_told_to_all_whom_it_concerns(archive: Harness, registered: Any) -> None:
    number = unassigned(archive, registered)
    verified(archive, "acc-bank", BANK)
    archive.deliver(APPLICATION_APPROVED, deal(number, "pledged", "app-5", "acc-person", grantees=[BANK]))
    assert affected(archive) == {}
    [pledge] = check(archive, number).dealings
    archive.deliver(APPLICATION_APPROVED, deal(number, consents=[pledge.number]))
    assert affected(archive) == {"assigned": {"acc-bank"}}, "the pledgee may not have agreed"
    reissued(archive, number)
    assert affected(archive)["reissued"] == {"acc-person"}
    archive.deliver(APPLICATION_APPROVED, asked(number, "revoked", "own_request", "app-7", account_id="acc-company"))
    assert affected(archive)["cancelled"] == {"acc-person", "acc-bank"}


def test_a_proposal_that_concerns_a_new_owner_is_among_their_data_and_keeps_their_account_open(
    archive: Harness, assigned: str
) -> None:
    act = propose(archive, assigned, "untrue")
    archive.call(office_acts.BE_HEARD, office_acts.BeHeard(act_id=act.act_id, statement="我买的"), NEW)
    for actor, said in ((NEW, "我买的"), (FIRST, None)):
        [kept] = own_acts(archive, actor.subject)
        assert (kept.record_id, kept.facts.get("heard")) == (act.act_id, said)
        assert ("office_act", 1) in open_ties(archive, actor.subject)
    assert own_acts(archive, "acc-stranger") == []


def test_an_error_that_a_new_owner_reports_is_answered_to_them(archive: Harness, assigned: str) -> None:
    reissued(archive, assigned)
    act = report(archive, assigned, actor=NEW)
    decide(archive, act, "dismiss", reason="登记簿与申请一致")
    assert [one.account_id for one in archive.events(office_acts.OFFICE_ACT_ADVANCED)] == ["acc-company"]
    act = propose(archive, assigned, "clerical_error", corrected={"title": "长江边的石子"})
    decide(archive, act)
    archive.run_worker()
    assert check(archive, assigned).title == "长江边的石子"
    assert certificates(archive, NEW) == [(3, "valid"), (2, "replaced")]
    assert certificates(archive, FIRST) == [(1, "replaced")]
