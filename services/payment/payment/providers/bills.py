"""Daily bills of WeChat Pay (交易账单) and Alipay (业务明细) as rows, by the names of their columns.

Both put a title line over the details and a summary under them. WeChat Pay puts a back-tick before every value, so that
spreadsheets keep long numbers; Alipay's file is GB18030, in a ZIP with a summary beside it, its values end in tabs.
Columns are found by name: both have added some over the years.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from payment.providers.amounts import fen, moment

MOST_BYTES = 64 << 20
"""Of a bill, unpacked: some hundred thousand rows."""


@dataclass(frozen=True)
class BillRow:
    """One payment or refund on a bill, in fen. ``number`` is the provider's transaction for payments and our refund
    number for refunds; ``good``: it went through, as far as the bill knows."""

    what: Literal["payment", "refund"]
    number: str
    amount: int
    at: datetime | None
    state: str
    good: bool


class BillUnreadable(ValueError):
    """Not a bill, or one whose rows and summary disagree."""


def wechat_rows(text: str) -> list[BillRow]:
    """Rows of the ALL bill. Raises :class:`BillUnreadable`, also when the summary counts other rows."""
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    details, summary = _tables(lines, "交易时间", "总交易单数")
    rows = [row for given in details for row in _wechat_row(given)]
    total = next(iter(summary), {}).get("总交易单数", "")
    if not total.isdecimal() or int(total) != len(rows):
        raise BillUnreadable(f"the bill counts {total!r} rows and has {len(rows)}")
    return rows


def _wechat_row(given: Mapping[str, str]) -> Iterator[BillRow]:
    at, state = _moment(given.get("交易时间", "")), given.get("交易状态", "")
    if state in ("REFUND", "REVOKED"):
        refunded = given.get("申请退款金额") or given.get("退款金额", "")
        status = given.get("退款状态", "")
        good = status in ("SUCCESS", "PROCESSING")
        yield BillRow("refund", given.get("商户退款单号", ""), _fen(refunded), at, status, good)
    else:
        paid = given.get("订单金额") or given.get("应结订单金额", "")
        yield BillRow("payment", given.get("微信订单号", ""), _fen(paid), at, state, state == "SUCCESS")


def alipay_rows(archive: bytes) -> list[BillRow]:
    """Rows of the detail file in the archive. Raises :class:`BillUnreadable`."""
    lines = list(csv.reader(io.StringIO(_detail(archive))))
    details, _ = _tables(lines, "支付宝交易号", "#")
    return [_alipay_row(given) for given in details]


def _alipay_row(given: Mapping[str, str]) -> BillRow:
    amount = given.get("订单金额（元）", "")
    at = _moment(given.get("完成时间", ""))
    if given.get("业务类型") == "退款":
        return BillRow("refund", given.get("退款批次号/请求号", ""), _fen(amount.removeprefix("-")), at, "退款", True)
    return BillRow("payment", given.get("支付宝交易号", ""), _fen(amount), at, given.get("业务类型", ""), True)


def _detail(archive: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            for entry in files.infolist():
                # Names of 2010s Windows: marked as code page 437, in fact GBK.
                name = entry.filename if entry.flag_bits & 0x800 else _gbk(entry.filename)
                if "业务明细" in name and "汇总" not in name:
                    with files.open(entry) as file:
                        data = file.read(MOST_BYTES + 1)
                    if len(data) > MOST_BYTES:
                        raise BillUnreadable("the bill is too large")
                    return data.decode("gb18030")
    except (zipfile.BadZipFile, UnicodeDecodeError) as error:
        raise BillUnreadable(str(error)) from error
    raise BillUnreadable("the archive has no 业务明细")


def _gbk(name: str) -> str:
    try:
        return name.encode("cp437").decode("gbk")
    except UnicodeError:
        return name


def _tables(
    lines: Sequence[Sequence[str]], first: str, second: str
) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """The rows under the heading that begins with ``first``, and those under the one that begins with ``second``."""
    found: dict[str, list[dict[str, str]]] = {first: [], second: []}
    heading: list[str] = []
    at = ""
    for line in lines:
        values = [value.strip().removeprefix("`").strip() for value in line]
        begins = values[0] if values else ""
        if begins in (first, second) or begins.startswith("#"):
            heading, at = values, begins if begins in found else ""
        elif at and begins:
            found[at].append(dict(zip(heading, values, strict=False)))
    if not any(line and line[0].strip().removeprefix("\ufeff") == first for line in lines):
        raise BillUnreadable(f"the bill has no column {first}")
    return found[first], found[second]


def _fen(text: str) -> int:
    try:
        return fen(text.strip())
    except ValueError as error:
        raise BillUnreadable(str(error)) from error


def _moment(text: str) -> datetime | None:
    try:
        return moment(text.strip())
    except ValueError:
        return None
