"""The confined entries of deposit building: uploads in, one conforming PDF and a report out."""

from __future__ import annotations

from typing import Any

import pypdfium2
from chassis.confinement.model import Job, JsonValue, Refused
from chassis.documents import printable

from materials.deposit import crosscheck, document, masking, object_code, typesetting
from materials.deposit.layout import read_layout
from materials.deposit.model import COLUMNS, SOURCE_ROWS, SourceOptions, Statement
from materials.deposit.secrets import by_kind
from materials.deposit.source import Selection, select
from materials.deposit.tree import read_tree
from materials.inspect import filetype

_FILES_LISTED = 500


def prepare_confined() -> None:
    """Called once in the template process: the table of drawable characters takes a second to make."""
    printable("字")


def source_deposit(job: Job) -> JsonValue:
    """``args``: title, version, file_name, several, options. Second input: object code, for that mode.

    Returns {statistics, pages, whole, rows_per_page, statements, changes, starts, files, meter}.
    """
    assert job.output is not None
    options = SourceOptions.from_json(job.args["options"])
    about = job.args
    tree = read_tree(job.source, filetype.detect(job.source), about["file_name"], options, several=about["several"])
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
    pdf = typesetting.source_pages(pages, job.args)
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
        "files": [file.path for file in tree.files[:_FILES_LISTED]],
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
    """See ``document.build``."""
    return document.build(job)


def cross_check(job: Job) -> JsonValue:
    """``args``: title, short_name, version, roles (one per input: code | document). Returns {statements}."""
    statements: list[Statement] = []
    for role, stream in zip(job.args["roles"], job.inputs, strict=True):
        try:
            layout = read_layout(stream, "", document.LAYOUT_SECONDS)
        except pypdfium2.PdfiumError as error:
            raise Refused("document_unreadable") from error
        statements += crosscheck.compare(role, layout, job.args["title"], job.args["short_name"], job.args["version"])
    return {"statements": statements}
