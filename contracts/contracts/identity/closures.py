"""Closing an account: asked for with proof, taken back while it waits, carried out by identity's worker."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from contracts.base import ACCOUNT, Client, Empty, Model, RpcMethod
from contracts.text import OneTimeCode, Password
from contracts.ties import Tie

_S = "identity"

ClosureState = Literal["waiting", "locked", "checking", "kept", "withdrawn", "closed"]
"""*waiting*: can be taken back until the day named; *locked*: nobody signs in any more; *checking*: what is under
way is looked for once more; *kept*: there was some, the account is open again."""


class AskClosure(Model, secret=("password", "otp", "device"), added=("client", "device")):
    """The password in force, and the code that went to the account's mobile for purpose *close* (left out by an account
    that has none); ``client``, ``device`` as in :class:`SignIn`."""

    password: Annotated[str, Password(256)]
    otp: Annotated[str, OneTimeCode(20)] = ""
    client: Client = ""
    device: Client = ""


class ClosureView(Model):
    """The latest request. ``waits_until``: the last day on which it can be taken back (Beijing)."""

    state: ClosureState
    asked_at: datetime
    waits_until: date
    ended_at: datetime | None = None
    ties: list[Tie] = []


class ClosureStatus(Model):
    """``ties``: what identity itself has under way now; other services say theirs (``contracts.ties``). ``days``: for
    how long a request waits. ``code``: a code to the mobile is needed, too."""

    closure: ClosureView | None = None
    ties: list[Tie]
    days: int
    code: bool


ASK_CLOSURE = RpcMethod(_S, "ask_closure", AskClosure, ClosureView, ACCOUNT, "command")


WITHDRAW_CLOSURE = RpcMethod(_S, "withdraw_closure", Empty, ClosureView, ACCOUNT, "command")


GET_CLOSURE = RpcMethod(_S, "get_closure", Empty, ClosureStatus, ACCOUNT)
