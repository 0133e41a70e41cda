"""All tables of the service, and what the application role may do with them."""

from __future__ import annotations

from filing.applicants import store as applicants
from filing.base import Base
from filing.batches import store as batches
from filing.cases import store as cases
from filing.clocks import store as clocks
from filing.closed import store as closed
from filing.departed import store as departed
from filing.documents import store as documents
from filing.expedite import store as expedite
from filing.extracts import store as extracts
from filing.guides import store as guides
from filing.jobs import store as jobs
from filing.materials import store as materials
from filing.moves import store as moves
from filing.numbers import store as numbers
from filing.prechecks import store as prechecks
from filing.queue import store as queue
from filing.rounds import store as rounds
from filing.seals import store as seals
from filing.signatures import store as signatures
from filing.unsaved import store as unsaved

APPEND_ONLY = (
    "actions",
    "documents",
    "signatures",
    "expedite_steps",
    "queue_entries",
    "queue_links",
    "queue_days",
    "revoked_registrations",
)
DELETABLE = (
    "applicants",
    "departed_examiners",
    "prechecks",
    "jobs",
    "batch_works",
    "batch_files",
    "materials",
    "unsaved_entries",
)

__all__ = [
    "APPEND_ONLY",
    "DELETABLE",
    "Base",
    "applicants",
    "batches",
    "cases",
    "clocks",
    "closed",
    "departed",
    "documents",
    "expedite",
    "extracts",
    "guides",
    "jobs",
    "materials",
    "moves",
    "numbers",
    "prechecks",
    "queue",
    "rounds",
    "seals",
    "signatures",
    "unsaved",
]
