"""What a batch has to send on paper, as one file to be printed: cover sheet and signed form of each work."""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import BinaryIO

from chassis.confinement import ConfinedPool, ConfinementError
from chassis.errors import Problem
from chassis.objects import ObjectMissing
from contracts.batches import LIST_BATCH_PAPERS, BatchPaper, BatchView, ListBatchPapers
from contracts.objects import DocumentRef
from contracts.signed import LIST_SIGNED_FORMS, MOST_CASES, ListSignedForms
from materials.joining import AT_ONCE, CONFINED_MODULE, join

from gateway.web.calls import call
from gateway.web.resources import resources

_SOON = 30
"""Seconds, until what is being made is asked for again."""
_joining = threading.Lock()
_pool = ConfinedPool([CONFINED_MODULE], workers=1)  # its processes start with the first file
atexit.register(_pool.close)


def papers_awaited(batch: BatchView) -> bool:
    """Whether paper of it is to be sent, and all of its cover sheets are there."""
    if batch.submitted_at is None:
        return False
    try:
        return bool(call(LIST_BATCH_PAPERS, ListBatchPapers(batch_id=batch.batch_id, limit=1)).items)
    except Problem as problem:
        if problem.code != "batch_papers_being_made":
            raise
        return False


def papers_to_print(batch_id: str) -> BinaryIO:
    """The file, on the disk and gone when it is closed; whole or not at all.

    Problems: ``batch_unknown``; ``document_unknown``: nothing is to be sent; ``batch_papers_being_made``: not all is
    there yet; ``service_unavailable`` (``seconds``): a file cannot be read, or somebody else's is being joined.
    """
    documents = list(_documents(batch_id))
    with _one_at_a_time(), TemporaryDirectory(prefix="papers-") as folder:
        try:
            joined = join(_files(documents, Path(folder)), Path(folder), _pool)
        except ConfinementError as error:
            raise Problem("service_unavailable", seconds=_SOON) from error
        if joined is None:
            raise Problem("document_unknown")
        return joined.open("rb")  # the name goes with the folder, the bytes with the handle


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Of this process; who comes second asks again, and holds no thread until then."""
    if not _joining.acquire(blocking=False):
        raise Problem("service_unavailable", seconds=_SOON)
    try:
        yield
    finally:
        _joining.release()


def _files(documents: list[DocumentRef], folder: Path) -> Iterator[Path]:
    """One after the other; names come again once they are joined."""
    for number, document in enumerate(documents):
        target = folder / f"{number % (2 * AT_ONCE)}.pdf"
        try:
            source = resources().runtime.objects.open(document.object.sha256)
        except ObjectMissing:
            raise Problem("service_unavailable") from None
        with source, target.open("wb") as copy:
            copyfileobj(source, copy)
        yield target


def _documents(batch_id: str) -> Iterator[DocumentRef]:
    for works in _pages(batch_id):
        asked = ListSignedForms(application_ids=[work.application_id for work in works])
        forms = {one.application_id: one.document for one in call(LIST_SIGNED_FORMS, asked).items}
        for work in works:
            if work.application_id not in forms:  # signed, but not sealed yet
                raise Problem("batch_papers_being_made", seconds=_SOON)
            yield work.cover_sheet
            yield forms[work.application_id]


def _pages(batch_id: str) -> Iterator[list[BatchPaper]]:
    cursor: str | None = None
    while True:
        page = call(LIST_BATCH_PAPERS, ListBatchPapers(batch_id=batch_id, cursor=cursor, limit=MOST_CASES))
        if page.items:
            yield page.items
        if page.next_cursor is None:
            return
        cursor = page.next_cursor
