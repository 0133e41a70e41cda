"""The declarative base of the service's tables."""

from __future__ import annotations

from chassis.db import Declarative, new_metadata


class Base(Declarative):
    __abstract__ = True
    metadata = new_metadata()
