"""Rows of the old system, by their number: the same each time, as many as wanted, with the faults of real ones.

Each comes with what must become of it, so that an import can be held against it row by row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂"
NOUNS = ("档案", "图书", "财务", "仓储", "教学", "医疗", "气象", "物流", "票务", "电力", "水利", "林业")
KINDS = ("管理软件", "查询系统", "分析平台", "控制程序")
CATEGORIES = ("文字", "音乐", "美术", "摄影", "电影", "类电", "地图", "模型")
HALF = "\udcd6"
"""The first byte of a character whose second was cut off."""
FIRST_DAY = date(1995, 1, 3)


class Made(NamedTuple):
    """``reason`` and ``field`` of a rejected row; ``other``: the row of this source that it repeats or contradicts."""

    values: Sequence[str]
    outcome: str = "loaded"
    reason: str = ""
    field: str = ""
    other: int = 0


REGISTRATIONS = (
    "登记号", "证书号", "类型", "类别", "分类号", "名称", "简称", "版本号", "作者", "著作权人",
    "完成日期", "发表日期", "登记日期", "流水号", "用户名",
)  # fmt: skip
ACCOUNTS = (
    "用户名", "密码", "盐", "用户类型", "姓名", "证件类型", "证件号", "单位名称", "机构代码", "邮箱", "手机",
    "实名状态", "注册日期",
)  # fmt: skip
CASES = (
    "流水号", "受理号", "用户名", "类型", "类别", "名称", "状态", "提交日期", "受理日期", "期限", "应缴", "已缴",
    "补正意见", "附件",
)  # fmt: skip
STATES = ("待缴费", "待受理", "已受理", "审查中", "待补正", "制证中")


def person(n: int) -> str:
    return SURNAMES[n % 20] + GIVEN[n // 20 % 23] + (GIVEN[n // 460 % 23] if n % 3 else "")


def day(n: int) -> date:
    return FIRST_DAY + timedelta(days=n % 9000)


def software_number(n: int) -> str:
    """Six digits, as the old system counted; a year holds 999,999 of them."""
    return f"{1995 + n // 900_000}SR{n % 900_000 + 1:06d}"


def work_number(n: int) -> str:
    return f"国作登字-{2012 + n % 8}-{'ABFGHIKP'[n % 8]}-{n:08d}"


def registration(n: int) -> Made:
    """Row ``n`` of the finished registrations, counted from 1."""
    if n % 97 == 13:
        return repeated(registration(n - 1), n - 1)
    software = n % 3 != 0
    done, out, on = day(n), day(n) + timedelta(days=40), day(n) + timedelta(days=90)
    title = f"{NOUNS[n % 12]}{KINDS[n % 4]}{n}"
    values = [
        software_number(n) if software else work_number(n),
        f"软著登字第{n:07d}号" if software else "",
        "软件" if software else "作品",
        "" if software else CATEGORIES[n % 8],
        "30200-0000" if software else "",
        title,
        title[:4] if software else "",
        f"V{n % 9 + 1}.0" if software else "",
        "" if software else person(n),
        person(n) if n % 2 else f"{person(n)[0]}氏科技有限公司",
        done.isoformat(),
        out.isoformat() if n % 4 else "",
        on.isoformat(),
        f"{on.year}{'R' if software else 'Z'}11{n:07d}",
        f"user{n}",
    ]
    return _damaged(n, values, REGISTRATION_FAULTS)


def repeated(made: Made, n: int) -> Made:
    """The same row again: what is wrong with it is wrong with it twice."""
    return made if made.outcome == "rejected" else Made(made.values, "duplicate", other=n)


def _damaged(n: int, values: list[str], faults: Sequence[Fault]) -> Made:
    for fault in faults:
        if n % fault.every == fault.rest:
            values[fault.place] = fault.value(values[fault.place])
            return Made(values, "rejected" if fault.reason else "loaded", fault.reason, fault.field)
    return Made(values)


class Fault(NamedTuple):
    """One row in ``every`` has ``value`` in ``place``. Without a reason it is odd, and right."""

    every: int
    rest: int
    place: int
    value: Callable[[str], str]
    reason: str = ""
    field: str = ""


def always(text: str) -> Callable[[str], str]:
    return lambda _: text


def republic(text: str) -> str:
    found = date.fromisoformat(text)
    return f"民国{found.year - 1911}年{found.month}月{found.day}日"


REGISTRATION_FAULTS = (
    Fault(101, 7, 12, always("2019-02-30"), "date_impossible", "registered_on"),
    Fault(103, 9, 12, always("0000-00-00"), "date_zero", "registered_on"),
    Fault(107, 11, 10, always("0000-00-00")),
    Fault(109, 5, 12, republic),
    Fault(113, 3, 5, lambda text: text + HALF, "row_not_in_encoding"),
    Fault(127, 4, 2, always("集成电路"), "value_unknown", "kind"),
    Fault(131, 6, 9, always(""), "value_missing", "owners"),
    Fault(137, 8, 11, always("1990-01-01"), "dates_out_of_order", "publication_date"),
    Fault(139, 2, 0, always("SR20190001"), "number_unreadable", "number"),
    Fault(149, 1, 5, lambda text: f'{text}"增强"版,二'),
    Fault(151, 10, 5, lambda text: text + "\u9fb4\U00020000"),
)


def password(n: int) -> str:
    return f"old-{n}-password"


def account(n: int) -> Made:
    """Row ``n`` of the accounts. Each seventh has the ID number of the one before: that is no fault of the row."""
    if n % 97 == 13:
        return repeated(account(n - 1), n - 1)
    salt = f"s{n % 1000:03d}"
    organisation = n % 5 == 0
    values = [
        f"user{n}",
        hashlib.md5((salt + password(n)).encode()).hexdigest(),  # noqa: S324 - what the old system did
        salt,
        "单位" if organisation else "个人",
        person(n),
        "身份证",
        resident_id(n - 1 if n % 7 == 0 else n, old=n % 4 == 1),
        f"{person(n)}科技有限公司" if organisation else "",
        organisation_code(n) if organisation else "",
        f"user{n}@example.com",
        f"13{n % 10**9:09d}",
        ("未实名", "初审", "实名")[n % 3],
        day(n).isoformat(),
    ]
    return _damaged(n, values, ACCOUNT_FAULTS)


ACCOUNT_FAULTS = (
    Fault(101, 7, 6, lambda text: text[:-1] + "?", "number_unreadable", "id_number"),
    Fault(103, 9, 1, always("d41d8cd9"), "hash_unreadable", "password_md5"),
    Fault(107, 11, 12, always("0000-00-00")),
    Fault(113, 3, 4, lambda text: text + HALF, "row_not_in_encoding"),
    Fault(127, 4, 11, always("已注销"), "value_unknown", "verification"),
    Fault(131, 6, 4, always(""), "value_missing", "name"),
)


def resident_id(n: int, *, old: bool) -> str:
    """Of a person born in the twentieth century; ``old``: with fifteen digits."""
    born = date(1950, 1, 1) + timedelta(days=n % 15000)
    head, sequence = "110101", f"{n % 990:03d}"
    if old:
        return f"{head}{born:%y%m%d}{sequence}"
    solid = f"{head}{born:%Y%m%d}{sequence}"
    total = sum(int(c) * 2 ** (17 - place) for place, c in enumerate(solid))
    return solid + "10X98765432"[total % 11]


def organisation_code(n: int) -> str:
    digits = f"{n % 10**8:08d}"
    total = sum(int(c) * w for c, w in zip(digits, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return f"{digits}-{'0123456789X0'[11 - total % 11]}"


def case(n: int) -> Made:
    """Row ``n`` of the unfinished cases, in every state."""
    if n % 97 == 13:
        return repeated(case(n - 1), n - 1)
    state, filed = STATES[n % 6], date(2019, 1, 2) + timedelta(days=n % 600)
    accepted = filed + timedelta(days=20) if n % 6 > 1 else None
    values = [
        f"{filed.year}R11{n:07d}",
        f"{filed.year}R11L{n:07d}" if accepted else "",
        f"user{n}",
        "软件" if n % 3 else "作品",
        "" if n % 3 else CATEGORIES[n % 8],
        f"{NOUNS[n % 12]}{KINDS[n % 4]}{n}",
        state,
        filed.isoformat(),
        accepted.isoformat() if accepted else "0000-00-00",
        (filed + timedelta(days=60)).isoformat(),
        "250.00" if n % 2 else "1,200.50",
        "0" if state == "待缴费" else "250.00",
        "请补交\\权属证明" if state == "待补正" else "",
        f"/scan/{n // 1000}/{n}.tif",
    ]
    return _damaged(n, values, CASE_FAULTS)


CASE_FAULTS = (
    Fault(101, 7, 7, always("2019-02-30"), "date_impossible", "filed_on"),
    Fault(103, 9, 10, always("贰佰"), "amount_unreadable", "fee_fen"),
    Fault(113, 3, 5, lambda text: text + HALF, "row_not_in_encoding"),
    Fault(127, 4, 6, always("挂起"), "value_unknown", "state"),
)

TABLES = {"registrations": (REGISTRATIONS, registration), "accounts": (ACCOUNTS, account), "cases": (CASES, case)}


def rows(table: str, count: int) -> Iterator[Made]:
    """The first ``count`` rows of a table."""
    make = TABLES[table][1]
    return (make(n) for n in range(1, count + 1))
