"""Looking registrations up. Who did it, and why, is written down."""

from __future__ import annotations

from typing import cast

from chassis.lookups import shown_name, sought, write_down
from chassis.uow import UnitOfWork
from contracts.forms import Kind
from contracts.lookups import MOST_LOOKED_UP, LookUp, RegistrationFound, RegistrationsFound

from archive.lookups import store
from archive.register.store import RegisterEntry


def look_up_registrations(request: LookUp, uow: UnitOfWork) -> RegistrationsFound:
    """Registrations as they stand, the newest first."""
    rows = store.looked_up(uow.session, sought(request.text), MOST_LOOKED_UP + 1)
    write_down(uow, "registration.look_up", request, len(rows))
    items = [_found(row, uow) for row in rows[:MOST_LOOKED_UP]]
    return RegistrationsFound(items=items, more=len(rows) > MOST_LOOKED_UP)


def _found(entry: RegisterEntry, uow: UnitOfWork) -> RegistrationFound:
    return RegistrationFound(
        registration_number=entry.registration_number,
        certificate_number=entry.certificate_number,
        application_id=entry.application_id,
        kind=cast(Kind, entry.kind),
        title=entry.title,
        owners=[
            shown_name(uow.actor, owner.name, organisation=owner.kind == "organisation")
            for owner in entry.registered_owners
        ],
        registered_on=entry.registered_on,
        status=entry.status,
    )
