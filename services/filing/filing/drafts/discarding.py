"""Deleting a draft."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.filing import DiscardApplication

from filing.cases.access import own_case
from filing.cases.store import Case
from filing.drafts.store import forget_files
from filing.unsaved.store import forget_unsaved_of


def discard_application(request: DiscardApplication, uow: UnitOfWork) -> Empty:
    """Deletes a draft of one's own: what was entered and its files are forgotten, the audit says that it was there.

    The case is locked: what is filed at the same moment is filed or deleted, never both. Errors:
    ``application_unknown``, ``application_discarded`` the second time, ``application_frozen`` once it is filed,
    ``application_in_batch``.
    """
    case = own_case(uow, request.application_id)
    if case.state != "draft":
        raise Problem("application_frozen", state=case.state)
    if case.batch_id is not None:
        raise Problem("application_in_batch", batch_id=case.batch_id)
    forget_draft(uow, case)
    return Empty()


def forget_draft(uow: UnitOfWork, case: Case) -> None:
    """Deletes a locked draft, also at the end of its account."""
    files = forget_files(uow.session, case.id)
    forget_unsaved_of(uow.session, case.id)
    case.form, case.title, case.discarded_at = {}, "", uow.now()
    case.version += 1
    uow.audit("application.discard", subject=case.id, files=files)
