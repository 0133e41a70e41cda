"""What is filed about a registration is refused before it is begun to whom no form could help; what another holder has
under way is theirs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.testing import person
from filing.clocks.model import PAYMENT_GRACE

from contracts import filing

from .conftest import Office
from .dealing_forms import earlier, known
from .register import NUMBER, Register

pytestmark = [pytest.mark.requirement("F-01"), pytest.mark.requirement("A-05")]
BUYER = {"role": "holder", "own": ["assigned-1"], "dealings": [earlier("assigned")], "holders": [{"name": "吴启明"}]}
BANK = {"role": "pledgee", "own": ["pledged-1"], "dealings": [earlier("pledged")], "holders": []}


@pytest.fixture
def register(keys: Any) -> Register:
    return Register(keys)


def begin(office: Office, register: Register, filing_type: str, **kept: Any) -> filing.BegunApplication:
    register.says = known(filing_type.partition("_")[0], **kept)
    begun: filing.BegunApplication = office.call(
        filing.BEGIN_APPLICATION, office.applicant, type=filing_type, extract=register.extract()
    )
    return begun


def refused(office: Office, register: Register, filing_type: str, **kept: Any) -> Problem:
    with pytest.raises(Problem) as told:
        begin(office, register, filing_type, **kept)
    return told.value


@pytest.mark.parametrize("kind", ["work", "software"])
@pytest.mark.parametrize("procedure", ["change", "reissue", "cancellation"])
def test_who_has_some_of_the_rights_cannot_begin_what_is_the_owners(
    office: Office, register: Register, kind: str, procedure: str
) -> None:
    told = refused(office, register, f"{kind}_{procedure}", **BUYER)
    assert (told.code, told.params["rights"]) == ("procedure_of_owners", "reproduction,other")
    assert refused(office, register, f"{kind}_{procedure}", **BANK).params["number"] == "pledged-1"
    assert begin(office, register, f"{kind}_{procedure}").application_id


@pytest.mark.parametrize("kind", ["work", "software"])
@pytest.mark.parametrize("procedure", ["assignment", "licence", "pledge"])
def test_rights_are_dealt_in_by_who_has_some(office: Office, register: Register, kind: str, procedure: str) -> None:
    filing_type = f"{kind}_{procedure}"
    assert refused(office, register, filing_type, **BANK).code == "procedure_of_holders"
    gone = [earlier("assigned", rights=known(kind)["rights"], territory={"extent": "world"})]
    assert refused(office, register, filing_type, dealings=gone, holders=[]).code == "nothing_to_deal_in"
    assert refused(office, register, filing_type, rights=[], holders=[]).code == "nothing_transferable"
    gone[0]["ends"] = "2026-12-31"
    back: dict[str, str] = {"assignment": "nothing_to_deal_in", "pledge": "nothing_to_pledge"}
    if procedure in back:
        assert refused(office, register, filing_type, dealings=gone).code == back[procedure]
    else:
        assert begin(office, register, filing_type, dealings=gone).application_id, "it begins when they come back"
    for_a_time = BUYER | {"dealings": [earlier("assigned", ends="2026-12-31")]}
    if procedure == "pledge":
        assert refused(office, register, filing_type, **for_a_time).code == "nothing_to_pledge"
    else:
        assert begin(office, register, filing_type, **for_a_time).application_id
    assert begin(office, register, filing_type, **BUYER).application_id


def test_a_pledge_is_released_by_its_pledgee(office: Office, register: Register) -> None:
    assert refused(office, register, "work_release").code == "no_pledge_of_yours"
    assert refused(office, register, "work_release", **BUYER).code == "no_pledge_of_yours"
    assert begin(office, register, "work_release", **BANK).application_id


def test_each_entry_in_the_way_of_a_cancellation_is_named(office: Office, register: Register) -> None:
    there = [earlier("assigned"), earlier("licensed", ends="2027-03-31"), earlier("pledged")]
    told = refused(office, register, "work_cancellation", dealings=there)
    assert told.code == "cancellation_barred"
    rights = "reproduction,other"
    assert [(one.code, dict(one.params)) for one in told.errors] == [
        ("cancellation_assigned", {"number": "assigned-1", "rights": rights}),
        ("cancellation_licensed_until", {"number": "licensed-1", "rights": rights, "last_day": "2027-03-31"}),
        ("cancellation_pledged", {"number": "pledged-1", "rights": rights}),
    ]
    back = earlier("assigned", number="assigned-2", grantees=[{"name": "王小名"}])
    assert begin(office, register, "work_cancellation", dealings=[there[0], back], own=["", "assigned-2"])


def filed(office: Office, register: Register) -> str:
    """A licence of the first applicant's, not paid yet."""
    register.says = known()
    form = {"reissue_reason": "lost", "reissue_statement": "搬家时遗失"}
    asked = {"type": "work_reissue", "extract": register.extract(), "form": form}
    case: str = office.call(filing.CREATE_APPLICATION, office.applicant, **asked).application_id
    evidence = office.evidence(
        office.call(filing.PREPARE_SUBMISSION, office.applicant, application_id=case, extract=register.extract())
    )
    signed = {"application_id": case, "evidence": evidence, "extract": register.extract()}
    office.call(filing.SUBMIT_APPLICATION, office.applicant, **signed)
    return case


def test_another_holders_case_is_neither_named_nor_theirs_to_withdraw(office: Office, register: Register) -> None:
    case = filed(office, register)
    own = refused(office, register, "work_pledge")
    assert own.code == "change_under_way"
    assert (own.params["number"], own.params["application_id"]) == (office.view(case).serial_number, case)

    def other() -> Problem:
        register.says = known(**BUYER)
        extract = register.extract("acc-buyer")
        with pytest.raises(Problem) as told:
            office.call(filing.BEGIN_APPLICATION, person("acc-buyer"), type="work_pledge", extract=extract)
        assert case not in str(told.value.params)
        assert str(office.view(case).serial_number) not in str(told.value.params)
        return told.value

    assert (other().code, other().params) == ("another_under_way", {"number": NUMBER})
    office.order(case)
    told, [due] = other(), [one for one in office.view(case).deadlines if one.kind == "payment"]
    assert told.code == "another_unpaid"
    assert date.fromisoformat(str(told.params["last_day"])) == due.due_on + timedelta(days=PAYMENT_GRACE.days)
    office.pay(case)
    assert other().code == "another_under_way"
