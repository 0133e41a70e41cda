"""The bridge with old cases in it, as an import leaves them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from chassis.testing import Harness
from contracts.identity import LEGACY_ACCOUNT_LINKED, LegacyAccountLinked
from contracts.legacy import BETWEEN, CASES, account_record
from legacy_bridge.cases import bulk, store
from legacy_bridge.cases.store import LegacyCase

BASE = {
    "serial_number": "2019R110000001",
    "acceptance_number": "2019R11L0000001",
    "login": "wangwei",
    "kind": "software",
    "category": "",
    "title": "气象查询系统",
    "state": "accepted",
    "filed_on": "2019-03-01",
    "accepted_on": "2019-03-20",
    "due_on": "2019-05-20",
    "fee_fen": "25000",
    "paid_fen": "25000",
    "correction": "",
    "scans": "/scan/0/1.tif",
}


class OldCases:
    """Takes cases over, and lets their old accounts come."""

    def __init__(self, bridge: Harness) -> None:
        self.bridge = bridge
        self._count = 0

    def taken_over(self, **changes: Any) -> str:
        """The id of a case that has come in an import."""
        self._count += 1
        number = {"serial_number": f"2019R11{self._count:07d}", "acceptance_number": f"2019R11L{self._count:07d}"}
        values = tuple({**BASE, **number, **changes}[name] for name in CASES.fields)
        case_id = f"leg-{self._count:032x}"
        with self.bridge.uow() as uow:
            bulk.load(uow.session, "imp-1", [(self._count, case_id, BETWEEN.join(values))])
        return case_id

    def comes(self, login: str = "wangwei", account_id: str = "acc-person") -> None:
        """The old account signs in for the first time."""
        linked = LegacyAccountLinked(
            account_id=account_id, record_id=account_record(login), linked_at="2026-11-20T03:00:00Z"
        )
        self.bridge.deliver(LEGACY_ACCOUNT_LINKED, linked)

    def row(self, case_id: str) -> LegacyCase:
        """As it lies in the table."""
        with self.bridge.uow() as uow:
            found = store.get(uow.session, case_id)
        assert found is not None
        return found[0]


@pytest.fixture
def bridge(service_harness: Callable[..., Harness]) -> Harness:
    return service_harness("legacy_bridge")


@pytest.fixture
def cases(bridge: Harness) -> OldCases:
    return OldCases(bridge)
