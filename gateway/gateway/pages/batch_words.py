"""What the states of batches and of their rows are called."""

from __future__ import annotations

from flask_babel import gettext as _


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


def type_words() -> dict[str, str]:
    """What can be filed in batches."""
    return {"work_registration": _("作品著作权登记"), "software_registration": _("计算机软件著作权登记")}
