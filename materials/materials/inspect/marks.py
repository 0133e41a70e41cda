"""What somebody put on the pages of a paper: a red seal, ink where it says that one signs, a digital signature."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pypdfium2 as pdfium
from chassis.signing.seen import seen_signatures
from PIL import Image
from pypdfium2 import raw

from materials.inspect import seal
from materials.inspect.pdf import each_page, open_with_pdfium

_FIRST, _LAST = 4, 8
"""Pages that are looked at: contracts are signed at their end, letters on their first page."""
_SECONDS = 8.0
_MOST_PAGES, _MOST_TEXT = 2000, 20_000
_MOST_SIGNED_BYTES = 48 << 20
_SIGN_HERE = ("（签名", "（公章", "（盖章", "（签字")
_MOST_PLACES = 20
_WIDE, _ABOVE, _BELOW = 96.0, 14.0, 3.0
"""Points to the right of the words, above and below them, in which one signs: 34 mm of a line."""
_DARK, _RULE, _INK = 140, 0.7, 0.004


@dataclass
class Marks:
    """``seal``: what :func:`materials.inspect.seal.look` saw, on ``page``; ``looked``: pages of ``pages`` that were
    looked at. ``phrases``: those sought that stand in the text; ``empty``: words beside which nobody signed, and
    ``places``: how many such words there are. ``added``: pictures and notes that lie on the pages. ``signatures``:
    digital ones; None if they cannot be read."""

    seal: seal.Seen = "none"
    page: int | None = None
    looked: int = 0
    pages: int = 1
    phrases: list[str] = field(default_factory=list)
    places: int = 0
    empty: list[str] = field(default_factory=list)
    added: int = 0
    made_by: str = ""
    signatures: list[dict[str, str | bool]] | None = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Facts as profiles judge them and the table keeps them."""
        return dict(vars(self))


def of_picture(picture: Image.Image) -> Marks:
    """Of a photographed page whose longer edge has at most ``seal.EDGE`` pixels."""
    seen = seal.look(picture)
    return Marks(seal=seen, page=1 if seen == "seal" else None, looked=1)


def of_pdf(stream: BinaryIO, password: str, phrases: Sequence[str], *, signed: bool) -> Marks:
    """``phrases``: without spaces. Raises ``pdfium.PdfiumError`` if the file does not open."""
    marks, seen, deadline = Marks(made_by=_made_by(stream, password)), set[seal.Seen](), time.monotonic() + _SECONDS
    text = ""
    for number, count, page in each_page(stream, password, _MOST_PAGES):
        marks.pages = count
        if page is None or (_FIRST < number <= count - _LAST) or time.monotonic() > deadline:
            continue
        marks.looked += 1
        try:
            text += _text_of(page)
            marks.added += _added(page)
            _look_where_one_signs(page, marks)
            if marks.page is None:
                seen.add(_look(page))
        except (pdfium.PdfiumError, ValueError, ArithmeticError):  # a box or an object that means nothing
            continue
        if "seal" in seen and marks.page is None:
            marks.page = number
    marks.seal = "seal" if "seal" in seen else "none" if "none" in seen or not seen else "grey"
    marks.phrases = [phrase for phrase in phrases if phrase in text[:_MOST_TEXT]]
    if signed:
        marks.signatures = _signatures(stream)
    return marks


def _made_by(stream: BinaryIO, password: str) -> str:
    """The program that last wrote the file, as it says itself."""
    document = open_with_pdfium(stream, password)
    try:
        said = document.get_metadata_dict(skip_empty=True)
    finally:
        document.close()
    return (said.get("Producer") or said.get("Creator") or "")[:60]


def _text_of(page: pdfium.PdfPage) -> str:
    words = page.get_textpage()
    try:
        return "".join(words.get_text_bounded().split())[:_MOST_TEXT]
    finally:
        words.close()


def _added(page: pdfium.PdfPage) -> int:
    notes = int(raw.FPDFPage_GetAnnotCount(page.raw))
    return notes + sum(isinstance(item, pdfium.PdfImage) for item in page.get_objects(max_depth=2))


def _look(page: pdfium.PdfPage) -> seal.Seen:
    bitmap = page.render(scale=seal.EDGE / max(*page.get_size(), 1.0))
    try:
        return seal.look(bitmap.to_pil().convert("RGB"))
    finally:
        bitmap.close()


def _look_where_one_signs(page: pdfium.PdfPage, marks: Marks) -> None:
    words = page.get_textpage()
    try:
        for sought in _SIGN_HERE:
            search = words.search(sought)
            while (found := search.get_next()) is not None and marks.places < _MOST_PLACES:
                marks.places += 1
                label, box = _place(words, *found)
                if not _has_ink(page, box):
                    marks.empty.append(label)
    finally:
        words.close()


def _place(words: pdfium.PdfTextPage, start: int, length: int) -> tuple[str, tuple[float, float, float, float]]:
    """The words by which one signs, and left, bottom, right and top of where."""
    before = words.get_text_range(max(0, start - 6), min(6, start)).split()
    after = words.get_text_range(start, length + 8)
    said = after[: after.find("：") + 1] or after[:length]
    _, bottom, right, top = words.get_charbox(start + max(0, len(said) - 1))
    label = ((before[-1] if before else "") + said).strip("：")
    return label, (right, bottom - _BELOW, right + _WIDE, top + _ABOVE)


def _has_ink(page: pdfium.PdfPage, box: tuple[float, float, float, float]) -> bool:
    """More dark pixels than the line that one writes on, which is a row of them."""
    width, height = page.get_size()
    left, bottom, right, top = max(0.0, box[0]), max(0.0, box[1]), min(width, box[2]), min(height, box[3])
    if right - left < 1 or top - bottom < 1:
        return True
    bitmap = page.render(scale=2, crop=(left, bottom, width - right, height - top), grayscale=True)
    try:
        shown = bitmap.to_pil().convert("L").point([255 if value < _DARK else 0 for value in range(256)])
    finally:
        bitmap.close()
    rows = [shown.crop((0, row, shown.width, row + 1)).histogram()[255] for row in range(shown.height)]
    written: int = sum(dark for dark in rows if dark < _RULE * shown.width)
    return bool(written > _INK * shown.width * shown.height)


def _signatures(stream: BinaryIO) -> list[dict[str, str | bool]] | None:
    if stream.seek(0, 2) > _MOST_SIGNED_BYTES:
        return None
    stream.seek(0)
    found = seen_signatures(stream.read())
    return None if found is None else [signature.to_json() for signature in found]
