"""Cursor paging, the same everywhere."""

from __future__ import annotations

from pydantic import Field

from contracts.base import Model


class Page(Model):
    cursor: str | None = Field(default=None, max_length=400)
    limit: int = Field(default=50, ge=1, le=200)
