"""A guide is found by what people call the thing, who do not know what the office calls it, in either language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from contracts.forms import Kind
from flask import url_for
from flask_babel import lazy_gettext as _l

from gateway.forms.descriptions import procedures
from gateway.guides import GUIDES
from gateway.web.caller import caller
from gateway.web.languages import both, noted

CALLED: dict[str, str] = {
    "text-work": noted("小说、诗歌、书稿、论文、教材、歌词、文章、博客"),
    "works": noted("歌曲、音乐、视频、短剧、动画、游戏画面、地图、图纸、建筑、模型、字体"),
    "artwork": noted("画、插画、书法、雕塑、商标图案、表情包、卡通形象、LOGO"),
    "photograph": noted("照片、摄影、图片"),
    "software": noted("软著、程序、源代码、源程序、App、小程序、说明书、鉴别材料"),
    "fees": noted("多少钱、价格、缴费、汇款、退费、退款、发票、收据、减免"),
    "clocks": noted("多久、几天、多长时间、加急、快一点、工作日、逾期"),
    "laws": noted("法律、条例、办法、依据"),
    "real-name": noted(
        "身份证、护照、营业执照、人脸、照片不清楚、认证没通过、代理人、代办、律师、代理机构、同事、经办人、子账号、授权书"
    ),
    "upload-help": noted("传不上、文件太大、格式、断点续传、预检"),
    "paper": noted("邮寄材料、寄到哪里、地址、封面、条形码、快递"),
    "query": noted("查进度、受理号、登记号、查证书、真伪、真假"),
    "change": noted("改名、更名、改信息、变更、补充、写错了、更正、换地址、改作者、改笔名、改版本号"),
    "assignment": noted("转让、卖给别人、过户、换权利人、赠与、买卖合同"),
    "licence": noted("许可、授权、独家使用、专有许可、专有使用权、版税合同"),
    "pledge": noted("质押、出质、抵押、贷款、担保、质权"),
    "release": noted("解押、解除质押、质权注销、贷款还清了、质权消灭"),
    "termination": noted("解除许可、提前终止、终止授权、收回授权、解约、不再独家"),
    "reissue": noted("证书丢了、遗失、补证、补发、换证、换发、破损、弄坏了、重新打印证书"),
    "cancellation": noted("撤销登记、注销登记、取消登记、放弃登记、不要登记了、重复登记"),
    "sealing": noted("封存、保密、源代码不让别人看、商业秘密、启封"),
    "mailing": noted("纸质证书、寄证书、快递证书、EMS、收不到证书"),
    "certificate-check": noted("核验、验真、防伪、二维码、签名、证书文件"),
    "recovery": noted("忘记密码、找回账号、登录不了、手机号换了、账号被盗"),
    "legacy": noted("旧系统、老系统、以前的账号、2020 年以前、历史登记、没办完的旧申请"),
    "batches": noted("批量、很多件、表格导入、一次提交多件"),
}
"""By the name of a guide, of what is filed about a registration, or of another matter below."""


@dataclass(frozen=True)
class Entry:
    """A line of the index: ``title`` and ``summary`` are in the reader's language; ``called`` is :data:`CALLED`'s."""

    url: str
    title: object
    summary: object
    called: str = ""

    def told(self) -> str:
        """All by which it is found."""
        return " ".join((*both(str(self.title)), *both(str(self.summary)), *both(self.called))).casefold()


def entries() -> list[Entry]:
    """All that there is to read of what can be done here, beginning with the guides."""
    guides = [Entry(url_for("guides.guide", name=one.name), one.title, one.summary, CALLED[one.name]) for one in GUIDES]
    later = [
        Entry(
            url_for("registration.procedure", filing_type=one.type),
            one.title,
            one.steps[0].hint,
            CALLED.get(one.type.partition("_")[2], ""),
        )
        for kind in get_args(Kind)
        for one in procedures(kind)
    ]
    return [*guides, *later, *_other_matters()]


def found(text: str) -> list[Entry]:
    """Those in which all words stand; else those in which each word does at least in part, or any."""
    words = re.split(r"[\s，。、；？！,;?!]+", text.casefold().strip("，。、；？！,;?! "))
    told = [(one, one.told()) for one in entries()]
    for enough, stands in ((all, _whole), (all, _in_part), (any, _in_part)):
        if answers := [one for one, said in told if enough(stands(word, said) for word in words)]:
            return answers
    return []


def _whole(word: str, told: str) -> bool:
    """Letters from where a word begins: “EMS” stands in no “items”."""
    return re.search(rf"\b{re.escape(word)}", told) is not None if word.isascii() else word in told


def _in_part(word: str, told: str) -> bool:
    """Chinese has no spaces: of what somebody writes in one piece, a pair of signs that stands there is enough."""
    if word.isascii() or _whole(word, told):
        return _whole(word, told)
    pairs = {word[at : at + 2] for at in range(len(word) - 1)} - _EMPTY
    return any(pair in told for pair in pairs)


_EMPTY = frozenset(
    ("证书", "登记", "怎么", "如何", "我的", "我要", "想要", "办理", "申请", "著作", "作权", "软件", "作品", "可以")
)
"""Pairs that stand nearly everywhere, and tell nothing alone."""


def _other_matters() -> list[Entry]:
    """Colleagues have no pages of an account."""
    others = [
        Entry(url_for(endpoint), title, summary, CALLED[name]) for name, endpoint, title, summary in _OTHER_MATTERS
    ]
    return [one for one in others if not (caller().actor.is_staff and one.url.startswith("/account"))]


_OTHER_MATTERS = (
    (
        "sealing",
        "documents.certificates",
        _l("封存交存的样本或鉴别材料"),
        _l("登记完成之后，在证书或登记的页面上办理，随时可以启封，不收费。"),
    ),
    ("mailing", "documents.certificates", _l("邮寄纸质证书"), _l("在证书下载的页面上填写收件地址。")),
    ("certificate-check", "query.certificate_check", _l("用证书文件核验"), _l("手里的证书文件是不是签发的那一份。")),
    ("recovery", "recovery.recovery", _l("账号找回"), _l("忘了密码、换了手机号，或者登录不了的时候。")),
    (
        "legacy",
        "legacy.legacy_entry",
        _l("旧系统入口"),
        _l("2020 年 8 月 31 日以前开始的申请、旧账号和以前的登记。"),
    ),
    ("batches", "batches.batches", _l("批量登记"), _l("单位用一张表格和一个压缩包，一次提交最多 1000 件作品。")),
)
