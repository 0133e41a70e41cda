"""An act as its holder, or the office, may see it."""

from __future__ import annotations

from collections.abc import Set
from datetime import date
from typing import cast

from chassis.access import acting_for, is_self, may
from chassis.actor import Right
from chassis.clock import legal_date
from chassis.errors import Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.extracts import ChangedItem
from contracts.forms import Kind
from contracts.objects import DocumentRef, ObjectRef
from contracts.office_acts import (
    AskStated,
    ListOfficeActs,
    OfficeActAnswer,
    OfficeActFile,
    OfficeActFileRef,
    OfficeActKind,
    OfficeActList,
    OfficeActRef,
    OfficeActView,
    RegistrationStated,
    StandingDealing,
)
from contracts.paging import Page, QueueTotals
from sqlalchemy.orm import Session

from archive.legacy.store import NOBODY
from archive.office_acts import store
from archive.office_acts.model import grounds_of, printed_name
from archive.register.keeping import concerned, owning
from archive.register.model import Particulars
from archive.register.records import Standing, fold
from archive.register.store import RegisterEntry, find_entry, records_of
from archive.register.taking_over import any_old_record

OFFICE = frozenset({"archivist", "senior_examiner"})
_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}


def registration_stated(request: AskStated, uow: UnitOfWork) -> RegistrationStated:
    """Also of the old system, as it would be taken over. Problems ``registration_number_unknown`` (``number``),
    ``old_registration_incomplete``."""
    entry = find_entry(uow.session, request.registration_number)
    old = None if entry else any_old_record(uow, request.registration_number)
    if entry is None and old is None:
        raise Problem("registration_number_unknown", number=request.registration_number, looks_like="other")
    number = entry.registration_number if entry else old[0].number if old else ""
    standing = fold(records_of(uow.session, number) if entry else [old[1]] if old else [])
    now = standing.particulars
    uow.audit("office_act.read", subject=number)
    return RegistrationStated(
        registration_number=number,
        kind=cast(Kind, now.kind),
        status=standing.status,
        title=now.title,
        short_name=now.short_name,
        version=now.version,
        authors=[printed_name(author) for author in now.authors],
        owners=[owner.name for owner in now.owners],
        completion_date=now.completion_date,
        publication_date=now.publication_date,
        grounds=grounds_of(now.kind),
        dealings=standing_dealings(standing, uow.today()),
    )


def list_office_acts(request: ListOfficeActs, uow: UnitOfWork) -> OfficeActList:
    """The newest first."""
    rows = store.acts(uow.session, waiting=request.queue == "open", before=request.cursor, limit=request.limit + 1)
    return _page(uow, list(rows), request.limit)


def list_held_acts(request: Page, uow: UnitOfWork) -> OfficeActList:
    """About my registrations, the newest first."""
    rows = store.held_acts(uow.session, acting_for(uow.actor, "read"), request.cursor, request.limit + 1)
    return _page(uow, list(rows), request.limit)


def total_office_acts(request: Empty, uow: UnitOfWork) -> QueueTotals:
    """Of all that waits; ``late`` are those whose period to be heard has passed."""
    count, late, since = store.open_totals(uow.session, uow.today())
    return QueueTotals(on=uow.today(), count=count, late=late, since=since and legal_date(since))


def get_office_act(request: OfficeActRef, uow: UnitOfWork) -> OfficeActView:
    """For the office, and for whoever holds the registration. Problem ``office_act_unknown``."""
    return view_act(*readable(uow, request.act_id), uow)


def open_office_act_file(request: OfficeActFileRef, uow: UnitOfWork) -> DocumentRef:
    """Where the bytes of a file of evidence are. Problems ``office_act_unknown``, ``office_act_file_unknown``, also of
    what another sent with their answer."""
    row, entry = readable(uow, request.act_id)
    file = next((one for one in row.files if one.file_id == request.file_id), None)
    own = file is not None and file.answer_of is not None and may(uow.actor, file.answer_of, "read", office=OFFICE)
    if file is None or not (own or (file.answer_of is None and _holding(row, entry, uow))):
        raise Problem("office_act_file_unknown")
    uow.audit("office_act.open_file", subject=row.registration_number, file=file.file_id)
    return DocumentRef(
        document_id=file.file_id,
        kind="office_act_evidence",
        title=file.file_name,
        file_name=file.file_name,
        content_type=_TYPES.get(file.file_name.rpartition(".")[2].lower(), "application/octet-stream"),
        object=ObjectRef(sha256=file.sha256, size=file.size),
        issued_at=file.attached_at,
    )


def whom(session: Session, entry: RegisterEntry, act: OfficeActKind) -> frozenset[str]:
    """The accounts that an act about a registration concerns (:func:`archive.office_acts.store.about`)."""
    return concerned(session, entry) if act == "revoked" else owning(session, entry)


def may_about(
    uow: UnitOfWork, entry: RegisterEntry, act: OfficeActKind, right: Right, *, office: Set[str] = frozenset()
) -> bool:
    """Whoever it concerns, and of the office these."""
    return any(may(uow.actor, each, right, office=office) for each in whom(uow.session, entry, act) or {NOBODY})


def readable(uow: UnitOfWork, act_id: str, *, lock: bool = False) -> tuple[store.OfficeAct, RegisterEntry]:
    """An act and its registration. Problem ``office_act_unknown``, also for what is somebody else's."""
    row = store.find_act(uow.session, act_id, lock=lock)
    entry = find_entry(uow.session, row.registration_number) if row else None
    if row is None or entry is None or not (_holding(row, entry, uow) or objecting(row, uow)):
        raise Problem("office_act_unknown")
    return row, entry


def _holding(row: store.OfficeAct, entry: RegisterEntry, uow: UnitOfWork) -> bool:
    """Whoever it concerns, and the office; of an objection that nothing was proposed on yet, the office alone."""
    if row.act == "revoked" and row.proposed_by is None:
        return may(uow.actor, NOBODY, "read", office=OFFICE)
    return may_about(uow, entry, row.act, "read", office=OFFICE)


def objecting(row: store.OfficeAct, uow: UnitOfWork) -> bool:
    """Whose objection it is."""
    return row.act == "revoked" and row.reported_by is not None and may(uow.actor, row.reported_by, "read")


def view_act(row: store.OfficeAct, entry: RegisterEntry, uow: UnitOfWork) -> OfficeActView:
    """As the caller may see it: an account its own answer, the office everybody's."""
    session = uow.session
    own = store.answer_of(session, row.act_id, uow.actor.party) if uow.actor.party else None
    answers = store.answers_to(session, row.act_id) if uow.actor.is_staff else [own] if own else []
    asked = uow.actor.is_staff and row.state == "proposed" and row.hear_until is not None
    holding, objected = _holding(row, entry, uow), row.act == "revoked" and row.reported_by is not None
    told = uow.actor.is_staff or not objected or objecting(row, uow)
    return OfficeActView.model_validate(
        {
            "act_id": row.act_id,
            "application_id": entry.application_id,
            "registration_number": row.registration_number,
            "title": entry.title,
            "kind": entry.kind,
            "state": row.state,
            "act": row.act,
            "ground": row.ground if holding else None,
            "items": _items(row, entry),
            "report": row.report if told else "",
            "report_files": _files(row, row.reported_by) if objected and told else [],
            "reported_at": row.reported_at if told else None,
            "statement": row.statement if holding else "",
            "evidence": _files(row, None) if holding else [],
            "proposed_at": row.proposed_at,
            "hear_until": row.hear_until if holding else None,
            "heard": own.statement if own else "",
            "heard_at": own.said_at if own else None,
            "answers": [
                OfficeActAnswer(name=a.name, statement=a.statement, said_at=a.said_at, files=_files(row, a.account_id))
                for a in answers
            ],
            "unheard": len(whom(session, entry, row.act) - {a.account_id for a in answers}) if asked else 0,
            "dealings": _dealings_of(entry, uow) if uow.actor.is_staff else [],
            "decided_at": row.decided_at,
            "reason": row.reason,
            "proposed_by": row.proposed_by if uow.actor.is_staff else None,
            "decided_by": row.decided_by if uow.actor.is_staff else None,
            "steps": _steps(row, entry, uow),
        }
    )


def standing_dealings(standing: Standing, today: date) -> list[StandingDealing]:
    """Contracts and pledges that are neither over nor released, in the order of their records."""
    return [
        StandingDealing(number=one.number, act=one.act, names=[each.name for each in one.grantees], ends=one.ends)
        for one in standing.dealings
        if one.released_on is None and (one.ends is None or one.ends >= today)
    ]


def _dealings_of(entry: RegisterEntry, uow: UnitOfWork) -> list[StandingDealing]:
    return standing_dealings(fold(records_of(uow.session, entry.registration_number)), uow.today())


def _files(row: store.OfficeAct, answer_of: str | None) -> list[OfficeActFile]:
    found = [one for one in row.files if one.answer_of == answer_of]
    return [OfficeActFile(file_id=one.file_id, file_name=one.file_name, size=one.size) for one in found]


def hearing_over(row: store.OfficeAct, uow: UnitOfWork) -> bool:
    """Whether everybody was heard, need not be, or has let the period pass."""
    return row.hear_until is None or row.heard_at is not None or uow.today() > row.hear_until


def _steps(row: store.OfficeAct, entry: RegisterEntry, uow: UnitOfWork) -> list[str]:
    if uow.actor.is_staff and row.state == "reported":
        return ["propose", "dismiss"]
    if uow.actor.is_staff and row.state == "proposed":
        if is_self(uow.actor, row.proposed_by):
            return ["withdraw"]
        return ["confirm", "dismiss"] if hearing_over(row, uow) else ["dismiss"]
    listened = row.state == "proposed" and row.hear_until is not None and not hearing_over(row, uow)
    if not listened or not may_about(uow, entry, row.act, "file"):
        return []
    return [] if store.answer_of(uow.session, row.act_id, uow.actor.party) else ["be_heard"]


def _items(row: store.OfficeAct, entry: RegisterEntry) -> list[ChangedItem]:
    """Names in full: who may see an act holds the registration, or works on it."""
    known = {"kind": entry.kind, "title": "", "owners": [{"name": ""}], "applicant": ""}
    before, after = (Particulars.model_validate(known | states) for states in (row.before, row.states))
    return [ChangedItem(field=name, before=_words(before, name), after=_words(after, name)) for name in row.states]


def _words(of: Particulars, name: str) -> str:
    if name == "authors":
        return "、".join(printed_name(author) for author in of.authors)
    if name == "owners":
        return "、".join(owner.name for owner in of.owners)
    value = getattr(of, name)
    return str(value) if value else ""


def _page(uow: UnitOfWork, rows: list[store.OfficeAct], limit: int) -> OfficeActList:
    entries = store.entries_of(uow.session, rows)
    shown = rows[:limit]
    return OfficeActList(
        items=[view_act(row, entries[row.registration_number], uow) for row in shown],
        next_cursor=shown[-1].act_id if len(rows) > limit else None,
    )
