"""Who may see or change which case."""

from __future__ import annotations

from chassis.access import acting_for, is_self, may
from chassis.actor import Actor, Right
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from sqlalchemy import ColumnElement, exists, false, or_, true

from filing.cases.store import ActionRow, Case, actors_of, find_case, lock_case

_READ_ALL = frozenset({"senior_examiner", "customer_service", "administrator", "archivist"})
_IN_QUEUE = ("accepted", "refusal_proposed")


def own_case(uow: UnitOfWork, application_id: str, right: Right = "file") -> Case:
    """A case of the actor's party, locked.

    Problem ``application_unknown``, also for other people's cases; ``application_discarded`` for a draft that the party
    deleted; ``not_signed_in`` for visitors.
    """
    acting_for(uow.actor, right)
    case = lock_case(uow.session, application_id)
    if not may(uow.actor, case.account_id, right):
        raise Problem("application_unknown")
    return _standing(case)


def readable_case(uow: UnitOfWork, application_id: str) -> Case:
    """The owner's case, or one that this member of staff works on; drafts are the owner's alone.

    Examiners read what lies in their queues, what they have claimed, and what they decided before.
    """
    actor = uow.actor
    if not actor.is_staff:
        acting_for(actor, "read")
    case = find_case(uow.session, application_id)
    if case is None or not (actor.is_staff or may(actor, case.account_id, "read")):
        raise Problem("application_unknown")
    if not actor.is_staff:
        return _standing(case)
    if case.state == "draft":
        raise Problem("application_unknown")
    if actor.roles & _READ_ALL:
        return case
    if "examiner" in actor.roles:
        mine = is_self(actor, case.examiner_id, case.second_examiner_id)
        if mine or case.state in _IN_QUEUE or is_self(actor, *actors_of(uow.session, case.id)):
            return case
    raise Problem("forbidden")


def readable_to(actor: Actor) -> ColumnElement[bool]:
    """Which filed cases this member of staff reads, as :func:`readable_case` says it of one."""
    if actor.roles & _READ_ALL:
        return true()
    if "examiner" not in actor.roles:
        return false()
    return or_(Case.state.in_(_IN_QUEUE), _worked_on_by(actor.subject))


def _worked_on_by(examiner_id: str) -> ColumnElement[bool]:
    acted = exists().where(ActionRow.case_id == Case.id, ActionRow.actor == examiner_id)
    return or_(Case.examiner_id == examiner_id, Case.second_examiner_id == examiner_id, acted)


def _standing(case: Case) -> Case:
    """One's own case. Problem ``application_discarded``."""
    if case.discarded_at is not None:
        raise Problem("application_discarded")
    return case
