"""Where to look for a number."""

from __future__ import annotations

from chassis.uow import UnitOfWork
from contracts.legacy import REGISTRATIONS, key_of
from contracts.legacy_bridge import Locate, Located

from legacy_bridge.cases.store import by_number
from legacy_bridge.cases.views import view_progress
from legacy_bridge.imports.store import is_loaded
from legacy_bridge.numbers.model import judge


def locate(request: Locate, uow: UnitOfWork) -> Located:
    """Whether the old system answers for a number. What has been imported, an unfinished case or a registration that
    was finished there, outweighs the rules. Of a registration the archive has all the rest."""
    verdict = judge(request.number)
    case = by_number(uow.session, verdict.number)
    known = case is not None or is_loaded(uow.session, key_of(REGISTRATIONS.name, verdict.number))
    recognised = known or verdict.kind != "unrecognised"
    return Located(
        number=request.number,
        legacy=verdict.legacy or known,
        kind=verdict.kind,
        known=known,
        suggestion=verdict.number if recognised and verdict.number != request.number else None,
        office=verdict.office,
        case=view_progress(case, verdict.number) if case and verdict.number == request.number else None,
    )
