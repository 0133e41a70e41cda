"""Whose the orders of moved cases are."""

from __future__ import annotations

from chassis.holders import CaseHolderColumns

from payment.base import Base


class CaseHolder(CaseHolderColumns, Base):
    """Cases that are another account's than the one that filed them."""


FOLLOW = (
    """
    UPDATE orders o SET account_id = h.account_id FROM order_items i JOIN case_holders h USING (application_id)
    WHERE o.order_id = i.order_id AND o.account_id <> h.account_id AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
)
"""See ``chassis.holders``. All cases of one order are one account's, and are moved together."""
