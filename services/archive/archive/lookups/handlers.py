"""Looking registrations up. Who did it, and why, is written down."""

from __future__ import annotations

from typing import cast

from chassis.lookups import shown_name, sought, write_down
from chassis.uow import UnitOfWork
from contracts.forms import Kind
from contracts.lookups import MOST_LOOKED_UP, LookUp, RegistrationFound, RegistrationsFound

from archive.legacy.model import is_organisation, parted
from archive.legacy.store import LegacyRegistration
from archive.lookups import store
from archive.register.store import RegisterEntry


def look_up_registrations(request: LookUp, uow: UnitOfWork) -> RegistrationsFound:
    """Registrations as they stand, the newest first; those that the old system had finished stand behind ours."""
    what = sought(request.text)
    rows = list(store.looked_up(uow.session, what, MOST_LOOKED_UP + 1))
    old, taken_over = store.old_ones(uow.session, what, MOST_LOOKED_UP + 1)
    rows += [entry for entry in taken_over if entry not in rows]
    items = [*(_found(row, uow) for row in rows), *(_found_old(row, uow) for row in old)]
    write_down(uow, "registration.look_up", request, len(items))
    return RegistrationsFound(items=items[:MOST_LOOKED_UP], more=len(items) > MOST_LOOKED_UP)


def _found_old(row: LegacyRegistration, uow: UnitOfWork) -> RegistrationFound:
    return RegistrationFound(
        registration_number=row.number,
        certificate_number=row.certificate_number or None,
        application_id=row.record_id,
        kind=cast(Kind, row.kind),
        title=row.title,
        owners=[shown_name(uow.actor, name, organisation=is_organisation(name)) for name in parted(row.owners)],
        registered_on=row.registered_on,
        status="valid",
        old_system=True,
    )


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
