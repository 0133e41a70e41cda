"""What changes and states of staff accounts are called on the pages of administrators."""

from __future__ import annotations

from flask_babel import gettext as _


def member_states() -> dict[str, tuple[str, str]]:
    """Words and tone of a state."""
    return {
        "to_set_up": (_("等待本人设置"), "attention"),
        "active": (_("在用"), "good"),
        "deactivated": (_("已停用"), "plain"),
    }


def step_words() -> dict[str, str]:
    """What may be done with an account."""
    return {
        "grant": _("给予岗位"),
        "remove": _("取消岗位"),
        "deactivate": _("停用账号"),
        "reactivate": _("恢复账号"),
        "reset_totp": _("重置动态口令"),
        "reset_access": _("重置密码和动态口令"),
    }


def history_words() -> dict[str, str]:
    """What the audit log says happened; of what is not named here its own word is shown."""
    return {
        **{f"staff.{step}": words for step, words in step_words().items()},
        "staff.seed": _("演示账号建立"),
        "staff.invite": _("邀请，建立账号"),
        "staff.ask": _("提出，等待另一位管理员"),
        "staff.decline": _("没有同意或者收回"),
        "staff.issue_code": _("制作一次性设置码"),
        "staff.set_up": _("本人完成设置"),
        "staff.open": _("查看账号"),
        "session.open": _("登录"),
        "session.end": _("退出登录"),
        "session.refuse": _("登录失败"),
        "session.guessed": _("密码被多次猜错"),
        "account.change_password": _("更换密码"),
        "account.open_file": _("查看账号"),
        "account.look_up": _("查找账号"),
        "account.change_mobile": _("更换手机号"),
        "account.change_email": _("更换电子邮箱"),
        "account.confirm_email": _("确认电子邮箱"),
        "account.choose_messages": _("选择消息通知"),
        "consent.given": _("同意协议"),
        "consent.withdrawn": _("撤回同意"),
        "otp.send": _("发送验证码"),
        "otp.wrong": _("验证码输错"),
        "staff.first": _("建立第一个管理员账号"),
    }
