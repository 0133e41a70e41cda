"""查询结果: what the register says of a registration today, to whoever holds it."""

from __future__ import annotations

from chassis.access import may
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.extracts import AUDIENCE, AskExtract, RegisterExtract

from archive.certificates.store import latest_issued
from archive.extracts.model import registered
from archive.register.store import find_entry, records_of

LIFE = 600
"""Seconds in which an extract may be brought to filing: it is asked for where it is needed."""


def register_extract(request: AskExtract, uow: UnitOfWork) -> RegisterExtract:
    """By registration number or number of a certificate; as it stands after all its records, not masked.

    Problem ``registration_number_unknown`` (``number``), also for what belongs to somebody else.
    """
    entry = find_entry(uow.session, request.registration_number)
    if entry is None or not may(uow.actor, entry.account_id, "file"):
        raise Problem("registration_number_unknown", number=request.registration_number, looks_like="other")
    issued = latest_issued(uow.session, entry.registration_number)
    records = records_of(uow.session, entry.registration_number)
    extract = RegisterExtract(
        registered=registered(entry.registration_number, records, issued[0].record if issued else 0),
        issued_on=uow.today(),
        certificate=issued[1].reference() if issued else None,
        token="",
    )
    claims = {**extract.model_dump(mode="json", exclude={"token"}), "party": entry.account_id}
    return extract.model_copy(update={"token": uow.signer.sign(claims, audience=AUDIENCE, ttl=LIFE)})
