"""我的历史: what the old accounts of an account had registered."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter

from chassis.access import acting_for
from chassis.cursors import after_day, cursor
from chassis.uow import UnitOfWork
from contracts.archive import LEGACY_REGISTRATIONS_NUMBERED, LegacyRegistrationItem, LegacyRegistrationList
from contracts.identity import LegacyHistoryHeld
from contracts.identity.events import RecoveryNumberAsked
from contracts.legacy import REGISTRATIONS, account_record, numbers_told
from contracts.legacy.imports import HeldAsked, HeldRecords, masked
from contracts.legacy.scans import LegacyPaper
from contracts.paging import Page

from archive.legacy import store, undoing
from archive.legacy.following import follow_filer
from archive.register.numbers import as_kept


def hold_history(held: LegacyHistoryHeld, uow: UnitOfWork) -> None:
    """Identity says whose an old account is; what it said before something later changes nothing any more. Who has come
    for one can get the account back by the numbers of what it had registered, so identity is told these now."""
    store.while_nothing_is_loaded(uow.session)
    filer = store.LegacyFiler(
        record_id=held.record_id, login=held.login, account_id=held.account_id, said_at=held.said_at
    )
    if not store.hold(uow.session, filer):
        return
    follow_filer(uow.session, held.login, held.account_id or store.NOBODY)
    if held.account_id:
        for import_id, found in groupby(store.numbers_by(uow.session, held.login), attrgetter("import_id")):
            for told in numbers_told(import_id, ((held.record_id, row.numbers) for row in found)):
                uow.emit(LEGACY_REGISTRATIONS_NUMBERED, told)
    uow.audit("register.hold_history", subject=held.record_id, account_id=held.account_id)


def tell_whose(asked: RecoveryNumberAsked, uow: UnitOfWork) -> None:
    """Somebody asks for an account by this number: where an old account filed that registration, identity is told
    which, also when nobody has come for it yet. It is kept there for the office, which decides."""
    for number in as_kept(asked.number):
        row = store.find_registration(uow.session, number)
        if row is not None and row.login:
            numbers = [asked.number, row.number, row.certificate_number, row.serial_number]
            for told in numbers_told(row.import_id, [(account_record(row.login), numbers)]):
                uow.emit(LEGACY_REGISTRATIONS_NUMBERED, told)
            return


def list_legacy_registrations(request: Page, uow: UnitOfWork) -> LegacyRegistrationList:
    """Of the caller's party, the newest first."""
    mine = acting_for(uow.actor, "read")
    rows = store.filed_by(uow.session, mine, after_day(request.cursor), request.limit + 1)
    page = rows[: request.limit]
    papers = dict[str, list[LegacyPaper]]()
    for paper in store.papers_of(uow.session, [row.record_id for row in page]):
        shown = LegacyPaper(file_id=paper.file_id, file_name=paper.file_name, size=paper.size)
        papers.setdefault(paper.record_id, []).append(shown)
    items = [
        LegacyRegistrationItem.model_validate(
            {name: getattr(row, name) for name in _SHOWN} | {"papers": papers.get(row.record_id, [])}
        )
        for row in page
    ]
    more = len(rows) > request.limit
    return LegacyRegistrationList(
        items=items,
        next_cursor=cursor(page[-1].registered_on, page[-1].record_id) if more else None,
        old_accounts=store.held_by(uow.session, mine),
    )


def held_legacy_registrations(request: HeldAsked, uow: UnitOfWork) -> HeldRecords:
    """What the register of the old system says of some records, beside what their source said, masked; and upon how
    many registrations of the import something was recorded here."""
    found = store.records(uow.session, request.import_id, request.record_ids)
    return HeldRecords(
        records={row.record_id: masked("registrations", _as_text(row)) for row in found},
        built_upon=undoing.taken_over(uow.session, request.import_id),
    )


def _as_text(row: store.LegacyRegistration) -> dict[str, str]:
    values = {name: getattr(row, name) for name in REGISTRATIONS.fields}
    return {name: "" if value is None else str(value) for name, value in values.items()}


_SHOWN = tuple(name for name in LegacyRegistrationItem.model_fields if name != "papers")
