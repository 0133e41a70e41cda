"""A batch while its worker dies at each commit of each chunk, once just before it and once just after: every work is
filed once and accepted once, in gapless series, and people are told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from filing.batches import checking, following, papers, printing, submitting
from filing.batches import work as hands
from filing.cases.store import ActionRow, Case
from filing.documents.store import DocumentRow
from filing.materials.store import MaterialRow
from sqlalchemy import func, select

from contracts import batches, filing
from tests.batch_sheets import archive, fill, picture, proof, work

from .conftest import Office
from .test_batches import evidence, order_of, receipt, rows_of, template

pytestmark = [pytest.mark.requirement("F-15"), pytest.mark.requirement("S-01")]
WORKS = 5


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (checking, following, papers, printing, submitting):
        monkeypatch.setattr(module, "CHUNK", 2)


def worked_off(office: Office) -> batches.BatchView:
    """What the next worker does: the lease of the one that died has run out."""
    office.harness.as_owner("UPDATE batches SET leased_until = NULL WHERE step <> ''")
    while hands.work_off(office.harness.runtime):
        pass
    [found] = office.call(batches.LIST_BATCHES, office.company).items
    view: batches.BatchView = office.call(batches.GET_BATCH, office.company, batch_id=found.batch_id)
    return view


def again(office: Office) -> None:
    office.harness.as_owner("UPDATE inbox SET next_attempt_at = now()")
    office.harness.handle_events()


def test_whenever_the_worker_dies_every_work_is_filed_and_accepted_once(
    office: Office, insist: Callable[[Callable[[], Any]], Any]
) -> None:
    rows = [work(number) for number in range(1, WORKS + 1)]
    files = {f"W{number:03d}.jpg": picture(number) for number in range(1, WORKS + 1)}
    sheet = receipt(office, fill(template(office), rows), "作品.xlsx")
    packed = receipt(office, archive(files | {"权属/创作证明.pdf": proof()}), "材料.zip")
    asked = {"type": "work_registration", "spreadsheet": sheet, "archive": packed}
    batch = office.call(batches.CREATE_BATCH, office.company, **asked)
    batch = insist(lambda: worked_off(office))
    assert (batch.state, batch.counts.complete) == ("checked", WORKS)
    office.call(batches.PREPARE_BATCH, office.company, batch_id=batch.batch_id)
    batch = insist(lambda: worked_off(office))
    assert batch.state == "prepared"
    office.call(batches.SUBMIT_BATCH, office.company, batch_id=batch.batch_id, evidence=evidence(office, batch))
    batch = insist(lambda: worked_off(office))
    assert (batch.state, batch.counts.filed) == ("filed", WORKS)
    works = [row.application_id or "" for row in rows_of(office, batch.batch_id)]
    created = batches.BatchOrderCreated(**order_of(batch, works))
    office.harness.deliver(batches.BATCH_ORDER_CREATED, created, handle=False)
    insist(lambda: again(office))
    insist(lambda: worked_off(office))
    paid = order_of(batch, works, method="alipay", payment_id="pay-1", paid_at=datetime.now(UTC))
    office.harness.deliver(batches.BATCH_ORDER_PAID, batches.BatchOrderPaid(**paid), handle=False)
    insist(lambda: again(office))
    batch = insist(lambda: worked_off(office))
    assert (batch.state, batch.counts.accepted) == ("accepted", WORKS)
    whole(office, works)


def whole(office: Office, works: list[str]) -> None:
    with office.harness.uow() as uow:
        cases = uow.session.scalars(select(Case).order_by(Case.serial_number)).all()
        for series in ("serial_number", "acceptance_number"):
            numbers = sorted(int(getattr(case, series)[-6:]) for case in cases)
            assert numbers == list(range(1, WORKS + 1)), series
        assert sorted(case.id for case in cases) == sorted(works)
        done = Counter(uow.session.scalars(select(ActionRow.action)))
        assert done == {"create": WORKS, "submit": WORKS, "accept": WORKS}
        kinds = Counter(uow.session.scalars(select(DocumentRow.kind)))
        expected = ("declaration", "application_form", "cover_sheet", "acceptance_notice")
        assert kinds == dict.fromkeys(expected, WORKS)
        held = select(MaterialRow.case_id, func.count()).where(MaterialRow.removed_at.is_(None))
        assert set(dict(uow.session.execute(held.group_by(MaterialRow.case_id)).tuples().all()).values()) == {2}
    assert len(office.harness.events(filing.APPLICATION_SUBMITTED)) == WORKS
    assert len(office.harness.events(filing.APPLICATION_ACCEPTED)) == WORKS
    assert len(office.harness.events(batches.BATCH_SUBMITTED)) == 1
    told = [event.state for event in office.harness.events(batches.BATCH_ADVANCED)]
    assert told == ["checked", "filed", "accepted"]
