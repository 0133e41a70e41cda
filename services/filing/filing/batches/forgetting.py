"""What a form must not keep for ever (ADR 45) does not outlive it in the rows of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import LiteralString

from chassis.db import run
from chassis.uow import UnitOfWork

from filing.batches.store import BatchRow, BatchWork
from filing.types import TYPES

_FORGET: LiteralString = """
    UPDATE batch_works SET form = form - %(fields)s::text[],
        cells = (SELECT coalesce(jsonb_agg(one ORDER BY n), '[]')
                 FROM jsonb_array_elements(cells) WITH ORDINALITY c (one, n)
                 WHERE split_part(coalesce(one ->> 'path', ''), '.', 1) <> ALL(%(fields)s)),
        unread = (SELECT coalesce(jsonb_agg(one ORDER BY n), '[]')
                  FROM jsonb_array_elements(unread) WITH ORDINALITY u (one, n)
                  WHERE split_part(coalesce(one ->> 'field', ''), '.', 1) <> ALL(%(fields)s))
    WHERE batch_id = %(id)s"""


def forget_transient(uow: UnitOfWork, batch: BatchRow, works: Sequence[BatchWork] | None = None) -> None:
    """Of ``works`` that were filed their cases have it; of the others nobody needs it once the batch is done with."""
    uow.session.flush()
    asked = {
        "id": batch.id,
        "fields": sorted(TYPES[batch.type].fields.transient),
        "works": [one.id for one in works or ()],
    }
    run(uow.session, _FORGET if works is None else f"{_FORGET} AND id = ANY(%(works)s)", asked)
    for work in works or ():
        uow.session.expire(work, ["cells", "form", "unread"])
