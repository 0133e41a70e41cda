"""An account that its holder closed: its drafts and its identity go, once and for all; what was filed stays."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.clock import utc_now
from chassis.testing import service_actor
from contracts.identity.events import ACCOUNT_CLOSED, AccountClosed
from contracts.ties import ACCOUNT_TIES
from filing.closed import handlers as closed

from .conftest import Office
from .test_filing_a_case import refused

pytestmark = pytest.mark.requirement("I-12")
IDENTITY = service_actor("identity")


def close(office: Office) -> None:
    said = AccountClosed(account_id=office.applicant.subject, closed_at=utc_now())
    office.harness.deliver(ACCOUNT_CLOSED, said)


def ties(office: Office, actor: Any = IDENTITY) -> dict[str, int]:
    found = office.call(ACCOUNT_TIES["filing"], actor, account_id=office.applicant.subject)
    return {tie.kind: tie.count for tie in found.items}


def test_what_is_filed_and_not_ended_keeps_an_account_open(office: Office) -> None:
    office.draft()
    assert ties(office) == {}, "drafts keep nobody"
    application_id = office.claimed()
    assert ties(office) == ties(office, office.applicant) == {"application": 1}
    office.decide(application_id, "approve")
    assert ties(office) == {"application": 1}, "its certificate is being made"
    office.certify(application_id)
    assert ties(office) == {}
    refused("forbidden", ties, office, office.other)


def test_drafts_go_some_at_a_time_and_what_is_registered_stays(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    registered = office.claimed()
    office.decide(registered, "approve")
    office.certify(registered)
    for _ in range(5):
        office.ready()
    monkeypatch.setattr(closed, "AT_ONCE", 2)
    close(office)
    close(office)
    with office.harness.uow() as uow:
        assert closed.clear_closed(uow) == 2
    assert office.harness.as_owner("SELECT cleared_at FROM closed_accounts") == [(None,)]
    office.harness.sweep("clear_closed")
    close(office)
    [(cleared,)] = office.harness.as_owner("SELECT cleared_at FROM closed_accounts")
    assert cleared is not None
    assert office.harness.as_owner("SELECT DISTINCT state FROM cases WHERE discarded_at IS NULL") == [("registered",)]
    of_drafts = "SELECT count(*) FROM materials m JOIN cases c ON c.id = m.case_id WHERE c.state = 'draft'"
    assert office.harness.as_owner(of_drafts) == [(0,)]
    assert office.harness.as_owner("SELECT account_id FROM applicants") == [(office.company.subject,)]


def test_an_identity_that_is_heard_of_late_is_kept_for_nobody(office: Office) -> None:
    close(office)
    office.verify(office.applicant, "王小明")
    assert office.harness.as_owner("SELECT account_id FROM applicants") == [(office.company.subject,)]
