"""Imported numbers are known: with one of them an account is got back, once somebody has come for the old account."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from chassis.testing import Harness, anonymous
from contracts.identity import SIGN_IN, SignIn
from contracts.legacy import NumbersTold
from contracts.legacy_bridge import LEGACY_CASES_NUMBERED
from identity.numbers.store import holder
from legacy_bridge.imports import handlers

from tests.legacy.files import write_csv
from tests.legacy.office import Office
from tests.legacy.rows import case, password, registration, software_number

pytestmark = [pytest.mark.requirement("L-05"), pytest.mark.requirement("I-09")]

FILER = 5


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
