"""Files that are given to a draft all at once, each checked before: those of a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.objects import ObjectRef
from materials.precheck import PrecheckResult

from filing.cases.store import Case
from filing.materials.store import MaterialRow
from filing.prechecks.handlers import drop_check
from filing.prechecks.store import finished


@dataclass(frozen=True)
class GivenFile:
    """A file for a role, and what its check found; without a ``result`` the draft has it, checked for the same."""

    role: str
    file_name: str
    object: ObjectRef
    profile: str
    context: dict[str, str]
    result: PrecheckResult | None = None

    @property
    def whole_context(self) -> dict[str, str]:
        """What the check is told, as of a file that is attached alone."""
        return {**self.context, "file_name": self.file_name, "sha256": self.object.sha256}

    def fits(self, held: MaterialRow | None) -> bool:
        """Whether a draft has it, checked for the same."""
        if held is None or held.precheck.state != "done" or held.precheck.profile != self.profile:
            return False
        context: Mapping[str, Any] = held.precheck.context
        return self.context.items() <= context.items()


def give_files(
    uow: UnitOfWork, case: Case, current: Sequence[MaterialRow], files: Sequence[GivenFile]
) -> list[MaterialRow]:
    """A locked draft has exactly these files from now on, in this order; what it has of them stays."""
    held = {(row.role, row.sha256): row for row in current}
    kept: dict[tuple[str, str], MaterialRow] = {}
    for file in files:
        key = (file.role, file.object.sha256)
        if key not in kept:
            kept[key] = held[key] if file.result is None else _add(uow, case, file, file.result)
    for row in current:
        if all(row is not one for one in kept.values()):
            row.removed_at = uow.legal_now()
            drop_check(uow, row.precheck)
            uow.audit("material.remove", subject=case.id, material=row.id)
    for position, row in enumerate(kept.values(), start=1):
        row.position = position
    uow.session.flush()
    uow.session.add_all(kept.values())
    return list(kept.values())


def _add(uow: UnitOfWork, case: Case, file: GivenFile, result: PrecheckResult) -> MaterialRow:
    check = finished(
        result,
        file.object,
        file.file_name,
        uow.now(),
        account_id=case.account_id,
        context=file.context,
        case_id=case.id,
    )
    row = MaterialRow(
        id=new_id("mat"),
        case_id=case.id,
        role=file.role,
        file_name=file.file_name,
        sha256=file.object.sha256,
        size=file.object.size,
        precheck=check,
        correction_id=None,
        superseded_by=None,
        made_of=None,
        attached_at=uow.legal_now(),
        removed_at=None,
    )
    uow.audit("material.attach", subject=case.id, material=row.id, role=row.role, sha256=row.sha256)
    return row
