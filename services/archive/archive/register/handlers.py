"""Entering approved applications into the register, and searching it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from chassis.cursors import after_day, cursor
from chassis.uow import UnitOfWork
from contracts.archive import RegisterItem, RegisterPage, SearchRegister
from contracts.filing import ApplicationApproved
from contracts.forms import Kind

from archive.certificates.queueing import Order, queue_certificate
from archive.register import store
from archive.register.kinds import KINDS
from archive.register.model import Particulars, particulars_of, public_author, public_owner
from archive.register.numbers import format_number, format_of
from archive.register.records import Record, Standing, fold
from archive.register.searching import search


def enter_registration(approved: ApplicationApproved, uow: UnitOfWork) -> str:
    """Gives the numbers and writes record and entry in one transaction; returns the registration number.

    An application is registered once, however often its approval arrives. The year is that of the legal date.
    """
    series = KINDS[approved.kind].numbers if approved.kind in KINDS else ""
    return enter(approved.application_id, approved.account_id, series, lambda: _of(approved), uow)


def _of(approved: ApplicationApproved) -> tuple[Particulars, Source]:
    return particulars_of(approved), Source.of(approved)


def enter(
    application_id: str, account_id: str, series: str, state: Callable[[], tuple[Particulars, Source]], uow: UnitOfWork
) -> str:
    """Enters what ``state`` gives, which is asked only where the application is not registered yet, under the next
    number of a series."""
    store.lock_application(uow.session, application_id)
    if known := store.entry_of_application(uow.session, application_id):
        return known.registration_number
    (stated, source), today = state(), uow.today()
    kind = KINDS[stated.kind]
    number, sequence = take_number(series, today, uow, stated.category)
    if kind.certificate_numbers:
        certificate_number, _ = take_number(kind.certificate_numbers, today, uow)
        stated = stated.model_copy(update={"certificate_number": certificate_number})
    entry = store.RegisterEntry(
        registration_number=number,
        certificate_number=stated.certificate_number,
        application_id=application_id,
        account_id=account_id,
        series=series,
        year=today.year,
        sequence=sequence,
        kind=stated.kind,
        category=stated.category,
        authors=[author.model_dump(mode="json") for author in stated.authors],
        completion_date=stated.completion_date,
        registered_on=today,
    )
    standing = write_down(entry, [], Record(1, "registered", today, stated.model_dump(mode="json")), source, uow)
    queue_certificate(entry, Order.at_first(entry, standing.sequence), uow)
    uow.audit("register.enter", subject=number, application_id=entry.application_id)
    return number


def take_number(series: str, on: date, uow: UnitOfWork, category: str | None = None) -> tuple[str, int]:
    """The next number of a series as it is written on a legal day, and its place in the series."""
    year = on.year if format_of(series, on).yearly else store.ALL_YEARS
    sequence = store.next_number(uow.session, series, year)
    return format_number(series, on, sequence, category), sequence


@dataclass(frozen=True)
class Source:
    """What a record rests on: the decision, and the case it was made in, where there was one."""

    decided_at: datetime
    decided_by: str
    application_id: str | None = None
    form: Mapping[str, Any] = field(default_factory=dict)
    sample_sha256: Sequence[str] = ()
    serial_number: str = ""
    acceptance_number: str | None = None

    @classmethod
    def of(cls, approved: ApplicationApproved) -> Source:
        """What of an approval goes into the register."""
        return cls(
            decided_at=approved.approved_at,
            decided_by=approved.approved_by,
            application_id=approved.application_id,
            form=approved.form,
            sample_sha256=approved.sample_sha256,
            serial_number=approved.serial_number,
            acceptance_number=approved.acceptance_number,
        )


def write_down(
    entry: store.RegisterEntry, earlier: Sequence[Record], record: Record, source: Source, uow: UnitOfWork
) -> Standing:
    """Appends a record and lets the entry show what it makes of the earlier ones. The caller holds the entry's lock, or
    makes it. Raises ValueError when the record cannot follow them."""
    standing = fold([*earlier, record])
    uow.session.add(
        store.RegisterRecord(
            registration_number=entry.registration_number,
            sequence=record.sequence,
            act=record.act,
            states=dict(record.states),
            refers_to=record.refers_to,
            number=record.number or None,
            ground=record.ground,
            dealing=dict(record.dealing),
            application_id=source.application_id,
            form=dict(source.form),
            sample_sha256=list(source.sample_sha256),
            serial_number=source.serial_number,
            acceptance_number=source.acceptance_number,
            decided_at=source.decided_at,
            decided_by=source.decided_by,
            recorded_on=record.on,
        )
    )
    uow.session.flush()
    entry.show(standing)
    uow.session.add(entry)
    uow.session.flush()
    return standing


def search_register(request: SearchRegister, uow: UnitOfWork) -> RegisterPage:
    """The public register, the newest day first. Persons cannot be found by name, only what is public of them."""
    before, days = after_day(request.cursor), (request.registered_from, request.registered_to)
    rows = search(uow.session, request.q, request.kind, request.category or None, days, before, request.limit + 1)
    items = [
        RegisterItem(
            registration_number=entry.registration_number,
            certificate_number=entry.certificate_number,
            kind=cast(Kind, entry.kind),
            title=entry.title,
            short_name=entry.short_name,
            version=entry.version,
            category=entry.category,
            authors=[public_author(author) for author in entry.registered_authors],
            owners=[public_owner(owner) for owner in entry.registered_owners],
            registered_on=entry.registered_on,
            status=entry.status,
        )
        for entry in rows[: request.limit]
    ]
    more = rows[request.limit - 1] if len(rows) > request.limit else None
    return RegisterPage(items=items, next_cursor=cursor(more.registered_on, more.registration_number) if more else None)
