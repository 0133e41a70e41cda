"""The life of a refund as data, what each step posts, and how an amount is spread over lines and money."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from contracts.payment import Method
from contracts.refunds import RefundBecause, RefundState

from payment.ledger.model import CLEARING, Account, EntryKind

Reason = RefundBecause
"""Why money is returned. *order_unknown*: it came without saying what for, so nobody can be told; *lines_returned*: a
cashier returns lines of a paid order; *part_payment*: it waits for the rest, see ``payment.refunds.parts``."""
Action = Literal[
    "hold", "ask", "request", "divide", "approve", "decline", "send", "attest", "confirm", "fail", "redirect", "offer"
]

TRANSITIONS: dict[tuple[RefundState | None, Action], RefundState] = {
    (None, "hold"): "held",
    (None, "ask"): "asked",
    ("held", "request"): "requested",
    ("held", "divide"): "divided",
    ("requested", "approve"): "approved",
    ("requested", "decline"): "held",
    ("asked", "approve"): "approved",
    ("asked", "decline"): "refused",
    ("approved", "send"): "sent",
    ("sent", "confirm"): "done",
    ("sent", "fail"): "failed",
    ("sent", "attest"): "attested",
    ("attested", "confirm"): "done",
    ("attested", "decline"): "sent",
    ("attested", "fail"): "failed",
    ("approved", "redirect"): "redirected",
    ("failed", "send"): "sent",
    ("failed", "request"): "requested",
    ("failed", "offer"): "failed",
}
"""(state, action) → next state. *held*: the system found money that pays nothing; a cashier asks for its return, a
second one approves. *failed*: the provider or bank sent it back; it is sent again, or asked for anew with another
payee, for which its payer may give an account. *redirected*: what was approved paid the order that it had been meant
for, at once and in the books alone.
*attested*: one cashier has seen a bank's refund arrive; a second one confirms it or says that it has not."""

CLOSED: frozenset[RefundState] = frozenset({"done", "refused", "divided", "redirected"})
NO_MONEY: frozenset[RefundState] = frozenset({"asked", "refused", "divided"})
"""States in which a refund stands for no money: it is still a fee, or others stand for it."""
PENDING: frozenset[RefundState] = frozenset({"asked", "requested", "approved", "sent", "attested", "failed"})

SECOND_PERSON: frozenset[tuple[RefundState, Action]] = frozenset(
    {("requested", "approve"), ("asked", "approve"), ("attested", "confirm")}
)
"""What who did the step before must not do."""
BY_HAND: dict[Action, frozenset[Method]] = {
    "request": frozenset({"wechat", "alipay", "bank"}),
    "approve": frozenset({"wechat", "alipay", "bank"}),
    "decline": frozenset({"wechat", "alipay", "bank"}),
    "send": frozenset({"wechat", "alipay"}),
    "attest": frozenset({"bank"}),
    "confirm": frozenset({"bank"}),
    "fail": frozenset({"bank"}),
}
"""What a cashier may do, by the way the money came. A provider says itself what became of a refund; what goes through
the bank is sent with a payment file and confirmed from a statement or by two people."""

BY_STATEMENT = "statement"
"""Note of a step that a bank's statement has made."""

ASSIGNABLE: frozenset[Reason] = frozenset(
    {"order_unknown", "order_not_payable", "payment_amount_mismatch", "part_payment", "part_unused"}
)
"""Held money of the bank that is nobody's fee, so that it can still pay an order."""

_WEIGHTS = {"number": 100, "account": 40, "payee": 30}
_SUSPENSE: Account = "suspense"
_UNDER_WAY: Account = "refunds_sent"


def allowed_actions(state: RefundState | None) -> list[Action]:
    """What may happen to a refund in ``state``; None stands for one that nobody has asked for yet."""
    return [action for known, action in TRANSITIONS if known == state]


def steps_by_hand(state: RefundState, method: Method) -> list[Action]:
    """What cashiers may do with a refund in ``state``. One that a bank has is confirmed only once it was attested."""
    found = [action for action in allowed_actions(state) if method in BY_HAND.get(action, ())]
    return [action for action in found if (state, action) != ("sent", "confirm")]


def posts(state: RefundState | None, action: Action, method: Method) -> tuple[EntryKind, Account, Account] | None:
    """Kind of entry, debit and credit that an action in ``state`` books; None when no money moves."""
    match state, action:
        case "asked", "approve":
            return "lines_returned", "fees", _SUSPENSE
        case _, "send":
            return "refund_sent", _SUSPENSE, _UNDER_WAY
        case _, "confirm":
            return "refund_arrived", _UNDER_WAY, CLEARING[method]
        case _, "fail":
            return "refund_came_back", _UNDER_WAY, _SUSPENSE
        case _:
            return None


def weight(reasons: Sequence[str]) -> int:
    """How likely a refund is the debit that agrees with it in these, for ranking only."""
    return sum(_WEIGHTS[reason] for reason in reasons)


def spread(lines: Sequence[tuple[int, int]], pieces: Sequence[int]) -> list[list[tuple[int, int]]]:
    """Takes the amounts of lines (number and fen) from pieces of money, in order: the lines of each piece.

    Raises ``ValueError`` when the pieces are not enough.
    """
    left, taken = list(pieces), [[] for _ in pieces]  # type: tuple[list[int], list[list[tuple[int, int]]]]
    for line, amount in lines:
        for at, piece in enumerate(left):
            part = min(amount, piece)
            if part > 0:
                taken[at].append((line, part))
                left[at], amount = piece - part, amount - part
        if amount:
            raise ValueError("more is returned than came")
    return taken


def refund_number(refund_id: str, attempt: int) -> str:
    """Our number of a refund at its provider: the same for every repetition, another one only after the provider has
    said for good that nothing was paid under the last."""
    return refund_id if attempt == 1 else f"{refund_id}-{attempt}"
