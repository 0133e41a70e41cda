"""What was taken over of an old account's registrations goes with the old account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from chassis.db import run
from sqlalchemy.orm import Session


def follow_filer(session: Session, login: str, account_id: str) -> None:
    """What was taken over of an old account's registrations is whoever's the old account is now; certificates, parcels
    and the files of certificates go with them. The proof of a dealing stays with who filed it, as when cases are
    moved."""
    for statement in _FOLLOW_FILER:
        run(session, statement, {"login": login, "account": account_id})


_FOLLOW_FILER: Sequence[LiteralString] = (
    """
    UPDATE register_entries e SET account_id = %(account)s FROM legacy_registrations l
    WHERE l.record_id = e.application_id AND l.login = %(login)s AND l.login <> ''""",
    """
    UPDATE certificates c SET account_id = %(account)s FROM register_entries e, legacy_registrations l
    WHERE l.record_id = e.application_id AND l.login = %(login)s AND l.login <> ''
      AND c.registration_number = e.registration_number AND c.paper <> 'dealing_proof'""",
    """
    UPDATE documents d SET account_id = %(account)s FROM certificates c, register_entries e, legacy_registrations l
    WHERE l.record_id = e.application_id AND l.login = %(login)s AND l.login <> ''
      AND c.registration_number = e.registration_number AND c.paper <> 'dealing_proof'
      AND d.document_id = c.document_id""",
    """
    UPDATE parcels p SET account_id = %(account)s FROM register_entries e, legacy_registrations l
    WHERE l.record_id = e.application_id AND l.login = %(login)s AND l.login <> ''
      AND p.registration_number = e.registration_number""",
)
