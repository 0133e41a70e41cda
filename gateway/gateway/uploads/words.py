"""What pages tell the upload script: its texts, and above which size a file is shrunk first."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext as _

from gateway.uploads.policy import size_limit
from gateway.web.caller import caller
from gateway.web.languages import counted_forms


def upload_texts() -> dict[str, str]:
    """What the upload script says, in the visitor's language."""
    return {
        "waiting": _("等待上传"),
        "uploading": _("正在上传"),
        "paused": _("已暂停"),
        "done": _("上传完成"),
        "failed": _("没有传完"),
        "left": _("还需 {time}"),
        "seconds": _("{n} 秒"),
        "minutes": _("{n} 分钟"),
        "pause": _("暂停"),
        "resume": _("继续上传"),
        "remove": _("移除"),
        "retrying": _("网络中断，正在自动重试；已传的部分不会丢失。"),
        "offline": _("网络已断开，恢复后会自动继续；已传的部分不会丢失。"),
        "blocked": _("上传请求被拦截。请对本站关闭广告拦截或安全软件的拦截，再点“继续上传”。"),
        "too_large": _("文件有 {size}，超过 {limit} 的上限。请压缩后再上传。"),
        "shrinkable": _("文件有 {size}，超过 {limit} 的上限。可以先上传，再用一键修复压缩到上限以内，一页也不会少。"),
        "shrink": _("上传并压缩"),
        "choose": _("重新选择文件"),
        "late": _("选这个文件的时候，页面正在保存另一个文件，它没有传上来。请再选一次。"),
        "reload": _("刷新页面"),
        "sending": _("文件还在上传，传完会自动提交。再按一次就不等它了。"),
        "wrong_type": _("这里需要 {accept} 文件，您选的是 {name}。"),
        "empty": _("这个文件是空的，请打开确认有内容后再选择。"),
        "changed": _("文件在上传期间被修改或移走了，请重新选择。"),
        "unfinished": _("上次没有传完：{name}（已传 {percent}）。重新选择同一个文件就会接着传。"),
        "skipped": counted_forms("已略过 {count} 个文件夹或文件（依赖库、版本库、超过 8 MB 的文件）。"),
        "help": _("上传帮助"),
    }


def install(app: Flask) -> None:
    """For the upload field of templates (``components/upload.html``)."""
    app.jinja_env.globals["upload_texts"] = upload_texts
    app.jinja_env.globals["shrink_limit"] = lambda: size_limit(caller().actor, "to_shrink")
