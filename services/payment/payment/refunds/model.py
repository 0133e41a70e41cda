"""The life of a refund as data, and what each step posts."""

from __future__ import annotations

from typing import Literal

from contracts.payment import HeldBecause, Method

from payment.ledger.model import CLEARING, Account, EntryKind

RefundState = Literal["held", "requested", "approved", "sent", "done", "failed"]
Reason = HeldBecause | Literal["order_unknown"]
"""Why money is held. *order_unknown*: it came without saying what for, so nobody can be told."""
Action = Literal["hold", "request", "approve", "decline", "send", "confirm", "fail"]

TRANSITIONS: dict[tuple[RefundState | None, Action], RefundState] = {
    (None, "hold"): "held",
    ("held", "request"): "requested",
    ("requested", "approve"): "approved",
    ("requested", "decline"): "held",
    ("approved", "send"): "sent",
    ("sent", "confirm"): "done",
    ("sent", "fail"): "failed",
    ("failed", "send"): "sent",
}
"""(state, action) → next state. *held*: the system found money that pays nothing; a cashier asks for its return, a
second one approves. *failed*: the provider or bank sent it back; it is sent again."""

_SUSPENSE: Account = "suspense"
_UNDER_WAY: Account = "refunds_sent"


def allowed_actions(state: RefundState | None) -> list[Action]:
    """What may happen to a refund in ``state``; None stands for one that nobody has asked for yet."""
    return [action for known, action in TRANSITIONS if known == state]


def posts(action: Action, method: Method) -> tuple[EntryKind, Account, Account] | None:
    """Kind of entry, debit and credit that an action books; None when no money moves."""
    match action:
        case "send":
            return "refund_sent", _SUSPENSE, _UNDER_WAY
        case "confirm":
            return "refund_arrived", _UNDER_WAY, CLEARING[method]
        case "fail":
            return "refund_came_back", _UNDER_WAY, _SUSPENSE
        case _:
            return None
