"""Tracking numbers as they are pasted from a spreadsheet or come in a file: our parcel number, then the carrier's."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from chassis.errors import Problem
from chassis.spreadsheets import as_it_was
from contracts.mailing import TrackingRow

from gateway.pages.tracking_workbook import SPREADSHEETS, text_of_workbook

LARGEST = 1 << 20
"""Bytes of a file."""
LONGEST = 60
"""Characters of a cell that are shown again; no number is as long."""


def text_of(content: bytes) -> str:
    """Of a spreadsheet, or of a CSV file as one saves it here: UTF-8 or GB 18030. Problems
    ``tracking_file_unreadable``, ``service_unavailable``."""
    if content.startswith(SPREADSHEETS) and len(content) <= LARGEST:
        return text_of_workbook(content)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and len(content) <= LARGEST:
            return text
    raise Problem("tracking_file_unreadable")


def rows_of(text: str) -> list[TrackingRow]:
    """Numbered by line. Separated by tabs, commas, semicolons or blanks; a heading and empty lines do not count."""
    return list(_rows(text))


def _rows(text: str) -> Iterator[TrackingRow]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = next((sign for sign in "\t,;" if sign in first), " ")
    lines = csv.reader(io.StringIO(text), delimiter=separator, skipinitialspace=True)
    heading = True
    for place, cells in enumerate(lines, 1):
        parcel, number, *_rest = [as_it_was(cell).strip() for cell in cells] + ["", ""]
        if not parcel and not number:
            continue
        if heading and not any(sign.isdigit() for sign in f"{parcel}{number}"):
            heading = False
            continue
        heading = False
        yield TrackingRow(row=place, parcel_number=parcel[:LONGEST], tracking_number=number[:LONGEST])
