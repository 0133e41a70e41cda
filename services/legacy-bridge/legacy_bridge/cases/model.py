"""The life of an old case as data, and its clocks: the old rules, told by ``policy.toml``. Pure.

待缴费 fee_due → 待受理 submitted → 已受理 accepted → 审查中 examined ⇄ 待补正 correction_due → 制证中 certificate_due →
registering → 办结 completed; ends: 不予登记 refused, 视为撤回 lapsed.

The old system stood still from its last day until a case was taken over, and nobody could keep a period meanwhile. So:

- a period of the applicant (payment, correction) is served anew when the old account first signs in here, and never
  ends before its own old day;
- the office's period of examination counts from the day of the takeover, if the old day lies before its end;
- while a correction is awaited the examination stands still, and goes on with the days that were left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from chassis.calendar import add_days, add_working_days, roll_forward
from chassis.errors import Problem
from contracts.forms import Kind
from contracts.legacy.cases import Decision, LegacyAction, LegacyEntry, LegacyState

from legacy_bridge.cases.policy import Policy

Party = Literal["applicant", "office", "system"]
Clock = Literal["payment", "correction", "examination"]


@dataclass(frozen=True)
class Step:
    to: LegacyState
    by: Party


INSIDE: frozenset[LegacyAction] = frozenset({"propose_refusal", "oppose_refusal", "withdraw_refusal"})
"""What the office does among itself: nobody else sees it, no state and no clock changes."""


def _thought_of(state: LegacyState) -> dict[tuple[LegacyState, LegacyAction], Step]:
    """A refusal is proposed, and takes effect when somebody else confirms it."""
    inside = {(state, action): Step(state, "office") for action in sorted(INSIDE)}
    return {**inside, (state, "refuse"): Step("refused", "office")}


TRANSITIONS: Mapping[tuple[LegacyState, LegacyAction], Step] = {
    ("fee_due", "pay"): Step("submitted", "system"),
    ("fee_due", "lapse"): Step("lapsed", "system"),
    ("submitted", "accept"): Step("accepted", "office"),
    **_thought_of("submitted"),
    ("accepted", "approve"): Step("certificate_due", "office"),
    ("accepted", "correct"): Step("correction_due", "office"),
    **_thought_of("accepted"),
    ("examined", "approve"): Step("certificate_due", "office"),
    ("examined", "correct"): Step("correction_due", "office"),
    **_thought_of("examined"),
    ("correction_due", "answer"): Step("examined", "applicant"),
    ("correction_due", "lapse"): Step("lapsed", "system"),
    # A case that was taken over in this state has no particulars yet: the office states them, or asks for them.
    ("certificate_due", "approve"): Step("certificate_due", "office"),
    ("certificate_due", "correct"): Step("correction_due", "office"),
    ("certificate_due", "complete"): Step("registering", "applicant"),
    ("registering", "register"): Step("completed", "system"),
}

ENDED: frozenset[LegacyState] = frozenset({"completed", "refused", "lapsed"})
OPEN: tuple[LegacyState, ...] = (
    "fee_due", "submitted", "accepted", "examined", "correction_due", "certificate_due", "registering",
)  # fmt: skip
CLOCK_OF: Mapping[LegacyState, Clock] = {
    "fee_due": "payment",
    "correction_due": "correction",
    "accepted": "examination",
    "examined": "examination",
}
SERVED: frozenset[LegacyState] = frozenset({"fee_due", "correction_due"})
"""States whose period is the applicant's: it begins when they can know of it."""
NEAR = 5
"""Days before the last one of such a period at which its applicant is reminded."""


def step(state: LegacyState, action: LegacyAction) -> LegacyState:
    """Where an action leads. Problem ``action_not_allowed`` with the state and what is allowed in it."""
    found = TRANSITIONS.get((state, action))
    if found is None:
        allowed = ",".join(known for source, known in TRANSITIONS if source == state)
        raise Problem("action_not_allowed", state=state, allowed=allowed)
    return found.to


def actions_in(state: LegacyState, party: Party, *, stated: bool) -> list[LegacyAction]:
    """What a party may do in a state. ``stated``: the particulars are there, so that it can be completed, and nothing
    is asked for any more."""
    found = [action for (source, action), each in TRANSITIONS.items() if source == state and each.by == party]
    if party == "applicant" and state == "fee_due":
        found.append("pay")
    kept_back = "correct" if stated and state == "certificate_due" else "" if stated else "complete"
    return [action for action in found if action != kept_back]


@dataclass(frozen=True)
class Refusal:
    """Who would refuse a case, and who has sent that back, as far as it matters to one examiner."""

    proposed: bool = False
    mine: bool = False
    opposed_by_me: bool = False


def office_actions(state: LegacyState, refusal: Refusal, *, stated: bool) -> list[LegacyAction]:
    """What an examiner may do. Who proposed a refusal takes it back or waits; another confirms it or sends it back, and
    who sent it back does not approve alone: somebody else would (ADR 32)."""
    found = actions_in(state, "office", stated=stated)
    if refusal.proposed:
        kept = {"withdraw_refusal"} if refusal.mine else {"refuse", "oppose_refusal"}
        return [action for action in found if action in kept]
    barred = {"refuse", "oppose_refusal", "withdraw_refusal"} | ({"approve"} if refusal.opposed_by_me else set())
    return [action for action in found if action not in barred]


def action_for(decision: Decision, state: LegacyState, refusal: Refusal, *, stated: bool) -> LegacyAction:
    """What a decision is, by what there is to decide. Problems ``second_examiner_required`` (somebody else decides),
    ``action_not_allowed``."""
    action: LegacyAction
    if decision == "refuse":
        action = "refuse" if refusal.proposed else "propose_refusal"
    elif decision == "oppose":
        action = "oppose_refusal"
    elif decision == "take_back":
        action = "withdraw_refusal"
    else:
        action = decision
    step(state, action)
    allowed = office_actions(state, refusal, stated=stated)
    if action not in allowed:
        deciding = action in ("refuse", "oppose_refusal")
        if (deciding and refusal.mine) or (action == "approve" and refusal.opposed_by_me):
            raise Problem("second_examiner_required")
        raise Problem("action_not_allowed", state=state, allowed=",".join(allowed))
    return action


def lacking(kind: Kind, stated: LegacyEntry, *, title: str, category: str) -> list[str]:
    """Of the particulars those that the register needs and nobody has said: neither the examiner nor the old record,
    whose ``title`` and ``category`` these are."""
    found = [] if stated.title or title else ["title"]
    if kind == "work":
        found += [] if stated.category or category else ["category"]
        found += [] if stated.authors else ["authors"]
    return found if stated.owners else [*found, "owners"]


def amends(stated: LegacyEntry, *, title: str, category: str) -> bool:
    """Whether the examiner says something else than the old record, or what it does not say."""
    return stated.title not in ("", title) or (stated.category or category) != category


def owed(fee_fen: int | None, paid_fen: int | None) -> int:
    """Fen: what the old system had reckoned, less what had come; never below 0."""
    return max((fee_fen or 0) - (paid_fen or 0), 0)


def length(clock: Clock, since: date, kind: Kind, policy: Policy) -> date:
    """The last day of a whole period that begins after ``since``; moved to a working day (办法 art. 34 ff.)."""
    if clock == "payment":
        return add_working_days(since, policy.payment_working_days)
    days = policy.correction_days if clock == "correction" else policy.examination_days(kind)
    return add_days(since, days)


def due_at_takeover(state: LegacyState, kind: Kind, old_due: date | None, today: date, policy: Policy) -> date | None:
    """The last day of the period that runs when a case is taken over; none of the applicant's, which is served."""
    if CLOCK_OF.get(state) != "examination":
        return None
    return _not_before(old_due, length("examination", today, kind, policy))


def due_when_served(state: LegacyState, kind: Kind, old_due: date | None, today: date, policy: Policy) -> date:
    """The last day of an applicant's period that is served today."""
    return _not_before(old_due, length(CLOCK_OF[state], today, kind, policy))


def _not_before(old_due: date | None, due: date) -> date:
    return max(roll_forward(old_due), due) if old_due else due


def days_left(due_on: date | None, today: date) -> int:
    """Calendar days of a period that is put off today."""
    return max((due_on - today).days, 0) if due_on else 0


def due_after(
    state: LegacyState, action: LegacyAction, kind: Kind, today: date, left: int | None, policy: Policy
) -> date | None:
    """The last day of the period that runs after an action of today. ``left``: days of an examination put off before;
    none was, where the case came to us with a correction awaited: then it begins anew."""
    clock = CLOCK_OF.get(state)
    if clock is None:
        return None
    if action == "answer" and left is not None:
        return roll_forward(today + timedelta(days=left))
    return length(clock, today, kind, policy)


def is_overdue(state: LegacyState, due_on: date | None, today: date) -> bool:
    """Whether the period of this state has ended unused."""
    return state in CLOCK_OF and due_on is not None and due_on < today


def masked_title(title: str) -> str:
    """First and last character, as the public query of new cases tells them: the stars do not tell its length."""
    letters = [character for character in title if character.isalnum()] or list(title)
    return f"{letters[0]}***{letters[-1]}" if len(letters) > 2 else f"{''.join(letters[:1])}***"
