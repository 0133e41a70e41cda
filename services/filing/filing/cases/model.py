"""The life of a case as data: which action leads from where to where, who may take it, and what it does to the clocks.

草稿 draft → 已提交 submitted (流水号) → 已受理 accepted (受理号) → 审查 under_examination ⇄ 补正 awaiting_correction
→ 准予 approved → 已登记 registered; ends: refused, withdrawn, lapsed (视为撤回).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from chassis.errors import Problem
from contracts.filing import Node, State

from filing.clocks.model import ClockEffect, ClockKind

Action = Literal[
    "create",
    "submit",
    "withdraw",
    "lapse",
    "accept",
    "receive_paper",
    "note_deficient_paper",
    "take_back_paper",
    "correct_paper_day",
    "claim",
    "release",
    "return_claim",
    "hand_over",
    "approve",
    "request_correction",
    "propose_refusal",
    "withdraw_refusal",
    "oppose_refusal",
    "refuse",
    "answer_correction",
    "register",
    "note_late_payment",
]
Party = Literal["applicant", "examiner", "intake", "system"]


class CaseFacts(Protocol):
    """What guards look at."""

    @property
    def paper_required(self) -> bool: ...
    @property
    def paper_received_at(self) -> datetime | None: ...
    @property
    def order_state(self) -> str | None: ...
    @property
    def examiner_id(self) -> str | None: ...
    @property
    def second_examiner_id(self) -> str | None: ...
    @property
    def opposed_by(self) -> str | None: ...


Guard = Callable[[CaseFacts, str], None]


def paper_is_there(case: CaseFacts, actor: str) -> None:
    """Problem ``paper_missing``: a case is not examined before its paper has come (F-10)."""
    if case.paper_required and case.paper_received_at is None:
        raise Problem("paper_missing")


def fee_is_paid(case: CaseFacts, actor: str) -> None:
    """Problem ``fee_owed``: what was booked for an accepted case was another's money, and its fee is due again."""
    if case.order_state == "pending":
        raise Problem("fee_owed")


def paper_has_come(case: CaseFacts, actor: str) -> None:
    """Problem ``paper_not_received``: there is no receipt to correct."""
    if case.paper_received_at is None:
        raise Problem("paper_not_received")


def own_examination(case: CaseFacts, actor: str) -> None:
    """Problem ``examination_not_yours``."""
    if case.examiner_id != actor:
        raise Problem("examination_not_yours")


def own_second_examination(case: CaseFacts, actor: str) -> None:
    """Problem ``examination_not_yours``."""
    if case.second_examiner_id != actor:
        raise Problem("examination_not_yours")


def another_examiner(case: CaseFacts, actor: str) -> None:
    """A proposed refusal is decided by somebody else (F-11, four eyes), and once somebody has opposed it by a third.

    Problems ``second_examiner_required`` for those whose opinion is known, ``examination_taken`` if another has it.
    """
    if actor in (case.examiner_id, case.opposed_by):
        raise Problem("second_examiner_required")
    nobody_else(case, actor)


def nobody_else(case: CaseFacts, actor: str) -> None:
    """Problem ``examination_taken`` if another has it as second examiner."""
    if case.second_examiner_id not in (None, actor):
        raise Problem("examination_taken")


def unopposed(case: CaseFacts, actor: str) -> None:
    """Problem ``second_examiner_required``: one opposes, and then another says which of both holds."""
    if case.opposed_by is not None:
        raise Problem("second_examiner_required")


def another_would_register(case: CaseFacts, actor: str) -> None:
    """Against a proposed refusal nobody registers alone: somebody else has opposed it before. Who proposed it may have
    been convinced. Problem ``second_examiner_required``."""
    if case.opposed_by in (None, actor):
        raise Problem("second_examiner_required")


@dataclass(frozen=True)
class Transition:
    """``clocks`` are applied in order; deadlines that do not run are left alone by all effects but ``start``."""

    to: State
    by: Party
    guards: tuple[Guard, ...] = ()
    clocks: tuple[tuple[ClockEffect, ClockKind], ...] = ()


_ENDS: tuple[tuple[ClockEffect, ClockKind], ...] = (
    ("end", "payment"),
    ("end", "paper"),
    ("end", "examination"),
    ("end", "correction"),
)
_DECIDED: tuple[tuple[ClockEffect, ClockKind], ...] = (("meet", "examination"), ("end", "paper"))
_TO_CORRECTION: tuple[tuple[ClockEffect, ClockKind], ...] = (("pause", "examination"), ("start", "correction"))

_OTHER_DAY: tuple[tuple[ClockEffect, ClockKind], ...] = (("reopen", "paper"), ("meet", "paper"))

TRANSITIONS: Mapping[tuple[State, Action], Transition] = {
    ("draft", "submit"): Transition("submitted", "applicant", clocks=(("start", "paper"),)),
    ("submitted", "accept"): Transition(
        "accepted",
        "system",
        clocks=(("meet", "payment"), ("start", "acceptance"), ("meet", "acceptance"), ("start", "examination")),
    ),
    ("submitted", "withdraw"): Transition("withdrawn", "applicant", clocks=_ENDS),
    ("submitted", "lapse"): Transition("lapsed", "system", clocks=(("miss", "payment"), *_ENDS)),
    ("submitted", "receive_paper"): Transition("submitted", "intake", clocks=(("meet", "paper"),)),
    ("accepted", "receive_paper"): Transition("accepted", "intake", clocks=(("meet", "paper"),)),
    ("submitted", "note_deficient_paper"): Transition("submitted", "intake"),
    ("accepted", "note_deficient_paper"): Transition("accepted", "intake"),
    ("submitted", "take_back_paper"): Transition("submitted", "intake", (paper_has_come,), (("reopen", "paper"),)),
    ("accepted", "take_back_paper"): Transition("accepted", "intake", (paper_has_come,), (("reopen", "paper"),)),
    ("submitted", "correct_paper_day"): Transition("submitted", "intake", (paper_has_come,), _OTHER_DAY),
    ("accepted", "correct_paper_day"): Transition("accepted", "intake", (paper_has_come,), _OTHER_DAY),
    ("accepted", "claim"): Transition("under_examination", "examiner", (paper_is_there,)),
    ("accepted", "withdraw"): Transition("withdrawn", "applicant", clocks=_ENDS),
    ("under_examination", "release"): Transition("accepted", "examiner", (own_examination,)),
    ("under_examination", "return_claim"): Transition("accepted", "system"),
    ("under_examination", "hand_over"): Transition("accepted", "examiner"),
    ("under_examination", "approve"): Transition("approved", "examiner", (own_examination, fee_is_paid), _DECIDED),
    ("under_examination", "request_correction"): Transition(
        "awaiting_correction", "examiner", (own_examination,), _TO_CORRECTION
    ),
    ("under_examination", "propose_refusal"): Transition("refusal_proposed", "examiner", (own_examination,)),
    ("under_examination", "withdraw"): Transition("withdrawn", "applicant", clocks=_ENDS),
    ("awaiting_correction", "answer_correction"): Transition(
        "under_examination", "applicant", clocks=(("meet", "correction"), ("resume", "examination"))
    ),
    ("awaiting_correction", "lapse"): Transition("lapsed", "system", clocks=(("miss", "correction"), *_ENDS)),
    ("awaiting_correction", "withdraw"): Transition("withdrawn", "applicant", clocks=_ENDS),
    ("refusal_proposed", "claim"): Transition("refusal_proposed", "examiner", (another_examiner,)),
    ("refusal_proposed", "release"): Transition("refusal_proposed", "examiner", (own_second_examination,)),
    ("refusal_proposed", "return_claim"): Transition("refusal_proposed", "system"),
    ("refusal_proposed", "hand_over"): Transition("refusal_proposed", "examiner"),
    ("refusal_proposed", "withdraw_refusal"): Transition("under_examination", "examiner", (own_examination, unopposed)),
    ("refusal_proposed", "oppose_refusal"): Transition("refusal_proposed", "examiner", (another_examiner, unopposed)),
    ("refusal_proposed", "approve"): Transition(
        "approved", "examiner", (another_would_register, nobody_else, fee_is_paid), _DECIDED
    ),
    ("refusal_proposed", "request_correction"): Transition(
        "awaiting_correction", "examiner", (another_examiner,), _TO_CORRECTION
    ),
    ("refusal_proposed", "refuse"): Transition("refused", "examiner", (another_examiner,), _DECIDED),
    ("refusal_proposed", "withdraw"): Transition("withdrawn", "applicant", clocks=_ENDS),
    ("approved", "register"): Transition("registered", "system"),
    ("withdrawn", "note_late_payment"): Transition("withdrawn", "system"),
    ("lapsed", "note_late_payment"): Transition("lapsed", "system"),
}

ENDED: tuple[State, ...] = ("registered", "refused", "withdrawn", "lapsed")


def actions_in(state: State, *parties: Party) -> list[Action]:
    """What these parties may do in a state."""
    return [action for (source, action), step in TRANSITIONS.items() if source == state and step.by in parties]


def step(state: State, action: Action) -> Transition:
    """Problem ``action_not_allowed`` with the state and what is allowed in it."""
    try:
        return TRANSITIONS[(state, action)]
    except KeyError:
        allowed = actions_in(state, "applicant", "examiner", "intake")
        raise Problem("action_not_allowed", state=state, allowed=",".join(allowed)) from None


@dataclass(frozen=True)
class Happening:
    """An action that took place."""

    action: str
    at: datetime
    from_state: str
    to_state: str


def nodes(state: State, history: Sequence[Happening], waits_for: str) -> list[Node]:
    """受理→审查→补正→制证 with times (F-14). During a correction, examination goes on, paused: both are current.

    ``waits_for``: as :func:`waiting_for` says it.
    """
    last = {happening.action: happening.at for happening in history}
    first = {happening.action: happening.at for happening in reversed(history)}
    ended = state in ("withdrawn", "lapsed", "refused")
    open_state: Literal["skipped", "pending"] = "skipped" if ended else "pending"
    accepted, requested, answered = last.get("accept"), last.get("request_correction"), last.get("answer_correction")
    decided = last.get("approve") if state in ("approved", "registered") else last.get("refuse")

    if accepted:
        acceptance = Node(name="受理", state="done", at=accepted)
    elif state == "submitted":
        fee = waits_for == "applicant_payment"
        acceptance = Node(name="受理", state="current", at=last.get("submit"), because="payment" if fee else "")
    else:
        acceptance = Node(name="受理", state=open_state)

    if decided:
        examination = Node(name="审查", state="done", at=decided)
    elif accepted and not ended:
        examination = Node(
            name="审查",
            state="current",
            at=first.get("claim") or accepted,
            because="paused" if state == "awaiting_correction" else "paper" if waits_for == "paper" else "",
        )
    else:
        examination = Node(name="审查", state=open_state)

    if state == "awaiting_correction":
        correction = Node(name="补正", state="current", at=requested)
    elif answered:
        correction = Node(name="补正", state="done", at=answered)
    elif ended or decided:
        correction = Node(name="补正", state="skipped")
    else:
        correction = Node(name="补正", state="pending", because="if_needed")

    if state == "registered":
        certificate = Node(name="制证", state="done", at=last.get("register"))
    elif state == "approved":
        certificate = Node(name="制证", state="current", at=decided)
    else:
        certificate = Node(name="制证", state=open_state)
    return [acceptance, examination, correction, certificate]


OWING: tuple[State, ...] = ("accepted", "under_examination", "refusal_proposed", "registered")
"""States after acceptance in which a fee that is due again is what is waited for."""


def waiting_for(state: State, *, order_state: str | None, paper_awaited: bool, accepted: bool) -> str:
    """Who must act next, as a code of the contract. What was paid for a case that ended before it was accepted goes
    back; once it is accepted the fee is earned. A fee that is due again is its applicant's turn, whoever examines the
    case meanwhile; what it awaits of its applicant by a day of its own is named first."""
    if state in ("withdrawn", "lapsed") and order_state == "paid" and not accepted:
        return "refund"
    if state == "submitted":
        return "applicant_payment" if order_state == "pending" else "order"
    if state == "accepted" and paper_awaited:
        return "paper"
    if order_state == "pending" and state in OWING:
        return "applicant_payment"
    if state == "accepted":
        return "examiner"
    return {
        "draft": "applicant_form",
        "under_examination": "examiner",
        "refusal_proposed": "second_examiner",
        "awaiting_correction": "applicant_correction",
        "approved": "certificate",
    }.get(state, "nobody")
