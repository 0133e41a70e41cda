"""What customer service calls the ways of asking, and what came of a call."""

from __future__ import annotations

from flask_babel import gettext as _


def channel_words() -> dict[str, str]:
    return {"telephone": _("电话"), "counter": _("窗口"), "letter": _("来信"), "message": _("网上留言")}


def outcome_words() -> dict[str, str]:
    return {
        "reached": _("已联系上，办结"),
        "not_reached": _("没有联系上，改日再打"),
        "postponed": _("约好另一天"),
        "not_needed": _("不用再打，办结"),
    }
