"""What the states of a case are called."""

from __future__ import annotations

from contracts.filing import State
from flask_babel import gettext as _


def case_state_words() -> dict[State, tuple[str, str]]:
    """By state: its word, and the tone of its tag."""
    return {
        "draft": (_("草稿"), "plain"),
        "submitted": (_("已提交"), "attention"),
        "accepted": (_("已受理"), "attention"),
        "under_examination": (_("审查中"), "attention"),
        "awaiting_correction": (_("等待补正"), "bad"),
        "refusal_proposed": (_("审查中"), "attention"),
        "approved": (_("准予登记，正在制证"), "good"),
        "registered": (_("已登记"), "good"),
        "refused": (_("不予登记"), "bad"),
        "withdrawn": (_("已撤回"), "plain"),
        "lapsed": (_("视为撤回"), "plain"),
    }
