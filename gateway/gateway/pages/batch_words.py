"""What the states of batches and of their rows are called."""

from __future__ import annotations

from contracts.batches import GET_BATCH, BatchRef, BatchState, BatchView, WaitsFor
from contracts.filing import ApplicationView
from flask_babel import gettext as _

from gateway.web.calls import call

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
