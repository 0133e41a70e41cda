"""The paper of a batch as one file: first what is missing of it, then cover sheet and signed form of each work."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import BinaryIO

from chassis.confinement import ConfinedPool, ConfinementError
from chassis.documents import apart
from chassis.errors import Problem
from chassis.objects import ObjectMissing
from contracts.batches import BatchView
from contracts.filing import DESCRIBE_FORM, DescribeForm
from contracts.objects import DocumentRef
from flask import Response, send_file
from materials.joining import AT_ONCE, CONFINED_MODULE, join

from gateway.batches.papers import ALL_ROWS, MOST_AT_ONCE, SOON, NotReady, Papers, Rows, Why, to_print
from gateway.web.calls import call
from gateway.web.documents import harmless
from gateway.web.resources import resources

TEMPLATES = Path(__file__).parent / "templates"
REASONS: dict[Why, str] = {
    "being_sealed": "已签名的申请表还在制作",
    "corrected": "补正后的申请表还在制作",
    "stuck": "已签名的申请表没有做成，须由工作人员处理",
}
"""As the sheet says it, which is Chinese like all paper."""
_joining = threading.Lock()
_pool = ConfinedPool([CONFINED_MODULE, apart.CONFINED_MODULE], workers=1)  # its processes start with the first file
atexit.register(_pool.close)


def print_papers(batch: BatchView, rows: Rows, *, rest: bool) -> Response:
    """The paper of some rows as a file to be saved; with ``rest``, where that is offered, without what is not ready.

    Problems of :func:`~gateway.batches.papers.to_print` and :func:`printed`; ``batch_papers_in_parts``: that is more
    than goes into one file.
    """
    papers = to_print(batch.batch_id, rows, without_missing=rest)
    if len(papers.parts()) > 1:
        raise Problem("batch_papers_in_parts", limit=MOST_AT_ONCE)
    name = f"{batch.batch_id}.pdf" if rows == ALL_ROWS else f"{batch.batch_id}-{rows.first}-{rows.last}.pdf"
    answer = send_file(printed(papers, batch), mimetype="application/pdf", download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = harmless(answer)
    return answer


def printed(papers: Papers, batch: BatchView) -> BinaryIO:
    """The file, on the disk and gone when it is closed. Where works are missing, its first sheet names them.

    Problem ``service_unavailable`` (``seconds``): a file cannot be read, or somebody else's is being joined.
    """
    documents = [document for one in papers.ready for document in (one.work.cover_sheet, one.form)]
    with _one_at_a_time(), TemporaryDirectory(prefix="papers-") as folder:
        try:
            joined = join(_files(papers.missing, documents, batch, Path(folder)), Path(folder), _pool)
        except (ConfinementError, apart.NotRendered) as error:
            raise Problem("service_unavailable", seconds=SOON) from error
        if joined is None:
            raise Problem("document_unknown")
        return joined.open("rb")  # the name goes with the folder, the bytes with the handle


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Of this process; who comes second asks again, and holds no thread until then."""
    if not _joining.acquire(blocking=False):
        raise Problem("service_unavailable", seconds=SOON)
    try:
        yield
    finally:
        _joining.release()


def _files(
    missing: Sequence[NotReady], documents: Sequence[DocumentRef], batch: BatchView, folder: Path
) -> Iterator[Path]:
    """One after the other; names come again once they are joined."""
    if missing:
        sheet = folder / "missing.pdf"
        sheet.write_bytes(_sheet(missing, batch))
        yield sheet
    for number, document in enumerate(documents):
        target = folder / f"{number % (2 * AT_ONCE)}.pdf"
        try:
            source = resources().runtime.objects.open(document.object.sha256)
        except ObjectMissing:
            raise Problem("service_unavailable", seconds=SOON) from None
        with source, target.open("wb") as copy:
            copyfileobj(source, copy)
        yield target


def _sheet(missing: Sequence[NotReady], batch: BatchView) -> bytes:
    on = call(DESCRIBE_FORM, DescribeForm(type=batch.type)).on
    rows = [
        {
            "line": one.work.line,
            "title": one.work.title,
            "number": one.work.acceptance_number or one.work.serial_number,
            "why": REASONS[one.why],
        }
        for one in missing
    ]
    sandbox = resources().runtime.settings.sandbox
    data = {"batch": batch.name, "date": on.isoformat(), "rows": rows, "sandbox": sandbox}
    return apart.render_apart(_pool, TEMPLATES, "missing_papers", data)
