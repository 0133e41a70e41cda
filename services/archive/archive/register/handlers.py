"""Entering approved applications into the register, and searching it."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from typing import cast

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.archive import RegisterItem, RegisterPage, SearchRegister
from contracts.filing import ApplicationApproved
from contracts.forms import Kind

from archive.certificates.handlers import queue_certificate
from archive.register import store
from archive.register.model import Status, facts_of, format_number, public_author, public_owner, series_of


def enter_registration(approved: ApplicationApproved, uow: UnitOfWork) -> str:
    """Gives the registration number and writes the entry in one transaction; returns the number.

    An application is registered once, however often its approval arrives. The year is that of the legal date.
    """
    store.lock_application(uow.session, approved.application_id)
    if known := store.entry_of_application(uow.session, approved.application_id):
        return known.registration_number
    facts = facts_of(approved)
    registered_on = uow.today()
    series = series_of(approved.kind)
    sequence = store.next_number(uow.session, series, registered_on.year)
    entry = store.RegisterEntry(
        registration_number=format_number(approved.kind, facts.category, registered_on.year, sequence),
        application_id=approved.application_id,
        account_id=approved.account_id,
        series=series,
        year=registered_on.year,
        sequence=sequence,
        kind=facts.kind,
        category=facts.category,
        title=facts.title,
        authors=[author.model_dump(mode="json") for author in facts.authors],
        owners=[owner.model_dump(mode="json") for owner in facts.owners],
        searched=store.searched(facts),
        applicant=facts.applicant,
        completion_date=facts.completion_date,
        publication_date=facts.publication_date,
        acquisition=facts.acquisition,
        rights_scope=facts.rights_scope,
        form=approved.form,
        sample_sha256=approved.sample_sha256,
        serial_number=approved.serial_number,
        acceptance_number=approved.acceptance_number,
        approved_at=approved.approved_at,
        approved_by=approved.approved_by,
        registered_on=registered_on,
    )
    uow.session.add(entry)
    uow.session.flush()
    uow.session.add(store.RegisterStatus(registration_number=entry.registration_number))
    queue_certificate(entry, uow)
    uow.audit("register.enter", subject=entry.registration_number, application_id=entry.application_id)
    return entry.registration_number


def search_register(request: SearchRegister, uow: UnitOfWork) -> RegisterPage:
    """The public register, newest first. Persons cannot be found by name, only what is public of them."""
    after = _read_cursor(request.cursor) if request.cursor else None
    rows = store.search(uow.session, request.q, request.kind, request.category or None, after, request.limit + 1)
    items = [
        RegisterItem(
            registration_number=entry.registration_number,
            kind=cast(Kind, entry.kind),
            title=entry.title,
            category=entry.category,
            authors=[public_author(author) for author in entry.registered_authors],
            owners=[public_owner(owner) for owner in entry.registered_owners],
            registered_on=entry.registered_on,
            status=cast(Status, status),
        )
        for entry, status in rows[: request.limit]
    ]
    more = rows[request.limit - 1][0] if len(rows) > request.limit else None
    return RegisterPage(items=items, next_cursor=_cursor(more) if more else None)


def _cursor(entry: store.RegisterEntry) -> str:
    pair = [entry.entered_at.isoformat(), entry.registration_number]
    return base64.urlsafe_b64encode(json.dumps(pair).encode()).decode()


def _read_cursor(cursor: str) -> tuple[datetime, str]:
    try:
        moment, number = json.loads(base64.urlsafe_b64decode(cursor))
        return datetime.fromisoformat(moment), str(number)
    except (ValueError, TypeError) as error:
        raise Problem("request_invalid", errors=[FieldError("cursor", "value_error")]) from error
