"""Accounts of the old system that wait for their owners."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from chassis.bulk import copy_lines
from chassis.db import run
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base
from identity.legacy.model import COLUMNS


class LegacyAccount(Base):
    """An account as the old system had it: found by keyed hashes of its login and ID number, everything else sealed.

    The password is there in one form of two: the old MD5, sealed, until ``password_hash`` (argon2id over that MD5) has
    taken its place. ``account_id``: the account here that its owner has joined it to; the hash is kept only while that
    can be undone. ``id_index``: of the ID number, of an organisation of its code. ``found_by``: keys of what the office
    looks it up by (``model.found_by``); None until they were made.
    """

    __tablename__ = "legacy_accounts"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN account_id IS NULL THEN (sealed_password IS NULL) <> (password_hash IS NULL)"
            " ELSE sealed_password IS NULL END",
            name="one_form_of_password",
        ),
        Index("ix_legacy_accounts_login_index", "login_index"),
        Index("ix_legacy_accounts_id_index", "id_index"),
        Index("ix_legacy_accounts_account_id", "account_id", postgresql_where=text("account_id IS NOT NULL")),
        Index("ix_legacy_accounts_import_id", "import_id", "row_number"),
        Index("ix_legacy_accounts_found_by", "found_by", postgresql_using="gin"),
        Index("ix_legacy_accounts_to_key", "record_id", postgresql_where=text("found_by IS NULL")),
        Index("ix_legacy_accounts_to_wrap", "record_id", postgresql_where=text("sealed_password IS NOT NULL")),
    )

    record_id: Mapped[str] = mapped_column(primary_key=True)
    import_id: Mapped[str]
    row_number: Mapped[int]
    login_index: Mapped[str]
    id_index: Mapped[str | None]
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_password: Mapped[bytes | None] = mapped_column(LargeBinary)
    password_hash: Mapped[str | None]
    account_id: Mapped[str | None] = mapped_column(ForeignKey(Account.account_id))
    found_by: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))

    @property
    def joined(self) -> bool:
        """Whether somebody has come for it."""
        return bool(self.account_id)


class LegacyBatch(Base):
    """A batch of an import that was stored, with the salt of its sums, sealed."""

    __tablename__ = "legacy_batches"

    import_id: Mapped[str] = mapped_column(primary_key=True)
    batch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_salt: Mapped[bytes] = mapped_column(LargeBinary)
    first_row: Mapped[int]
    last_row: Mapped[int]
    loaded: Mapped[int]
    loaded_at: Mapped[datetime] = mapped_column(server_default=func.now())


def load(session: Session, lines: Iterable[str]) -> None:
    """Writes the accounts of a batch (``model.line_of``)."""
    copy_lines(session, LegacyAccount.__tablename__, COLUMNS, lines)


def rows_of(session: Session, import_id: str, first: int, last: int) -> Sequence[Any]:
    """Accounts of these rows as they are stored, in the order of the source."""
    statement = """
        SELECT row_number, record_id, facts, sealed_password FROM legacy_accounts
        WHERE import_id = %(id)s AND row_number >= %(first)s AND row_number <= %(last)s ORDER BY row_number"""
    return run(session, statement, {"id": import_id, "first": first, "last": last})


def batches_of(session: Session, import_id: str) -> Sequence[Any]:
    """The batches stored, in their order: ``import_id``, ``batch``, ``first_row``, ``last_row`` and ``sealed_salt``."""
    statement = """
        SELECT import_id, batch, first_row, last_row, sealed_salt FROM legacy_batches
        WHERE import_id = %(id)s ORDER BY batch"""
    return run(session, statement, {"id": import_id})


def records(session: Session, import_id: str, record_ids: Sequence[str]) -> Sequence[LegacyAccount]:
    """Those of an import that are there."""
    row = LegacyAccount
    return session.scalars(select(row).where(row.record_id.in_(record_ids), row.import_id == import_id)).all()


def joined(session: Session, import_id: str) -> int:
    """How many accounts of an import have been joined to one here."""
    statement = "SELECT count(*) FROM legacy_accounts WHERE import_id = %(id)s AND account_id IS NOT NULL"
    return int(run(session, statement, {"id": import_id})[0].count)


def withdraw(session: Session, import_id: str) -> tuple[int, int]:
    """Takes out all that an import brought; how many accounts. Nothing, and how many have been joined, when any has.

    Somebody may be signing in with one of them just now: it is waited for, and counted.
    """
    statement = "DELETE FROM legacy_accounts WHERE import_id = %(id)s AND account_id IS NULL RETURNING 1"
    with session.begin_nested() as trial:
        removed = len(run(session, statement, {"id": import_id}))
        built_upon = joined(session, import_id)
        if built_upon:
            trial.rollback()
            return 0, built_upon
    run(session, "DELETE FROM legacy_batches WHERE import_id = %(id)s", {"id": import_id})
    return removed, 0


def by_login(session: Session, login_index: str) -> LegacyAccount | None:
    """The old account with this name, whoever has joined it."""
    statement = select(LegacyAccount).where(LegacyAccount.login_index == login_index)
    return session.execute(statement).scalar_one_or_none()


def lock(session: Session, record_id: str) -> LegacyAccount | None:
    """As it is now, until the transaction ends; None when its import has been undone."""
    return session.get(LegacyAccount, record_id, with_for_update=True, populate_existing=True)


def get(session: Session, record_id: str) -> LegacyAccount | None:
    """Whoever has joined it."""
    return session.get(LegacyAccount, record_id)


def joined_by(session: Session, account_ids: Collection[str], record_ids: Collection[str]) -> dict[str, str]:
    """Record → account, of what these accounts have joined and of those of these records that somebody has."""
    row = LegacyAccount
    statement = select(row.record_id, row.account_id).where(
        row.account_id.is_not(None), or_(row.account_id.in_(account_ids), row.record_id.in_(record_ids))
    )
    return {found.record_id: found.account_id for found in session.execute(statement)}


def looked_up(session: Session, keys: Sequence[int], limit: int) -> Sequence[LegacyAccount]:
    """Those that one of these keys finds, whoever has joined them."""
    if not keys:
        return []
    row = LegacyAccount
    return session.scalars(
        select(row).where(row.found_by.overlap(list(keys))).order_by(row.record_id).limit(limit)
    ).all()


def to_key(session: Session, limit: int) -> Sequence[LegacyAccount]:
    """Some whose keys were not made yet, locked; who comes at the same time passes them over."""
    row = LegacyAccount
    query = select(row).where(row.found_by.is_(None)).order_by(row.record_id).limit(limit)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def others_with(session: Session, account: LegacyAccount) -> bool:
    """Whether another old account claims the same ID number or code."""
    statement = select(LegacyAccount.record_id).where(
        LegacyAccount.id_index == account.id_index, LegacyAccount.record_id != account.record_id
    )
    return session.execute(statement.limit(1)).first() is not None


def next_to_wrap(session: Session, most: int, begin: str) -> Sequence[Any]:
    """Some accounts whose password is still the old MD5, from a record id on, or from the first where none follows."""
    statement = """
        SELECT record_id, sealed_password FROM legacy_accounts
        WHERE sealed_password IS NOT NULL AND record_id >= %(begin)s ORDER BY record_id LIMIT %(most)s"""
    return run(session, statement, {"begin": begin, "most": most}) or run(
        session, statement, {"begin": "", "most": most}
    )


def left_to_wrap(session: Session) -> int:
    """How many passwords are still the old MD5, sealed."""
    return int(run(session, "SELECT count(*) FROM legacy_accounts WHERE sealed_password IS NOT NULL")[0].count)


def wrap(session: Session, made: Sequence[tuple[str, bytes, str]]) -> None:
    """The old hash is gone; what is kept is argon2id over it. ``made``: record id, the old one sealed, the new one. Who
    has signed in meanwhile, or was wrapped by another, keeps what they have."""
    statement = """
        UPDATE legacy_accounts a SET sealed_password = NULL, password_hash = made.hash
        FROM unnest(%(ids)s::text[], %(sealed)s::bytea[], %(hashes)s::text[]) AS made (record_id, sealed, hash)
        WHERE a.record_id = made.record_id AND a.sealed_password = made.sealed"""
    ids, sealed, hashes = zip(*made, strict=True)
    run(session, statement, {"ids": list(ids), "sealed": list(sealed), "hashes": list(hashes)})
