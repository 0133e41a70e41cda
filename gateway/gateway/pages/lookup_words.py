"""What purposes of a search, kinds of accounts and states of verification are called on the office's pages."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _


def purpose_words() -> dict[str, str]:
    """Why somebody is looked up, in the order in which it is offered."""
    return {
        "enquiry": _("本人咨询"),
        "complaint": _("处理投诉"),
        "records": _("更正或补全档案"),
        "authority": _("法院或有关机关来函"),
        "supervision": _("内部监督检查"),
    }


def account_words() -> dict[str, Any]:
    """Of an account, for its templates."""
    return {
        "kinds": {"natural_person": _("自然人"), "organisation": _("法人或其他组织"), "staff": _("工作人员")},
        "verifications": {
            "none": (_("未认证"), "plain"),
            "pending": (_("等待审核"), "attention"),
            "approved": (_("已认证"), "good"),
            "refused": (_("没有通过"), "bad"),
            "replaced": (_("已被新的认证取代"), "plain"),
        },
    }
