"""What each party of a registration is to it now, and what the list of their papers offers them to file."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import Harness, person
from contracts.archive import CHECK_CERTIFICATE, LIST_CERTIFICATES, CertificateView, CheckCertificate
from contracts.filing import APPLICATION_APPROVED
from contracts.mailing import OPEN_PARCEL, OpenParcel
from contracts.paging import Page

from .conftest import software
from .test_dealings import ALL, BANK, COMPANY, THIRD, deal, release, verified
from .test_new_owners import reissued
from .test_reissues_and_revocations import asked

pytestmark = [pytest.mark.requirement("F-01"), pytest.mark.requirement("A-05")]
OWNERS = ["change", "reissue", "cancellation", "assignment", "licence", "pledge"]
DEALT = ["assignment", "licence", "pledge"]


@pytest.fixture
def number(archive: Harness, registered: Any) -> str:
    """A registration; a company, a bank and a third have accounts, too."""
    found: str = registered()
    archive.run_worker()
    for account, who in (("acc-company", COMPANY), ("acc-bank", BANK), ("acc-third", THIRD)):
        verified(archive, account, who)
    return found


def told(archive: Harness, account: str) -> tuple[str, list[str], list[str]]:
    """By the newest of their papers."""
    items: list[CertificateView] = archive.call(LIST_CERTIFICATES, Page(), person(account)).items
    assert {(one.role, tuple(one.procedures)) for one in items if one.status == "valid"} <= {
        (items[0].role, tuple(items[0].procedures))
    }, "one and the same, whichever paper"
    return items[0].role, items[0].rights, list(items[0].procedures)


def test_an_owner_alone_is_offered_everything_but_a_release(archive: Harness, number: str) -> None:
    assert told(archive, "acc-person") == ("owner", ALL, OWNERS)


def test_who_has_some_of_the_rights_may_deal_in_them_and_the_author_may_not_cancel(
    archive: Harness, number: str
) -> None:
    archive.deliver(APPLICATION_APPROVED, deal(number, rights=["reproduction", "adaptation"]))
    assert told(archive, "acc-company") == ("holder", ["reproduction", "adaptation"], DEALT)
    kept = [right for right in ALL if right not in ("reproduction", "adaptation")]
    assert told(archive, "acc-person") == ("owner", kept, [one for one in OWNERS if one != "cancellation"])


def test_all_rights_for_a_time_are_held_and_come_back(archive: Harness, number: str) -> None:
    archive.deliver(APPLICATION_APPROVED, deal(number, ends="2030-12-31"))
    assert told(archive, "acc-company") == ("holder", ALL, ["assignment", "licence"]), "a pledge has no last day"
    assert told(archive, "acc-person")[::2] == ("owner", ["change", "reissue", "licence"])


def test_after_all_rights_went_over_the_old_owner_is_offered_nothing(archive: Harness, number: str) -> None:
    archive.deliver(APPLICATION_APPROVED, deal(number))
    assert told(archive, "acc-company") == ("owner", ALL, OWNERS)
    assert told(archive, "acc-person") == ("", [], [])


def test_an_author_whose_rights_went_to_two_keeps_the_registration_alone(archive: Harness, number: str) -> None:
    archive.deliver(APPLICATION_APPROVED, deal(number, rights=ALL[:4]))
    rest = deal(number, case="app-3", rights=ALL[4:], grantees=[THIRD], contract="2")
    archive.deliver(APPLICATION_APPROVED, rest)
    assert told(archive, "acc-person") == ("owner", [], ["change", "reissue"])
    assert told(archive, "acc-third") == ("holder", ALL[4:], DEALT)


def test_joint_assignees_are_offered_the_same(archive: Harness, number: str) -> None:
    archive.deliver(APPLICATION_APPROVED, deal(number, grantees=[COMPANY, THIRD]))
    assert told(archive, "acc-company") == told(archive, "acc-third") == ("owner", ALL, OWNERS)


def test_a_licensee_is_offered_the_termination_and_a_pledgee_the_release(archive: Harness, number: str) -> None:
    archive.deliver(APPLICATION_APPROVED, deal(number, "licensed"))
    assert told(archive, "acc-company") == ("licensee", [], ["termination"])
    archive.deliver(APPLICATION_APPROVED, deal(number, "pledged", "app-3", grantees=[BANK]))
    assert told(archive, "acc-bank") == ("pledgee", [], ["release"])
    pledge = archive.call(LIST_CERTIFICATES, Page(), person("acc-bank")).items[0].number
    archive.deliver(APPLICATION_APPROVED, release(number, pledge, "app-4", "acc-bank"))
    assert told(archive, "acc-bank") == ("", [], [])


def test_it_is_the_same_of_software(archive: Harness, registered: Any) -> None:
    found: str = registered(of=software)
    archive.run_worker()
    verified(archive, "acc-company", COMPANY)
    archive.deliver(APPLICATION_APPROVED, deal(found, rights=["revision"]))
    assert told(archive, "acc-company") == ("holder", ["revision"], DEALT)


def test_nothing_is_in_force_of_a_registration_that_was_cancelled(archive: Harness, number: str) -> None:
    archive.deliver(APPLICATION_APPROVED, deal(number))

    def in_force() -> list[bool]:
        found = archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number))
        return [one.in_force for one in found.dealings]

    assert in_force() == [True]
    cancelled = asked(number, "revoked", "own_request", "app-3", account_id="acc-company")
    archive.deliver(APPLICATION_APPROVED, cancelled)
    assert in_force() == [False]
    assert told(archive, "acc-company")[2] == []


@pytest.mark.requirement("I-12")
def test_an_old_owner_is_told_whose_the_certificate_is_now(archive: Harness, number: str) -> None:
    archive.deliver(APPLICATION_APPROVED, deal(number))
    reissued(archive, number)
    with pytest.raises(Problem, match="certificate_of_another"):
        archive.call(OPEN_PARCEL, OpenParcel(registration_number=number), person("acc-person"))
    with pytest.raises(Problem, match="registration_number_unknown"):
        archive.call(OPEN_PARCEL, OpenParcel(registration_number="国作登字-2026-A-99999999"), person("acc-person"))
