"""Imported numbers are known: with one of them an account is got back, once somebody has come for the old account."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archive.legacy import store as archive_store
from chassis.testing import Harness, anonymous
from contracts.archive import LEGACY_REGISTRATIONS_NUMBERED
from contracts.identity import LEGACY_HISTORY_HELD, SIGN_IN, LegacyHistoryHeld, SignIn
from contracts.legacy import NumbersTold
from contracts.legacy_bridge import LEGACY_CASES_NUMBERED
from identity.numbers.store import holder
from legacy_bridge.imports import handlers

from tests.faults.chaos import wait_until
from tests.legacy.files import write_csv
from tests.legacy.office import Office
from tests.legacy.rows import case, password, registration, software_number

pytestmark = [pytest.mark.requirement("L-05"), pytest.mark.requirement("I-09")]

FILER = 5
WAITING = """
    SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
    WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()"""


def known(office: Office, *numbers: str) -> list[str | None]:
    with office.identity.uow() as uow:
        return [holder(uow.session, number) for number in numbers]


def test_an_imported_number_leads_to_who_has_come_for_its_old_account(
    service_harness: Callable[..., Harness], tmp_path: Path
) -> None:
    """Whatever comes first: registrations and cases may be imported before accounts, and these before their owners."""
    office = Office(service_harness)
    runs = {
        table: office.run(write_csv(tmp_path / f"{table}.csv", table, 20))
        for table in ("registrations", "accounts", "cases")
    }
    registered, filed = registration(FILER).values, case(FILER).values
    assert registered[0] == software_number(FILER)
    numbers = (registered[0], registered[1], registered[13], filed[0], filed[1])
    assert all(numbers)
    assert known(office, *numbers) == [None] * 5
    owner = office.identity.call(SIGN_IN, SignIn(login=f"user{FILER}", password=password(FILER)), anonymous())
    account_id = owner.account.account_id
    assert office.archive.events(LEGACY_REGISTRATIONS_NUMBERED) == []
    office.deliver()
    assert known(office, *numbers) == [account_id] * 5
    assert known(office, f" {registered[0].lower()} ") == [account_id]
    assert known(office, registration(FILER + 1).values[0]) == [None]
    kept = office.identity.as_owner("SELECT count(*) FROM legacy_numbers")
    again = NumbersTold(import_id=runs["cases"].import_id, numbers={"leg-another": [filed[0]]})
    office.identity.deliver(LEGACY_CASES_NUMBERED, again)
    assert office.identity.as_owner("SELECT count(*) FROM legacy_numbers") == kept
    assert known(office, filed[0]) == [account_id]
    with office.bridge.uow() as uow:
        handlers.withdraw(runs["registrations"].import_id, uow)
    office.deliver()
    assert known(office, *numbers) == [None, None, None, account_id, account_id]


def test_registrations_that_come_after_their_owner_are_known_at_once(
    service_harness: Callable[..., Harness], tmp_path: Path
) -> None:
    office = Office(service_harness)
    office.run(write_csv(tmp_path / "accounts.csv", "accounts", 20))
    owner = office.identity.call(SIGN_IN, SignIn(login=f"user{FILER}", password=password(FILER)), anonymous())
    office.deliver()
    office.run(write_csv(tmp_path / "registrations.csv", "registrations", 20))
    assert known(office, registration(FILER).values[0]) == [owner.account.account_id]
    assert known(office, registration(FILER + 1).values[0]) == [None]


def test_an_owner_who_comes_while_a_batch_is_stored_waits_for_it(
    service_harness: Callable[..., Harness], tmp_path: Path
) -> None:
    """Neither would see the other else, and the numbers would be nobody's for ever."""
    office = Office(service_harness)
    held = LegacyHistoryHeld(record_id="leg-one", login="one", account_id="acc-one", said_at=datetime.now(UTC))
    with office.archive.uow() as loading:
        archive_store.while_filers_stay(loading.session)
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(office.archive.deliver, LEGACY_HISTORY_HELD, held)
            wait_until(lambda: office.archive.as_owner(WAITING) == [(1,)], 30)
            assert office.archive.as_owner("SELECT count(*) FROM legacy_filers") == [(0,)]
            loading.session.rollback()
            coming.result(timeout=30)
    assert office.archive.as_owner("SELECT account_id FROM legacy_filers") == [("acc-one",)]
