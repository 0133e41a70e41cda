"""The table of recoveries."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, func, or_, select, text, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base
from identity.recoveries.model import DISPUTED, UNDER_WAY


class Recovery(Base):
    """One request to get an account back. ``account_id`` is set once somebody of the office has found whose it is;
    ``legacy_record`` instead where that is an account of the old system which nobody has come for: what it becomes is
    the ``account_id`` then.
    ``new_account_id``: the account of the same person that asks for its cases; ``moved_links``: the links to old
    accounts that went with them; ``used_at``: when something was first done with them. ``previous``: the address that
    a change put away. ``return_asked_by``, ``return_agreed_by``: who of the office wanted it put back and who agreed,
    ``return_why`` in their words; ``objected_at``: when the holder of the account objected last, in time or late.
    ``said``: how what was said compares with the account, and how often it was tried; ``checked``: how whoever
    proposed has checked who asks;
    ``stopped_by``, ``stopped_why``: who of the office stopped it before it took effect. ``despite``,
    ``despite_confirmed``: why who proposed, and who confirmed, grants what was objected to before; ``despite_of``: the
    requests whose objections that was about.

    An account has at most one change under way, and so has a number with an address.
    """

    __tablename__ = "recoveries"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'proposed', 'waiting', 'refused', 'advised', 'objected', 'done', 'failed', 'returned')",
            name="state",
        ),
        CheckConstraint("channel IN ('web', 'wechat')", name="channel"),
        CheckConstraint("contact_kind IN ('mobile', 'email')", name="contact_kind"),
        CheckConstraint(
            "outcome IN ('mobile_changed', 'email_changed', 'reregistration', 'cases_moved', 'refused')",
            name="outcome_known",
        ),
        CheckConstraint("(state = 'open') = (outcome IS NULL)", name="outcome"),
        CheckConstraint("(state = 'refused') = (reason IS NOT NULL)", name="refusal_has_reason"),
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> proposed_by", name="four_eyes"),
        CheckConstraint(
            "outcome NOT IN ('mobile_changed', 'cases_moved') OR state = 'proposed' OR confirmed_by IS NOT NULL",
            name="two_people",
        ),
        CheckConstraint(
            "outcome <> 'cases_moved' OR (new_account_id IS NOT NULL AND new_account_id <> account_id)",
            name="moved_to_another",
        ),
        CheckConstraint("(state IN ('open', 'proposed', 'waiting')) = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint(
            "(return_asked_by IS NULL) = (return_asked_at IS NULL) AND (return_asked_by IS NULL) = (return_why = '')",
            name="return_asked",
        ),
        CheckConstraint("return_agreed_by <> return_asked_by", name="return_four_eyes"),
        CheckConstraint(
            "(stopped_by IS NULL) = (stopped_why = '') AND (stopped_by IS NULL OR state = 'objected')", name="stopped"
        ),
        Index("uq_recoveries_receipt", "receipt", unique=True),
        Index(
            "uq_recoveries_account",
            "account_id",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'waiting')"),
        ),
        Index(
            "uq_recoveries_legacy_record",
            "legacy_record",
            unique=True,
            postgresql_where=text("state IN ('proposed', 'waiting')"),
        ),
        Index(
            "uq_recoveries_same",
            "number",
            "contact",
            unique=True,
            postgresql_where=text("state IN ('open', 'proposed', 'waiting')"),
        ),
        Index("ix_recoveries_queue", "state", "due_on", "recovery_id"),
        Index("ix_recoveries_claimed", "claimed_by", postgresql_where=text("state = 'open'")),
    )

    recovery_id: Mapped[str] = mapped_column(primary_key=True)
    receipt: Mapped[str]
    number: Mapped[str]
    channel: Mapped[str]
    contact: Mapped[str]
    contact_kind: Mapped[str]
    lost: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    note: Mapped[str] = mapped_column(server_default="")
    language: Mapped[str] = mapped_column(server_default="zh")
    submitted_by: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str]
    account_id: Mapped[str | None] = mapped_column(ForeignKey(Account.account_id))
    legacy_record: Mapped[str | None]
    outcome: Mapped[str | None]
    reason: Mapped[str | None]
    submitted_at: Mapped[datetime]
    due_on: Mapped[date]
    claimed_by: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    proposed_by: Mapped[str | None]
    confirmed_by: Mapped[str | None]
    waits_until: Mapped[date | None]
    ended_at: Mapped[datetime | None]
    alarmed_at: Mapped[datetime | None]
    new_account_id: Mapped[str | None] = mapped_column(ForeignKey(Account.account_id))
    moved_links: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    used_at: Mapped[datetime | None]
    previous: Mapped[str | None]
    return_asked_by: Mapped[str | None]
    return_asked_at: Mapped[datetime | None]
    return_why: Mapped[str] = mapped_column(server_default="")
    return_agreed_by: Mapped[str | None]
    objected_at: Mapped[datetime | None]
    said: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    checked: Mapped[str] = mapped_column(server_default="")
    stopped_by: Mapped[str | None]
    stopped_why: Mapped[str] = mapped_column(server_default="")
    despite: Mapped[str] = mapped_column(server_default="")
    despite_confirmed: Mapped[str] = mapped_column(server_default="")
    despite_of: Mapped[list[str]] = mapped_column(server_default=text("'[]'::jsonb"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


def get(session: Session, recovery_id: str, *, lock: bool = False) -> Recovery | None:
    """``lock``: until the transaction ends, and as it is now."""
    return session.get(Recovery, recovery_id, with_for_update=lock, populate_existing=lock)


def by_receipt(session: Session, receipt: str, *, lock: bool = False) -> Recovery | None:
    """``lock``: until the transaction ends."""
    statement = select(Recovery).where(Recovery.receipt == receipt)
    return session.execute(statement.with_for_update() if lock else statement).scalar_one_or_none()


def same(session: Session, number: str, contact: str) -> Recovery | None:
    """What is under way for this number and address: asked for twice, it is one request."""
    statement = select(Recovery).where(
        Recovery.number == number, Recovery.contact == contact, Recovery.state.in_(UNDER_WAY)
    )
    return session.execute(statement).scalar_one_or_none()


def changing(session: Session, account_id: str) -> Recovery | None:
    """The change of this account, or of the old account of this record, that is proposed or waits."""
    statement = select(Recovery).where(
        or_(Recovery.account_id == account_id, Recovery.legacy_record == account_id),
        Recovery.state.in_(("proposed", "waiting")),
    )
    return session.execute(statement).scalar_one_or_none()


def disputed(session: Session, keys: Collection[str], records: Collection[str]) -> Sequence[Recovery]:
    """What was asked for of these accounts, or of old ones by their records, and objected to, stopped or put back."""
    against = or_(Recovery.state.in_(DISPUTED), Recovery.objected_at.is_not(None))
    whose = or_(Recovery.account_id.in_(keys), Recovery.legacy_record.in_([*keys, *records]))
    statement = select(Recovery).where(whose, against)
    return session.scalars(statement.order_by(Recovery.submitted_at)).all()


def under_way(session: Session) -> Sequence[Recovery]:
    return session.scalars(select(Recovery).where(Recovery.state.in_(UNDER_WAY))).all()


def by_contact(session: Session, contacts: Collection[str]) -> Sequence[Recovery]:
    """Everything that was asked for by these addresses; an erased one is nobody's."""
    named = [contact for contact in contacts if contact]
    return session.scalars(select(Recovery).where(Recovery.contact.in_(named))).all()


def put_back(session: Session, claimed_by: str) -> None:
    """Whoever takes one piece gives back what they had: one at a time."""
    session.execute(
        update(Recovery)
        .where(Recovery.claimed_by == claimed_by, Recovery.state == "open")
        .values(claimed_by=None, claimed_at=None, version=Recovery.version + 1)
    )


def queue(session: Session, state: str, after: tuple[date, str] | None, limit: int) -> Sequence[Recovery]:
    """By due date, the most urgent first."""
    statement = select(Recovery).where(Recovery.state == state)
    if after:
        statement = statement.where(tuple_(Recovery.due_on, Recovery.recovery_id) > after)
    return session.execute(statement.order_by(Recovery.due_on, Recovery.recovery_id).limit(limit)).scalars().all()


def totals(session: Session, today: date) -> tuple[int, int, date | None, datetime | None]:
    """Of what is undecided: how many, how many late, the first due date, when the oldest came."""
    late = func.count().filter(Recovery.due_on < today)
    statement = select(func.count(), late, func.min(Recovery.due_on), func.min(Recovery.submitted_at))
    count, missed, due_on, since = session.execute(statement.where(Recovery.state.in_(("open", "proposed")))).one()
    return count, missed, due_on, since


def counts(session: Session) -> dict[str, int]:
    """How many are in each state of those under way."""
    statement = (
        select(Recovery.state, func.count().label("n")).where(Recovery.state.in_(UNDER_WAY)).group_by(Recovery.state)
    )
    return {row.state: int(row.n) for row in session.execute(statement)}


def past_dispute(session: Session, recovery_ids: Select[str], last_day: date) -> Sequence[str]:
    """Of these, those that nobody can object to or put back any more: ``last_day`` to object was before that."""
    statement = select(Recovery.recovery_id).where(
        Recovery.recovery_id.in_(recovery_ids),
        Recovery.state.in_(("done", "objected")),
        Recovery.waits_until < last_day,
    )
    return session.execute(statement.limit(100)).scalars().all()


def unopposed(session: Session, today: date) -> Recovery | None:
    """A change whose time to object has passed; locked, and passed over by who comes at the same time."""
    statement = select(Recovery).where(Recovery.state == "waiting", Recovery.waits_until < today)
    return session.execute(statement.limit(1).with_for_update(skip_locked=True)).scalar_one_or_none()


def overdue(session: Session, today: date) -> Recovery | None:
    """One past its due date of which nobody was told yet."""
    statement = select(Recovery).where(
        Recovery.state.in_(("open", "proposed")), Recovery.due_on < today, Recovery.alarmed_at.is_(None)
    )
    return session.execute(statement.limit(1).with_for_update(skip_locked=True)).scalar_one_or_none()
