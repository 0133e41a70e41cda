"""What a work was filed with, as far as who examines it may read the others."""

from __future__ import annotations

from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.batches import FiledTogether, FiledWith, ListFiledWith
from sqlalchemy import func, select, tuple_

from filing.batches.places import position
from filing.batches.store import BatchWork, find_batch
from filing.cases.access import readable_case, readable_to
from filing.cases.store import Case


def list_filed_with(request: ListFiledWith, uow: UnitOfWork) -> FiledTogether:
    """Problems ``application_unknown``, ``forbidden`` for a case that the examiner may not read, ``batch_unknown`` for
    one that was filed alone or is of another account since, ``request_invalid`` for a cursor that is none."""
    case = readable_case(uow, request.application_id)
    batch = find_batch(uow.session, case.batch_id) if case.batch_id else None
    if batch is None or batch.account_id != case.account_id:
        raise Problem("batch_unknown")
    filed = (Case.batch_id == batch.id, Case.account_id == batch.account_id, Case.state != "draft")
    query = select(BatchWork.line, BatchWork.id, Case).join(Case, Case.id == BatchWork.case_id)
    query = query.where(BatchWork.batch_id == batch.id, *filed, Case.id != case.id, readable_to(uow.actor))
    after = position(request.cursor)
    query = query.where(tuple_(BatchWork.line, BatchWork.id) > after) if after else query
    rows = uow.session.execute(query.order_by(BatchWork.line, BatchWork.id).limit(request.limit + 1)).all()
    page = rows[: request.limit]
    return FiledTogether(
        batch_id=batch.id,
        name=batch.name,
        works=uow.session.scalars(select(func.count()).select_from(Case).where(*filed)).one(),
        items=[
            FiledWith(
                application_id=other.id,
                line=line,
                title=other.title,
                state=other.status,
                serial_number=other.serial_number or "",
                acceptance_number=other.acceptance_number,
            )
            for line, _, other in page
        ],
        next_cursor=f"{page[-1][0]}.{page[-1][1]}" if len(rows) > request.limit else None,
    )
