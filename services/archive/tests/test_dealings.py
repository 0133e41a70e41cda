"""合同登记、质权登记与注销: what is approved of the rights is recorded once, never against another, and shown."""

from __future__ import annotations

import contextlib
import hashlib
import io
import re
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from archive.parties import keying
from archive.parties.handlers import remember
from archive.register import telling
from archive.register.dealing import record_dealing
from archive.register.records import fold
from archive.register.store import RegisterEntry, find_entry, records_of
from chassis.clock import legal_date, utc_now
from chassis.errors import Problem
from chassis.testing import Harness, person, service_actor, staff_actor
from contracts.archive import (
    CERTIFICATE_IN,
    CHECK_CERTIFICATE,
    CHECK_CERTIFICATE_FILE,
    DEALING_ADVANCED,
    GET_DOCUMENT,
    LIST_CERTIFICATES,
    SEARCH_REGISTER,
    CertificateIn,
    CheckCertificate,
    CheckCertificateFile,
    SearchRegister,
)
from contracts.dealings import TRANSFERABLE, meet
from contracts.extracts import REGISTER_EXTRACT, REGISTER_EXTRACT_FOR_CASE, AskExtract, AskExtractForCase
from contracts.filing import APPLICATION_APPROVED
from contracts.identity import IDENTITY_VERIFIED, IdentityVerified
from contracts.identity.events import ACCOUNT_CLOSED, IDENTITY_REOPENED, AccountClosed, IdentityReopened
from contracts.objects import GetDocument
from contracts.own_data import OWN_DATA, ReadOwnData
from contracts.paging import Page
from contracts.procedures import offered
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from .conftest import approved, software

pytestmark = pytest.mark.requirement("F-01")
OWNER, ASSIGNEE, STRANGER = person("acc-person"), person("acc-company"), person("acc-stranger")
COMPANY = {
    "name": "红叶科技有限公司",
    "kind": "organisation",
    "nationality": "中国",
    "id_type": "uscc",
    "masked_id_number": "9135**********0Y43",
}
BANK = COMPANY | {"name": "江城银行股份有限公司", "masked_id_number": "9142**********1X77"}
THIRD = COMPANY | {"name": "河湾信托有限公司", "masked_id_number": "9143**********2X55"}
ALL = list(TRANSFERABLE["work"])


def deal(number: str, act: str = "assigned", case: str = "app-2", by: str = "acc-person", **changes: Any) -> Any:
    """An approved dealing in a work: all rights, everywhere, for good."""
    dealing = {"grantees": [COMPANY], "rights": ALL, "begins": "2026-11-01"} | changes
    facts = {"act": act, "registration_number": number, "dealing": dealing, "type": "work_assignment"}
    return approved(case, by, serial_number=f"2026Z31S{case[-1]:0>6}", **facts)


def release(number: str, pledge: str, case: str, by: str) -> Any:
    facts = {"act": "released", "registration_number": number, "dealing": {"number": pledge}, "type": "work_release"}
    return approved(case, by, **facts)


def verified(archive: Harness, account_id: str, who: dict[str, Any], on: date = date(2026, 1, 1)) -> None:
    archive.deliver(IDENTITY_VERIFIED, verification(account_id, who, on))


def verification(account_id: str, who: dict[str, Any], on: date = date(2026, 1, 1)) -> IdentityVerified:
    facts = {name: who[name] for name in ("name", "kind", "id_type", "masked_id_number")}
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return IdentityVerified(account_id=account_id, verification_id=f"v-{account_id}-{on}", verified_at=at, **facts)


def closed(archive: Harness, account_id: str) -> None:
    archive.deliver(ACCOUNT_CLOSED, AccountClosed(account_id=account_id, closed_at=datetime(2026, 2, 1, tzinfo=UTC)))


def held(archive: Harness, account_id: str) -> list[str]:
    """Numbers of the papers that an account sees."""
    return [one.number for one in archive.call(LIST_CERTIFICATES, Page(), person(account_id)).items]


def check(archive: Harness, number: str) -> Any:
    return archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number))


def check_file(archive: Harness, paper: Any) -> Any:
    """What anybody is told who has the file of a paper."""
    pdf = archive.runtime.objects.read(paper.document.object.sha256, 1 << 25)
    asked = CheckCertificateFile(receipt=archive.receipt("acc-stranger", pdf, "收到的.pdf"))
    return archive.call(CHECK_CERTIFICATE_FILE, asked, STRANGER)


def extract(archive: Harness, number: str, actor: Any) -> Any:
    return archive.call(REGISTER_EXTRACT, AskExtract(registration_number=number), actor).registered


def test_an_assignment_makes_another_owner_and_keeps_the_history(archive: Harness, registered: Any) -> None:
    number = registered()
    archive.deliver(APPLICATION_APPROVED, deal(number))
    found = check(archive, number)
    assert (found.status, found.owners) == ("valid", ["红叶科技有限公司"])
    [dealing] = found.dealings
    assert (dealing.number, dealing.act, dealing.in_force) == ("作著转登字第00000001号", "assigned", True)
    assert (dealing.grantors, dealing.grantees) == (["王**"], ["红叶科技有限公司"])
    assert (dealing.begins, dealing.ends, dealing.rights) == (date(2026, 11, 1), None, ALL)
    assert check(archive, dealing.number) == found, "by the number of the record, too"
    told = str(found.model_dump())
    assert "9135" not in told, "no document of anybody"
    assert [one.registration_number for one in archive.call(SEARCH_REGISTER, SearchRegister(q="红叶科技")).items] == [
        number
    ]


def test_both_parties_see_it_and_the_assignee_goes_on_with_it(archive: Harness, registered: Any) -> None:
    number = registered()
    archive.deliver(APPLICATION_APPROVED, deal(number))
    archive.run_worker()
    assert archive.call(LIST_CERTIFICATES, Page(), ASSIGNEE).items == []
    verified(archive, "acc-company", COMPANY)
    [proof] = archive.call(LIST_CERTIFICATES, Page(), ASSIGNEE).items
    mine = archive.call(LIST_CERTIFICATES, Page(), OWNER).items
    assert [(one.paper, one.act, one.filed) for one in mine] == [
        ("dealing_proof", "assigned", True),
        ("certificate", "", True),
    ]
    assert (proof.number, proof.filed, proof.document.title) == (
        "作著转登字第00000001号",
        False,
        "著作权转让合同登记证书",
    )
    asked = GetDocument(document_id=proof.document.document_id)
    for actor in (OWNER, ASSIGNEE):
        pdf = archive.runtime.objects.read(archive.call(GET_DOCUMENT, asked, actor).object.sha256, 1 << 25)
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
        for word in ("转让方（TRC）", "王小明", "受让方（TEC）", "9135**********0Y43", "全世界", "2026年11月1日"):
            assert word in text, word
    with pytest.raises(Problem, match="document_unknown"):
        archive.call(GET_DOCUMENT, asked, STRANGER)
    with pytest.raises(Problem, match="being_made"):
        archive.call(CERTIFICATE_IN, CertificateIn(document_id=proof.document.document_id, language="en"), ASSIGNEE)
    archive.run_worker()
    twin = archive.call(CERTIFICATE_IN, CertificateIn(document_id=proof.document.document_id, language="en"), ASSIGNEE)
    pdf = archive.runtime.objects.read(twin.object.sha256, 1 << 25)
    assert "Assignor (TRC)" in "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)

    stated = extract(archive, number, ASSIGNEE)
    assert (stated.role, stated.own, [one.name for one in stated.holders]) == (
        "owner",
        ["作著转登字第00000001号"],
        ["红叶科技有限公司"],
    )
    with pytest.raises(Problem, match="registration_assigned"):
        extract(archive, number, OWNER)
    with pytest.raises(Problem, match="registration_not_yours"):
        extract(archive, number, STRANGER)
    again = deal(number, case="app-3", by="acc-company", grantees=[BANK])
    archive.deliver(APPLICATION_APPROVED, again)
    assert check(archive, number).owners == ["江城银行股份有限公司"]


def test_an_identity_that_two_accounts_could_be_is_neither(archive: Harness, registered: Any) -> None:
    number = registered()
    archive.deliver(APPLICATION_APPROVED, deal(number))
    verified(archive, "acc-company", COMPANY)
    verified(archive, "acc-other", COMPANY)
    assert archive.call(LIST_CERTIFICATES, Page(), ASSIGNEE).items == []
    with pytest.raises(Problem, match="registration_not_yours"):
        extract(archive, number, ASSIGNEE)


def test_part_of_the_rights_and_then_the_rest(archive: Harness, registered: Any) -> None:
    number = registered()
    verified(archive, "acc-company", COMPANY)
    archive.deliver(APPLICATION_APPROVED, deal(number, rights=["reproduction"]))
    assert check(archive, number).owners == ["王**"]
    stated = extract(archive, number, OWNER)
    assert (stated.role, stated.own, len(stated.dealings)) == ("owner", [""], 1)
    assert extract(archive, number, ASSIGNEE).role == "holder"
    with pytest.raises(AssertionError, match=r"rights_not_held\s+作著转登字第"):
        archive.deliver(APPLICATION_APPROVED, deal(number, case="app-3"))
    rest = [right for right in ALL if right != "reproduction"]
    archive.deliver(APPLICATION_APPROVED, deal(number, case="app-4", rights=rest))
    found = check(archive, number)
    assert found.owners == ["红叶科技有限公司"]
    assert [one.number for one in found.dealings] == ["作著转登字第00000001号", "作著转登字第00000002号"], "no gap"


def test_of_two_that_race_one_is_recorded(archive: Harness, registered: Any) -> None:
    number = registered()
    begins = legal_date(utc_now()) + timedelta(days=2)
    ends = begins + timedelta(days=364)
    licence = {"act": "licensed", "begins": begins.isoformat(), "ends": ends.isoformat()}
    first = deal(number, **licence)
    for _ in range(2):
        archive.deliver(APPLICATION_APPROVED, first)
    within = {"territory": {"extent": "provinces", "provinces": ["北京"]}, "rights": ["performance"]}
    with pytest.raises(AssertionError, match=r"rights_licensed\s+作著许登字第"):
        archive.deliver(APPLICATION_APPROVED, deal(number, case="app-3", **licence, **within))
    begins, ends = ends + timedelta(days=1), ends + timedelta(days=365)
    later = licence | {"begins": begins.isoformat(), "ends": ends.isoformat()}
    archive.deliver(APPLICATION_APPROVED, deal(number, case="app-4", **later))
    assert [one.in_force for one in check(archive, number).dealings] == [False, False], "both are to begin"
    nonsense: list[dict[str, Any]] = [{"rights": []}, {"rights": ["attribution"]}, {"territory": {"extent": "moon"}}]
    for place, broken in enumerate(nonsense):
        with pytest.raises(AssertionError, match=r"in\s+no\s+way|right_not_registered"):
            archive.deliver(APPLICATION_APPROVED, deal(number, case=f"app-x{place}", **broken))
    with pytest.raises(AssertionError, match="rights_not_held"):
        archive.deliver(APPLICATION_APPROVED, deal(number, case="app-6", by="acc-stranger"))


def test_what_is_pledged_stays_until_the_pledgee_releases_it(archive: Harness, registered: Any) -> None:
    number = registered()
    verified(archive, "acc-bank", BANK)
    secured = {"grantees": [BANK], "claim": 120_000_050, "claim_due": "2027-11-01"}
    archive.deliver(APPLICATION_APPROVED, deal(number, "pledged", **secured))
    pledge = "作著质登字第00000001号"
    stated = extract(archive, number, person("acc-bank"))
    assert (stated.role, stated.own, stated.holders) == ("pledgee", [pledge], [])
    assert stated.dealings[0].begins == stated.stated_on, "with its record"
    with pytest.raises(AssertionError, match=r"rights_pledged\s+作著质登字第"):
        archive.deliver(APPLICATION_APPROVED, deal(number, case="app-3"))
    archive.deliver(APPLICATION_APPROVED, deal(number, case="app-4", rights=["other"], consents=[pledge]))
    for by in ("acc-person", "acc-company", "acc-stranger"):
        with pytest.raises(AssertionError, match=r"has\s+nothing"):
            archive.deliver(APPLICATION_APPROVED, release(number, pledge, f"app-{by}", by))
    archive.deliver(APPLICATION_APPROVED, release(number, pledge, "app-6", "acc-bank"))
    archive.run_worker()
    [pledged, _] = check(archive, number).dealings
    assert (pledged.in_force, pledged.released_on) == (False, check(archive, number).registered_on)
    with pytest.raises(AssertionError, match=r"has\s+nothing"):
        archive.deliver(APPLICATION_APPROVED, release(number, pledge, "app-7", "acc-bank"))
    papers = archive.call(LIST_CERTIFICATES, Page(), person("acc-bank")).items
    assert [(one.act, one.number, one.filed, one.status) for one in papers] == [
        ("released", "作著质销字第00000001号", True, "valid"),
        ("pledged", pledge, False, "ended"),
    ]
    assert {one.number: one.status for one in archive.call(LIST_CERTIFICATES, Page(), OWNER).items}[pledge] == "ended"
    for paper, ended in zip(papers, (None, pledged.released_on), strict=True):
        file = check_file(archive, paper)
        assert (file.file_matches, file.status) == (True, "valid"), "the registration holds"
        assert (file.paper.act, file.paper.number, file.paper.ended_on) == (paper.act, paper.number, ended)
    pdf = archive.runtime.objects.read(papers[1].document.object.sha256, 1 << 25)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "1,200,000.50元" in text
    rest = [right for right in ALL if right != "other"]
    archive.deliver(APPLICATION_APPROVED, deal(number, case="app-8", rights=rest))
    with archive.uow() as uow:
        entry, records = find_entry(uow.session, number), records_of(uow.session, number)
        rebuilt = RegisterEntry(registration_number=number)
        rebuilt.show(fold(records))
        assert entry is not None
        for column in ("record", "status", "title", "authors", "owners", "searched", "publication_date"):
            assert getattr(entry, column) == getattr(rebuilt, column), column


def test_an_examiner_is_told_what_the_party_of_a_case_would_be(archive: Harness, registered: Any) -> None:
    number = registered(of=software)
    asked = AskExtractForCase(registration_number=number, account_id="acc-person")
    found = archive.call(REGISTER_EXTRACT_FOR_CASE, asked, staff_actor("examiner"))
    assert found.registered.rights == list(TRANSFERABLE["software"])
    assert found.registered == extract(archive, number, OWNER)
    with pytest.raises(Problem, match="forbidden"):
        archive.call(REGISTER_EXTRACT_FOR_CASE, asked, staff_actor("cashier"))


EVERYTHING = "SELECT account_id, who FROM verified_parties UNION SELECT number, who FROM dealing_parties ORDER BY 1, 2"
DUE = (
    "DELETE FROM verified_parties",
    "DELETE FROM dealing_parties",
    "DELETE FROM departed_parties",
    "INSERT INTO parties_due (entry_id) SELECT id FROM dossier_entries"
    " WHERE source = 'identity' AND event IN ('identity_verified', 'account_closed') ORDER BY id",
    "INSERT INTO parties_due (registration_number, sequence)"
    " SELECT registration_number, sequence FROM register_records"
    " WHERE act IN ('assigned', 'licensed', 'pledged', 'released') ORDER BY registration_number, sequence",
)
"""What the migration to digests with a key leaves to the service."""


proposals = st.lists(
    st.tuples(
        st.sampled_from(["assigned", "licensed", "pledged"]),
        st.sampled_from([["reproduction"], ["distribution", "other"], ALL]),
        st.sampled_from([{"extent": "world"}, {"extent": "china"}, {"extent": "provinces", "provinces": ["北京"]}]),
        st.sampled_from([None, "2027-01-01", "2026-11-20"]),
    ),
    max_size=4,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=proposals)
def test_no_sequence_of_approvals_leaves_two_exclusive_rights(
    archive: Harness, registered: Any, steps: list[Any]
) -> None:
    """As contracts/tests/test_dealings.py has it of the rule, here of what the register really holds."""
    at = datetime.now(UTC).timestamp()
    number = registered(f"app-{at}")
    for index, (act, rights, territory, ends) in enumerate(steps):
        approval = deal(number, act, f"app-{at}-{index}", rights=rights, territory=territory, ends=ends)
        with contextlib.suppress(ValueError), archive.uow() as uow:
            record_dealing(approval, uow)
    with archive.uow() as uow:
        dealings = fold(records_of(uow.session, number)).dealings
    for act in ("assigned", "licensed"):
        exclusive = [one for one in dealings if one.act == act]
        for index, one in enumerate(exclusive):
            for other in exclusive[index + 1 :]:
                apart = (one.ends or date.max) < other.begins or (other.ends or date.max) < one.begins
                assert apart or one.shares.isdisjoint(other.shares)
    for place, one in enumerate(dealings):
        assert one.act != "assigned" or not any(
            before.act == "pledged" and meet(before, one) for before in dealings[:place]
        )


@pytest.mark.requirement("I-12")
def test_who_closes_an_account_and_opens_another_is_a_party_again(archive: Harness, registered: Any) -> None:
    archive.deliver(APPLICATION_APPROVED, deal(registered()))
    archive.run_worker()
    verified(archive, "acc-earlier", COMPANY)
    verified(archive, "acc-company", COMPANY)
    assert archive.call(LIST_CERTIFICATES, Page(), ASSIGNEE).items == [], "two that cannot be told apart are neither"
    for _ in range(2):
        closed(archive, "acc-earlier")
    assert len(archive.call(LIST_CERTIFICATES, Page(), ASSIGNEE).items) == 1
    verified(archive, "acc-earlier", COMPANY)  # comes late
    assert archive.as_owner("SELECT account_id FROM verified_parties") == [("acc-company",)]


@pytest.mark.requirement("I-05")
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 1, 0, 2)])
def test_who_is_called_otherwise_now_is_the_party_of_all_their_names(
    archive: Harness, registered: Any, order: tuple[int, ...]
) -> None:
    names = [COMPANY, COMPANY | {"name": "红枫科技有限公司"}, COMPANY | {"name": "红枫科技集团有限公司"}]
    number = registered()
    for place, name in enumerate(names):
        archive.deliver(APPLICATION_APPROVED, deal(number, case=f"app-2{place}", rights=[ALL[place]], grantees=[name]))
    archive.run_worker()
    for place in order:
        verified(archive, "acc-company", names[place], date(2026, 1, 1 + place))
    numbers = [f"作著转登字第0000000{place}号" for place in (3, 2, 1)]
    assert held(archive, "acc-company") == numbers
    assert set(extract(archive, number, ASSIGNEE).own) == set(numbers)
    verified(archive, "acc-namesake", COMPANY | {"masked_id_number": "9135**********0Y44"})
    assert held(archive, "acc-namesake") == [], "another with the same name"
    verified(archive, "acc-other", names[1])
    assert held(archive, "acc-company") == [numbers[0], numbers[2]], "of one name they cannot be told apart"
    assert held(archive, "acc-other") == []
    closed(archive, "acc-company")
    assert held(archive, "acc-company") == []
    assert held(archive, "acc-other") == [numbers[1]]


def terminate(number: str, licence: str, case: str, by: str) -> Any:
    facts = {"act": "terminated", "dealing": {"number": licence}, "type": "work_termination"}
    return approved(case, by, registration_number=number, **facts)


@pytest.mark.requirement("W-05")
def test_a_licence_that_ends_before_its_term_leaves_room_for_another(archive: Harness, registered: Any) -> None:
    number = registered()
    verified(archive, "acc-company", COMPANY)
    verified(archive, "acc-bank", BANK)
    with archive.uow() as uow:
        today = uow.today()
    term = {"begins": str(today), "ends": str(today + timedelta(days=2))}
    archive.deliver(APPLICATION_APPROVED, deal(number, "licensed", "app-2", **term))
    archive.deliver(APPLICATION_APPROVED, deal(number, "pledged", "app-3", grantees=[BANK]))
    licence, pledge = "作著许登字第00000001号", "作著质登字第00000001号"
    stated = extract(archive, number, person("acc-company"))
    assert (stated.role, stated.own, stated.holders) == ("licensee", [licence], [])
    assert offered(stated) == ["termination"]
    assert offered(extract(archive, number, person("acc-bank"))) == ["release"]
    again = {"grantees": [THIRD], "consents": [pledge], "contract": "c" * 64}
    with pytest.raises(AssertionError, match="rights_licensed"):
        archive.deliver(APPLICATION_APPROVED, deal(number, "licensed", "app-4", **term, **again))
    for case, ended, by in (
        ("app-5", licence, "acc-person"),
        ("app-6", licence, "acc-bank"),
        ("app-7", licence, "acc-stranger"),
        ("app-8", pledge, "acc-bank"),
    ):
        with pytest.raises(AssertionError, match=r"has\s+nothing"):
            archive.deliver(APPLICATION_APPROVED, terminate(number, ended, case, by))
    with pytest.raises(AssertionError, match=r"has\s+nothing"):
        archive.deliver(APPLICATION_APPROVED, release(number, licence, "app-9", "acc-company"))
    before = told(archive)
    for _ in range(2):
        archive.deliver(APPLICATION_APPROVED, terminate(number, licence, "app-10", "acc-company"))
    assert told(archive)[len(before) :] == [("acc-person", "released", licence)]
    archive.run_worker()
    licensed, pledged = check(archive, number).dealings
    assert (licensed.in_force, licensed.released_on, pledged.in_force) == (False, today, True)
    papers = archive.call(LIST_CERTIFICATES, Page(), person("acc-company")).items
    assert [(one.act, one.number, one.filed, one.status) for one in papers] == [
        ("terminated", "作著许销字第00000001号", True, "valid"),
        ("licensed", licence, False, "ended"),
    ]
    for paper, ended_on in zip(papers, (None, today), strict=True):
        file = check_file(archive, paper)
        assert (file.file_matches, file.paper.act, file.paper.ended_on) == (True, paper.act, ended_on)
    pdf = archive.runtime.objects.read(papers[0].document.object.sha256, 1 << 25)
    text = "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
    for words in ("专有许可终止登记证明", licence, "第五百五十七条", "被许可方（LCE）"):
        assert words in text, words
    archive.deliver(APPLICATION_APPROVED, deal(number, "licensed", "app-11", **term, **again))
    with pytest.raises(Problem, match="registration_party_only"):
        extract(archive, number, person("acc-company"))
    archive.advance(3)
    archive.sweep("tell_over")
    over = [one for one in told(archive) if one[1] == "over"]
    assert {number for _, _, number in over} == {"作著许登字第00000002号"}, "of the first everybody heard that it ended"


def test_parties_are_kept_by_a_digest_that_has_a_key(archive: Harness, registered: Any) -> None:
    archive.deliver(APPLICATION_APPROVED, deal(registered()))
    verified(archive, "acc-company", COMPANY)
    [(who,)] = archive.as_owner("SELECT who FROM dealing_parties")
    assert archive.as_owner("SELECT who FROM verified_parties") == [(who,)]
    said = "\n".join((COMPANY["name"], COMPANY["id_type"], COMPANY["masked_id_number"]))
    assert who != hashlib.sha256(said.encode()).hexdigest()
    assert len(bytes.fromhex(who)) == 32


def told(archive: Harness) -> list[tuple[str, str, str]]:
    return [(one.account_id, one.state, one.number) for one in archive.events(DEALING_ADVANCED)]


@pytest.mark.requirement("W-05")
def test_the_other_party_hears_of_it_once_and_again_when_it_is_over(archive: Harness, registered: Any) -> None:
    number = registered()
    verified(archive, "acc-company", COMPANY)
    verified(archive, "acc-bank", BANK)
    verified(archive, "acc-person", COMPANY | {"name": "王小明", "kind": "natural_person"})
    both = [COMPANY, COMPANY | {"name": "王小明", "kind": "natural_person"}]
    with archive.uow() as uow:
        today = uow.today()
    licence = {"begins": str(today), "ends": str(today + timedelta(days=1)), "grantees": both, "rights": ["other"]}
    for _ in range(2):
        archive.deliver(APPLICATION_APPROVED, deal(number, "licensed", "app-2", **licence))
        archive.deliver(APPLICATION_APPROVED, deal(number, "pledged", "app-3", grantees=[BANK]))
    one, pledge = "作著许登字第00000001号", "作著质登字第00000001号"
    recorded = [("acc-company", "recorded", one), ("acc-bank", "recorded", pledge)]
    assert told(archive) == recorded, "not who filed it, though named"
    archive.deliver(APPLICATION_APPROVED, release(number, pledge, "app-4", "acc-bank"))
    assert told(archive)[2:] == [("acc-person", "released", pledge)]
    archive.advance(1)
    assert archive.sweep("tell_over") == 0, "its last day is a day of it"
    archive.advance(1)
    assert archive.sweep("tell_over") == 1
    assert archive.sweep("tell_over") == 0
    assert told(archive)[3:] == [("acc-company", "over", one), ("acc-person", "over", one)]
    assert archive.events(DEALING_ADVANCED)[-1].on == today + timedelta(days=1)


@pytest.mark.requirement("W-05")
def test_who_is_verified_afterwards_hears_of_what_is_in_force(archive: Harness, registered: Any) -> None:
    with archive.uow() as uow:
        today = uow.today()
    archive.deliver(APPLICATION_APPROVED, deal(registered(), "pledged", "app-2", grantees=[BANK, COMPANY]))
    over = {"begins": str(today - timedelta(days=9)), "ends": str(today - timedelta(days=1)), "rights": ["other"]}
    archive.deliver(APPLICATION_APPROVED, deal(registered("app-7"), "licensed", "app-4", grantees=[BANK], **over))
    verified(archive, "acc-third", THIRD)
    archive.deliver(APPLICATION_APPROVED, deal(registered("app-8"), "pledged", "app-9", grantees=[THIRD, BANK]))
    pledged = archive.events(DEALING_ADVANCED)[-1]
    assert pledged.account_id == "acc-third"
    archive.deliver(APPLICATION_APPROVED, release(pledged.registration_number, pledged.number, "app-10", "acc-third"))
    before = told(archive)
    verified(archive, "acc-company", COMPANY)
    for _ in range(2):
        verified(archive, "acc-bank", BANK)
    verified(archive, "acc-bank", BANK, date(2026, 5, 1))
    pledge = "作著质登字第00000001号"
    assert told(archive)[len(before) :] == [("acc-company", "recorded", pledge), ("acc-bank", "recorded", pledge)]
    verified(archive, "acc-double", COMPANY)
    assert len(told(archive)) == len(before) + 2, "two that cannot be told apart are neither"


@pytest.mark.requirement("W-05")
@pytest.mark.parametrize("how", ["closed", "reopened"])
def test_who_is_left_of_two_that_could_not_be_told_apart_hears_of_it(
    archive: Harness, registered: Any, how: str
) -> None:
    number = registered()
    verified(archive, "acc-company", COMPANY)
    archive.deliver(APPLICATION_APPROVED, deal(number, "licensed", "app-2", rights=["other"]))
    before = told(archive)
    now = datetime.now(UTC)
    for double in ("acc-double", "acc-third"):
        said = verification(double, COMPANY).model_copy(update={"verified_at": now})
        archive.deliver(IDENTITY_VERIFIED, said)
    archive.deliver(APPLICATION_APPROVED, deal(number, "licensed", "app-3", rights=["translation"]))
    assert told(archive) == before, "nobody knows who is meant"

    def leaves(account_id: str) -> None:
        if how == "closed":
            closed(archive, account_id)
        else:
            wrong = {"verification_id": "v-1", "reason": "不是本人", "reopened_at": datetime.now(UTC)}
            archive.deliver(IDENTITY_REOPENED, IdentityReopened(account_id=account_id, **wrong))

    leaves("acc-third")
    assert told(archive) == before, "there are still two"
    for _ in range(2):
        leaves("acc-double")
    assert told(archive)[len(before) :] == [("acc-company", "recorded", "作著许登字第00000002号")]


@pytest.mark.requirement("W-05")
@pytest.mark.parametrize("leaving", [(2, 3), (3, 2), (2, 4, 3), (4, 3, 2)])
def test_of_several_that_leave_one_by_one_the_last_hears_of_all_since_it_was_not_alone(
    archive: Harness, registered: Any, leaving: tuple[int, ...]
) -> None:
    number, now = registered(), datetime.now(UTC)
    verified(archive, "acc-1", COMPANY)
    archive.deliver(APPLICATION_APPROVED, deal(number, "licensed", "app-2", rights=["other"]))
    before = told(archive)
    for nth in range(2, max(leaving) + 1):
        said = verification(f"acc-{nth}", COMPANY).model_copy(update={"verified_at": datetime.now(UTC)})
        archive.deliver(IDENTITY_VERIFIED, said)
        if nth == 2:
            archive.deliver(APPLICATION_APPROVED, deal(number, "licensed", "app-3", rights=["translation"]))
    assert told(archive) == before
    for nth in leaving:
        assert told(archive) == before, "there are still several"
        archive.deliver(ACCOUNT_CLOSED, AccountClosed(account_id=f"acc-{nth}", closed_at=now))
    assert told(archive)[len(before) :] == [("acc-1", "recorded", "作著许登字第00000002号")]


@pytest.mark.requirement("W-05")
def test_who_was_never_alone_hears_of_all_whoever_leaves_last(archive: Harness, registered: Any) -> None:
    for nth in (1, 2):
        verified(archive, f"acc-{nth}", COMPANY, date(2026, 1, nth))
    archive.deliver(APPLICATION_APPROVED, deal(registered(), "licensed", "app-2", rights=["other"]))
    said = verification("acc-3", COMPANY).model_copy(update={"verified_at": datetime.now(UTC)})
    archive.deliver(IDENTITY_VERIFIED, said)
    closed(archive, "acc-1")
    assert told(archive) == []
    closed(archive, "acc-3")
    assert told(archive) == [("acc-2", "recorded", "作著许登字第00000001号")]


@pytest.mark.requirement("W-05")
def test_who_came_second_hears_of_all_once_the_first_is_gone(archive: Harness, registered: Any) -> None:
    verified(archive, "acc-double", COMPANY, date(2026, 1, 1))
    verified(archive, "acc-company", COMPANY, date(2026, 1, 2))
    archive.deliver(APPLICATION_APPROVED, deal(registered(), "licensed", "app-2", rights=["other"]))
    assert told(archive) == []
    closed(archive, "acc-double")
    assert told(archive) == [("acc-company", "recorded", "作著许登字第00000001号")]


@pytest.mark.requirement("W-05")
def test_who_is_verified_while_it_is_recorded_hears_of_it(
    archive: Harness, registered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number, named = registered(), telling.accounts_named

    def meanwhile(*arguments: Any) -> Any:
        verifying.append(pool.submit(be_verified))
        deadline = time.monotonic() + 30
        while archive.as_owner("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
            assert not verifying[0].done(), verifying[0].exception()
            assert time.monotonic() < deadline, "nobody waits for the record"
        return named(*arguments)

    def be_verified() -> None:
        with archive.uow() as uow:
            telling.tell_found("acc-bank", remember(verification("acc-bank", BANK), uow), uow)

    verifying: list[Future[None]] = []
    monkeypatch.setattr(telling, "accounts_named", meanwhile)
    with ThreadPoolExecutor(1) as pool:
        archive.deliver(APPLICATION_APPROVED, deal(number, "pledged", grantees=[BANK]))
    verifying[0].result()
    assert told(archive) == [("acc-bank", "recorded", "作著质登字第00000001号")]


@pytest.mark.requirement("W-05")
def test_a_death_tells_nobody_twice_that_a_term_is_over(
    archive: Harness, registered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = registered()
    verified(archive, "acc-company", COMPANY)
    licence = {"begins": "2026-11-01", "ends": "2026-11-20"}
    archive.deliver(APPLICATION_APPROVED, deal(number, "licensed", **licence))
    with monkeypatch.context() as dying:
        dying.setattr(telling, "failpoint", die)
        with pytest.raises(ProcessDied, match=re.escape("dealings.told_over")):
            archive.sweep("tell_over")
    assert [state for _, state, _ in told(archive)] == ["recorded"]
    assert archive.sweep("tell_over") == 1
    assert [(account, state) for account, state, _ in told(archive)[1:]] == [
        ("acc-company", "over"),
        ("acc-person", "over"),
    ]


class ProcessDied(BaseException):
    """As far as the transaction can tell."""


def die(name: str) -> None:
    raise ProcessDied(name)


@pytest.mark.requirement("L-01")
def test_digests_that_had_no_key_are_made_again_from_what_was_said(
    archive: Harness, registered: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = registered()
    archive.deliver(APPLICATION_APPROVED, deal(number, "pledged", grantees=[BANK]))
    verified(archive, "acc-bank", BANK | {"name": "江城银行"})
    verified(archive, "acc-bank", BANK, date(2026, 1, 2))
    verified(archive, "acc-gone", COMPANY)
    closed(archive, "acc-gone")
    archive.run_worker()
    before = archive.as_owner(EVERYTHING)
    assert len(before) == 3
    for statement in DUE:
        archive.as_owner(statement)
    assert held(archive, "acc-bank") == []
    with monkeypatch.context() as dying:
        dying.setattr(keying, "failpoint", die)
        with pytest.raises(ProcessDied, match=re.escape("parties.keyed")):
            archive.sweep("key_parties")
    assert held(archive, "acc-bank") == [], "nobody is told apart while others wait"
    assert archive.sweep("key_parties") == 5
    assert archive.as_owner(EVERYTHING) == before
    assert archive.as_owner("SELECT account_id FROM departed_parties") == [("acc-gone",)]
    assert archive.as_owner("SELECT count(*) FROM parties_due") == [(0,)]
    assert held(archive, "acc-bank") == ["作著质登字第00000001号"]


@pytest.mark.requirement("I-12")
def test_a_copy_of_ones_data_has_dealings_with_others_masked(archive: Harness, registered: Any) -> None:
    one = COMPANY | {"name": "赵钱孙", "kind": "natural_person", "id_type": "mainland_id"}
    number = registered()
    archive.deliver(APPLICATION_APPROVED, deal(number, "licensed", grantees=[one, BANK], ends="2027-01-01"))
    verified(archive, "acc-company", one)

    def copy(account_id: str) -> list[Any]:
        asked = ReadOwnData(account_id=account_id, section="dealings")
        items = archive.call(OWN_DATA["archive"], asked, service_actor("identity")).items
        return list(items)

    [mine], [theirs] = copy("acc-person"), copy("acc-company")
    assert mine.facts | {"grantees": []} == theirs.facts | {"grantees": []}
    assert (mine.title, mine.facts["registration_number"], mine.facts["ends"]) == ("长江边的石头", number, "2027-01-01")
    assert mine.facts["grantees"][0] == {"name": "赵**", "kind": "natural_person"}
    assert theirs.facts["grantees"][0]["masked_id_number"] == one["masked_id_number"]
    assert theirs.facts["grantees"][0]["name"] == "赵钱孙"
    assert theirs.facts["grantees"][1] == {"name": BANK["name"], "kind": "organisation"}
    assert theirs.facts["grantors"] == [{"name": "王**", "kind": "natural_person"}]
    assert copy("acc-stranger") == []


@pytest.mark.requirement("I-12")
def test_what_a_pledge_secures_is_in_the_copies_of_its_parties_alone(archive: Harness, registered: Any) -> None:
    number = registered()
    verified(archive, "acc-company", COMPANY)
    verified(archive, "acc-bank", BANK)
    archive.deliver(APPLICATION_APPROVED, deal(number))
    secured = {"grantees": [BANK], "claim": 100_000_00, "claim_due": "2027-01-01"}
    archive.deliver(APPLICATION_APPROVED, deal(number, "pledged", "app-3", "acc-company", **secured))
    archive.run_worker()

    def claims(account_id: str) -> list[Any]:
        asked = ReadOwnData(account_id=account_id, section="dealings")
        items = archive.call(OWN_DATA["archive"], asked, service_actor("identity")).items
        return [item.facts.get("claim") for item in items if item.record_id == "作著质登字第00000001号"]

    assert claims("acc-bank") == claims("acc-company") == [100_000_00]
    assert claims("acc-person") == [None], "who owned it once knows of the pledge, as anybody"
