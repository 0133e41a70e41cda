"""What becomes of the works of a batch after they were accepted is seen on the batch: how many stand where."""

from __future__ import annotations

import pytest

from contracts import batches
from tests.batch_sheets import work

from .conftest import Office
from .test_batches import filed, pay, rows_of

pytestmark = pytest.mark.requirement("F-15")


def stands(office: Office, batch_id: str) -> dict[str, int]:
    view: batches.BatchView = office.call(batches.GET_BATCH, office.company, batch_id=batch_id)
    return {one.state: one.works for one in view.by_case}


def examined(office: Office, case: str) -> None:
    """The paper has come and somebody examines it."""
    office.receive_paper(case)
    office.claim(case)


def test_each_work_goes_its_own_way_and_the_batch_says_how_many_stand_where(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = filed(office, [work(number) for number in range(1, 6)])
    assert stands(office, batch.batch_id) == {"submitted": 5}
    works = {row.key: row.application_id or "" for row in rows_of(office, batch.batch_id)}
    pay(office, batch, list(works.values()))
    assert stands(office, batch.batch_id) == {"accepted": 5}
    monkeypatch.setattr(office, "applicant", office.company)
    for key in ("W001", "W002", "W003", "W004"):
        examined(office, works[key])
    office.ask_correction(works["W001"])
    office.decide(works["W002"], "approve")
    office.certify(works["W002"])
    office.decide(works["W003"], "refuse", reason="样本不是作品")
    office.decide(works["W003"], "refuse", office.second, reason="属于通用表格")
    assert stands(office, batch.batch_id) == {
        "accepted": 1,
        "under_examination": 1,
        "awaiting_correction": 1,
        "registered": 1,
        "refused": 1,
    }
    told = {row.key: (row.state, row.case_state) for row in rows_of(office, batch.batch_id)}
    assert told["W001"] == ("accepted", "awaiting_correction")
    found = rows_of(office, batch.batch_id, case_state="awaiting_correction")
    assert [row.key for row in found] == ["W001"]
    assert rows_of(office, batch.batch_id, case_state="lapsed") == []
