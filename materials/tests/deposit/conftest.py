"""Builds deposits of small made-up projects in confinement."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from chassis.confinement import ConfinedPool
from materials.deposit.engine import DepositResult, build_source_deposit
from materials.deposit.model import SourceOptions
from materials.precheck import new_pool
from materials.testing import sample_files as samples


@pytest.fixture(scope="session")
def pool() -> Iterator[ConfinedPool]:
    with new_pool(workers=2) as pool:
        yield pool


_BODY = 842 - 66
"""Where the header ends, in points from the bottom of the page."""


class Built:
    """A deposit and the text of its pages."""

    def __init__(self, result: DepositResult, path: Path) -> None:
        self.result = result
        self.report = result.report
        self.path = path

    def pages(self) -> list[list[str]]:
        """Rows of each page without the header."""
        document = pypdfium2.PdfDocument(self.path)
        texts = [document[n].get_textpage().get_text_bounded(top=_BODY) for n in range(len(document))]
        return [[line.rstrip() for line in text.splitlines()] for text in texts]

    def headers(self) -> list[str]:
        document = pypdfium2.PdfDocument(self.path)
        return [document[n].get_textpage().get_text_bounded(bottom=_BODY) for n in range(len(document))]

    @property
    def codes(self) -> set[str]:
        return {finding.code for finding in self.result.findings}


@pytest.fixture
def build(pool: ConfinedPool, tmp_path: Path) -> Callable[..., Built]:
    """build({path: bytes}, **options) or build(archive_bytes, …); ``several``: the bytes are a TAR of uploads."""

    def run(
        source: dict[str, bytes] | bytes, object_code: bytes | None = None, several: bool = False, **options: Any
    ) -> Built:
        upload, output, compiled = tmp_path / "upload", tmp_path / "deposit.pdf", tmp_path / "object"
        upload.write_bytes(source if isinstance(source, bytes) else samples.zip_of(source))
        output.unlink(missing_ok=True)
        if object_code is not None:
            compiled.write_bytes(object_code)
        result = build_source_deposit(
            upload,
            output,
            title="山居图书管理软件",
            version="V1.0",
            several=several,
            options=SourceOptions(**options),
            object_code=compiled if object_code is not None else None,
            pool=pool,
        )
        return Built(result, output)

    return run
