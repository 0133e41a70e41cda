"""Cursor paging, the same everywhere, and what is told of a whole queue."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from contracts.base import Model


class Page(Model):
    cursor: str | None = Field(default=None, max_length=400)
    limit: int = Field(default=50, ge=1, le=200)


class QueueTotals(Model):
    """A queue from end to end, for who shares out the work; dates are the office's."""

    on: date = Field(description="the day for which this holds")
    count: int
    late: int = Field(description="past their day, or held up by an error")
    due_on: date | None = Field(default=None, description="of the most urgent")
    since: date | None = Field(default=None, description="how long the oldest has waited")
