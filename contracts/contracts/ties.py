"""What keeps an account open: each service says what of an account is not ended yet.

Its holder asks before closing it, identity once more before anything is deleted.
"""

from __future__ import annotations

from typing import Literal

from contracts.base import Access, Identifier, Model, RpcMethod

TieKind = Literal[
    "application",
    "batch",
    "order",
    "refund",
    "old_case",
    "verification",
    "recovery",
    "callback",
    "office_act",
    "parcel",
]
"""*order*: unpaid; *refund*: money on its way back; *old_case*: of the old system, not ended; *recovery*: of the
account itself or of its cases; *callback*: customer service has promised to call; *office_act*: a registration is to
be corrected or revoked, and its holder heard; *parcel*: a paper certificate is on its way."""
NAMED = 3
"""Numbers that a tie names of its own."""


class ReadTies(Model):
    """``account_id``: the caller's own, or any for identity."""

    account_id: Identifier


class Tie(Model):
    """``named``: some of their numbers, where they have any."""

    kind: TieKind
    count: int
    named: list[str] = []


class Ties(Model):
    """Nothing in it: as far as this service goes, the account may be closed."""

    items: list[Tie]


ASKED = ("filing", "payment", "archive", "legacy_bridge")
"""Services that may have something of an account under way."""

ACCOUNT_TIES = {
    name: RpcMethod(name, "account_ties", ReadTies, Ties, Access(accounts=True, services=frozenset({"identity"})))
    for name in ASKED
}
