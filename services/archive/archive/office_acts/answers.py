"""What those whom a proposed revocation concerns say about it: each once, until the period is over."""

from __future__ import annotations

from chassis.uow import UnitOfWork

from archive.office_acts.store import OfficeActAnswerRow, answers_to
from archive.parties.store import identity_of, who_is
from archive.register.keeping import concerned
from archive.register.records import fold
from archive.register.store import RegisterEntry, records_of


def keep_answer(entry: RegisterEntry, act_id: str, account_id: str, statement: str, uow: UnitOfWork) -> bool:
    """Whether everybody whom it concerns has answered with this one."""
    name = _name_of(entry, account_id, uow)
    said = OfficeActAnswerRow(
        act_id=act_id, account_id=account_id, name=name, statement=statement, said_at=uow.legal_now()
    )
    uow.session.add(said)
    uow.session.flush()
    return concerned(uow.session, entry) <= {one.account_id for one in answers_to(uow.session, act_id)}


def _name_of(entry: RegisterEntry, account_id: str, uow: UnitOfWork) -> str:
    """Of whoever rights went over to, as the record of that has it; else of who registered it."""
    records = records_of(uow.session, entry.registration_number)
    own = set(uow.session.scalars(identity_of(account_id)))
    for dealing in reversed(fold(records).dealings):
        for one in dealing.grantees:
            if who_is(uow.sealing, one.name, one.id_type, one.masked_id_number) in own:
                return one.name
    first = fold(records[:1]).particulars.owners if account_id == entry.account_id else []
    return "、".join(owner.name for owner in first)
