"""The table of consents: who said yes to which version of which text, and who took it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from chassis.objects.references import NAMES
from contracts.identity.consents import NoticeName
from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.accounts.store import Account
from identity.base import Base
from identity.consents import model
from identity.consents.model import Version


class Consent(Base):
    """One step, append-only: the last one of an account and a text holds. ``sha256``: of the text as it was on file."""

    __tablename__ = "consents"
    __table_args__ = (
        CheckConstraint("state IN ('given', 'withdrawn')", name="state"),
        CheckConstraint("notice IN ('privacy', 'terms', 'face')", name="notice"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        Index("ix_consents_account", "account_id", "notice", "id"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id))
    notice: Mapped[str]
    version: Mapped[str]
    sha256: Mapped[str] = mapped_column(info=NAMES)
    state: Mapped[str]
    at: Mapped[datetime]
    client: Mapped[str]


def history(session: Session, account_id: str) -> Sequence[Consent]:
    """Everything of an account, the newest first."""
    statement = select(Consent).where(Consent.account_id == account_id)
    return session.execute(statement.order_by(Consent.id.desc())).scalars().all()


def standing(session: Session, account_id: str) -> dict[str, str]:
    """The version of each text that the account has agreed to and not taken back."""
    latest: dict[str, Consent] = {}
    for step in history(session, account_id):
        latest.setdefault(step.notice, step)
    return {name: step.version for name, step in latest.items() if step.state == "given"}


def to_agree(session: Session, account_id: str, today: date) -> list[Version]:
    """The texts of every account that changed since this one agreed, or that it never saw."""
    agreed, texts = standing(session, account_id), model.versions()
    current = [model.in_force(name, today, texts) for name in model.AT_SIGN_UP]
    return [version for version in current if agreed.get(version.name) != version.version]


def has_agreed(session: Session, account_id: str, name: NoticeName, today: date) -> bool:
    """To the version in force."""
    return standing(session, account_id).get(name) == model.in_force(name, today, model.versions()).version
