"""A batch while its worker dies at each commit of each chunk, once just before it and once just after: every work is
filed once and accepted once, in gapless series, and people are told once. And the broken variants show it: each passes
as long as nobody dies."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest
from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from filing.acceptance import handlers as acceptance
from filing.batches import checking, following, papers, printing, submitting, writing
from filing.batches import work as hands
from filing.batches.lifecycle import tell
from filing.batches.model import Step
from filing.batches.store import BatchRow, lock_batch
from filing.cases.store import ActionRow, Case
from filing.documents.store import DocumentRow
from filing.materials.store import MaterialRow
from filing.numbers.store import next_number
from filing.submission import handlers as submission
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import uow as units
from contracts import batches, filing
from tests.batch_sheets import archive, fill, picture, proof, work

from .conftest import Killed, Office
from .test_batches import evidence, order_of, receipt, rows_of, template

pytestmark = [pytest.mark.requirement("F-15"), pytest.mark.requirement("S-01")]
WORKS = 5
FEW = 3
"""Works, in two chunks: enough for a broken variant."""

Insist = Callable[[Callable[[], Any]], Any]
Variant = Callable[[pytest.MonkeyPatch, Office], None]


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


def from_upload_to_notices(office: Office, insist_on: Callable[[str], Insist], works: int) -> None:
    """A batch through all of its steps, and what is left of it. ``insist_on``: how the state named is come to."""
    rows = [work(number) for number in range(1, works + 1)]
    files = {f"W{number:03d}.jpg": picture(number) for number in range(1, works + 1)}
    sheet = receipt(office, fill(template(office), rows), "作品.xlsx")
    packed = receipt(office, archive(files | {"权属/创作证明.pdf": proof()}), "材料.zip")
    asked = {"type": "work_registration", "spreadsheet": sheet, "archive": packed}
    batch = office.call(batches.CREATE_BATCH, office.company, **asked)
    batch = insist_on("checked")(lambda: worked_off(office))
    assert (batch.state, batch.counts.complete) == ("checked", works)
    office.call(batches.PREPARE_BATCH, office.company, batch_id=batch.batch_id)
    batch = insist_on("prepared")(lambda: worked_off(office))
    assert batch.state == "prepared"
    office.call(batches.SUBMIT_BATCH, office.company, batch_id=batch.batch_id, evidence=evidence(office, batch))
    batch = insist_on("filed")(lambda: worked_off(office))
    assert (batch.state, batch.counts.filed) == ("filed", works)
    filed = [row.application_id or "" for row in rows_of(office, batch.batch_id)]
    created = batches.BatchOrderCreated(**order_of(batch, filed))
    office.harness.deliver(batches.BATCH_ORDER_CREATED, created, handle=False)
    insist_on("ordered")(lambda: again(office))
    insist_on("ordered")(lambda: worked_off(office))
    owed = [office.view(case, office.company).order for case in filed]
    assert [order.amount for order in owed if order] == [30000] * works
    paid = order_of(batch, filed, method="alipay", payment_id="pay-1", paid_at=datetime.now(UTC))
    office.harness.deliver(batches.BATCH_ORDER_PAID, batches.BatchOrderPaid(**paid), handle=False)
    insist_on("accepted")(lambda: again(office))
    batch = insist_on("accepted")(lambda: worked_off(office))
    assert (batch.state, batch.counts.accepted) == ("accepted", works)
    whole(office, filed)


def test_whenever_the_worker_dies_every_work_is_filed_and_accepted_once(office: Office, insist: Insist) -> None:
    from_upload_to_notices(office, lambda _: insist, WORKS)


def commits_at_once(module: ModuleType, effect: str) -> Variant:
    """An effect on a case is committed before the batch knows of it."""

    def broken(monkeypatch: pytest.MonkeyPatch, office: Office) -> None:
        original = getattr(module, effect)

        def committed(*given: Any, **more: Any) -> Any:
            done = original(*given, **more)
            [uow] = [one for one in given if isinstance(one, UnitOfWork)]
            uow.session.commit()
            return done

        monkeypatch.setattr(module, effect, committed)

    return broken


def numbers_apart(module: ModuleType) -> Variant:
    """A number is taken in a transaction of its own, and lost with the one that it was for."""

    def broken(monkeypatch: pytest.MonkeyPatch, office: Office) -> None:
        def taken(_: Session, *series: Any) -> str:
            with office.harness.uow() as uow:
                return next_number(uow.session, *series)

        monkeypatch.setattr(module, "next_number", taken)

    return broken


def told_apart(monkeypatch: pytest.MonkeyPatch, office: Office) -> None:
    """People are told in a transaction of its own, while the step is not yet over."""

    def told(_: UnitOfWork, batch: BatchRow) -> None:
        with office.harness.uow() as uow:
            tell(uow, batch)

    for module in (hands, submitting, following):
        monkeypatch.setattr(module, "tell", told)


def ended_as_begun(step: Step) -> Variant:
    """A step that was begun is off the list before any of it is done."""

    def broken(monkeypatch: pytest.MonkeyPatch, _: Office) -> None:
        some, finish = hands.STEPS[step]

        def begun(runtime: Runtime, held: BatchRow) -> bool:
            if held.step:
                with runtime.unit_of_work() as uow:
                    batch = lock_batch(uow.session, held.id)
                    held.step = batch.step = ""
                    batch.covers_due = batch.covers_due and step != "cover"
            return some(runtime, held)

        monkeypatch.setitem(hands.STEPS, step, (begun, finish))

    return broken


BROKEN: dict[str, tuple[str, Variant]] = {
    "read_ended_as_begun": ("checked", ended_as_begun("read")),
    "check_ended_as_begun": ("checked", ended_as_begun("check")),
    "draft_before_its_row": ("checked", commits_at_once(writing, "open_draft")),
    "told_apart": ("checked", told_apart),
    "prepare_ended_as_begun": ("prepared", ended_as_begun("prepare")),
    "form_before_its_row": ("prepared", commits_at_once(printing, "print_form")),
    "file_ended_as_begun": ("filed", ended_as_begun("file")),
    "filed_before_its_row": ("filed", commits_at_once(submitting, "file_signed")),
    "serial_numbers_apart": ("filed", numbers_apart(submission)),
    "cover_ended_as_begun": ("filed", ended_as_begun("cover")),
    "note_order_ended_as_begun": ("ordered", ended_as_begun("note_order")),
    "accept_ended_as_begun": ("accepted", ended_as_begun("accept")),
    "acceptance_numbers_apart": ("accepted", numbers_apart(acceptance)),
    "notice_ended_as_begun": ("accepted", ended_as_begun("notice")),
    "notice_before_its_event": ("accepted", commits_at_once(papers, "give_notice")),
}
"""Mechanisms that are wrong on purpose, and the state on the way to which a death shows them."""


@pytest.fixture
def die_at_each_place(monkeypatch: pytest.MonkeyPatch) -> Insist:
    """Does something until it is done, dying around the first commit of each function of batches."""
    been: set[tuple[str, str]] = set()

    def failpoint(name: str) -> None:
        frame = sys._getframe(1)
        while frame.f_back is not None and "/filing/batches/" not in frame.f_code.co_filename:
            frame = frame.f_back
        place = (frame.f_code.co_qualname, name)
        if name.startswith("uow.") and place not in been:
            been.add(place)
            raise Killed

    def insist(act: Callable[[], Any]) -> Any:
        with monkeypatch.context() as patched:
            patched.setattr(units, "failpoint", failpoint)
            while True:
                try:
                    return act()
                except Killed:
                    continue

    return insist


@pytest.mark.parametrize("name", BROKEN)
def test_without_one_of_its_guards_the_same_deaths_show(
    office: Office, die_at_each_place: Insist, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    state, broken = BROKEN[name]
    broken(monkeypatch, office)
    with pytest.raises(AssertionError):
        from_upload_to_notices(office, lambda to: die_at_each_place if to == state else plainly, FEW)


def test_as_long_as_nobody_dies_no_guard_is_missed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for _, broken in BROKEN.values():
        broken(monkeypatch, office)
    from_upload_to_notices(office, lambda _: plainly, FEW)


def plainly(act: Callable[[], Any]) -> Any:
    """Does something that nobody dies of."""
    return act()


def whole(office: Office, works: list[str]) -> None:
    count = len(works)
    with office.harness.uow() as uow:
        cases = uow.session.scalars(select(Case).order_by(Case.serial_number)).all()
        for series in ("serial_number", "acceptance_number"):
            numbers = sorted(int(getattr(case, series)[-6:]) for case in cases)
            assert numbers == list(range(1, count + 1)), series
        assert sorted(case.id for case in cases) == sorted(works)
        done = Counter(uow.session.scalars(select(ActionRow.action)))
        assert done == {"create": count, "submit": count, "accept": count}
        kinds = Counter(uow.session.scalars(select(DocumentRow.kind)))
        expected = ("declaration", "application_form", "cover_sheet", "acceptance_notice")
        assert kinds == dict.fromkeys(expected, count)
        held = select(MaterialRow.case_id, func.count()).where(MaterialRow.removed_at.is_(None))
        assert set(dict(uow.session.execute(held.group_by(MaterialRow.case_id)).tuples().all()).values()) == {2}
    assert len(office.harness.events(filing.APPLICATION_SUBMITTED)) == count
    assert len(office.harness.events(filing.APPLICATION_ACCEPTED)) == count
    assert len(office.harness.events(batches.BATCH_SUBMITTED)) == 1
    told = [event.state for event in office.harness.events(batches.BATCH_ADVANCED)]
    assert told == ["checked", "filed", "accepted"]
