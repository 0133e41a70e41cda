"""Who was verified by mistake sees nothing of the party that they were taken for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from chassis.testing import Harness
from contracts.filing import APPLICATION_APPROVED
from contracts.identity.events import IDENTITY_REOPENED, IdentityReopened

from .test_dealings import COMPANY, deal, held, verified

pytestmark = pytest.mark.requirement("A-01")


def test_records_in_favour_of_another_are_not_seen_after_the_approval_is_withdrawn(
    archive: Harness, registered: Any
) -> None:
    number = registered()
    verified(archive, "acc-company", COMPANY)
    archive.deliver(APPLICATION_APPROVED, deal(number))
    before = held(archive, "acc-company")
    assert len(before) == 1
    wrong = IdentityReopened(
        account_id="acc-company",
        verification_id="v-1",
        reason="不是本人",
        reopened_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    archive.deliver(IDENTITY_REOPENED, wrong)
    assert held(archive, "acc-company") == []
    verified(archive, "acc-company", COMPANY, date(2026, 1, 3))
    assert held(archive, "acc-company") == before
