"""Filled templates and archives for tests of batches."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

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
    named["materials.ownership_proof"] = "权属/创作证明.pdf"
    return {**WORK, **named, **{name.replace("__", "."): value for name, value in changes.items()}}


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
