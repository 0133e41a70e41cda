"""The sandboxed entries of deposit building: uploads in, one conforming PDF and a report out."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
from chassis.documents import DocumentRenderer, printable
from chassis.inspect import filetype
from chassis.sandbox.model import Job, JsonValue, Refused

from filing.deposit import crosscheck, masking, object_code
from filing.deposit.decoding import decode
from filing.deposit.layout import read_layout
from filing.deposit.model import (
    BACK_PAGES,
    COLUMNS,
    DOCUMENT_ROWS,
    FRONT_PAGES,
    SOURCE_ROWS,
    WHOLE_BELOW,
    SourceOptions,
    Statement,
)
from filing.deposit.paging import pages_of, wrap_all
from filing.deposit.secrets import by_kind
from filing.deposit.source import Selection, select
from filing.deposit.tree import read_tree

_LAYOUT_SECONDS = 20.0
_SOURCE_TYPE = {"size": 8, "pitch": 14}
_DOCUMENT_TYPE = {"size": 8, "pitch": 17}
_DOCUMENT_ROWS_MADE = 40


def prepare_sandbox() -> None:
    """Called once in the template process: the table of drawable characters takes a second to make."""
    printable("字")


@cache
def _renderer() -> DocumentRenderer:
    return DocumentRenderer(Path(__file__).parent / "templates")


def _render(pages: Sequence[Sequence[str]], args: dict[str, Any], shape: dict[str, int]) -> bytes:
    header = f"{args['title']} {args['version']}".strip()
    data = {"header": header, "pages": [list(page) for page in pages], "first_number": 1, "date": args["date"], **shape}
    return _renderer().render("deposit", data)


def source_deposit(job: Job) -> JsonValue:
    """``args``: title, version, date [y, m, d], file_name, options. Second input: object code, for that mode.

    Returns {statistics, pages, whole, rows_per_page, statements, changes, starts, meter}.
    """
    assert job.output is not None
    options = SourceOptions.from_json(job.args["options"])
    tree = read_tree(job.source, filetype.detect(job.source), job.args["file_name"], options)
    if not tree.files:
        raise Refused("source_empty")
    job.progress(0.3)
    selection = select(tree.files, options)
    pages = selection.pages
    meter = None
    if options.mode == "masked":
        pages, meter = masking.cover(pages, options.masked_share, COLUMNS)
    if options.mode == "object_code":
        if len(job.inputs) < 2:
            raise Refused("object_code_missing")
        pages = object_code.listing(job.inputs[1]) + pages
    job.progress(0.5)
    pdf = _render(pages, job.args, _SOURCE_TYPE)
    printed = _page_count(pdf)
    if printed != len(pages):
        raise Refused("deposit_does_not_fit", pages=printed, wanted=len(pages))
    job.output.write(pdf)
    tree.statistics.pages = -(-tree.statistics.lines // SOURCE_ROWS)
    return {
        "statistics": tree.statistics.to_json(),
        "pages": len(pages),
        "whole": selection.whole,
        "rows_per_page": SOURCE_ROWS,
        "statements": tree.statements
        + crosscheck.declared_versions(tree.files, job.args["version"])
        + _secrets_said(selection)
        + _shape_said(selection),
        "changes": _changes(selection),
        "starts": selection.starts,
        "meter": None if meter is None else {"area": meter.area, "characters": meter.characters},
    }


def _secrets_said(selection: Selection) -> list[Statement]:
    groups = by_kind((path, secret.line, secret.kind) for path, secret in selection.secrets)
    return [
        {"code": "source_secret_masked", "severity": "info", "line": group.pop("line"), "params": group}
        for group in groups
    ]


def _shape_said(selection: Selection) -> list[Statement]:
    said: list[Statement] = []
    if selection.whole:
        said.append({"code": "deposit_whole", "severity": "info", "params": {"pages": len(selection.pages)}})
    if selection.wrapped:
        said.append({"code": "deposit_lines_wrapped", "severity": "info", "params": {"rows": selection.wrapped}})
    return said


def _changes(selection: Selection) -> list[dict[str, Any]]:
    counts = (
        ("comments_stripped", selection.comments_removed),
        ("blank_lines_stripped", selection.blanks_removed),
        ("secrets_masked", len(selection.secrets)),
    )
    return [{"code": code, "params": {"count": count}} for code, count in counts if count]


def _page_count(pdf: bytes) -> int:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def document_deposit(job: Job) -> JsonValue:
    """``args``: title, version, date, file_name. A PDF keeps its pages and gets header and numbers where they lack;
    text is set on pages of its own. Returns {pages, whole, original_pages, stamped, statements}."""
    assert job.output is not None
    kind = filetype.detect(job.source)
    if kind == "pdf":
        return _pdf_deposit(job)
    if kind != "text":
        raise Refused("document_unsupported", type=kind)
    job.source.seek(0)
    decoded = decode(job.source.read(32 * 2**20))
    if decoded is None or not decoded.text.strip():
        raise Refused("document_unsupported", type=kind)
    rows = wrap_all(printable(decoded.text.replace("\r\n", "\n")).split("\n"), COLUMNS)
    pages = pages_of([row for row in rows if row.strip()], _DOCUMENT_ROWS_MADE)
    chosen = _ends(len(pages))
    job.output.write(_render([pages[place] for place in chosen], job.args, _DOCUMENT_TYPE))
    return _document_report(len(chosen), len(pages), stamped=len(chosen), statements=[])


def _pdf_deposit(job: Job) -> JsonValue:
    assert job.output is not None
    try:
        layout = read_layout(job.source, "", _LAYOUT_SECONDS)
        document = pikepdf.open(job.source, suppress_warnings=True)
    except (pypdfium2.PdfiumError, pikepdf.PdfError) as error:
        raise Refused("document_unreadable") from error
    total = len(document.pages)
    chosen = _ends(total)
    kept = set(chosen)
    for place in reversed(range(total)):
        if place not in kept:
            del document.pages[place]
    header = job.args["title"]
    lacking = [
        n for n, place in enumerate(chosen) if place >= len(layout.pages) or header not in layout.pages[place].header
    ]
    if lacking:
        _stamp(document, _render([[] for _ in chosen], job.args, _DOCUMENT_TYPE), lacking)
    document.save(job.output)
    short = [
        n
        for n, place in enumerate(chosen, start=1)
        if place < len(layout.pages)
        and n < len(chosen)
        and layout.pages[place].lines < DOCUMENT_ROWS
        and not layout.pages[place].figures
    ]
    statements: list[Statement] = []
    if short:
        statements.append(
            {
                "code": "document_pages_short",
                "severity": "warning",
                "page": short[0],
                "params": {"count": len(short), "rows": DOCUMENT_ROWS},
            }
        )
    return _document_report(len(chosen), total, stamped=len(lacking), statements=statements)


def _stamp(document: pikepdf.Pdf, headers: bytes, places: list[int]) -> None:
    """Lays header and page number over pages that have none."""
    with pikepdf.open(io.BytesIO(headers)) as overlay:
        for place in places:
            page = document.pages[place]
            page.add_overlay(overlay.pages[place], pikepdf.Rectangle(page.mediabox))
        document.remove_unreferenced_resources()


def _ends(total: int) -> list[int]:
    """Places of the first 30 and last 30 pages; all below 60."""
    if total <= WHOLE_BELOW:
        return list(range(total))
    return [*range(FRONT_PAGES), *range(total - BACK_PAGES, total)]


def _document_report(pages: int, total: int, *, stamped: int, statements: list[Statement]) -> JsonValue:
    return {
        "pages": pages,
        "whole": pages == total,
        "original_pages": total,
        "stamped": stamped,
        "statements": statements,
    }


def cross_check(job: Job) -> JsonValue:
    """``args``: title, short_name, version, roles (one per input: code | document). Returns {statements}."""
    statements: list[Statement] = []
    for role, stream in zip(job.args["roles"], job.inputs, strict=True):
        try:
            layout = read_layout(stream, "", _LAYOUT_SECONDS)
        except pypdfium2.PdfiumError as error:
            raise Refused("document_unreadable") from error
        statements += crosscheck.compare(role, layout, job.args["title"], job.args["short_name"], job.args["version"])
    return {"statements": statements}
