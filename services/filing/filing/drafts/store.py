"""The drafts of an account that are alike, and forgetting the files of one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from chassis.db import run
from chassis.keeping.held import release
from contracts.forms import FilingType
from sqlalchemy import select
from sqlalchemy.orm import Session

from filing.cases.store import Case
from filing.documents.store import documents_of
from filing.materials.store import MaterialRow

MOST_ALIKE = 100
"""Of more drafts of one choice the oldest are not looked at."""

_MATERIALS = "DELETE FROM materials WHERE case_id = %(case)s RETURNING sha256"
_CHECKS = "DELETE FROM prechecks WHERE sha256 = ANY(%(sha256s)s) AND case_id = %(case)s"


def lock_drafts(session: Session, account_id: str) -> None:
    """Nobody else begins a draft for the account until the transaction ends."""
    statement = "SELECT pg_advisory_xact_lock(hashtextextended(%(account)s, hashtext('drafts')))"
    run(session, statement, {"account": account_id})


def drafts_alike(session: Session, account_id: str, type_: FilingType, chosen: dict[str, str]) -> Sequence[Case]:
    """Drafts of a type that say the same of ``chosen`` (top-level fields), newest first; none of a batch."""
    query = select(Case).where(
        Case.account_id == account_id,
        Case.state == "draft",
        Case.type == type_,
        Case.batch_id.is_(None),
        Case.discarded_at.is_(None),
    )
    if chosen:
        query = query.where(Case.form.contains(chosen))
    return session.scalars(query.order_by(Case.id.desc()).limit(MOST_ALIKE)).all()


def begun_from(session: Session, account_id: str, ended_id: str) -> Case | None:
    """The account's draft that was begun from an ended case and has not been changed since, locked; None where there
    is none."""
    query = select(Case).where(
        Case.account_id == account_id,
        Case.begun_from == ended_id,
        Case.state == "draft",
        Case.version == 1,
        Case.discarded_at.is_(None),
    )
    return session.scalars(query.order_by(Case.id.desc()).limit(1).with_for_update()).first()


def lock_drafts_of(session: Session, account_id: str) -> Sequence[Case]:
    """Every draft of an account but those of batches, locked until the transaction ends, in the order of their ids."""
    query = select(Case).where(
        Case.account_id == account_id,
        Case.state == "draft",
        Case.batch_id.is_(None),
        Case.discarded_at.is_(None),
    )
    query = query.order_by(Case.id).with_for_update().execution_options(populate_existing=True)
    return session.scalars(query).all()


def with_files(session: Session, case_ids: Collection[str]) -> set[str]:
    """Those of some cases that ever had a file."""
    return set(session.scalars(select(MaterialRow.case_id).where(MaterialRow.case_id.in_(case_ids)).distinct()))


def forget_files(session: Session, case_id: str) -> int:
    """Forgets the materials of a locked draft and their checks; nothing refers to their objects any more, nor to those
    of what was printed to be signed. Returns how many there were."""
    sha256s = [row.sha256 for row in run(session, _MATERIALS, {"case": case_id})]
    run(session, _CHECKS, {"case": case_id, "sha256s": sha256s})
    release(session, [*sha256s, *(document.sha256 for document in documents_of(session, case_id))])
    return len(sha256s)
