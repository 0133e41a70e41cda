"""What every act begins with: a registration that still holds, what is said, and the files that show it."""

from __future__ import annotations

from collections.abc import Iterable

from chassis.errors import FieldError, Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from contracts.office_acts import OfficeActView

from archive.office_acts import store
from archive.office_acts.views import view_act
from archive.register.changing import Examined
from archive.register.store import RegisterEntry


def still_holds(found: Examined, ground: str = "clerical_error") -> None:
    """What no longer holds is neither corrected nor revoked again."""
    status = found.entry.status
    if status == "revoked" or (status != "valid" and ground == "clerical_error"):
        raise Problem("registration_ended", number=found.entry.registration_number, status=status)


def said(field: str, text: str) -> None:
    if not text:
        raise Problem("request_invalid", errors=[FieldError(field, "required")])


def kept(tokens: Iterable[str], uow: UnitOfWork, answer_of: str | None = None) -> list[store.OfficeActFileRow]:
    return [
        store.OfficeActFileRow(
            file_id=new_id("oaf"),
            file_name=receipt.file_name,
            sha256=receipt.object.sha256,
            size=receipt.object.size,
            answer_of=answer_of,
            attached_by=uow.actor.subject,
        )
        for receipt in map(uow.receipt, dict.fromkeys(tokens))
    ]


def begun(row: store.OfficeAct, entry: RegisterEntry, step: str, uow: UnitOfWork) -> OfficeActView:
    uow.session.add(row)
    uow.session.flush()
    uow.audit(f"office_act.{step}", subject=row.registration_number, act_id=row.act_id, ground=row.ground or "")
    return view_act(row, entry, uow)
