"""Pages that are scans: a quick look says what rendering says, in memory that does not grow with the file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import Mock

import pikepdf
import pytest
from chassis.confinement import ConfinedPool
from materials.inspect import pdf_pages
from materials.testing import sample_files as samples
from PIL import Image

pytestmark = pytest.mark.requirement("F-06")

WHOLE = b"q 595 0 0 842 0 0 cm /Scan Do Q"
WRITTEN = samples.encoded(samples.picture(827, 1169), quality=70)
WHITE = samples.encoded(Image.new("L", (827, 1169), 255))
INVERTED = samples.encoded(Image.new("L", (827, 1169), 0))


def scans(images: Sequence[bytes], content: bytes = WHOLE, space: pikepdf.Object = pikepdf.Name.DeviceRGB) -> bytes:
    """One page for each JPEG."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        for data in images:
            image = document.make_stream(
                data,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=827,
                Height=1169,
                BitsPerComponent=8,
                ColorSpace=space,
                Filter=pikepdf.Name.DCTDecode,
            )
            page = document.add_blank_page(page_size=samples.A4)
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Scan=image))
            page.Contents = pikepdf.Stream(document, content)
        document.save(out)
    return out.getvalue()


def separation() -> pikepdf.Object:
    """Ink instead of light: 255 is black."""
    function = pikepdf.Dictionary(FunctionType=2, Domain=[0, 1], C0=[1], C1=[0], N=1)
    return pikepdf.Array([pikepdf.Name.Separation, pikepdf.Name.Black, pikepdf.Name.DeviceGray, function])


@pytest.mark.parametrize(
    ("what", "pdf", "listed", "rendered"),
    [
        ("a scan", scans([WRITTEN]), "", False),
        ("a white scan", scans([WHITE], space=pikepdf.Name.DeviceGray), "blank", True),
        ("ink", scans([INVERTED], space=separation()), "blank", True),
        ("a small picture", scans([WRITTEN], b"q 200 0 0 200 9 9 cm /Scan Do Q"), "", True),
        ("a scan beside the page", scans([WRITTEN], b"q 595 0 0 842 700 0 cm /Scan Do Q"), "unshown", True),
        ("a scan clipped away", scans([WRITTEN], b"q 700 0 9 9 re W n 595 0 0 842 0 0 cm /Scan Do Q"), "unshown", True),
        ("a scan painted over", scans([WRITTEN], WHOLE + b" 1 g 0 0 595 842 re f"), "unshown", True),
        ("a broken scan", scans([WRITTEN[:300]]), "unreadable", True),
    ],
)
def test_a_scan_is_rendered_only_when_a_quick_look_cannot_tell(
    what: str, pdf: bytes, listed: str, rendered: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, render = tmp_path / "scan.pdf", Mock(side_effect=pdf_pages._marks_of)
    path.write_bytes(pdf)
    monkeypatch.setattr(pdf_pages, "_marks_of", render)
    with path.open("rb") as stream, pikepdf.open(path) as document:
        facts = pdf_pages.read_pages(stream, "", 20, document=document)
    assert (facts.checked, render.called) == (1, rendered), what
    found = [name for name in ("blank", "unshown", "unreadable", "unsure") if getattr(facts, name)]
    assert found == ([listed] if listed else []), what


@pytest.mark.parametrize("profile", ["text_pdf", "software_document"])
def test_a_large_book_of_scans_takes_no_more_memory_than_a_small_one(
    profile: str, pool: ConfinedPool, tmp_path: Path
) -> None:
    """pdfium keeps what it has seen until its document is closed: 200 MB of scans took half a gigabyte."""
    padded = WRITTEN + bytes(2 << 20)
    peaks = []
    for pages in (5, 60):
        path = tmp_path / f"{pages}.pdf"
        path.write_bytes(scans([padded + bytes([number]) for number in range(pages)]))
        arguments = {"profile": profile, "context": {"sha256": "0" * 64}, "stage": "full"}
        outcome = pool.run("materials.precheck.inspect:inspect_file", path=path, args=arguments)
        assert outcome.value["facts"]["content"]["checked"] == pages
        peaks.append(outcome.peak_bytes >> 20)
    assert peaks[1] - peaks[0] < 64, f"MiB: {peaks}"
