"""The archive's tables: one base, and what the application role may do with which."""

from __future__ import annotations

from chassis.db import Declarative, new_metadata


class Base(Declarative):
    __abstract__ = True
    metadata = new_metadata()


APPEND_ONLY = (
    "register_records",
    "dossier_entries",
    "gazette_volumes",
    "office_act_answers",
    "office_act_files",
    "parcel_steps",
)
UPDATABLE = {
    "documents": ("account_id",),
    "dossier_cases": ("account_id",),
    "gazette_issues": ("published_at",),
    "parcels": (
        "account_id",
        "state",
        "address",
        "batch_id",
        "document_id",
        "tracking_number",
        "sent_on",
        "ended_on",
        "reason",
    ),
    "register_entries": (
        "account_id",
        "record",
        "status",
        "title",
        "short_name",
        "version",
        "authors",
        "owners",
        "searched",
        "completion_date",
        "publication_date",
    ),
}
DELETABLE = (
    "dealing_terms",
    "file_checks",
    "legacy_batches",
    "legacy_papers",
    "legacy_registrations",
    "parties_due",
    "verified_parties",
)
