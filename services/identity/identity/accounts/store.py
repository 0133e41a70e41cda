"""Tables of accounts and electronic seals."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from chassis.objects.references import NAMES, holds
from contracts.objects import IDENTITY_SPACE
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, or_, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from identity.base import Base

ID_NUMBER = "id-number"
SEAL_KEY = "seal-key"
SEAL_PICTURE = "seal-picture"


class Account(Base):
    """A person, an organisation (with its operator's name and ID), or a member of staff.

    An ID number or credit code is anybody's claim until it is verified; then it belongs to one account.
    ``from_old_system``: it began as an account of the old system, which asked for less; what it lacks is added later.
    ``standing``: *locked* while it is being closed, so that nobody signs in; *closed*: what was known of its holder is
    gone, and what stays names it by its id. ``closed_proof``: a keyed hash of the document or credit code that was
    verified for it, by which the same person can get its cases for a new account.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("kind IN ('natural_person', 'organisation', 'staff')", name="kind"),
        CheckConstraint("language IN ('zh', 'en')", name="language"),
        CheckConstraint("verification IN ('none', 'pending', 'approved', 'refused')", name="verification"),
        CheckConstraint(
            "kind = 'staff' OR from_old_system OR standing = 'closed'"
            " OR (mobile IS NOT NULL AND sealed_id_number IS NOT NULL AND id_index IS NOT NULL)",
            name="applicant_has_mobile_and_id",
        ),
        CheckConstraint(
            "(kind = 'organisation') = (organisation_name IS NOT NULL)"
            " AND (uscc IS NULL OR kind = 'organisation')"
            " AND (uscc IS NOT NULL OR kind <> 'organisation' OR from_old_system OR standing = 'closed')",
            name="organisation_has_uscc",
        ),
        CheckConstraint("kind <> 'staff' OR account_name IS NOT NULL", name="staff_has_name"),
        CheckConstraint("jsonb_typeof(muted) = 'array'", name="muted"),
        CheckConstraint("standing IN ('open', 'locked', 'closed')", name="standing"),
        CheckConstraint("standing = 'open' OR kind <> 'staff'", name="staff_are_not_closed"),
        CheckConstraint(
            "standing <> 'closed' OR (name = '' AND COALESCE(organisation_name, '') = '' AND account_name IS NULL"
            " AND mobile IS NULL AND email IS NULL AND id_type IS NULL AND sealed_id_number IS NULL"
            " AND id_index IS NULL AND masked_id_number IS NULL AND uscc IS NULL AND password_hash = ''"
            " AND verification = 'none')",
            name="closed_is_empty",
        ),
        CheckConstraint("closed_proof IS NULL OR standing = 'closed'", name="proof_of_closed"),
        Index("uq_accounts_mobile", "mobile", unique=True),
        Index("ix_accounts_name", "name"),
        Index("ix_accounts_organisation_name", "organisation_name"),
        Index("ix_accounts_uscc", "uscc"),
        Index(
            "uq_accounts_verified_uscc",
            "uscc",
            unique=True,
            postgresql_where=text("verification = 'approved' AND NOT left_behind"),
        ),
        Index("uq_accounts_account_name", "account_name", unique=True),
        Index("ix_accounts_id_index", "id_index"),
        Index(
            "uq_accounts_verified_id_index",
            "id_index",
            unique=True,
            postgresql_where=text("kind = 'natural_person' AND verification = 'approved' AND NOT left_behind"),
        ),
        Index("uq_accounts_email", "email", unique=True, postgresql_where=text("email_confirmed_at IS NOT NULL")),
    )

    account_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    organisation_name: Mapped[str | None]
    account_name: Mapped[str | None]
    mobile: Mapped[str | None]
    email: Mapped[str | None]
    email_confirmed_at: Mapped[datetime | None]
    id_type: Mapped[str | None]
    sealed_id_number: Mapped[bytes | None] = mapped_column(LargeBinary)
    id_index: Mapped[str | None]
    masked_id_number: Mapped[str | None]
    uscc: Mapped[str | None]
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(server_default="zh")
    muted: Mapped[list[str]] = mapped_column(
        server_default="[]", comment="what does not go out, as progress.sms (identity.messages.channels)"
    )
    verification: Mapped[str] = mapped_column(server_default="none")
    from_old_system: Mapped[bool] = mapped_column(server_default="false")
    left_behind: Mapped[bool] = mapped_column(
        server_default="false",
        comment="customer service advised its owner to sign up anew: another account may have the same identity",
    )
    standing: Mapped[str] = mapped_column(server_default="open")
    closed_proof: Mapped[str | None]
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")


class Seal(Base):
    """The electronic seal file of an organisation, in identity's space under a key of its own.

    ``sha256`` and ``size`` are those of the file as it was sent: signatures name it by them. ``picture`` is what is
    drawn on documents that the organisation signs, under the data key; None until a worker has rendered it.
    """

    __tablename__ = "seals"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("size > 0", name="size"),
        Index("ix_seals_sealed_sha256", "sealed_sha256"),
    )

    account_id: Mapped[str] = mapped_column(ForeignKey(Account.account_id), primary_key=True)
    sha256: Mapped[str] = mapped_column(info=NAMES)
    size: Mapped[int]
    sealed_sha256: Mapped[str] = mapped_column(info=holds(IDENTITY_SPACE))
    sealed_size: Mapped[int]
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    file_name: Mapped[str]
    content_type: Mapped[str]
    picture: Mapped[bytes | None] = mapped_column(LargeBinary)
    deposited_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(server_default="1")
    verification_id: Mapped[str | None] = mapped_column(comment="by which it took the place of another")


# Constraint → code of the problem when somebody else was first.
TAKEN = {
    "uq_accounts_mobile": ("mobile", "mobile_taken"),
    "uq_accounts_email": ("email", "email_taken"),
}


def taken(error: IntegrityError) -> tuple[str, str]:
    """Field and code for a violated uniqueness; raises the error again when it is another one."""
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    if name not in TAKEN:
        raise error
    return TAKEN[name]


def get(session: Session, account_id: str, *, lock: bool = False) -> Account | None:
    """``lock``: until the transaction ends, and as it is now rather than as it was read before."""
    return session.get(Account, account_id, with_for_update=lock, populate_existing=lock)


def get_some(session: Session, account_ids: Collection[str]) -> dict[str, Account]:
    """By id."""
    statement = select(Account).where(Account.account_id.in_(account_ids))
    return {account.account_id: account for account in session.scalars(statement)}


def by_mobile(session: Session, mobile: str) -> Account | None:
    """By the normalised number, which belongs to one account at most."""
    return session.execute(select(Account).where(Account.mobile == mobile)).scalar_one_or_none()


def by_login(session: Session, login: str, mobile: str | None) -> Account | None:
    """By account name, confirmed e-mail address or mobile number; the three forms never look alike."""
    statement = select(Account).where(
        or_(
            Account.account_name == login,
            (Account.email == login) & Account.email_confirmed_at.is_not(None),
            Account.mobile == mobile if mobile else text("false"),
        )
    )
    return session.execute(statement).scalar_one_or_none()


def is_taken(session: Session, account: Account) -> bool:
    """Whether what the account claims to be has been verified for another one: then it is not verified for this."""
    number = account.uscc if account.kind == "organisation" else account.id_index
    return account.verification != "approved" and number is not None and verified_holder(session, account) is not None


def verified_holder(session: Session, account: Account) -> Account | None:
    """The other account for which the same ID number (organisations: the same credit code) has been verified. One that
    its owner could not get back does not stand in the way of the new one."""
    statement = select(Account).where(
        Account.kind == account.kind,
        Account.verification == "approved",
        Account.left_behind.is_(False),
        Account.account_id != account.account_id,
    )
    if account.kind == "organisation":
        statement = statement.where(Account.uscc == account.uscc)
    else:
        statement = statement.where(Account.id_index == account.id_index)
    return session.execute(statement).scalar_one_or_none()
