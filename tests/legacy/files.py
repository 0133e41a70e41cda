"""The same rows as CSV, DBF and SQL dump, in GB18030, as the old system's tools wrote them."""

from __future__ import annotations

import csv
import io
import struct
from pathlib import Path

from tests.legacy.rows import TABLES, rows

_AT_ONCE = 10_000


def write_csv(file: Path, table: str, count: int, *, encoding: str = "gb18030", delimiter: str = ",") -> Path:
    """Rows may hold half a character (``rows.HALF``), which no encoder would write by itself."""
    columns = TABLES[table][0]
    with file.open("wb") as stream:
        lines = io.StringIO(newline="")
        out = csv.writer(lines, delimiter=delimiter, lineterminator="\r\n")
        out.writerow(columns)
        for number, made in enumerate(rows(table, count), 1):
            out.writerow(made.values)
            if number % _AT_ONCE == 0:
                stream.write(lines.getvalue().encode(encoding, "surrogateescape"))
                lines.seek(0)
                lines.truncate()
        stream.write(lines.getvalue().encode(encoding, "surrogateescape"))
    return file


def write_sql(file: Path, table: str, count: int, *, encoding: str = "gb18030", together: int = 50) -> Path:
    """INSERT statements of several rows, with MySQL's escapes."""
    columns = ",".join(f"`{name}`" for name in TABLES[table][0])
    with file.open("wb") as stream:
        stream.write(f"-- dump\nDROP TABLE IF EXISTS `{table}`;\nSET NAMES gbk;\n".encode())
        part: list[str] = []
        for number, made in enumerate(rows(table, count), 1):
            part.append("(" + ",".join(_quoted(value) for value in made.values) + ")")
            if len(part) == together or number == count:
                text = f"INSERT INTO `{table}` ({columns}) VALUES\n" + ",\n".join(part) + ";\n"
                stream.write(text.encode(encoding, "surrogateescape"))
                part = []
    return file


def _quoted(value: str) -> str:
    if value == "":
        return "NULL"
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def write_dbf(file: Path, table: str, count: int, *, promised: int | None = None, deleted: int = 0) -> Path:
    """dBase III in code page 936. ``promised``: rows that the header says; the first ``deleted`` rows are so marked."""
    columns = TABLES[table][0]
    records = [[value.encode("gb18030", "surrogateescape") for value in made.values] for made in rows(table, count)]
    widths = [min(max(len(record[place]) for record in records) + 1, 254) for place in range(len(columns))]
    short = [DBF_NAMES[name] for name in columns]
    head = struct.pack(
        "<BBBBIHH16xBB2x", 3, 119, 8, 31, count if promised is None else promised,
        32 + 32 * len(columns) + 1, 1 + sum(widths), 0, 0x7A,
    )  # fmt: skip
    head = head[:29] + b"\x7a" + head[30:32]
    fields = b"".join(
        struct.pack("<11sc4xB15x", name.encode(), b"C", width) for name, width in zip(short, widths, strict=True)
    )
    with file.open("wb") as stream:
        stream.write(head + fields.ljust(32 * len(columns), b"\0") + b"\r")
        for number, record in enumerate(records):
            mark = b"*" if number < deleted else b" "
            stream.write(mark + b"".join(v.ljust(w) for v, w in zip(record, widths, strict=True)))
        stream.write(b"\x1a")
    return file


DBF_NAMES = {
    "登记号": "DJH", "证书号": "ZSH", "类型": "LX", "类别": "LB", "分类号": "FLH", "名称": "MC", "简称": "JC",
    "版本号": "BBH", "作者": "ZZ", "著作权人": "ZZQR", "完成日期": "WCRQ", "发表日期": "FBRQ", "登记日期": "DJRQ",
    "流水号": "LSH", "用户名": "YHM", "密码": "MM", "盐": "YAN", "用户类型": "YHLX", "姓名": "XM", "证件类型": "ZJLX",
    "证件号": "ZJH", "单位名称": "DWMC", "机构代码": "JGDM", "邮箱": "YX", "手机": "SJ", "实名状态": "SMZT",
    "注册日期": "ZCRQ", "受理号": "SLH", "状态": "ZT", "提交日期": "TJRQ", "受理日期": "SLRQ", "期限": "QX",
    "应缴": "YJ", "已缴": "YIJ", "补正意见": "BZYJ", "附件": "FJ",
}  # fmt: skip
"""The columns' names in the old system's own files: letters, ten at most."""
