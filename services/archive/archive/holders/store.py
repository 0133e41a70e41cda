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
    UPDATE certificates c SET account_id = h.account_id
    FROM register_entries e JOIN case_holders h USING (application_id)
    WHERE c.registration_number = e.registration_number AND c.account_id <> h.account_id
      AND c.paper <> 'dealing_proof' AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
    """
    UPDATE certificates c SET account_id = h.account_id FROM case_holders h
    WHERE c.application_id = h.application_id AND c.account_id <> h.account_id
      AND c.paper = 'dealing_proof' AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
    """
    UPDATE parcels p SET account_id = h.account_id
    FROM register_entries e JOIN case_holders h USING (application_id)
    WHERE p.registration_number = e.registration_number AND p.account_id <> h.account_id
      AND h.application_id = ANY(%(cases)s)
    RETURNING 1""",
)
"""See ``chassis.holders``. The proof of what was done with the rights goes with the case in which it was filed, which
may be another party's than the registration's. What an applicant signed and is being sealed becomes a document, and
then follows."""
