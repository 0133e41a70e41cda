"""Facts of a PDF, as several readers see it. Run in confinement: any of these engines can be made to crash."""

from __future__ import annotations

import ctypes
import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import pikepdf
import pypdfium2 as pdfium

from materials.inspect import pdf_tree
from materials.inspect.padding import content_end, without_padding
from materials.inspect.pdf_active import find_active
from materials.inspect.pdf_third import ThirdReader

TAIL = 4096
_MAX_NAMES = 50
_MAPPED_BYTES = 64 << 20
"""Up to this size qpdf maps the file, which makes reading all objects four times as fast; larger ones would take too
much of the address space that confinement allows."""
_HELD_BYTES = 24 << 20
_PDFIUM_ERRORS = {1: "unknown", 2: "file", 3: "format", 4: "password", 5: "security", 6: "page"}


@dataclass
class PdfFacts:
    """``opens``: at least one reader opens it. ``pages``: pages that differ in what they draw,
    ``listed_pages``: entries of the page tree, ``declared_pages``: what the file claims.
    ``damaged``: no | recovered | unreadable. ``scripts``: where there are any (``pdf_active``); ``reaches_out``:
    actions that send data, open an attachment or play media; ``active_unread``: there was no time to search all
    of the file."""

    opens: bool = False
    encrypted: bool = False
    needs_password: bool = False
    permissions_restricted: bool = False
    damaged: str = "no"
    damage: list[str] = field(default_factory=list)
    truncated: bool = False
    version: str = ""
    pages: int | None = None
    listed_pages: int | None = None
    declared_pages: int | None = None
    pages_by_reader: dict[str, int | None] = field(default_factory=dict)
    readers_disagree: bool = False
    tree_loop: bool = False
    scripts: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)
    attachment_count: int = 0
    launches: bool = False
    reaches_out: bool = False
    active_unread: bool = False
    form: str = ""
    signed: bool = False
    linearized: bool = False
    header_offset: int = 0
    updates: int = 0

    def to_json(self) -> dict[str, Any]:
        """Facts as profiles judge them and the table keeps them."""
        return dict(vars(self))


def read_facts(
    stream: BinaryIO, password: str = "", *, second_reader: bool = True, seconds: float = 6.0
) -> tuple[PdfFacts, pikepdf.Pdf | None]:
    """Facts that are quick to know, and the open document if qpdf opens it. 2 ms for 200 MB of scans; ``seconds`` bound
    the search for scripts in documents of very many objects."""
    facts = PdfFacts()
    _read_ends(stream, facts)
    document = _open_with_qpdf(stream, password, facts)
    if document is not None:
        _read_structure(document, facts, seconds)
    if second_reader:
        _compare_with_pdfium(stream, password, facts)
    if not facts.opens and not facts.needs_password:
        facts.damaged = "unreadable"
    return facts, document


def _read_ends(stream: BinaryIO, facts: PdfFacts) -> None:
    stream.seek(0)
    head = stream.read(1024)
    end = content_end(stream)
    stream.seek(max(0, end - TAIL))
    tail = stream.read(min(TAIL, end))
    stream.seek(0)
    facts.header_offset = max(head.find(b"%PDF-"), -1)
    facts.linearized = b"/Linearized" in head
    facts.updates = tail.count(b"%%EOF")
    facts.truncated = b"%%EOF" not in tail


def open_with_qpdf(stream: BinaryIO, password: str = "") -> pikepdf.Pdf:
    """Opens without reading pages, and without taking what only fills the file up for damage. Raises what pikepdf
    raises."""
    content = without_padding(stream)
    mapped = content is stream and stream.seek(0, 2) <= _MAPPED_BYTES
    way = pikepdf.AccessMode.mmap if mapped else pikepdf.AccessMode.default
    return pikepdf.open(content, password=password, suppress_warnings=True, access_mode=way)


def _open_with_qpdf(stream: BinaryIO, password: str, facts: PdfFacts) -> pikepdf.Pdf | None:
    try:
        document = open_with_qpdf(stream, password)
    except pikepdf.PasswordError:
        facts.encrypted = facts.needs_password = True
        facts.pages_by_reader["qpdf"] = None
        return None
    except MemoryError:
        raise
    except Exception as error:
        facts.damage.append(_first_line(error))
        facts.pages_by_reader["qpdf"] = None
        return None
    return document


def _read_structure(document: pikepdf.Pdf, facts: PdfFacts, seconds: float) -> None:
    facts.opens = True
    facts.version = document.pdf_version
    facts.encrypted = document.is_encrypted
    if document.is_encrypted:
        allow = document.allow
        facts.permissions_restricted = not (allow.extract and allow.print_highres and allow.modify_other)
    tree = pdf_tree.walk(document)
    facts.pages = tree.distinct
    facts.listed_pages = tree.listed
    facts.declared_pages = tree.declared
    facts.tree_loop = tree.loop
    facts.pages_by_reader["qpdf"] = None if tree.unreadable else tree.listed
    _read_active_content(document, facts, seconds)
    warnings = [_first_line(warning) for warning in document.get_warnings()]
    facts.damage += warnings[:5]
    if warnings:
        facts.damaged = "recovered"


def _read_active_content(document: pikepdf.Pdf, facts: PdfFacts, seconds: float) -> None:
    try:
        facts.form, facts.signed = pdf_tree.form_of(document)
        active = find_active(document, seconds)
    except (pikepdf.PikepdfError, TypeError, ValueError, AttributeError) as error:
        facts.damage.append(str(error)[:200])
        facts.active_unread = True
        return
    facts.active_unread = not active.complete
    facts.scripts = active.places("script")
    facts.launches = bool(active.places("launch"))
    facts.reaches_out = bool(active.places("outward"))
    names = [item.name for item in active.found if item.kind == "attachment"]
    facts.attachment_count = len(names)
    facts.attachments = names[:_MAX_NAMES]


def open_with_pdfium(stream: BinaryIO, password: str = "") -> pdfium.PdfDocument:
    """Opens the file without reading it into memory; a copy-on-write map, because pdfium wants a writable buffer."""
    mapped = mmap.mmap(stream.fileno(), content_end(stream), access=mmap.ACCESS_COPY)
    buffer = (ctypes.c_char * len(mapped)).from_buffer(mapped)
    document = pdfium.PdfDocument(buffer, password=password or None)
    if document.get_formtype() != pdfium.raw.FORMTYPE_NONE:
        document.init_forms()  # what is filled in is drawn then
    return document


def each_page(stream: BinaryIO, password: str, most: int) -> Iterator[tuple[int, int, pdfium.PdfPage | None]]:
    """(number from 1, pages to come in all, page or None if it does not load); a page is closed when the next is asked.

    pdfium keeps a copy of every image it came across until its document is closed, so that is opened afresh now and
    then: 200 MB of scans took half a gigabyte. Raises ``pdfium.PdfiumError`` if the file does not open.
    """
    document = open_with_pdfium(stream, password)
    try:
        count = min(len(document), most)
        at_once = max(1, count * _HELD_BYTES // max(1, stream.seek(0, 2)))
        for place in range(count):
            if place and place % at_once == 0:
                document.close()
                document = open_with_pdfium(stream, password)
            try:
                page = document[place]
            except pdfium.PdfiumError:
                yield place + 1, count, None
                continue
            try:
                yield place + 1, count, page
            finally:
                page.close()
    finally:
        document.close()


def _compare_with_pdfium(stream: BinaryIO, password: str, facts: PdfFacts) -> None:
    try:
        document = open_with_pdfium(stream, password)
    except pdfium.PdfiumError as error:
        facts.pages_by_reader["pdfium"] = None
        if getattr(error, "err_code", None) == 4:
            if facts.opens:
                facts.readers_disagree = True
            else:
                facts.encrypted = facts.needs_password = True
                facts.damage = []
        elif facts.opens and facts.pages:
            facts.readers_disagree = True
    except ValueError:
        return
    else:
        count = len(document)
        facts.pages_by_reader["pdfium"] = count
        document.close()
        if not facts.opens or facts.pages_by_reader.get("qpdf") is None or count != facts.listed_pages:
            facts.readers_disagree = True
        if not facts.opens:
            facts.opens = True
            facts.needs_password = False
            facts.damaged = "recovered"
            facts.listed_pages = count
    if facts.readers_disagree or not (facts.opens or facts.needs_password):
        _ask_the_third(stream, password, facts)


def _ask_the_third(stream: BinaryIO, password: str, facts: PdfFacts) -> None:
    """What pypdf says settles nothing, a person has to look; but the person sees whom it agrees with, and a file is not
    said to open nowhere that opens there."""
    count = ThirdReader(stream, password).count_pages()
    facts.pages_by_reader["pypdf"] = count
    if count and not facts.opens:
        facts.opens = facts.readers_disagree = True
        facts.damaged = "recovered"
        facts.listed_pages = count


def _first_line(error: object) -> str:
    """The engine's own words without the stream's technical name."""
    text = str(error).splitlines()[0] if str(error) else type(error).__name__
    return text.rpartition(">: ")[2][:200] or text[:200]
