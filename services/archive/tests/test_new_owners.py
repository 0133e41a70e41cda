"""Rights that went over to somebody else: new papers, parcels and the office's word are theirs, not who had them
before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import Harness, person
from contracts.archive import CERTIFICATE_REISSUED, LIST_CERTIFICATES
from contracts.filing import APPLICATION_APPROVED, APPLICATION_MOVED, ApplicationMoved
from contracts.mailing import CANCEL_PARCEL, OPEN_PARCEL, CancelParcel, OpenParcel
from contracts.paging import Page

from contracts import office_acts

from .test_dealings import BANK, COMPANY, deal, verified
from .test_mailing import ask, mine, send, settle, take
from .test_office_acts import check, decide, propose, refused, report, seen
from .test_reissues_and_revocations import asked, changed

pytestmark = [pytest.mark.requirement("A-05"), pytest.mark.requirement("F-01")]
FIRST, NEW, STRANGER = person("acc-person"), person("acc-company"), person("acc-stranger")


@pytest.fixture
def assigned(archive: Harness, registered: Any) -> str:
    """A registration whose rights all went over to a company."""
    number: str = registered()
    archive.run_worker()
    verified(archive, "acc-company", COMPANY)
    archive.deliver(APPLICATION_APPROVED, deal(number))
    return number


def certificates(archive: Harness, actor: Any) -> list[tuple[int, str]]:
    items = archive.call(LIST_CERTIFICATES, Page(), actor).items
    return [(one.edition, one.status) for one in items if one.paper == "certificate"]


def reissued(archive: Harness, number: str) -> None:
    archive.deliver(APPLICATION_APPROVED, asked(number, "reissued", "outdated", "app-3", account_id="acc-company"))
    archive.run_worker()


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


def test_no_parcel_takes_anothers_certificate_along(archive: Harness, assigned: str) -> None:
    ask(archive, assigned)
    with pytest.raises(Problem, match="certificate_of_another"):
        ask(archive, assigned, NEW)
    take(archive)
    reissued(archive, assigned)
    stopped = mine(archive, assigned)
    assert stopped is not None
    assert (stopped.state, stopped.address) == ("cancelled", None)
    assert take(archive) == "", "nothing is left to print"
    with pytest.raises(Problem, match="certificate_of_another"):
        ask(archive, assigned)
    assert ask(archive, assigned, NEW).state == "asked"
    assert mine(archive, assigned, STRANGER) is None
    moved(archive, "app-1", "acc-again")
    assert mine(archive, assigned, NEW) is not None


@pytest.mark.requirement("I-12")
def test_what_an_earlier_owner_was_sent_is_neither_shown_to_a_new_one_nor_in_their_way(
    archive: Harness, assigned: str
) -> None:
    def place(actor: Any) -> Any:
        return archive.call(OPEN_PARCEL, OpenParcel(registration_number=assigned), actor)

    number = ask(archive, assigned).parcel_number
    take(archive)
    send(archive, number)
    reissued(archive, assigned)
    assert (place(NEW).parcel, place(NEW).asks) == (None, True)
    assert mine(archive, assigned, NEW) is None
    with pytest.raises(Problem, match="parcel_not_changeable"):
        ask(archive, assigned, NEW)
    with pytest.raises(Problem, match="parcel_unknown"):
        archive.call(CANCEL_PARCEL, CancelParcel(registration_number=assigned), NEW)
    settle(archive, number, "delivered")
    assert place(NEW).parcel is None, "where it went is the other's"
    assert ask(archive, assigned, NEW, street="新华路2号").address.street == "新华路2号"
    assert place(NEW).parcel.address.street == "新华路2号"
    with pytest.raises(Problem, match="certificate_of_another"):
        place(FIRST)


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
    assert told == {"acc-person", "acc-company"}
    assert seen(archive, act, NEW).steps == ["be_heard"]
    assert [one.act_id for one in archive.call(office_acts.LIST_HELD_ACTS, Page(), NEW).items] == [act.act_id]
    for other in (STRANGER, person("acc-bank")):
        refused("office_act_unknown", lambda who=other: seen(archive, act, who))  # type: ignore[misc]
        assert archive.call(office_acts.LIST_HELD_ACTS, Page(), other).items == []
    say = office_acts.BeHeard(act_id=act.act_id, statement="受让时已经核对手稿")
    assert archive.call(office_acts.BE_HEARD, say, NEW).heard == "受让时已经核对手稿"


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
