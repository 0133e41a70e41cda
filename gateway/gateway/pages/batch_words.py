"""What the states of batches and of their rows are called, what became of their works, and what these await."""

from __future__ import annotations

from contracts.batches import GET_BATCH, BatchRef, BatchRowView, BatchState, BatchTurn, BatchView, WaitsFor
from contracts.filing import ApplicationView, State
from flask_babel import gettext as _

from gateway.forms.words import enumerated
from gateway.pages.state_words import case_state_words
from gateway.web.calls import call
from gateway.web.languages import counted, legal_date

_STEPS: tuple[tuple[BatchState, ...], ...] = (
    ("checking", "refused", "checked"),
    ("preparing", "prepared", "filing"),
    ("filed",),
    ("accepting",),
)
"""The states in which each step of a batch is under way."""
_TAKES_NO_MORE: tuple[BatchState, ...] = ("filed", "accepting", "accepted", "discarded")


def steps_of(batch: BatchView) -> list[dict[str, object]]:
    """The way of a batch as a line of nodes; none of one that was given up."""
    if batch.state == "discarded":
        return []
    now = next((number for number, states in enumerate(_STEPS) if batch.state in states), len(_STEPS))
    reached = (None, batch.submitted_at, None, batch.accepted_at)
    return [
        {"name": name, "state": "done" if number < now else "current" if number == now else "pending", "at": at}
        for number, (name, at) in enumerate(zip((_("检查"), _("签署"), _("缴费"), _("受理")), reached, strict=True))
    ]


def left_out(case: ApplicationView) -> bool:
    """Whether the batch of a draft was filed, or given up, without it: then it is filed by itself."""
    return case.batch_id is not None and call(GET_BATCH, BatchRef(batch_id=case.batch_id)).state in _TAKES_NO_MORE


def state_words() -> dict[str, tuple[str, str]]:
    """By state of a batch: its word, and the tone of its tag."""
    return {
        "checking": (_("正在检查"), "attention"),
        "refused": (_("表格读不了"), "bad"),
        "checked": (_("检查完毕"), "attention"),
        "preparing": (_("正在生成声明"), "attention"),
        "prepared": (_("等待签名"), "attention"),
        "filing": (_("正在提交"), "attention"),
        "filed": (_("已提交，等待缴费"), "attention"),
        "accepting": (_("正在受理"), "attention"),
        "accepted": (_("已受理"), "good"),
        "discarded": (_("已放弃"), "plain"),
    }


def row_words() -> dict[str, tuple[str, str]]:
    """By state of a row."""
    return {
        "waiting": (_("等待检查"), "plain"),
        "failed": (_("需要更正"), "bad"),
        "complete": (_("可以提交"), "good"),
        "filed": (_("已提交"), "attention"),
        "accepted": (_("已受理"), "good"),
        "left": (_("没有随这一批提交"), "plain"),
    }


def turn_words() -> dict[WaitsFor, str]:
    """Whose turn it is."""
    return {
        "organisation": _("等单位办理"),
        "payment": _("等单位缴费"),
        "office": _("系统正在办理"),
        "nobody": _("已办结"),
    }


def outcome(batch: BatchView) -> tuple[str, str]:
    """What has become of the works of an accepted batch, counted; and the tone of saying so."""
    standing: dict[str, int] = {}
    for one in batch.by_case:
        state = "under_examination" if one.state == "refusal_proposed" else one.state
        standing[state] = standing.get(state, 0) + one.works
    if standing.keys() <= {"accepted"}:
        return counted("%(n)s 件作品已受理", batch.counts.accepted), "success"
    told = [_stand_at(state, works) for state, works in standing.items()]
    bad = standing.keys() & {"awaiting_correction", "refused", "withdrawn", "lapsed"}
    total = sum(standing.values())
    return counted("%(n)s 件作品：%(what)s", total, what=enumerated(told)), "info" if bad else "success"


def _stand_at(state: str, works: int) -> str:
    match state:
        case "submitted":
            return counted("%(n)s 件已提交", works)
        case "accepted":
            return counted("%(n)s 件已受理", works)
        case "under_examination":
            return counted("%(n)s 件审查中", works)
        case "awaiting_correction":
            return counted("%(n)s 件等待补正", works)
        case "approved":
            return counted("%(n)s 件准予登记", works)
        case "registered":
            return counted("%(n)s 件已登记", works)
        case "refused":
            return counted("%(n)s 件不予登记", works)
        case "withdrawn":
            return counted("%(n)s 件已撤回", works)
        case _:
            return counted("%(n)s 件视为撤回", works)


def turn_told(turn: BatchTurn) -> str:
    """What works await of their organisation, with the day, or the first of their days."""
    works, day = turn.works, legal_date(turn.due_on)
    several = turn.due_on != turn.last_due_on
    if turn.waiting_for == "paper":
        if turn.due_on is None:
            return counted("%(n)s 件作品等待纸质材料", works)
        if several:
            return counted("%(n)s 件作品等待纸质材料，最早的请在 %(day)s 前寄到", works, day=day)
        return counted("%(n)s 件作品等待纸质材料，请在 %(day)s 前寄到", works, day=day)
    if turn.due_on is None:
        return counted("%(n)s 件作品需要补正", works)
    if several:
        return counted("%(n)s 件作品需要补正，最早的请在 %(day)s 前答复", works, day=day)
    return counted("%(n)s 件作品需要补正，请在 %(day)s 前答复", works, day=day)


def row_state(row: BatchRowView) -> str:
    """What has become of a work: of its case once it was filed with the batch, else of its row."""
    state: State | None = next((name for name in case_state_words() if name == row.case_state), None)
    followed = row.state in ("filed", "accepted") or state in ("withdrawn", "lapsed")
    if state is None or state == "draft" or not followed:
        return row_words()[row.state][0]
    return case_state_words()[state][0]
