"""受理: the paid fee leads to acceptance, at once and once, whatever order events come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from chassis.clock import legal_date
from chassis.uow import UnitOfWork
from contracts.archive import CertificateIssued, CertificateReissued, CertificateRevoked
from contracts.filing import APPLICATION_ACCEPTED, ApplicationAccepted
from contracts.payment import OrderCancelled, OrderCreated, OrderPaid

from filing.cases.facts import applicant_name, case_facts
from filing.cases.lifecycle import move
from filing.cases.store import Case, find_case, lock_case
from filing.clocks import model as clocks
from filing.clocks.effects import change, start_period
from filing.clocks.store import DeadlineRow, latest
from filing.documents.issue import issue, kind_words, progress_address
from filing.expedite import money as expedite
from filing.extracts.handlers import note_revoked
from filing.forms.pinned import policy_of
from filing.forms.policy import policies
from filing.numbers.store import next_number
from filing.seals.handlers import seal_as_wished

BY_ITSELF = "系统自动受理"
"""办理人 of a notice of acceptance: nobody decides on it, it follows from the payment."""


def note_order(data: OrderCreated, uow: UnitOfWork) -> None:
    """Keeps the order's facts for display and starts the payment period; says nothing new once it is paid.

    Where nothing is charged there is no payment to wait for: the application is accepted at once.
    """
    if data.purpose == "expedite":
        expedite.note_order(data, uow)
        return
    case = lock_case(uow.session, data.application_id)
    if data.corrects:
        owe_again(case, Charge(data.order_id, data.amount))
        return
    if case.order_state is None and data.amount == 0:
        settle(case, Charge(data.order_id, 0), legal_date(data.created_at), "", uow)
    else:
        owe(case, Charge(data.order_id, data.amount), legal_date(data.created_at), data.pay_by, uow)


def accept_paid_application(data: OrderPaid, uow: UnitOfWork) -> None:
    """Accepts a submitted application whose fee is paid: 受理号, clocks, notice.

    A payment for a case that has ended meanwhile is kept visible there (``note_late_payment``) for the refund.
    """
    if data.purpose == "expedite":
        expedite.start(data, uow)
        return
    case = lock_case(uow.session, data.application_id)
    settle(case, Charge(data.order_id, data.amount), legal_date(data.paid_at), data.payment_id, uow)


def note_cancelled_order(data: OrderCancelled, uow: UnitOfWork) -> None:
    """A cancelled order is nothing to pay any more; one that was paid stays paid."""
    if data.purpose == "expedite":
        expedite.note_cancelled(data, uow)
        return
    case = lock_case(uow.session, data.application_id)
    if case.order_state in (None, "pending"):
        case.order_id, case.order_state = data.order_id, "cancelled"
        change(uow.session, case, "end", "payment", uow.today())


def register_certified_application(data: CertificateIssued, uow: UnitOfWork) -> None:
    """The certificate exists: the case is registered and ends. Hearing of it twice changes nothing."""
    case = lock_case(uow.session, data.application_id)
    if case.state == "registered":
        return
    certificates = [document.document_id for document in data.documents]
    move(
        uow,
        case,
        "register",
        registration_number=data.registration_number,
        certificate_document_id=certificates[0] if certificates else None,
    )
    seal_as_wished(uow, case)


def register_reissued(data: CertificateReissued, uow: UnitOfWork) -> None:
    """A later certificate ends the case it was asked for by. Of one that the office put right by itself, and of a case
    of the old system, there is nothing to end."""
    if find_case(uow.session, data.application_id) is not None:
        register_certified_application(data, uow)


def register_revoked(data: CertificateRevoked, uow: UnitOfWork) -> None:
    """As for a later certificate; and nothing can be approved about the registration any more."""
    note_revoked(data, uow)
    if find_case(uow.session, data.application_id) is not None:
        register_certified_application(data, uow)


@dataclass(frozen=True)
class Charge:
    """What a case is charged, in fen, and by which order."""

    order_id: str
    amount: int


def owe(case: Case, charge: Charge, ordered_on: date, pay_by: date, uow: UnitOfWork) -> None:
    """A locked case waits for its payment, unless more is known of its order already."""
    if case.order_state is not None:
        return
    case.order_id, case.order_amount, case.order_state = charge.order_id, charge.amount, "pending"
    if case.state == "submitted":
        start_period(uow.session, case, "payment", ordered_on, clocks.until(pay_by))


def owe_again(case: Case, charge: Charge) -> None:
    """What was booked for a case was another's money: it stays accepted, and is not registered until it is paid."""
    if case.state not in ("withdrawn", "lapsed", "refused"):
        case.order_id, case.order_amount, case.order_state = charge.order_id, charge.amount, "pending"


def settle(
    case: Case, charge: Charge, paid_on: date, payment_id: str, uow: UnitOfWork, *, notice_later: bool = False
) -> None:
    """The fee of a locked case is paid: it is accepted, or the money is late and goes back. ``notice_later``: its
    notice follows by :func:`give_notice`, as of a thousand cases that are accepted together. A fee that is due again by
    another order stays owed, should that order be known first."""
    already_paid = case.order_state in ("paid", "refunded")
    due_again = case.order_state == "pending" and case.order_id not in (None, charge.order_id)
    if not already_paid and not due_again:
        case.order_id, case.order_amount, case.order_state = charge.order_id, charge.amount, "paid"
    if case.state == "submitted":
        accept(case, paid_on, uow)
        if not notice_later:
            give_notice(case, charge.amount, uow)
    elif case.state in ("withdrawn", "lapsed") and not already_paid:
        move(uow, case, "note_late_payment", note=payment_id)


def accept(case: Case, paid_on: date, uow: UnitOfWork) -> None:
    """受理 of a locked, submitted case. ``paid_on``: the legal date."""
    today = uow.today()
    number = next_number(uow.session, case.form_code, "L", today.year)
    since = min(paid_on, today)
    move(uow, case, "accept", since={"acceptance": since}, acceptance_number=number, accepted_at=uow.legal_now())


def give_notice(case: Case, amount: int, uow: UnitOfWork) -> None:
    """The notice of an accepted case, and the word to others. ``amount`` in fen."""
    examination = latest(uow.session, case.id, "examination")
    if examination is None or case.accepted_at is None:
        raise LookupError(f"case {case.id} was accepted without an examination period")
    notice = issue(uow, case, "acceptance_notice", _notice(case, amount, examination, uow))
    uow.emit(
        APPLICATION_ACCEPTED,
        ApplicationAccepted(
            **case_facts(case, notice),
            accepted_on=legal_date(case.accepted_at),
            examination_due_on=examination.due_on,
            paper_required=case.paper_required,
            paper_awaited=case.paper_awaited,
            batch_id=case.batch_id,
        ),
    )


def _notice(case: Case, amount: int, examination: DeadlineRow, uow: UnitOfWork) -> dict[str, Any]:
    office, paper = policies().office, latest(uow.session, case.id, "paper")
    still = paper is not None and case.paper_awaited and paper.due_on >= uow.today()  # a slow payment may outlast it
    return {
        "acceptance_number": case.acceptance_number,
        "serial_number": case.serial_number,
        "kind": kind_words(case, policy_of(case, uow.today())),
        "applicant": applicant_name(case),
        "accepted_on": (legal_date(case.accepted_at) if case.accepted_at else uow.today()).isoformat(),
        "examination_due_on": examination.due_on.isoformat(),
        "examination_basis": examination.legal_basis["zh"],
        "paper_awaited": case.paper_awaited,
        "paper_due_on": paper.due_on.isoformat() if paper and still else None,
        "fee_fen": amount,
        "handler": BY_ITSELF,
        "contact_address": office.address,
        "contact_phone": office.phone,
        "barcode": case.acceptance_number,
        "qr": progress_address(uow, case.acceptance_number or ""),
    }
