"""Which numbers belong to the old system. Pure rules; the forms are those of domain chapter 3.

The old system took cases until 2020-08-31. Numbers carry only a year, and 2020 has both: since the old system is asked
only about numbers that the new one does not know, a number of 2020 counts as old.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from contracts.text import spelled

LAST_OLD_YEAR = 2020
FIRST_YEAR = 1991
"""Year of the first Copyright Law's entry into force; nothing was registered before."""

Kind = Literal["serial_number", "acceptance_number", "software_registration", "work_registration", "unrecognised"]

PROVINCES = {
    "京": "北京市",
    "津": "天津市",
    "冀": "河北省",
    "晋": "山西省",
    "蒙": "内蒙古自治区",
    "内": "内蒙古自治区",
    "辽": "辽宁省",
    "吉": "吉林省",
    "黑": "黑龙江省",
    "沪": "上海市",
    "苏": "江苏省",
    "浙": "浙江省",
    "皖": "安徽省",
    "闽": "福建省",
    "赣": "江西省",
    "鲁": "山东省",
    "豫": "河南省",
    "鄂": "湖北省",
    "湘": "湖南省",
    "粤": "广东省",
    "桂": "广西壮族自治区",
    "琼": "海南省",
    "渝": "重庆市",
    "川": "四川省",
    "黔": "贵州省",
    "贵": "贵州省",
    "滇": "云南省",
    "云": "云南省",
    "藏": "西藏自治区",
    "陕": "陕西省",
    "陇": "甘肃省",
    "甘": "甘肃省",
    "青": "青海省",
    "宁": "宁夏回族自治区",
    "新": "新疆维吾尔自治区",
    "兵": "新疆生产建设兵团",
}
"""Characters with which provincial copyright offices begin their works registration numbers (国版函[2016]1号)."""


@dataclass(frozen=True)
class Verdict:
    """What a number is. ``number`` is its right spelling; ``office`` the province that gave it, if one did."""

    number: str
    kind: Kind
    legacy: bool
    office: str | None = None


_UNRECOGNISED = Verdict("", "unrecognised", legacy=False)
# year, form code (R11 software, Z11 works, …), then seven digits: `2018R110035795`
_OLD_SERIAL = re.compile(r"(\d{4})[A-Z]\d{2}\d{7}", re.ASCII)
# year, form code, S or L, at least six digits: the new system's, and variants of the old one's
_LETTERED = re.compile(r"(\d{4})[A-Z]\d{2}([SL])\d{6,10}", re.ASCII)
_SOFTWARE = re.compile(r"(?:软著登(?:记)?(?:字)?第?)?(\d{4})SR(\d{6,7})号?", re.ASCII)
_OLD_WORK = re.compile(r"(\d{4})-[A-P]-\d{6}", re.ASCII)
_WORK = re.compile(rf"([国{''.join(PROVINCES)}])作登字-?(\d{{4}})-?([A-P])-?(\d{{8}})", re.ASCII)


def judge(typed: str) -> Verdict:
    """Whose number this is, by its form and year alone."""
    text = spelled(typed)
    verdict = _judge_filing(text) or _judge_software(text) or _judge_work(text) or _UNRECOGNISED
    return verdict if verdict.number else replace(verdict, number=text)


def _judge_filing(text: str) -> Verdict | None:
    if (match := _OLD_SERIAL.fullmatch(text)) and _year(match[1]):
        return Verdict(text, "serial_number", legacy=True)  # the new system's always carry S or L
    if (match := _LETTERED.fullmatch(text)) and (year := _year(match[1])):
        kind: Kind = "serial_number" if match[2] == "S" else "acceptance_number"
        return Verdict(text, kind, legacy=year <= LAST_OLD_YEAR)
    return None


def _judge_software(text: str) -> Verdict | None:
    if (match := _SOFTWARE.fullmatch(text)) and (year := _year(match[1])):
        old = year <= LAST_OLD_YEAR or len(match[2]) == 6  # the new system writes seven digits
        return Verdict(f"{match[1]}SR{match[2]}", "software_registration", legacy=old)
    return None


def _judge_work(text: str) -> Verdict | None:
    if (match := _WORK.fullmatch(text)) and (year := _year(match[2])):
        number = f"{match[1]}作登字-{match[2]}-{match[3]}-{match[4]}"
        office = PROVINCES.get(match[1])
        return Verdict(number, "work_registration", legacy=year <= LAST_OLD_YEAR, office=office)
    # The form from before 2016, which the old system's cases are registered in to this day: `2010-F-024589`
    if (match := _OLD_WORK.fullmatch(text)) and _year(match[1]):
        return Verdict(text, "work_registration", legacy=True)
    return None


def _year(digits: str) -> int | None:
    year = int(digits)
    return year if year >= FIRST_YEAR else None
