"""我的历史: registrations of old accounts, for the account that they are joined to."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from archive.legacy.store import LegacyRegistration
from chassis.errors import Problem
from chassis.testing import Harness, person
from contracts.archive import LEGACY_REGISTRATIONS_NUMBERED, LIST_LEGACY_REGISTRATIONS
from contracts.identity import LEGACY_HISTORY_HELD, LegacyHistoryHeld
from contracts.identity.events import RECOVERY_NUMBER_ASKED, RecoveryNumberAsked
from contracts.legacy import account_record, registration_record
from contracts.paging import Page

ME, STRANGER = person("acc-person"), person("acc-stranger")


def number_of(n: int) -> str:
    return f"2012SR{n:06d}"


def record(n: int) -> str:
    return registration_record(number_of(n))


def registered(archive: Harness, n: int, login: str, **changes: Any) -> None:
    texts = (
        "certificate_number",
        "category",
        "classification",
        "short_name",
        "version",
        "authors",
        "earlier_number",
        "scans",
    )
    facts: dict[str, Any] = {
        **dict.fromkeys(texts, ""),
        "import_id": "imp-1",
        "row_number": n,
        "number": number_of(n),
        "kind": "software",
        "title": f"气象查询系统{n}",
        "owners": "王伟",
        "registered_on": date(2012, 1, 1) + timedelta(days=n // 2),
        "serial_number": "",
        "login": login,
        "note": "",
    }
    facts |= changes
    with archive.uow() as uow:
        uow.session.add(LegacyRegistration(record_id=registration_record(facts["number"]), **facts))


def holds(archive: Harness, login: str, account_id: str | None, hour: int = 0) -> None:
    said_at = datetime(2026, 11, 21, hour, tzinfo=UTC)
    held = LegacyHistoryHeld(record_id=f"leg-{login}", login=login, account_id=account_id, said_at=said_at)
    archive.deliver(LEGACY_HISTORY_HELD, held)


def listed(archive: Harness, actor: Any, limit: int = 20) -> list[str]:
    found, cursor = [], None
    while True:
        page = archive.call(LIST_LEGACY_REGISTRATIONS, Page(limit=limit, cursor=cursor), actor)
        assert len(page.items) <= limit
        found += [item.record_id for item in page.items]
        if not (cursor := page.next_cursor):
            return found


@pytest.mark.requirement("I-04")
@pytest.mark.requirement("L-01")
@pytest.mark.requirement("L-03")
def test_registrations_of_all_ones_old_accounts_are_listed_newest_first_page_by_page(archive: Harness) -> None:
    for n in range(1, 6):
        registered(archive, n, "user1" if n % 2 else "user2")
    registered(archive, 6, "somebody.else")
    registered(archive, 7, "", kind="work")
    registered(archive, 8, "user1", kind="renewal")
    assert listed(archive, ME) == []
    holds(archive, "user1", "acc-person")
    assert listed(archive, ME) == [record(5), record(3), record(1)]
    holds(archive, "user2", "acc-person")
    assert listed(archive, ME, limit=2) == [record(5), record(4), record(3), record(2), record(1)]
    assert listed(archive, STRANGER) == []


@pytest.mark.requirement("I-04")
def test_what_was_parted_is_nobodys_and_what_was_moved_is_the_others(archive: Harness) -> None:
    registered(archive, 1, "user1")
    holds(archive, "user1", "acc-person")
    holds(archive, "user1", "acc-stranger")
    assert (listed(archive, ME), listed(archive, STRANGER)) == ([], [record(1)])
    holds(archive, "user1", None)
    assert (listed(archive, ME), listed(archive, STRANGER)) == ([], [])


@pytest.mark.requirement("I-04")
def test_what_was_said_before_and_comes_late_changes_nothing(archive: Harness) -> None:
    registered(archive, 1, "user1")
    holds(archive, "user1", None, hour=2)
    holds(archive, "user1", "acc-person", hour=1)
    assert listed(archive, ME) == []
    holds(archive, "user1", "acc-stranger", hour=3)
    holds(archive, "user1", None, hour=2)
    assert listed(archive, STRANGER) == [record(1)]


def test_a_cursor_of_ones_own_making_is_refused(archive: Harness) -> None:
    with pytest.raises(Problem, match="request_invalid"):
        archive.call(LIST_LEGACY_REGISTRATIONS, Page(cursor="nonsense"), ME)


@pytest.mark.requirement("I-09")
@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ({}, "2012SR000001"),
        ({"certificate_number": "软著登字第1488547号"}, "软著登字第1488547号"),
        ({"serial_number": "2012R110000077"}, "2012R110000077"),
        ({"number": "国作登字-2012-F-00012345", "kind": "work"}, "国作登字2012F00012345"),
        ({"number": "国作登字-2012-F-00012345", "kind": "work"}, "2012F00012345"),
        ({"number": "京作登字-2012-F-00012345", "kind": "work"}, "京作登字2012F00012345"),
        ({"number": "2012-F-012345", "kind": "work"}, "2012F012345"),
    ],
)
def test_whose_a_number_was_is_told_to_who_decides_a_recovery_also_when_nobody_has_come(
    archive: Harness, kept: dict[str, str], asked: str
) -> None:
    registered(archive, 1, "never.came", **kept)
    registered(archive, 2, "")
    whose = RecoveryNumberAsked(recovery_id="rec-1", number=asked, asked_at=datetime(2026, 11, 21, tzinfo=UTC))
    archive.deliver(RECOVERY_NUMBER_ASKED, whose)
    [told] = archive.events(LEGACY_REGISTRATIONS_NUMBERED)
    assert (told.import_id, list(told.numbers)) == ("imp-1", [account_record("never.came")])
    assert asked in told.numbers[account_record("never.came")]
    for nobodys in (number_of(2), "2012SR999999", "' OR 1"):
        archive.deliver(RECOVERY_NUMBER_ASKED, whose.model_copy(update={"recovery_id": "rec-2", "number": nobodys}))
    assert len(archive.events(LEGACY_REGISTRATIONS_NUMBERED)) == 1
