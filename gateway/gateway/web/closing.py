"""What of the signed-in account is under way in any service: whoever closes it is told before, not after a week."""

from __future__ import annotations

from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity.closures import ASK_CLOSURE, GET_CLOSURE, AskClosure, ClosureStatus, ClosureView
from contracts.ties import ACCOUNT_TIES, ASKED, ReadTies, Tie

from gateway.web.caller import caller
from gateway.web.calls import call
from gateway.web.forms import entered
from gateway.web.visitor import whence


def standing_closure() -> ClosureStatus:
    """As identity tells it, with what the other services have."""
    found = call(GET_CLOSURE, Empty())
    return found.model_copy(update={"ties": [*found.ties, *_elsewhere()]})


def ask_closure(password: str, otp: str) -> ClosureView:
    """Asks to close the account. Problem ``account_tied`` while anything is under way, and those of ``ask_closure``."""
    if ties := _elsewhere():
        raise Problem("account_tied", kinds=",".join(tie.kind for tie in ties))
    place = whence()
    asked = entered(AskClosure, password=password, otp=otp, client=place["client"], device=place["device"])
    return call(ASK_CLOSURE, asked)


def _elsewhere() -> list[Tie]:
    whose = ReadTies(account_id=caller().actor.signed_in_as)
    return [tie for service in ASKED for tie in call(ACCOUNT_TIES[service], whose, part=service).items]
