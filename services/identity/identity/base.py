"""The declarative base of identity's tables, and locks by name."""

from __future__ import annotations

import hashlib

from chassis.db import Declarative, new_metadata
from sqlalchemy import func, select
from sqlalchemy.orm import Session


class Base(Declarative):
    """All tables of identity."""

    __abstract__ = True
    metadata = new_metadata()


def lock_name(session: Session, name: str) -> None:
    """Waits until no other transaction holds this name; held until the end of this transaction."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    session.execute(select(func.pg_advisory_xact_lock(number)))
