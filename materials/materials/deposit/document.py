"""The deposit of a document (用户手册, 设计说明书 …): its own pages, with what they lack laid over them."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from io import BufferedRandom
from itertools import count
from typing import Any, BinaryIO

import pikepdf
import pypdfium2
from chassis.confinement.model import Job, JsonValue, Refused
from chassis.documents import printable

from materials.deposit import covering, typesetting
from materials.deposit.crosscheck import versions_in_header
from materials.deposit.decoding import decode
from materials.deposit.layout import DocumentLayout, PageLayout, normal, plain_version, read_layout
from materials.deposit.masking import Meter
from materials.deposit.model import (
    BACK_PAGES,
    COLUMNS,
    DOCUMENT_ROWS,
    FRONT_PAGES,
    TEN,
    WHOLE_BELOW,
    DocumentMode,
    Statement,
)
from materials.deposit.paging import pages_of, wrap_all
from materials.inspect import filetype
from materials.inspect.pdf import open_with_pdfium

LAYOUT_SECONDS = 20.0
_ROWS_MADE = 40
_LONGEST_TEXT = 32 * 2**20
_ROOM = 52
"""Points of a page's height that are cleared for the header where the page has something there."""

Mark = tuple[bool, bool]


def build(job: Job) -> JsonValue:
    """``args``: title, version, file_name, mode, masked_share, start_page. Writes the PDF and returns
    {pages, whole, original_pages, stamped, statements, meter}.

    Refuses ``document_unsupported``, ``document_unreadable``, ``deposit_too_short``, ``deposit_start_too_early``.
    """
    kind = filetype.detect(job.source)
    if kind not in ("pdf", "text"):
        raise Refused("document_unsupported", type=kind)
    assert job.output is not None
    mode: DocumentMode = job.args["mode"]
    try:
        with job.source if kind == "pdf" else _set_text(job) as stream:
            layout = read_layout(stream, "", LAYOUT_SECONDS)
            document = pikepdf.open(stream, suppress_warnings=True)
            total = len(document.pages)
            chosen = _chosen(total, mode, job.args["start_page"])
            job.progress(0.3)
            meter = None
            if mode == "masked":
                document, meter = _covered(stream, chosen, job)
            else:
                kept = set(chosen)
                for place in reversed(range(total)):
                    if place not in kept:
                        del document.pages[place]
            marks = [_lacking(_page(layout, place), job.args) for place in chosen]
            _stamp(document, marks, [_page(layout, place) for place in chosen], job.args)
            # An id of its content, not of the moment: what is made again of the same is the same.
            document.save(job.output, encryption=False, deterministic_id=True)
    except (pypdfium2.PdfiumError, pikepdf.PdfError) as error:
        raise Refused("document_unreadable") from error
    return {
        "pages": len(chosen),
        "whole": len(chosen) == total,
        "original_pages": total,
        "stamped": sum(any(mark) for mark in marks),
        "statements": _short_pages(layout, chosen),
        "meter": None if meter is None else {"area": meter.area, "characters": meter.characters},
    }


def _set_text(job: Job) -> BufferedRandom:
    """The text on pages of its own, in memory."""
    job.source.seek(0)
    decoded = decode(job.source.read(_LONGEST_TEXT))
    if decoded is None or not decoded.text.strip():
        raise Refused("document_unsupported", type="text")
    rows = wrap_all(printable(decoded.text.replace("\r\n", "\n")).split("\n"), COLUMNS)
    stream = os.fdopen(os.memfd_create("document"), "w+b")
    stream.write(typesetting.document_pages(pages_of([row for row in rows if row.strip()], _ROWS_MADE), job.args))
    stream.flush()
    return stream


def _chosen(total: int, mode: DocumentMode, start_page: int) -> list[int]:
    """Places of the pages to deposit: both ends, or the first ten and fifty from ``start_page``; all below 60."""
    if mode == "ten_fifty":
        if start_page <= TEN:
            raise Refused("deposit_start_too_early", start=start_page)
        wanted = start_page + 49
        if total < wanted:
            raise Refused("deposit_too_short", pages=total, wanted=wanted)
        return [*range(TEN), *range(start_page - 1, wanted)]
    if total <= WHOLE_BELOW:
        return list(range(total))
    return [*range(FRONT_PAGES), *range(total - BACK_PAGES, total)]


def _covered(stream: BinaryIO, chosen: Sequence[int], job: Job) -> tuple[pikepdf.Pdf, Meter]:
    """Pictures of the chosen pages under bars; the meter shows the page that is covered most."""
    fresh = pikepdf.new()
    original = open_with_pdfium(stream)
    area = ink = 0.0
    for number, place in enumerate(chosen, start=1):
        page = original[place]
        try:
            picture, meter = covering.covered_page(page, job.args["masked_share"])
            covering.append_picture(fresh, picture, page.get_size())
        finally:
            page.close()
        area, ink = max(area, meter.area), max(ink, meter.characters)
        job.progress(0.3 + 0.6 * number / len(chosen))
    original.close()
    return fresh, Meter(area, ink)


def _page(layout: DocumentLayout, place: int) -> PageLayout:
    return layout.pages[place] if place < len(layout.pages) else PageLayout(0, "", None, 0)


def _lacking(page: PageLayout, about: dict[str, Any]) -> Mark:
    """Whether name with version, and the page number, have to be added. A number in the header makes room with it."""
    version = plain_version(about["version"])
    named = normal(about["title"]) in normal(page.header) and (
        not version or version in versions_in_header(page.header)
    )
    moves_away = not named and page.full_above and not page.numbered_below
    return not named, page.number is None or moves_away


def _stamp(document: pikepdf.Pdf, marks: Sequence[Mark], pages: Sequence[PageLayout], about: dict[str, Any]) -> None:
    """Lays over each page what it lacks; a page that has something in the header's place is made smaller first."""
    if not any(any(mark) for mark in marks):
        return
    document.flatten_annotations("print")
    by_paper: dict[tuple[int, int], pikepdf.Pdf] = {}
    for place, (mark, page) in enumerate(zip(marks, pages, strict=True)):
        if not any(mark):
            continue
        target = document.pages[place]
        paper = _paper(target)
        if paper not in by_paper:
            by_paper[paper] = pikepdf.open(io.BytesIO(typesetting.headers(marks, about, paper)))
        if page.full_above:
            _make_room(document, target)
        _lay_over(target, by_paper[paper].pages[place], place)
    document.remove_unreferenced_resources()


def _lay_over(page: pikepdf.Page, header: pikepdf.Page, place: int) -> None:
    """As pikepdf's ``add_overlay``, which names what it adds at random: of the same file the same bytes are to come."""
    kinds = [kind for kind in page.resources.as_dict().values() if isinstance(kind, pikepdf.Dictionary)]
    free = (pikepdf.Name(f"/Header{place}-{number}") for number in count(1))
    name = next(name for name in free if not any(name in kind for kind in kinds))
    form = header.as_form_xobject()
    page.add_resource(form, pikepdf.Name.XObject, name)
    drawn = page.calc_form_xobject_placement(
        page.resources.XObject[name],
        name,
        pikepdf.Rectangle(page.mediabox),
        invert_transformations=True,
        allow_shrink=True,
        allow_expand=True,
    )
    page.contents_add(b"q\n", prepend=True)
    page.contents_add(b"Q\n" + drawn)
    page.contents_coalesce()


def _paper(page: pikepdf.Page) -> tuple[int, int]:
    """Width and height in points as the page is shown."""
    box = pikepdf.Rectangle(page.mediabox)
    width, height = round(box.width), round(box.height)
    return (height, width) if int(page.obj.get("/Rotate", 0)) % 180 else (width, height)


def _make_room(document: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Draws the page a little smaller, at the foot of its paper."""
    box = pikepdf.Rectangle(page.mediabox)
    page.contents_coalesce()
    form = document.make_stream(
        page.Contents.read_bytes(),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=page.mediabox,
        Resources=page.resources,
    )
    across = {0: (0.5, 0.0), 90: (1.0, 0.5), 180: (0.5, 1.0), 270: (0.0, 0.5)}[int(page.obj.get("/Rotate", 0)) % 360]
    room = _ROOM / _paper(page)[1]
    scale = 1 - room
    left = box.llx + across[0] * room * box.width - scale * box.llx
    low = box.lly + across[1] * room * box.height - scale * box.lly
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Own=form))
    page.Contents = document.make_stream(f"q {scale} 0 0 {scale} {left:.3f} {low:.3f} cm /Own Do Q".encode())


def _short_pages(layout: DocumentLayout, chosen: Sequence[int]) -> list[Statement]:
    short = [
        number
        for number, place in enumerate(chosen[:-1], start=1)
        if place < len(layout.pages) and layout.pages[place].lines < DOCUMENT_ROWS and not layout.pages[place].figures
    ]
    if not short:
        return []
    params = {"count": len(short), "rows": DOCUMENT_ROWS}
    return [{"code": "document_pages_short", "severity": "warning", "page": short[0], "params": params}]
