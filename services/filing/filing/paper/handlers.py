"""纸质材料: intake scans any of our barcodes, notes what is missing of a parcel, and corrects what it noted."""

from __future__ import annotations

from datetime import date, datetime, time

from chassis.clock import SHANGHAI, legal_date
from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.examination import (
    AskPaper,
    AwaitedPaper,
    CorrectedReceipt,
    CorrectPaperReceipt,
    DeficientPaper,
    NotePaperDeficient,
    PaperLine,
    PaperReceipt,
    ReceivePaper,
)
from contracts.filing import (
    PAPER_DEFICIENT,
    PAPER_RECEIPT_CORRECTED,
    PAPER_RECEIVED,
    PaperDeficient,
    PaperName,
    PaperReceiptCorrected,
    PaperReceived,
)

from filing.cases.facts import case_facts
from filing.cases.lifecycle import move
from filing.cases.store import Case, find_by_any_number, lock_by_any_number
from filing.clocks.model import ClockKind
from filing.clocks.store import latest
from filing.forms.pinned import policy_of
from filing.forms.policy import PaperItem
from filing.materials.store import materials_by_case
from filing.numbers.model import scanned
from filing.paper import store
from filing.paper.model import lacking, noted
from filing.queue.recording import record as put_down


def receive_paper(request: ReceivePaper, uow: UnitOfWork) -> PaperReceipt:
    """Notes that the paper of a case has come, before or after acceptance; a second scan says so and changes nothing.

    Errors: ``serial_number_unknown``, ``paper_not_required``, ``paper_was_deficient`` (``missing``) where an earlier
    parcel lacked something and nobody says that it has come, ``action_not_allowed`` for a case that has ended,
    ``request_invalid`` for a day of receipt that is to come or lies before the filing.
    """
    case = _found(request.serial_number, uow)
    already = case.paper_received_at is not None
    if not already:
        received_at, clerk = _received_at(case, request.received_on, uow), uow.actor.subject
        missing = store.missing(uow.session, [case.id]).get(case.id)
        if missing and not request.complete:
            told = lacking(missing, papers_of(case, uow)).told("zh")
            raise Problem("paper_was_deficient", title=case.title, missing=told)
        since: dict[ClockKind, date] = {"paper": legal_date(received_at)}
        move(uow, case, "receive_paper", since=since, paper_received_at=received_at, paper_received_by=clerk)
        uow.emit(PAPER_RECEIVED, PaperReceived(**case_facts(case), received_at=received_at, received_by=clerk))
    return PaperReceipt.model_validate(
        {
            "application_id": case.id,
            "serial_number": case.serial_number,
            "title": case.title,
            "received_at": case.paper_received_at,
            "already": already,
        }
    )


def awaited_paper(request: AskPaper, uow: UnitOfWork) -> AwaitedPaper:
    """What comes on paper of a case, for who opens its parcel. Errors: ``serial_number_unknown``,
    ``paper_not_required``, ``paper_received_already``."""
    case = _known(find_by_any_number(uow.session, scanned(request.serial_number)), request.serial_number)
    if case.paper_received_at is not None:
        raise Problem("paper_received_already")
    listed = papers_of(case, uow)
    found = lacking(store.missing(uow.session, [case.id]).get(case.id, ""), listed)
    deadline = latest(uow.session, case.id, "paper")
    return AwaitedPaper(
        application_id=case.id,
        serial_number=case.serial_number or "",
        title=case.title,
        papers=[
            PaperLine(number=number, title=paper.in_language(request.language), missing=paper in found.papers)
            for number, paper in enumerate(listed, start=1)
        ],
        remark=found.remark,
        due_on=deadline.due_on if deadline else None,
    )


def papers_of(case: Case, uow: UnitOfWork) -> list[PaperItem]:
    """The list of the case, by the policy of the day it was filed."""
    roles = {row.role for row in materials_by_case(uow.session, [case.id])[case.id]}
    return policy_of(case, uow.today()).paper_of(roles)


def note_paper_deficient(request: NotePaperDeficient, uow: UnitOfWork) -> DeficientPaper:
    """Notes what is missing of a parcel, and tells the applicant; the rest is still awaited.

    Errors: ``serial_number_unknown``, ``paper_not_required``, ``paper_received_already``, ``action_not_allowed``,
    ``request_invalid`` where nothing is named, or a paper that is not of the list.
    """
    if not request.missing.strip() and not request.papers:
        raise Problem("request_invalid", errors=[FieldError("missing", "required")])
    case = _found(request.serial_number, uow)
    if case.paper_received_at is not None:
        raise Problem("paper_received_already")
    listed = papers_of(case, uow)
    if any(number > len(listed) for number in request.papers):
        raise Problem("request_invalid", errors=[FieldError("papers", "not_in_list")])
    note = noted(listed, set(request.papers), request.missing)
    move(uow, case, "note_deficient_paper", note=note)
    found, deadline = lacking(note, listed), latest(uow.session, case.id, "paper")
    running = deadline is not None and deadline.state == "running" and deadline.due_on >= uow.today()
    uow.emit(
        PAPER_DEFICIENT,
        PaperDeficient(
            **case_facts(case),
            noted_at=case.updated_at,
            missing=found.told("zh"),
            papers=[PaperName(zh=paper.zh, en=paper.en) for paper in found.papers],
            remark=found.remark,
            due_on=deadline.due_on if deadline and running else None,
        ),
    )
    return DeficientPaper(
        application_id=case.id,
        serial_number=case.serial_number or "",
        title=case.title,
        missing=found.told("zh"),
        noted_at=case.updated_at,
    )


def correct_paper_receipt(request: CorrectPaperReceipt, uow: UnitOfWork) -> CorrectedReceipt:
    """Takes back a receipt that was noted for the wrong case, or gives it the day on which the paper came. The clocks
    go back with it: of paper, of the queue and of a promise to hurry. The day that it has changes nothing.

    Errors: ``serial_number_unknown``, ``paper_not_required``, ``paper_not_received``, ``paper_built_on`` once somebody
    examines the case, has decided about it, or a promise to hurry it was missed, ``request_invalid`` without a reason,
    or a day that cannot be.
    """
    if not request.reason.strip():
        raise Problem("request_invalid", errors=[FieldError("reason", "required")])
    if request.step == "another_day" and request.received_on is None:
        raise Problem("request_invalid", errors=[FieldError("received_on", "required")])
    case = _found(request.serial_number, uow)
    if case.paper_received_at is None:
        raise Problem("paper_not_received")
    if store.built_on(uow.session, case, uow.today()):
        raise Problem("paper_built_on")
    if request.step == "take_back":
        move(uow, case, "take_back_paper", note=request.reason, paper_received_at=None, paper_received_by=None)
    else:
        came, promised = _received_at(case, request.received_on, uow), case.expedite_due_on
        if legal_date(came) == legal_date(case.paper_received_at):
            return _corrected(case, uow, already=True)
        since: dict[ClockKind, date] = {"paper": legal_date(came)}
        clerk, why = uow.actor.subject, request.reason
        move(uow, case, "correct_paper_day", note=why, since=since, paper_received_at=came, paper_received_by=clerk)
        if case.state == "accepted" and case.expedite_due_on != promised:
            put_down(uow, case, "moved", reason=request.reason)
    corrected = _corrected(case, uow)
    uow.emit(
        PAPER_RECEIPT_CORRECTED,
        PaperReceiptCorrected(
            **case_facts(case),
            received_at=corrected.received_at,
            due_on=corrected.due_on,
            corrected_at=case.updated_at,
        ),
    )
    return corrected


def _corrected(case: Case, uow: UnitOfWork, *, already: bool = False) -> CorrectedReceipt:
    deadline = latest(uow.session, case.id, "paper") if case.paper_awaited else None
    return CorrectedReceipt(
        application_id=case.id,
        serial_number=case.serial_number or "",
        title=case.title,
        received_at=case.paper_received_at,
        due_on=deadline.due_on if deadline else None,
        already=already,
    )


def _found(typed: str, uow: UnitOfWork) -> Case:
    return _known(lock_by_any_number(uow.session, scanned(typed)), typed)


def _known(case: Case | None, typed: str) -> Case:
    if case is None:
        raise Problem("serial_number_unknown", serial_number=typed)
    if not case.paper_required:
        raise Problem("paper_not_required")
    return case


def _received_at(case: Case, on: date | None, uow: UnitOfWork) -> datetime:
    """Now, or noon of the earlier day on which it came: the day is what counts."""
    if on is None or on == uow.today():
        return uow.legal_now()
    if on > uow.today():
        today = uow.today().isoformat()
        raise Problem("request_invalid", errors=[FieldError("received_on", "date_in_future", {"today": today})])
    filed = legal_date(case.submitted_at) if case.submitted_at else on
    if on < filed:
        early = FieldError("received_on", "before_filing", {"filed": filed.isoformat()})
        raise Problem("request_invalid", errors=[early])
    return datetime.combine(on, time(12), SHANGHAI)
