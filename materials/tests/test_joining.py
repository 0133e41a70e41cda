"""Many files become one to be printed, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from chassis.confinement import ConfinedPool, ConfinementError
from materials.joining import AT_ONCE, CONFINED_MODULE, join
from materials.testing.sample_files import text_pdf
from pypdf import PdfReader


@pytest.fixture(scope="module")
def pool() -> Iterator[ConfinedPool]:
    with ConfinedPool([CONFINED_MODULE], workers=1) as made:
        yield made


@pytest.mark.requirement("F-15")
def test_more_files_than_are_open_at_once_are_joined_in_their_order(tmp_path: Path, pool: ConfinedPool) -> None:
    """A name may come again: whoever brings the files keeps no more of them than are open."""

    def brought() -> Iterator[Path]:
        for number in range(2 * AT_ONCE + 3):
            file = tmp_path / f"{number % (2 * AT_ONCE)}.pdf"
            file.write_bytes(text_pdf([f"Work {number}", f"Form {number}"]))
            yield file

    joined = join(brought(), tmp_path, pool)
    assert joined is not None
    said = [page.extract_text().strip() for page in PdfReader(joined).pages]
    assert said == [f"{what} {number}" for number in range(2 * AT_ONCE + 3) for what in ("Work", "Form")]
    assert join([], tmp_path, pool) is None


@pytest.mark.requirement("F-15")
def test_what_was_attached_stays_behind(tmp_path: Path, pool: ConfinedPool) -> None:
    file = tmp_path / "signed.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["signed.json"] = b"{}"
        pdf.save(file)
    joined = join([file], tmp_path, pool)
    assert joined is not None
    with pikepdf.open(joined) as whole:
        assert len(whole.attachments) == 0


@pytest.mark.requirement("F-15")
def test_a_file_that_cannot_be_joined_is_not_left_out(tmp_path: Path, pool: ConfinedPool) -> None:
    file = tmp_path / "broken.pdf"
    file.write_bytes(b"no PDF")
    with pytest.raises(ConfinementError):
        join([file], tmp_path, pool)
