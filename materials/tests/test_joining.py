"""Many files become one to be printed, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from materials.joining import AT_ONCE, join
from materials.testing.sample_files import text_pdf
from pypdf import PdfReader


@pytest.mark.requirement("F-15")
def test_more_files_than_are_open_at_once_are_joined_in_their_order(tmp_path: Path) -> None:
    """A name may come again: whoever brings the files keeps no more of them than are open."""

    def brought() -> Iterator[Path]:
        for number in range(2 * AT_ONCE + 3):
            file = tmp_path / f"{number % (2 * AT_ONCE)}.pdf"
            file.write_bytes(text_pdf([f"Work {number}", f"Form {number}"]))
            yield file

    joined = join(brought(), tmp_path)
    assert joined is not None
    said = [page.extract_text().strip() for page in PdfReader(joined).pages]
    assert said == [f"{what} {number}" for number in range(2 * AT_ONCE + 3) for what in ("Work", "Form")]
    assert join([], tmp_path) is None


@pytest.mark.requirement("F-15")
def test_what_was_attached_stays_behind(tmp_path: Path) -> None:
    file = tmp_path / "signed.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["signed.json"] = b"{}"
        pdf.save(file)
    joined = join([file], tmp_path)
    assert joined is not None
    with pikepdf.open(joined) as whole:
        assert len(whole.attachments) == 0
