"""封存 in the register: a record for each seal that is laid or lifted, told by every check of the number."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from archive.register.records import fold
from archive.register.store import records_of
from chassis.clock import legal_date, utc_now
from chassis.ids import new_id
from chassis.testing import Harness, staff_actor
from contracts.archive import CHECK_CERTIFICATE, GET_DOSSIER, CheckCertificate, GetDossier
from contracts.seals import DEPOSIT_SEAL_CHANGED, DepositSealChanged

pytestmark = pytest.mark.requirement("A-05")
ON = legal_date(utc_now())


def told(number: str, change: Any, application_id: str = "app-1") -> DepositSealChanged:
    return DepositSealChanged(
        application_id=application_id,
        account_id="acc-person",
        registration_number=number,
        title="长江边的石头",
        change=change,
        by="acc-person",
        changed_at=utc_now(),
        changed_on=ON,
        court="长江区人民法院" if change == "opened" else "",
        order_number="（2026）长01民初1号" if change == "opened" else "",
    )


def acts(archive: Harness, number: str) -> list[str]:
    with archive.uow() as uow:
        return [record.act for record in records_of(uow.session, number)]


def test_a_seal_is_a_record_once_and_every_check_tells_of_it(archive: Harness, registered: Callable[..., str]) -> None:
    number = registered()
    event_id = new_id("evt")
    for _ in range(2):
        archive.deliver(DEPOSIT_SEAL_CHANGED, told(number, "sealed"), event_id=event_id)
    archive.deliver(DEPOSIT_SEAL_CHANGED, told(number, "sealed"))
    archive.deliver(DEPOSIT_SEAL_CHANGED, told(number, "opened"))
    assert acts(archive, number) == ["registered", "sealed"]
    with archive.uow() as uow:
        assert fold(records_of(uow.session, number)).sealed_on == ON
    check = archive.call(CHECK_CERTIFICATE, CheckCertificate(registration_number=number))
    assert (check.status, [(act.act, act.on) for act in check.acts]) == ("valid", [("sealed", ON)])
    assert "法院" not in check.model_dump_json()
    dossier = archive.call(GET_DOSSIER, GetDossier(application_id="app-1"), staff_actor("archivist"))
    assert [entry.event for entry in dossier.entries].count("deposit_seal_changed") == 3
    archive.deliver(DEPOSIT_SEAL_CHANGED, told(number, "unsealed"))
    archive.deliver(DEPOSIT_SEAL_CHANGED, told(number, "sealed"))
    assert acts(archive, number) == ["registered", "sealed", "unsealed", "sealed"]


def test_a_seal_that_comes_late_is_of_the_day_on_which_it_is_recorded(
    archive: Harness, registered: Callable[..., str]
) -> None:
    """The gazette of the day on which it was laid may be out."""
    number = registered()
    archive.deliver(DEPOSIT_SEAL_CHANGED, told(number, "sealed").model_copy(update={"changed_on": date(2026, 1, 2)}))
    with archive.uow() as uow:
        assert fold(records_of(uow.session, number)).sealed_on == uow.today()


def test_a_seal_of_what_is_unknown_here_is_kept_for_an_operator(archive: Harness) -> None:
    with pytest.raises(AssertionError, match="unknown here"):
        archive.deliver(DEPOSIT_SEAL_CHANGED, told("国作登字-2026-A-00000099", "sealed"))
