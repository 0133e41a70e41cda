"""What a software's full name should be like: brand, purpose and what it is (山居图书管理系统), and no version in it.

A name of general words only ("管理系统", "Test App") says of no software which one it is. How names end is practice of
the office and only asked about (domain: software, application).
"""

from __future__ import annotations

import re
import unicodedata
from importlib import resources

from filing.forms import generic

ENDINGS = (
    "软件",
    "系统",
    "平台",
    "插件",
    "中间件",
    "小程序",
    "客户端",
    "游戏",
    "程序",
    "app",
    "software",
    "system",
    "platform",
    "plugin",
    "plug-in",
    "middleware",
)
_WORDS = generic.general_words(resources.files(__package__).joinpath("generic_names.txt"))
RISKY_ENDINGS = ("工具", "计算", "系列")
_VERSION = re.compile(r"(?ia)(?<![a-z])v(?:er(?:sion)?)?\.?\s*\d+(?:\.\d+)*|\d+\.\d+(?:\.\d+)*|\d+\s*版")
_NUMBER = re.compile(r"(?a)\d+(?:\.\d+)*$")
_AT_END = re.compile(r"(?ia)(?:v(?:er(?:sion)?)?\.?\s*|(?<![\d.]))(\d+(?:\.\d+)*)\s*版?[\s)\]】]*$")
_BRACKETED = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】)\s*$")


def is_generic(name: str) -> bool:
    """Whether nothing is left of a name without general words, numbers and punctuation."""
    return generic.is_generic(name, _WORDS)


def _core(name: str) -> str:
    """Folded, without a version and a remark in brackets at its end: ``…系统（安卓版）V1.0`` ends with 系统."""
    folded = unicodedata.normalize("NFKC", name).casefold().strip()
    return _BRACKETED.sub("", _VERSION.sub("", folded)).strip(" -_·")


def is_well_ended(name: str) -> bool:
    """Whether a name says at its end what the thing is."""
    return _core(name).endswith(ENDINGS)


def risky_ending(name: str) -> str:
    """The ending that examiners often object to; empty if it has none of them."""
    core = _core(name)
    return next((ending for ending in RISKY_ENDINGS if core.endswith(ending)), "")


def names_a_version(name: str) -> bool:
    """Whether the version stands in the name, too."""
    return _VERSION.search(unicodedata.normalize("NFKC", name)) is not None


def ends_in_version(name: str, version: str) -> bool:
    """Whether a name ends in the version that its own field says: 图书管理系统（V1.0） and ``1.0``."""
    number = _NUMBER.search(unicodedata.normalize("NFKC", version))
    end = _AT_END.search(unicodedata.normalize("NFKC", name))
    return number is not None and end is not None and number[0] == end[1]
