"""On what an amount of the tariff rests, in Chinese: the shipped rates say it in English, around Chinese quotations."""

from __future__ import annotations

_PERSONS = "persons pay as organisations do until an operator sets a rate of their own"
_WHOLE = {
    _PERSONS: "单独规定个人标准以前，与单位相同",
    "no official amount is known: not offered until an operator sets one": "没有查到官方金额，规定以前不提供",
    "reckoned by the old system under its own tariff: each case brings its amount": "按旧系统的标准，金额随案件带来",
    "no fee is known": "没有查到收费规定",
    "as an assignment": "与转让合同相同",
    "no tariff of pledges is known: the office's own default": "没有查到质权登记的收费规定，按本机构默认标准",
    "no tariff of releases is known: the office's own default": "没有查到注销登记的收费规定，按本机构默认标准",
}
_PARTS = (
    (
        " (abolished 2017-04-01 by 财税[2017]20号: an operator ends it with a row of amount 0: "
        "docs/runbooks/tariff.md)",
        "（自 2017-04-01 起按财税[2017]20号停征；由管理员发布金额为 0 的标准）",
    ),
    (
        "变更 50%, here of the 300 元 of most categories: the register keeps no length to reckon by",
        "变更按 50%，此处以多数类别的 300 元计算（登记簿没有可供计算的长度）",
    ),
    (
        "合同 100 to 300 元 by source; the office's default for both kinds",
        "合同 100 至 300 元（各来源不一），本机构两类默认相同",
    ),
    ("guide to the registration portal: ", "登记平台办事指南："),
    ("software tariff before 2017-04-01: ", "2017-04-01 以前的软件收费标准："),
    ("works tariff: ", "作品收费标准："),
    ("变更 50% of ", "变更按 50%："),
)


def rests_on(source: str, language: str) -> str:
    """The basis of a rate. What an operator has written stays as it was written."""
    if language == "en":
        return source
    if source in _WHOLE:
        return _WHOLE[source]
    for english, chinese in _PARTS:
        source = source.replace(english, chinese)
    return source
