"""What applicants do with their old cases, and what other services say of them."""

from __future__ import annotations

from typing import Any

from chassis.access import acting_for, may
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.archive import CertificateIssued
from contracts.identity import LegacyAccountLinked, LegacyAccountUnlinked
from contracts.legacy.cases import (
    AnswerLegacyCorrection,
    LegacyCaseApproved,
    LegacyCaseCompleted,
    LegacyCaseMoved,
    LegacyCaseView,
    LegacyFeeDue,
    LegacyList,
    LegacyParticulars,
    LegacyRef,
)
from contracts.legacy_bridge import LEGACY_CASE_APPROVED, LEGACY_CASE_COMPLETED, LEGACY_CASE_MOVED, LEGACY_FEE_DUE
from contracts.objects import UploadReceipt
from contracts.paging import Page
from contracts.payment import LegacyFeePaid

from legacy_bridge.cases import clocks, store
from legacy_bridge.cases.life import act
from legacy_bridge.cases.model import owed, step
from legacy_bridge.cases.store import LegacyCase, LegacyFileRow
from legacy_bridge.cases.telling import tell
from legacy_bridge.cases.views import readable, view, view_item

AT_ONCE = 100


def list_legacy_cases(request: Page, uow: UnitOfWork) -> LegacyList:
    """My old cases, also those that have come to their end here."""
    return _listed(request, uow, ended=False)


def list_ended_legacy_cases(request: Page, uow: UnitOfWork) -> LegacyList:
    """Of my old cases those that have come to their end here: what is still open is at 旧系统入口 only."""
    return _listed(request, uow, ended=True)


def _listed(request: Page, uow: UnitOfWork, *, ended: bool) -> LegacyList:
    mine = acting_for(uow.actor, "read")
    rows = store.of_account(uow.session, mine, request.cursor, request.limit + 1, ended=ended)
    shown, today = rows[: request.limit], uow.today()
    return LegacyList(
        items=[view_item(case, account, today) for case, account in shown],
        next_cursor=shown[-1][0].record_id if len(rows) > request.limit else None,
    )


def get_legacy_case(request: LegacyRef, uow: UnitOfWork) -> LegacyCaseView:
    """Problem ``legacy_case_unknown``, also for somebody else's."""
    case, account = readable(uow, request.case_id)
    return view(case, account, uow)


def _own(uow: UnitOfWork, case_id: str) -> tuple[LegacyCase, str]:
    """A case of the actor's party, locked, to be gone on with."""
    acting_for(uow.actor, "file")
    case, account = readable(uow, case_id, lock=True)
    if not may(uow.actor, account, "file"):
        raise Problem("legacy_case_unknown")
    return case, account


def ask_legacy_fee(request: LegacyRef, uow: UnitOfWork) -> LegacyCaseView:
    """Has an order opened over what the old system had reckoned; where nothing is owed, it counts as paid.

    Problems ``legacy_case_unknown``, ``action_not_allowed``. Asked again, the order stays the one it is.
    """
    case, account = _own(uow, request.case_id)
    step(case.stands, "pay")
    amount = owed(case.fee_fen, case.paid_fen)
    if not amount:
        act(case, account, "pay", uow)
        return view(case, account, uow)
    _serve(uow)
    uow.emit(
        LEGACY_FEE_DUE,
        LegacyFeeDue(
            application_id=case.record_id,
            account_id=account,
            title=case.called,
            serial_number=case.serial_number,
            payer=case.login,
            amount=amount,
            pay_by=case.due_until or uow.today(),
        ),
    )
    uow.audit("legacy_case.ask_fee", subject=case.record_id, amount=amount)
    return view(case, account, uow)


def answer_legacy_correction(request: AnswerLegacyCorrection, uow: UnitOfWork) -> LegacyCaseView:
    """Answers what the office asked for, with text, files or both; the examination goes on.

    Problems ``legacy_case_unknown``, ``action_not_allowed``, ``legacy_answer_empty``, ``receipt_invalid``.
    """
    case, account = _own(uow, request.case_id)
    step(case.stands, "answer")
    if not request.text and not request.receipts:
        raise Problem("legacy_answer_empty")
    files = [_keep(case, uow.receipt(token), uow) for token in request.receipts]
    act(case, account, "answer", uow, note=request.text, files=files)
    return view(case, account, uow)


def _keep(case: LegacyCase, receipt: UploadReceipt, uow: UnitOfWork) -> dict[str, Any]:
    row = LegacyFileRow(
        file_id=new_id("lgf"),
        record_id=case.record_id,
        file_name=receipt.file_name,
        sha256=receipt.object.sha256,
        size=receipt.object.size,
        sent_at=uow.legal_now(),
    )
    uow.session.add(row)
    return {"file_id": row.file_id, "file_name": row.file_name, "object": receipt.object.model_dump()}


def complete_legacy_case(request: LegacyRef, uow: UnitOfWork) -> LegacyCaseView:
    """The applicant takes the result: the archive is told to register it. The case stays ours until it has.

    Problems ``legacy_case_unknown``, ``action_not_allowed``, ``legacy_particulars_missing``: the office has not stated
    them yet.
    """
    case, account = _own(uow, request.case_id)
    step(case.stands, "complete")
    if case.particulars is None or case.decided_at is None:
        raise Problem("legacy_particulars_missing")
    act(case, account, "complete", uow)
    uow.emit(
        LEGACY_CASE_APPROVED,
        LegacyCaseApproved(
            application_id=case.record_id,
            account_id=account,
            kind=case.nature,
            category=case.classed or None,
            title=case.called,
            serial_number=case.serial_number,
            acceptance_number=case.acceptance_number,
            particulars=_of_the_register(case.particulars),
            decided_at=case.decided_at,
            decided_by=case.decided_by or "",
        ),
    )
    return view(case, account, uow)


def _of_the_register(stated: dict[str, Any]) -> LegacyParticulars:
    """Without what the event says beside them."""
    return LegacyParticulars.model_validate({name: stated[name] for name in LegacyParticulars.model_fields})


def note_linked(linked: LegacyAccountLinked, uow: UnitOfWork) -> None:
    """An old account has come: its cases are the account's, and periods that waited for that begin. Where payment or
    archive may know a case already as another account's, they hear of it."""
    if store.link(uow.session, linked.record_id, linked.account_id, linked.linked_at):
        for record_id in store.known_elsewhere(uow.session, linked.record_id):
            moved = LegacyCaseMoved(application_id=record_id, account_id=linked.account_id, moved_at=linked.linked_at)
            uow.emit(LEGACY_CASE_MOVED, moved)
    _serve(uow)


def note_unlinked(unlinked: LegacyAccountUnlinked, uow: UnitOfWork) -> None:
    """A link was undone: nobody may go on with its cases until the next one."""
    store.unlink(uow.session, unlinked.record_id, unlinked.unlinked_at)


def note_paid(paid: LegacyFeePaid, uow: UnitOfWork) -> None:
    """The fee has come. One that came after the end is payment's to give back."""
    found = store.get(uow.session, paid.application_id, lock=True)
    if found is not None and found[0].stands == "fee_due":
        found[0].received_fen += paid.amount
        act(*found, "pay", uow)


def note_registered(issued: CertificateIssued, uow: UnitOfWork) -> None:
    """The archive has the registration and its certificate: from now on it is the archive's. Heard twice, it is once.

    The old series goes on there.
    """
    found = store.get(uow.session, issued.application_id, lock=True)
    if found is None or found[0].stands != "registering":
        return
    case, account = found
    case.registration_number, case.document_id = issued.registration_number, issued.documents[0].document_id
    act(case, account, "register", uow)
    uow.emit(
        LEGACY_CASE_COMPLETED,
        LegacyCaseCompleted(
            application_id=case.record_id,
            account_id=account,
            kind=case.nature,
            registration_number=issued.registration_number,
            completed_at=uow.legal_now(),
        ),
    )


def keep_clocks(uow: UnitOfWork) -> int:
    """Sweeper: periods that can begin begin, whoever has few days left is reminded, and a case whose applicant has let
    its period pass is deemed withdrawn."""
    today, served = uow.today(), _serve(uow)
    late = clocks.overdue(uow.session, today, AT_ONCE)
    for case, account in late:
        act(case, account, "lapse", uow)
    near = clocks.ending(uow.session, today, AT_ONCE)
    for case, account in near:
        tell(case, account, case.stands, uow, text=_asked(case, uow), ending=True)
    return served + len(late) + len(near)


def _serve(uow: UnitOfWork) -> int:
    """Periods that can begin begin, and their applicants hear of it; how many."""
    served = clocks.serve(uow.session, uow.today(), AT_ONCE)
    for case, account in served:
        tell(case, account, case.stands, uow, text=_asked(case, uow))
    return len(served)


def _asked(case: LegacyCase, uow: UnitOfWork) -> str:
    """What the office asks to be corrected, from what happened to the case."""
    return store.asked(case, store.history(uow.session, case.record_id))
