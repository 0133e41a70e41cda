"""Repairs of PDFs with qpdf: pages, text and order stay; what is taken out is listed."""

from __future__ import annotations

import io
from collections.abc import Callable
from io import BufferedRandom, BufferedReader

import pikepdf
import pypdfium2 as pdfium
from chassis.confinement.model import Job, Refused

from materials.inspect import pdf_tree
from materials.inspect.pdf import open_with_pdfium, open_with_qpdf, read_facts
from materials.inspect.pdf_active import find_active, remove
from materials.inspect.pdf_pages import PageFacts, read_pages
from materials.precheck.model import LIST_SIGN
from materials.repair.model import Action, Change, Param
from materials.repair.shrink import STEPS, first_step, shrink_images

_PAGE_SECONDS = 30.0


def repair_pdf(job: Job, actions: list[Action]) -> list[Change]:
    """Applies the actions and saves. Refuses with ``password_wrong`` or ``repair_impossible``."""
    assert job.output is not None
    source, output, password = job.source, job.output, str(job.args["password"])
    document, changes = _open(source, password)
    job.progress(0.1)
    encrypted = document.is_encrypted
    signed = _is_signed(document)
    for action in actions:
        repair = _REPAIRS.get(action)
        if repair is not None:
            changes += repair(document, source, password)
    if "rotate" in actions:
        changes += _rotate(document, job.args["rotate"])
    if encrypted:
        changes.append(Change("encryption_removed"))
    if signed:
        changes.append(Change("signature_broken"))
    job.progress(0.2)
    _save(document, output)
    _verify(output, actions)
    if "shrink" in actions:
        changes += _shrink(document, job)
    return changes


def _open(source: BufferedReader, password: str) -> tuple[pikepdf.Pdf, list[Change]]:
    """The document as qpdf recovers it, or else as pdfium does."""
    try:
        document = open_with_qpdf(source, password)
        tree = pdf_tree.walk(document)
        if tree.listed and not tree.unreadable:
            document.remove_unreferenced_resources()
            return document, [Change("pdf_rebuilt", {"pages": tree.listed})]
    except pikepdf.PasswordError as error:
        raise Refused("password_wrong") from error
    except MemoryError:
        raise
    except pikepdf.PikepdfError:
        document = None
    return _open_through_pdfium(source, password)


def _open_through_pdfium(source: BufferedReader, password: str) -> tuple[pikepdf.Pdf, list[Change]]:
    """Copies the pages that pdfium can load into a new document."""
    try:
        broken = open_with_pdfium(source, password)
        loadable = [number for number in range(min(len(broken), 20_000)) if _loads(broken, number)]
        if not loadable:
            raise Refused("repair_impossible")
        fresh = pdfium.PdfDocument.new()
        fresh.import_pages(broken, loadable)
        buffer = io.BytesIO()
        fresh.save(buffer)
        document = pikepdf.open(buffer)
    except (pdfium.PdfiumError, pikepdf.PikepdfError, ValueError) as error:
        raise Refused("repair_impossible") from error
    changes = [Change("pdf_pages_rescued", {"pages": len(loadable), "lost": len(broken) - len(loadable)})]
    return document, changes


def _loads(document: pdfium.PdfDocument, number: int) -> bool:
    try:
        document[number].close()
    except pdfium.PdfiumError:
        return False
    return True


def _save(document: pikepdf.Pdf, output: BufferedRandom) -> None:
    output.seek(0)
    output.truncate()
    if "/Size" not in document.trailer:  # a trailer that qpdf made up lacks it, and qpdf then writes none
        document.trailer.Size = 1
    document.save(
        output,
        encryption=False,
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        compress_streams=True,
        deterministic_id=True,
    )
    output.flush()


_TAKEN_OUT: dict[Action, frozenset[str]] = {
    "strip_scripts": frozenset({"script", "launch", "outward"}),
    "strip_attachments": frozenset({"attachment"}),
}


def _verify(output: BufferedRandom, actions: list[Action]) -> None:
    """What was to be taken out is not in what was written, by the same search that found it."""
    gone = frozenset[str]().union(*(_TAKEN_OUT.get(action, frozenset()) for action in actions))
    if not gone:
        return
    with pikepdf.open(output) as written:
        left = find_active(written)
        if not left.complete or any(item.kind in gone for item in left.found):
            raise Refused("repair_impossible")


def _drop_blank_pages(document: pikepdf.Pdf, source: BufferedReader, password: str) -> list[Change]:
    """Those that two readers find empty, and no other."""
    blank = _pages_of(source, password).blank
    total = len(document.pages)
    if not blank or len(blank) >= total:
        return []
    for number in sorted(blank, reverse=True):
        del document.pages[number - 1]
    return [
        Change(
            "blank_pages_removed",
            {"count": len(blank), "pages": LIST_SIGN.join(map(str, blank[:20])), "left": total - len(blank)},
        )
    ]


def _say_what_is_lost(document: pikepdf.Pdf, source: BufferedReader, password: str) -> list[Change]:
    """A rebuilt file is in order, and looks as if a page whose content is lost had always been empty."""
    lost = _pages_of(source, password).unreadable
    if not lost:
        return []
    return [Change("page_contents_lost", {"count": len(lost), "pages": LIST_SIGN.join(map(str, lost[:20]))})]


def _pages_of(source: BufferedReader, password: str) -> PageFacts:
    """The pages as they were sent."""
    facts, untouched = read_facts(source, password, second_reader=False)
    recovered = facts.damaged == "recovered"
    try:
        return read_pages(source, password, _PAGE_SECONDS, document=untouched, recovered=recovered)
    except pdfium.PdfiumError:
        return PageFacts()


def _is_signed(document: pikepdf.Pdf) -> bool:
    _, signed = pdf_tree.form_of(document)
    return signed


def _rotate(document: pikepdf.Pdf, degrees: int) -> list[Change]:
    if degrees % 360 == 0:
        return []
    for page in document.pages:
        page.rotate(degrees, relative=True)
    return [Change("turned", {"degrees": degrees})]


def _strip_scripts(document: pikepdf.Pdf, source: BufferedReader, password: str) -> list[Change]:
    """Scripts, and every action that leaves the document."""
    found = [item for item in find_active(document).found if item.kind != "attachment"]
    if not found:
        return []
    remove(found)
    return [Change("scripts_removed", {"places": LIST_SIGN.join(sorted({item.place for item in found}))})]


def _strip_attachments(document: pikepdf.Pdf, source: BufferedReader, password: str) -> list[Change]:
    """The files, and what only leads to them. Every reference goes, or the file would stay in the PDF unseen."""
    found = [item for item in find_active(document).found if item.kind == "attachment"]
    if not found:
        return []
    if isinstance(document.Root.get("/Names"), pikepdf.Dictionary):
        _without(document.Root.Names, "/EmbeddedFiles")
    _without(document.Root, "/AF")
    for page in pdf_tree.walk(document).pages:
        annotations = page.get("/Annots")
        if isinstance(annotations, pikepdf.Array):
            kept = [
                item
                for item in annotations
                if not (isinstance(item, pikepdf.Dictionary) and item.get("/Subtype") == "/FileAttachment")
            ]
            page["/Annots"] = pikepdf.Array(kept)
    remove(found)
    names = LIST_SIGN.join(item.name for item in found[:10] if item.name) or "?"
    return [Change("attachments_removed", {"count": len(found), "names": names})]


def _without(holder: pikepdf.Object, key: str) -> None:
    if key in holder:
        del holder[key]


def _part_of(job: Job, done: float, all_steps: int) -> Callable[[float], None]:
    """Progress of one of the steps of shrinking, as part of the whole."""
    return lambda share: job.progress(0.3 + 0.7 * (done + share) / all_steps)


def _shrink(document: pikepdf.Pdf, job: Job) -> list[Change]:
    """Recompresses images until the file is below the limit; every page and every image stays."""
    assert job.output is not None
    output, max_bytes = job.output, int(job.args["max_bytes"])
    before = output.seek(0, 2)
    if before <= max_bytes:
        return [Change("pdf_repacked", {"megabytes": _megabytes(before)})]
    count, steps = 0, STEPS[first_step(document, before, max_bytes) :]
    for done, step in enumerate(steps):
        count = max(count, shrink_images(document, step, _part_of(job, done, len(steps))))
        _save(document, output)
        size = output.seek(0, 2)
        if size <= max_bytes:
            params: dict[str, Param] = {
                "count": count,
                "quality": step.quality,
                "edge": step.edge,
                "before": _megabytes(before),
                "after": _megabytes(size),
            }
            return [Change("images_recompressed", params)]
    raise Refused("repair_not_small_enough", megabytes=_megabytes(output.seek(0, 2)))


def _megabytes(size: int) -> float:
    return round(size / 2**20, 2)


_REPAIRS: dict[Action, Callable[[pikepdf.Pdf, BufferedReader, str], list[Change]]] = {
    "rebuild": _say_what_is_lost,
    "drop_blank_pages": _drop_blank_pages,
    "strip_scripts": _strip_scripts,
    "strip_attachments": _strip_attachments,
}
