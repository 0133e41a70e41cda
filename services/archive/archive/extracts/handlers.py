"""查询结果: what the register says of a registration today, to whoever holds it, and to who examines."""

from __future__ import annotations

from chassis.access import acting_for
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.dealings import OWNER
from contracts.extracts import AUDIENCE, AskExtract, AskExtractForCase, RegisterExtract

from archive.certificates.store import latest_issued
from archive.extracts.model import registered
from archive.legacy.store import find_registration
from archive.register.holding import own_numbers
from archive.register.records import Record
from archive.register.store import find_entry, records_of
from archive.register.taking_over import old_record

LIFE = 600
"""Seconds in which an extract may be brought to filing: it is asked for where it is needed."""


def register_extract(request: AskExtract, uow: UnitOfWork) -> RegisterExtract:
    """By registration number or number of a certificate; as it stands after all its records, not masked. For its owner,
    for who holds rights of it by an assignment, and for who has a pledge on it.

    Problems ``registration_number_unknown`` (``number``); ``registration_not_yours`` (``number``) of what belongs to
    somebody else, that of the old system included: anybody is told that there is such a registration, and no more;
    ``registration_assigned`` (``number``) to whom it belonged once; ``registration_party_only`` (``number``) to who is
    a party to a contract or a pledge by which nothing of it is theirs, or not any more; ``old_registration_incomplete``
    (``number``) for one of the old system of which too little was recorded.
    """
    return _extract(request.registration_number, acting_for(uow.actor, "file"), uow)


def register_extract_for_case(request: AskExtractForCase, uow: UnitOfWork) -> RegisterExtract:
    """What the party of a case would be told today: examiners compare it with what was filed. Problems as of
    :func:`register_extract`."""
    return _extract(request.registration_number, request.account_id, uow)


def _extract(number: str, account_id: str, uow: UnitOfWork) -> RegisterExtract:
    known, records, own = _held(number, account_id, uow)
    if not own:
        raise _refused(uow, number)
    issued = latest_issued(uow.session, known)
    certified = issued[0].record if issued else 0
    stated = registered(known, records, certified, own, uow.today())
    if stated is None:
        raise Problem("registration_assigned" if OWNER in own else "registration_party_only", number=number)
    extract = RegisterExtract(
        registered=stated,
        issued_on=uow.today(),
        certificate=issued[1].reference() if issued else None,
        token="",
    )
    claims = {**extract.model_dump(mode="json", exclude={"token"}), "party": account_id}
    return extract.model_copy(update={"token": uow.signer.sign(claims, audience=AUDIENCE, ttl=LIFE)})


def _held(number: str, account_id: str, uow: UnitOfWork) -> tuple[str, list[Record], frozenset[str]]:
    """A registration, its records, and by what the account may hold it; by nothing what is not there. One of the old
    system as the record says that it would be taken over by."""
    entry = find_entry(uow.session, number)
    if entry is None and (row := find_registration(uow.session, number)) is not None:
        entry = find_entry(uow.session, row.number)  # taken over, and asked for by another number of the old system
    if entry is not None:
        own = own_numbers(uow.session, entry, account_id)
        return entry.registration_number, records_of(uow.session, entry.registration_number), own
    found = old_record(uow, number, account_id)
    return (found[0].number, [found[1]], frozenset({OWNER})) if found else (number, [], frozenset())


def _refused(uow: UnitOfWork, number: str) -> Problem:
    if find_entry(uow.session, number) is not None or find_registration(uow.session, number) is not None:
        return Problem("registration_not_yours", number=number)
    return Problem("registration_number_unknown", number=number, looks_like="other")
