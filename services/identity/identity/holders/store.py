"""Whose the numbers and messages of moved cases are."""

from __future__ import annotations

from chassis.holders import CaseHolderColumns

from identity.base import Base


class CaseHolder(CaseHolderColumns, Base):
    """Cases that are another account's than the one that filed them."""


FOLLOW = (
    """
    UPDATE case_numbers n SET account_id = h.account_id FROM case_holders h
    WHERE n.application_id = h.application_id AND n.account_id <> h.account_id
      AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
    """
    UPDATE messages m SET account_id = h.account_id, recipient = h.account_id FROM case_holders h
    WHERE m.application_id = h.application_id AND m.channel = 'in_app' AND m.account_id <> h.account_id
      AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
)
"""See ``chassis.holders``. What went out by SMS or e-mail stays with the address that had it."""
