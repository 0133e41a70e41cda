"""What a file is, its structure tells: a PDF behind some junk is one, a file that only speaks of PDF is not."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable

import pytest
from materials.inspect.filetype import detect
from materials.precheck import PrecheckResult
from materials.testing import sample_files as samples

Check = Callable[..., PrecheckResult]

pytestmark = pytest.mark.requirement("F-06")

PDF = samples.numbered_pdf(2)
LETTERS_ONLY = PDF.replace(b"\xe2\xe3\xcf\xd3", b"abcd")


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("first.pdf", PDF)
    return out.getvalue()


def tarred(kind: int, *, old: bool = False) -> bytes:
    """``old``: as before tar archives carried a mark."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        entry = tarfile.TarInfo("first.pdf")
        entry.size = len(PDF)
        archive.addfile(entry, io.BytesIO(PDF))
    data = bytearray(out.getvalue())
    if old:
        data[257:265], data[148:156] = bytes(8), b" " * 8
        data[148:156] = b"%06o\0 " % sum(data[:512])
    return bytes(data)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (b"\r\n\r\n" + PDF, "pdf"),
        (b"\xef\xbb\xbf" + PDF, "pdf"),
        (bytes(range(200)) * 5 + PDF, "pdf"),
        (bytes(128) + PDF, "pdf"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n" + PDF, "pdf"),
        (b"From: me\n\n" + LETTERS_ONLY, "pdf"),
        (b"\x1b%-12345X@PJL ENTER LANGUAGE=PDF\r\n" + PDF + b"\x1b%-12345X@PJL EOJ\r\n", "pdf"),
        (b"<html><body>error</body></html>\n" + PDF, "pdf"),
        (b"MZ" + PDF, "pdf"),
        (PDF + bytes(100_000), "pdf"),
        (PDF + b"junkdata", "pdf"),
        (LETTERS_ONLY, "pdf"),
        (PDF[:60], "pdf"),
        (PDF[9:], "pdf"),
        ("本文说明 PDF 文件格式：文件以 %PDF-1.4 开头。\n".encode() * 30, "text"),
        ("本文说明 PDF 文件格式：文件以 %PDF-1.4 开头。\n".encode("gb18030") * 30, "text"),
        ("%PDF-1.4 开头".encode("utf-16"), "text"),
        (b"%PDF-1.4 is what every such file begins with. 1 0 obj is its first object.\n", "text"),
        (b"%PDF-1.4\nis the first line of every such file.\n", "text"),
        (b"# How it looks\n```\n" + LETTERS_ONLY + b"```\nThat is all of it, and now you know.\n", "text"),
        (b"def is_pdf(data):\n    return data.startswith(b'%PDF-1.4') and b'1 0 obj' in data\n", "text"),
        (b"<!doctype html><p>%PDF-1.4 1 0 obj</p>", "html"),
        (zipped(), "zip"),
        (tarred(tarfile.USTAR_FORMAT), "tar"),
        (tarred(tarfile.GNU_FORMAT), "tar"),
        (tarred(tarfile.PAX_FORMAT), "tar"),
        (tarred(tarfile.USTAR_FORMAT, old=True), "tar"),
        (gzip.compress(PDF, 0), "gzip"),
        (b"\x28\xb5\x2f\xfd\x24\x00" + PDF, "zstd"),
    ],
)
def test_files_about_pdf_are_no_pdfs_and_pdfs_behind_junk_are(content: bytes, kind: str) -> None:
    assert detect(io.BytesIO(content)) == kind


def test_a_text_that_speaks_of_pdf_can_be_set_on_pages(check: Check) -> None:
    result = check("text_pdf", "文件以 %PDF-1.4 开头，以 %%EOF 结尾。\n".encode() * 40, "说明.txt")
    assert (result.verdict, [finding.code for finding in result.findings]) == ("fixable", ["text_convertible"])


def test_source_code_that_begins_with_a_stored_pdf_is_source_code(check: Check) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        out.writestr("docs/manual.pdf", PDF)
        out.writestr("main.py", "print('hello')\n" * 20)
    assert check("source_code", archive.getvalue(), "code.zip").facts["source"]["lines"] == 20
