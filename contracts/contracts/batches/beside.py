"""Contracts of what a case was filed with, for who examines it."""

from __future__ import annotations

from contracts.base import Identifier, Model, RpcMethod, staff
from contracts.filing import State
from contracts.paging import Page


class ListFiledWith(Page):
    """``application_id``: a work of a batch."""

    application_id: Identifier


class FiledWith(Model):
    """Another work of the same batch. ``line``: its row in the sheet."""

    application_id: str
    line: int
    title: str
    state: State
    serial_number: str
    acceptance_number: str | None = None


class FiledTogether(Model):
    """``works``: how many were filed with the batch, this one included; ``items``: the others that the caller may read,
    in the order of the sheet."""

    batch_id: str
    name: str
    works: int
    items: list[FiledWith]
    next_cursor: str | None = None


LIST_FILED_WITH = RpcMethod(
    "filing", "list_filed_with", ListFiledWith, FiledTogether, staff("examiner", "senior_examiner")
)
