"""What each service keeps of a person or organisation, told page by page for the copy that they ask for (个人信息保护法
art. 45). Identity alone asks, with its own token, for the account that proved who it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from contracts.base import Identifier, Model, RpcMethod, service

Section = Literal[
    "account",
    "consents",
    "verifications",
    "sessions",
    "signatures",
    "messages",
    "recoveries",
    "enquiries",
    "applications",
    "batches",
    "checks",
    "jobs",
    "orders",
    "registrations",
    "documents",
    "old_registrations",
    "office_acts",
    "dealings",
    "parcels",
    "old_cases",
]
SECTIONS: Mapping[str, tuple[Section, ...]] = {
    "identity": (
        "account",
        "consents",
        "verifications",
        "sessions",
        "signatures",
        "messages",
        "recoveries",
        "enquiries",
    ),
    "filing": ("applications", "batches", "checks", "jobs"),
    "payment": ("orders",),
    "archive": ("registrations", "documents", "old_registrations", "office_acts", "dealings", "parcels"),
    "legacy_bridge": ("old_cases",),
}
"""By the service that keeps them, in the order in which they are told."""
PAGE = 20
"""Records of one page: of each there are some, and an application is the largest of them."""


class ReadOwnData(Model):
    """``cursor``: the ``next_cursor`` of the page before."""

    account_id: Identifier
    section: Section
    cursor: Identifier = ""


class OwnFile(Model, personal=("file_name",)):
    """A file that they sent; bytes and SHA-256 (hex) as it came."""

    file_name: str
    sha256: str
    size: int


class OwnDocument(Model, personal=("title",)):
    """A document that was issued to them, which they can open on the site."""

    document_id: str
    title: str


class OwnRecord(Model, personal=("title", "facts")):
    """``facts``: what is kept, by name; amounts are fen, moments ISO 8601."""

    record_id: str
    title: str = ""
    at: datetime | None = None
    facts: dict[str, Any]
    files: list[OwnFile] = []
    documents: list[OwnDocument] = []


class OwnData(Model):
    items: list[OwnRecord]
    next_cursor: str | None = None


OWN_DATA = {
    name: RpcMethod(name, "own_data", ReadOwnData, OwnData, service("identity"))
    for name in SECTIONS
    if name != "identity"
}
