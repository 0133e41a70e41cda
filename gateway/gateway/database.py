"""What the migration job needs to know of the gateway's database."""

from gateway.tables import Base

DELETABLE = ("web_sessions", "uploads", "rate_limits", "leaving_objects")

__all__ = ["DELETABLE", "Base"]
