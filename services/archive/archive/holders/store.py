"""Whose the dossiers, documents and certificates of moved cases are."""

from __future__ import annotations

from chassis.holders import CaseHolderColumns

from archive.database import Base


class CaseHolder(CaseHolderColumns, Base):
    """Cases that are another account's than the one that filed them."""


FOLLOW = (
    """
    UPDATE dossier_cases d SET account_id = h.account_id FROM case_holders h
    WHERE d.application_id = h.application_id AND d.account_id <> h.account_id
      AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
    """
    UPDATE documents d SET account_id = h.account_id FROM case_holders h
    WHERE d.application_id = h.application_id AND d.account_id <> h.account_id
      AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
    """
    UPDATE register_entries e SET account_id = h.account_id FROM case_holders h
    WHERE e.application_id = h.application_id AND e.account_id <> h.account_id
      AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
    """
    UPDATE certificates c SET account_id = h.account_id FROM case_holders h
    WHERE c.application_id = h.application_id AND c.account_id <> h.account_id
      AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
    """
    UPDATE parcels p SET account_id = h.account_id FROM case_holders h
    WHERE p.application_id = h.application_id AND p.account_id <> h.account_id
      AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
)
"""See ``chassis.holders``. A paper goes with the case that it was made in, which may be another party's than the
registration's first; a parcel with that of the certificate in it. What an applicant signed and is being sealed becomes
a document, and then follows."""
