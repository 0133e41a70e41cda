"""The third voice: pypdf, asked only where qpdf and pdfium disagree, or before a page is called blank.

It is written in Python and takes its time, and some files send it round in circles: so it gets a few seconds.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import BinaryIO, TypeVar

import pypdf
from pypdf.generic import IndirectObject, NullObject

SECONDS = 6.0
Answer = TypeVar("Answer")

logging.getLogger("pypdf").disabled = True  # what it finds odd in a file is told by the other two


class _TimeIsUp(BaseException):
    """No Exception: pypdf goes on after those."""


@contextmanager
def _for_seconds(seconds: float) -> Iterator[None]:
    def end(number: int, frame: FrameType | None) -> None:
        raise _TimeIsUp

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class ThirdReader:
    """One document in pypdf, opened when it is first asked. All answers together take ``SECONDS``; after that it has
    none."""

    def __init__(self, stream: BinaryIO, password: str = "") -> None:
        self._stream, self._password = stream, password
        self._left = SECONDS if threading.current_thread() is threading.main_thread() else 0.0
        self._reader: pypdf.PdfReader | None = None

    def count_pages(self) -> int | None:
        """Pages as pypdf lists them; None if it cannot tell."""
        return self._asked(lambda reader: len(reader.pages))

    def is_empty(self, place: int) -> bool:
        """Whether it finds neither words nor lost content on the page at ``place``, from 0. Without an answer: no."""
        return bool(self._asked(lambda reader: _is_empty(reader.pages[place])))

    def _asked(self, question: Callable[[pypdf.PdfReader], Answer]) -> Answer | None:
        if self._left <= 0:
            return None
        started = time.monotonic()
        try:
            with _for_seconds(self._left):
                if self._reader is None:
                    self._stream.seek(0)
                    self._reader = pypdf.PdfReader(self._stream, password=self._password or None)
                return question(self._reader)
        except MemoryError:
            raise
        except (_TimeIsUp, Exception):
            return None
        finally:
            self._left -= time.monotonic() - started


def _is_empty(page: pypdf.PageObject) -> bool:
    content = page.raw_get("/Contents") if "/Contents" in page else None
    lost = isinstance(content, IndirectObject) and isinstance(content.get_object(), (NullObject, type(None)))
    return not lost and not page.extract_text().strip()
