"""Whether the data key is the one that this database was made with: another would find nobody and open nothing."""

from __future__ import annotations

from chassis.db import run
from chassis.readiness import NotFit
from chassis.runtime import Runtime
from sqlalchemy import CheckConstraint, Integer
from sqlalchemy.orm import Mapped, mapped_column

from identity.base import Base
from identity.sealing import vault

_KNOWN = "SELECT mark FROM data_key"
_REMEMBER = "INSERT INTO data_key (mark) VALUES (%(mark)s) ON CONFLICT DO NOTHING"


class DataKey(Base):
    """A keyed mark by which the first start knows its data key again; it says nothing of the key. Append-only."""

    __tablename__ = "data_key"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, server_default="1")
    mark: Mapped[str]


def require_data_key(runtime: Runtime) -> None:
    """There is one, of the right size. Raises ``SettingsError``."""
    vault(runtime.settings)


def require_same_data_key(runtime: Runtime) -> None:
    """It is the one of the first start, which is remembered."""
    mark = vault(runtime.settings).index("data-key", "mark")
    with runtime.sessions.begin() as session:
        if not run(session, _KNOWN):
            run(session, _REMEMBER, {"mark": mark})
        known = run(session, _KNOWN)[0].mark
    if known != mark:
        raise NotFit(
            "the data key is not the one that this database was made with: set REGISTRY_DATA_KEY to that one "
            "(docs/runbooks/key-rotation.md)"
        )
