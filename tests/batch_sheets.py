"""Filled templates and archives for tests of batches."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from materials.deposit.typesetting import document_pages, source_pages
from materials.testing.sample_files import text_pdf
from openpyxl import load_workbook
from PIL import Image, ImageDraw

WORK: dict[str, Any] = {
    "title": "长江边的石头",
    "category": "美术作品",
    "creation_nature": "原创",
    "composition": "单个作品",
    "completion_date": "2026-03-01",
    "completion_place.country": "中国",
    "completion_place.province": "湖北",
    "completion_place.city": "宜昌",
    "publication": "未发表",
    "ownership": "法人作品",
    "acquisition": "原始取得",
    "authors.0.name": "长江文化有限公司",
    "rights_scope": "全部",
    "description.purpose": "记录长江",
    "description.process": "2025年冬天动笔",
    "description.originality": "独立创作",
    "contact.name": "王小明",
    "contact.mobile": "13800138000",
}


def paths_of(template: bytes) -> dict[str, int]:
    """Columns of a template by the path of their field."""
    sheet = load_workbook(io.BytesIO(template)).worksheets[0]
    return {("key" if str(cell.value).startswith("#") else str(cell.value)): cell.column for cell in sheet[1]}


def fill(template: bytes, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """A template with rows from where its example stands; each by path."""
    book = load_workbook(io.BytesIO(template))
    sheet = book.worksheets[0]
    columns = paths_of(template)
    for number, row in enumerate(rows, start=5):
        for path, value in row.items():
            sheet.cell(number, columns[path], value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def work(number: int, **changes: Any) -> dict[str, Any]:
    """A row that can be filed; its sample is called like it."""
    key = f"W{number:03d}"
    named = {"key": key, "title": f"石头写生第{number}幅", "materials.sample": f"{key}.jpg"}
    named["materials.corporate_statement"] = "权属/创作证明.pdf"
    return {**WORK, **named, **{name.replace("__", "."): value for name, value in changes.items()}}


PROGRAM: dict[str, Any] = {
    "version": "V1.0",
    "classification": "应用软件",
    "origin": "原创",
    "development_mode": "单独开发",
    "completion_date": "2026-03-01",
    "publication": "未发表",
    "acquisition": "原始取得",
    "rights_scope": "全部",
    "deposit_kind": "一般交存",
    "document_kinds": "一种",
    "development_hardware": "CPU 2.4GHz，内存 16GB",
    "running_hardware": "CPU 1GHz，内存 4GB",
    "development_system": "Windows 11",
    "development_tools": "PyCharm 2025",
    "running_platform": "Windows 10 及以上",
    "supporting_software": "Python 3.11",
    "languages": "Python",
    "source_lines": 100,
    "characteristics_note": "离线也能借还，联网后自动合并。",
    "purpose": "图书馆分馆的图书借还与盘点",
    "industry": "公共图书馆",
    "functions": "一、借还：扫描读者证和图书条码，登记借出与归还，逾期自动提醒。" * 20,
}


def program(number: int) -> dict[str, Any]:
    """A row of software that can be filed; its deposits are called like it."""
    key = f"W{number:03d}"
    deposits = {f"materials.{role}": f"{key}/{role}.pdf" for role in ("program", "document")}
    return {**PROGRAM, **deposits, "key": key, "full_name": f"山居第{number}分馆图书管理软件"}


def deposits(row: Mapping[str, Any]) -> dict[str, bytes]:
    """Program and manual of a row of software, with its name and version in the header; two pages each."""
    about = {"title": row["full_name"], "version": row["version"]}
    code = [[f"shelf_{page}_{line} = borrow({line})" for line in range(50)] for page in range(2)]
    manual = [
        [f"第 {page * 40 + line} 条：在借还台扫描条码，登记借出或归还。" for line in range(40)] for page in range(2)
    ]
    return {
        row["materials.program"]: source_pages(code, about),
        row["materials.document"]: document_pages(manual, about),
    }


@lru_cache(64)
def picture(number: int) -> bytes:
    """A drawing of its own, at 300 dpi."""
    drawn = Image.effect_noise((1800, 1300), 60 + number % 40).convert("RGB")
    ImageDraw.Draw(drawn).text((20, 20), str(number), fill=(200, 30, 30))
    stream = io.BytesIO()
    drawn.save(stream, "JPEG", quality=80, dpi=(300, 300))
    return stream.getvalue()


@cache
def proof() -> bytes:
    """A page that proves something."""
    return text_pdf(["proof of creation"])


def archive(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return stream.getvalue()
