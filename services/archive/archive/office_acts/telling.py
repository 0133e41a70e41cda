"""Who hears of an act of the office: whom it concerns, and who reported or objected."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.office_acts import OFFICE_ACT_ADVANCED, OfficeActAdvanced

from archive.office_acts import store
from archive.office_acts.views import whom
from archive.register.store import RegisterEntry


def tell(row: store.OfficeAct, entry: RegisterEntry, text: str, uow: UnitOfWork) -> None:
    """Of a revocation, everybody whom it concerns; the answer to a report, who reported."""
    everybody = whom(uow.session, entry, row.act)
    reporter = row.reported_by if row.reported_by in everybody else entry.account_id
    for account_id in sorted(everybody) if row.act == "revoked" else [reporter]:
        uow.emit(OFFICE_ACT_ADVANCED, told(row, entry, account_id, text, uow))


def tell_objector(row: store.OfficeAct, entry: RegisterEntry, text: str, uow: UnitOfWork) -> None:
    """What has become of an objection, whoever else hears of the proposal."""
    if row.act == "revoked" and row.reported_by is not None:
        event = told(row, entry, row.reported_by, text, uow)
        uow.emit(OFFICE_ACT_ADVANCED, event.model_copy(update={"objector": True, "hear_until": None}))


def told(row: store.OfficeAct, entry: RegisterEntry, account_id: str, text: str, uow: UnitOfWork) -> OfficeActAdvanced:
    return OfficeActAdvanced(
        application_id=entry.application_id,
        account_id=account_id,
        act_id=row.act_id,
        registration_number=entry.registration_number,
        title=entry.title,
        act=row.act,
        ground=row.ground or "",
        state=row.state,
        hear_until=row.hear_until,
        text=text,
        advanced_at=uow.legal_now(),
    )
