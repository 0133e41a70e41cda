"""封存 and 启封: by whose deposit it is, and on the order of a court by two people of the office."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Literal

from chassis.access import is_self, may
from chassis.clock import legal_date
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.paging import QueueTotals
from contracts.seals import (
    DEPOSIT_SEAL_CHANGED,
    DecideOpening,
    DepositSealChanged,
    ListOpenings,
    OpeningList,
    OpeningView,
    ProposeOpening,
    SealRef,
    SealView,
)

from filing.cases.access import own_case, readable_case
from filing.cases.store import Case, find_cases, lock_case
from filing.seals import store
from filing.types import TYPES

OPEN_FOR = timedelta(days=3)
"""For so long the two who decided can see what a court ordered to be opened: the office's own policy."""
_OFFICE = frozenset({"archivist", "senior_examiner"})


def seal_deposit(request: SealRef, uow: UnitOfWork) -> SealView:
    """Of what is registered, by its applicant; sealed twice, nothing changes. Problems ``application_unknown``,
    ``deposit_not_sealable`` before the registration, and for a case without a deposit of its own."""
    case = own_case(uow, request.application_id)
    if not _sealable(case):
        raise Problem("deposit_not_sealable")
    if store.lying(uow.session, case.id) is None:
        lay_seal(uow, case, uow.actor.subject)
    return _view(uow, case)


def seal_as_wished(uow: UnitOfWork, case: Case) -> None:
    """With the registration, where its form says so. The case is locked."""
    if _sealable(case) and case.form.get("seal_deposit") and store.lying(uow.session, case.id) is None:
        lay_seal(uow, case, case.account_id)


def lay_seal(uow: UnitOfWork, case: Case, by: str) -> None:
    """On a deposit that has none; the register is told."""
    row = store.SealRow(id=new_id("sea"), case_id=case.id, sealed_at=uow.legal_now(), sealed_by=by)
    uow.session.add(row)
    uow.session.flush()
    _tell(uow, case, "sealed", by)


def lift_seal(request: SealRef, uow: UnitOfWork) -> SealView:
    """By its applicant; lifted twice, nothing changes. Problem ``application_unknown``."""
    case = own_case(uow, request.application_id)
    seal = store.lying(uow.session, case.id)
    if seal is not None:
        seal.lifted_at, seal.lifted_by = uow.legal_now(), uow.actor.subject
        uow.session.flush()
        _tell(uow, case, "unsealed", uow.actor.subject)
    return _view(uow, case)


def get_seal(request: SealRef, uow: UnitOfWork) -> SealView:
    """Whether a deposit is sealed, and who had it opened. Problems ``application_unknown``, ``forbidden``."""
    return _view(uow, readable_case(uow, request.application_id))


def propose_opening(request: ProposeOpening, uow: UnitOfWork) -> SealView:
    """A member of staff has the order of a court. Problems ``application_unknown``, ``deposit_not_sealed``,
    ``opening_proposed`` while another waits."""
    readable_case(uow, request.application_id)
    case = lock_case(uow.session, request.application_id)
    seal = store.lying(uow.session, case.id)
    if seal is None:
        raise Problem("deposit_not_sealed")
    if store.proposed(uow.session, seal.id) is not None:
        raise Problem("opening_proposed")
    row = store.OpeningRow(
        id=new_id("ope"),
        seal_id=seal.id,
        court=request.court,
        order_number=request.order_number,
        state="proposed",
        proposed_at=uow.legal_now(),
        proposed_by=uow.actor.subject,
    )
    uow.session.add(row)
    uow.session.flush()
    uow.audit("seal.propose_opening", subject=case.id, opening=row.id, order_number=row.order_number)
    return _view(uow, case)


def decide_opening(request: DecideOpening, uow: UnitOfWork) -> OpeningView:
    """A second person confirms, and both see the files for some days; or somebody dismisses it. The applicant is told.

    Problems ``opening_unknown``, ``opening_closed``, ``second_person_required``, ``deposit_not_sealed`` (lifted since).
    """
    case_id = store.case_of_opening(uow.session, request.opening_id)
    if case_id is None:
        raise Problem("opening_unknown")
    case = lock_case(uow.session, case_id)  # first, as whoever lays or lifts the seal
    row, seal = store.lock_opening(uow.session, request.opening_id)
    if row.state != "proposed":
        raise Problem("opening_closed")
    if request.step == "confirm":
        if is_self(uow.actor, row.proposed_by):
            raise Problem("second_person_required")
        if seal.lifted_at is not None:
            raise Problem("deposit_not_sealed")
        row.open_until = uow.legal_now() + OPEN_FOR
    row.state = "confirmed" if request.step == "confirm" else "dismissed"
    row.decided_at, row.decided_by = uow.legal_now(), uow.actor.subject
    uow.session.flush()
    uow.audit(f"seal.{row.state}", subject=case.id, opening=row.id, order_number=row.order_number)
    if row.state == "confirmed":
        _tell(uow, case, "opened", uow.actor.subject, row)
    return _opening(uow, row, case)


def list_openings(request: ListOpenings, uow: UnitOfWork) -> OpeningList:
    """The newest first."""
    found = store.openings(uow.session, waiting=request.queue == "open", before=request.cursor, limit=request.limit + 1)
    cases = find_cases(uow.session, {case_id for _, case_id in found})
    shown = found[: request.limit]
    return OpeningList(
        items=[_opening(uow, row, cases[case_id]) for row, case_id in shown],
        next_cursor=shown[-1][0].id if len(found) > request.limit else None,
    )


def total_openings(request: Empty, uow: UnitOfWork) -> QueueTotals:
    """Of all that wait for a second person."""
    count, since = store.waiting(uow.session)
    return QueueTotals(on=uow.today(), count=count, late=0, since=since and legal_date(since))


def require_open(uow: UnitOfWork, case: Case, role: str) -> None:
    """Before the bytes of a file are shown. Of a sealed deposit they are shown to whose it is, and to the two who
    opened it; each look is written down. Problem ``deposit_sealed``."""
    if role not in TYPES[case.type].fields.samples():
        return
    seal = store.lying(uow.session, case.id)
    if seal is None:
        return
    if not _opened(uow, seal):
        raise Problem("deposit_sealed")
    uow.audit("seal.look", subject=case.id, role=role)


def withheld_roles(uow: UnitOfWork, case: Case) -> Collection[str]:
    """Roles of the files of which this actor is told nothing that was read in them: those that :func:`require_open`
    keeps shut. Reading it on the order of a court is a look like any."""
    seal = store.lying(uow.session, case.id)
    if seal is None or not uow.actor.is_staff:
        return ()
    if not _opened(uow, seal):
        return TYPES[case.type].fields.samples()
    uow.audit("seal.look", subject=case.id, role="findings")
    return ()


def _opened(uow: UnitOfWork, seal: store.SealRow) -> bool:
    """To whose it is, and for some days to the two who opened it."""
    if not uow.actor.is_staff:
        return True
    orders = store.opened_by(uow.session, seal.id, uow.legal_now())
    return any(is_self(uow.actor, row.proposed_by, row.decided_by) for row in orders)


def sealed_roles(uow: UnitOfWork, case: Case) -> Collection[str]:
    """Roles of the files that nobody takes out while the seal lies."""
    return TYPES[case.type].fields.samples() if store.lying(uow.session, case.id) else ()


def _sealable(case: Case) -> bool:
    return case.state == "registered" and case.about is None


def _tell(
    uow: UnitOfWork,
    case: Case,
    change: Literal["sealed", "unsealed", "opened"],
    by: str,
    row: store.OpeningRow | None = None,
) -> None:
    if change != "opened":
        uow.audit(f"seal.{change}", subject=case.id)
    uow.emit(
        DEPOSIT_SEAL_CHANGED,
        DepositSealChanged(
            application_id=case.id,
            account_id=case.account_id,
            registration_number=case.registration_number or "",
            title=case.title,
            change=change,
            by=by,
            changed_at=uow.legal_now(),
            changed_on=uow.today(),
            court=row.court if row else "",
            order_number=row.order_number if row else "",
        ),
    )


def _view(uow: UnitOfWork, case: Case) -> SealView:
    seal = store.lying(uow.session, case.id)
    return SealView(
        application_id=case.id,
        registration_number=case.registration_number or "",
        title=case.title,
        kind=TYPES[case.type].kind,
        sealed_at=seal.sealed_at if seal else None,
        openings=[_opening(uow, row, case) for row in store.openings_of(uow.session, case.id) if _told(uow, row)],
        steps=_steps(uow, case, seal),
    )


def _told(uow: UnitOfWork, row: store.OpeningRow) -> bool:
    """What a court ordered is the business of the desks that open, and of whose deposit it is once it was opened."""
    return bool(uow.actor.roles & _OFFICE) if uow.actor.is_staff else row.state == "confirmed"


def _steps(uow: UnitOfWork, case: Case, seal: store.SealRow | None) -> list[Literal["seal", "lift", "propose_opening"]]:
    if uow.actor.is_staff:
        waits = seal is None or store.proposed(uow.session, seal.id) is not None
        return ["propose_opening"] if uow.actor.roles & _OFFICE and not waits else []
    if not may(uow.actor, case.account_id, "file"):
        return []
    return ["lift"] if seal else ["seal"] if _sealable(case) else []


def _opening(uow: UnitOfWork, row: store.OpeningRow, case: Case) -> OpeningView:
    return OpeningView(
        opening_id=row.id,
        application_id=case.id,
        registration_number=case.registration_number or "",
        title=case.title,
        court=row.court,
        order_number=row.order_number,
        state=row.state,
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
        open_until=row.open_until,
        steps=_opening_steps(uow, row),
        proposed_by=row.proposed_by if uow.actor.is_staff else "",
        decided_by=(row.decided_by or "") if uow.actor.is_staff else "",
        mine=uow.actor.is_staff and is_self(uow.actor, row.proposed_by),
    )


def _opening_steps(uow: UnitOfWork, row: store.OpeningRow) -> list[Literal["confirm", "dismiss", "look"]]:
    if not uow.actor.is_staff or not uow.actor.roles & _OFFICE:
        return []
    own = is_self(uow.actor, row.proposed_by)
    if row.state == "proposed":
        return ["dismiss"] if own else ["confirm", "dismiss"]
    seen = own or is_self(uow.actor, row.decided_by)
    return ["look"] if row.open_until and row.open_until > uow.legal_now() and seen else []
