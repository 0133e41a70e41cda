"""The words of certificates in the languages they are issued in. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from archive.register.kinds import CATEGORY_NAMES
from archive.register.model import Author, Owner, Particulars

_ACQUISITION: Mapping[str, tuple[str, str]] = {
    "original": ("原始取得", "Original acquisition"),
    "assignment": ("受让", "Assignment"),
    "inheritance": ("继承", "Inheritance"),
    "succession": ("承受", "Succession"),
    "other": ("其他", "Other"),
}
_SCOPE: Mapping[str, tuple[str, str]] = {
    "all": ("全部权利", "All rights"),
    "partial": ("部分权利", "Part of the rights"),
}
_RIGHTS: Mapping[str, tuple[str, str]] = {
    "publication": ("发表权", "publication"),
    "attribution": ("署名权", "attribution"),
    "revision": ("修改权", "revision"),
    "integrity": ("保护作品完整权", "integrity"),
    "reproduction": ("复制权", "reproduction"),
    "distribution": ("发行权", "distribution"),
    "rental": ("出租权", "rental"),
    "exhibition": ("展览权", "exhibition"),
    "performance": ("表演权", "performance"),
    "projection": ("放映权", "projection"),
    "broadcasting": ("广播权", "broadcasting"),
    "network_dissemination": ("信息网络传播权", "dissemination through information networks"),
    "cinematography": ("摄制权", "cinematography"),
    "adaptation": ("改编权", "adaptation"),
    "translation": ("翻译权", "translation"),
    "compilation": ("汇编权", "compilation"),
    "other": ("应当由著作权人享有的其他权利", "other rights of copyright owners"),
}
_COUNTRIES: Mapping[str, str] = {
    "中国": "China",
    "中国香港": "Hong Kong, China",
    "中国澳门": "Macao, China",
    "中国台湾": "Taiwan, China",
    "美国": "United States of America",
    "英国": "United Kingdom",
    "日本": "Japan",
    "韩国": "Republic of Korea",
    "德国": "Germany",
    "法国": "France",
}
"""What applicants write most; any other stands as it was registered."""

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _word(words: Mapping[str, tuple[str, str]], code: str, *, english: bool) -> str:
    """A code that the table does not know stands for itself: a certificate is never refused for a word."""
    return words[code][english] if code in words else code


def day(on: date | None, *, english: bool) -> str:
    """``2026年3月15日``, ``15 March 2026``; nothing for no day."""
    if on is None:
        return ""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}" if english else f"{on.year}年{on.month}月{on.day}日"


def category(code: str | None, *, english: bool) -> str:
    """The category as it is printed; the code itself where no word is known."""
    return _word(CATEGORY_NAMES, code or "", english=english)


def acquisition(code: str, *, english: bool) -> str:
    """How the rights came to the owner, as it is printed."""
    return _word(_ACQUISITION, code, english=english)


def scope(particulars: Particulars, *, english: bool) -> str:
    """``全部权利``, or ``部分权利：复制权、发行权``."""
    words = _word(_SCOPE, particulars.rights_scope, english=english)
    rights = [_word(_RIGHTS, code, english=english) for code in particulars.rights]
    if not rights:
        return words
    return f"{words}: {', '.join(rights)}" if english else f"{words}：{'、'.join(rights)}"


def title(particulars: Particulars, *, english: bool) -> str:
    """``全称 [简称：简称] V1.0``: names are registered words and stand as they are in any language."""
    short = particulars.short_name
    called = f"[{'abbreviated: ' if english else '简称：'}{short}]" if short else ""
    version = particulars.version if not particulars.title.endswith(particulars.version) else ""
    return " ".join(part for part in (particulars.title, called, version) if part)


def author(of: Author, *, english: bool) -> str:
    """As the author signs the work: by name, by pseudonym, or not at all (署名)."""
    if of.signed_as == "anonymous":
        return "Anonymous" if english else "匿名"
    return of.pseudonym if of.signed_as == "pseudonym" and of.pseudonym else of.name


def owner(of: Owner, *, english: bool) -> str:
    """``王小明（中国）``, ``王小明 (China)``"""
    if not of.nationality:
        return of.name
    return (
        f"{of.name} ({_COUNTRIES.get(of.nationality, of.nationality)})" if english else f"{of.name}（{of.nationality}）"
    )
