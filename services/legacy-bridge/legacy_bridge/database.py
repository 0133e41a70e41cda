"""The legacy bridge's tables: one base, and what the application role may do with which."""

from __future__ import annotations

from chassis.db import Declarative, new_metadata


class Base(Declarative):
    """Base of this service's tables."""

    __abstract__ = True
    metadata = new_metadata()


APPEND_ONLY: tuple[str, ...] = ("legacy_actions",)
DELETABLE: tuple[str, ...] = ("legacy_cases", "legacy_files", "legacy_scans")
