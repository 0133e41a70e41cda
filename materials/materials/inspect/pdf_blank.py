"""A second and a third opinion on pages that look blank to pdfium. Nobody's page is called blank, or taken out, on the
word of one reader: where qpdf or pypdf see something, or see that something is lost, it is not."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

import pikepdf
from PIL import Image, ImageOps

from materials.inspect import paper
from materials.inspect.image import DECODE_PIXEL_LIMIT, open_image
from materials.inspect.pdf_third import ThirdReader
from materials.inspect.pdf_tree import inherited, walk

Opinion = Literal["empty", "drawn", "damaged", "unknown"]
"""``drawn``: there are instructions to draw, a form field or a note; ``damaged``: what was on the page is lost."""

_DEEPEST = 4
_MOST_STEPS = 20_000
_SEEN_THROUGH = ("/Link", "/Popup")
_WHITE = {"g": (1.0,), "rg": (1.0, 1.0, 1.0), "k": (0.0, 0.0, 0.0, 0.0)}
_FILLS, _STROKES = ("f", "F", "f*"), ("S", "s", "B", "B*", "b", "b*", "sh")


@dataclass
class _Page:
    """What the instructions of a page came to."""

    text: bool = False
    drawn: bool = False
    steps: int = 0


class _Lost(Exception):
    """A part of the page cannot be read."""


class _Unknown(Exception):
    """A part of the page is in a form that only pdfium reads here."""


class SecondLook:
    """Opinions on the pages of one document; ``pages`` as pdfium counts them. ``recovered``: qpdf had to mend it, and
    may have lost what a page points at."""

    def __init__(self, document: pikepdf.Pdf, stream: BinaryIO, password: str, pages: int, *, recovered: bool) -> None:
        tree = walk(document)
        self._document = document
        self._pages = tree.pages if tree.listed == pages and not tree.unreadable else None
        self._recovered = recovered
        form = document.Root.get("/AcroForm")
        self._filled_in_elsewhere = isinstance(form, pikepdf.Dictionary) and "/XFA" in form
        self._third = ThirdReader(stream, password)

    def at(self, place: int) -> Opinion:
        """On the page at ``place``, from 0."""
        if self._pages is None:
            return "unknown"
        page = self._pages[place]
        seen = _Page()
        try:
            if self._filled_in_elsewhere or _has_notes(page):
                return "drawn"
            contents = self._contents(page)
            if contents:
                self._read(pikepdf.Page(page), inherited(page, "/Resources"), seen, 0)
        except _Lost:
            return "damaged"
        except _Unknown:
            return "unknown"
        except MemoryError:
            raise
        except Exception:  # qpdf, Pillow and pikepdf have many ways to say that something is broken
            return "damaged"
        if seen.drawn:
            return "drawn"
        if contents and not seen.text:
            return "empty"
        # Blanks set as text, which only a reader of its fonts knows; or no content, which may point at a lost object.
        if self._third.is_empty(place):
            return "empty"
        return "drawn" if seen.text else "unknown"

    def _contents(self, page: pikepdf.Object) -> list[pikepdf.Stream]:
        contents = page.get("/Contents")
        if contents is None:
            if self._recovered:
                raise _Lost
            return []
        parts: list[pikepdf.Stream] = []
        for part in list(contents) if isinstance(contents, pikepdf.Array) else [contents]:
            if not isinstance(part, pikepdf.Stream):
                raise _Lost
            self._read_whole(part)
            parts.append(part)
        return parts

    def _read_whole(self, stream: pikepdf.Stream) -> None:
        """Raises ``_Lost`` if the stream does not unpack to its end: qpdf warns and gives what it has."""
        self._document.get_warnings()  # those told before; asking takes them out
        stream.read_bytes()
        if self._document.get_warnings():
            raise _Lost

    def _read(self, content: Any, resources: Any, seen: _Page, depth: int) -> None:
        white, saved = False, list[bool]()
        for instruction in pikepdf.parse_content_stream(content):
            seen.steps += 1
            if seen.steps > _MOST_STEPS:
                seen.drawn = True
            if seen.drawn:
                return
            word, operands = str(instruction.operator), list(instruction.operands)
            if word == "q":
                saved.append(white)
            elif word == "Q":
                white = saved.pop() if saved else white
            elif word in _WHITE:
                white = tuple(float(value) for value in operands) == _WHITE[word]
            elif word in ("sc", "scn", "cs"):
                white = False
            elif word in _STROKES or word == "INLINE IMAGE" or (word in _FILLS and not white):
                seen.drawn = True
            elif word in ("Tj", "TJ", "'", '"'):
                seen.text = True
            elif word == "Do":
                self._show(operands[0], resources, seen, depth)

    def _show(self, name: Any, resources: Any, seen: _Page, depth: int) -> None:
        things = resources.get("/XObject") if isinstance(resources, pikepdf.Dictionary) else None
        shown = things.get(str(name)) if isinstance(things, pikepdf.Dictionary) else None
        if not isinstance(shown, pikepdf.Stream):
            raise _Lost
        kind = shown.get("/Subtype")
        if kind == "/Form":
            self._read_whole(shown)
            if depth < _DEEPEST:
                self._read(shown, shown.get("/Resources") or resources, seen, depth + 1)
            else:
                seen.drawn = True
        elif kind == "/Image":
            seen.drawn = not _is_bare(shown)
        else:
            seen.drawn = True


def _has_notes(page: pikepdf.Object) -> bool:
    """Form fields, stamps, comments: all that lies on a page but links."""
    notes = page.get("/Annots")
    return isinstance(notes, pikepdf.Array) and any(
        isinstance(note, pikepdf.Dictionary) and str(note.get("/Subtype")) not in _SEEN_THROUGH for note in notes
    )


def _is_bare(image: pikepdf.Stream) -> bool:
    """Whether Pillow decodes the picture and sees only paper."""
    if image.get("/ImageMask") or int(image.get("/Width", 0)) * int(image.get("/Height", 0)) > DECODE_PIXEL_LIMIT:
        raise _Unknown
    if str(image.get("/Filter")) == "/DCTDecode":
        picture: Image.Image = open_image(io.BytesIO(image.read_raw_bytes()))
    else:
        try:
            picture = pikepdf.PdfImage(image).as_pil_image()
        except (NotImplementedError, pikepdf.UnsupportedImageTypeError) as error:
            raise _Unknown from error
    picture.draft("L", (paper.CLOSE_EDGE, paper.CLOSE_EDGE))
    picture.load()
    grey = picture.convert("L")
    space = image.get("/ColorSpace")
    if isinstance(space, pikepdf.Array) and str(space[0]) in ("/Separation", "/DeviceN"):
        grey = ImageOps.invert(grey)  # ink, not light
    if max(grey.size) > paper.CLOSE_EDGE:
        grey.thumbnail((paper.CLOSE_EDGE, paper.CLOSE_EDGE), Image.Resampling.BOX)
    return paper.is_bare(grey)
