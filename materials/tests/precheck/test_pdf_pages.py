"""No page is called blank on one reader's word; what is damaged, filled in or hidden is said to be so, and stays."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pikepdf
import pypdfium2
import pytest
from chassis.confinement import ConfinedPool
from materials.inspect import paper
from materials.inspect.pdf import read_facts
from materials.precheck import PrecheckResult, describe
from materials.repair import run_repair
from materials.testing import sample_files as samples
from PIL import Image, ImageDraw, ImageFilter

Check = Callable[..., PrecheckResult]

pytestmark = pytest.mark.requirement("F-06")

PACKED = zlib.compress(b"BT /F1 12 Tf 72 720 Td (what was here) Tj ET " * 50)


BROKEN = PACKED[:2] + b"\xff" * 9 + PACKED[11:]


def codes(result: PrecheckResult) -> set[str]:
    return {finding.code for finding in result.findings}


def with_page(contents: bytes, *more: bytes, page: bytes = b"", root: bytes = b"") -> bytes:
    """Three pages with words, and between them one as given: its content is object 5, ``more`` begin at 10."""
    lead = b"/Type /Page /Parent 2 0 R /Resources << /Font << /F1 4 0 R >> /XObject << /X 10 0 R >> >>"
    words = [samples.stream(b"BT /F1 12 Tf 72 720 Td (words of page %d) Tj ET" % number) for number in (1, 3)]
    return samples.pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R " + root + b" >>",
            b"<< /Type /Pages /Count 3 /Kids [6 0 R 3 0 R 7 0 R] /MediaBox [0 0 595 842] >>",
            b"<< " + lead + b" " + (page or b"/Contents 5 0 R") + b" >>",
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            contents,
            b"<< " + lead + b" /Contents 8 0 R >>",
            b"<< " + lead + b" /Contents 9 0 R >>",
            *words,
            *(more or [b"null"]),
        ]
    )


FLATE = b"/Filter /FlateDecode"
IMAGE = b"/Type /XObject /Subtype /Image /Width 600 /Height 850 /ColorSpace /DeviceRGB /BitsPerComponent 8"
JPEG = samples.encoded(samples.picture(600, 850))
SHOWN = samples.stream(b"q 595 0 0 842 0 0 cm /X Do Q")
FIELD = b"/Type /Annot /Subtype /Widget /FT /Tx /T (name) /Rect [100 700 300 720] /F 4"


@pytest.mark.parametrize(
    ("what", "content", "found"),
    [
        ("no instructions", with_page(samples.stream(b"")), "blank"),
        ("no content at all", with_page(b"null", page=b"/Rotate 0"), "blank"),
        ("a blank set as text", with_page(samples.stream(b"BT /F1 12 Tf 72 720 Td ( ) Tj ET")), "blank"),
        ("white paint", with_page(samples.stream(b"1 g 0 0 595 842 re f")), "blank"),
        ("a white picture", with_page(SHOWN, samples.stream(samples.encoded(Image.new("RGB", (600, 850), "white")),
                                                            IMAGE + b" /Filter /DCTDecode")), "blank"),
        ("only a link", with_page(samples.stream(b""), page=b"/Contents 5 0 R /Annots [<< /Subtype /Link"
                                  b" /Rect [0 0 9 9] /Border [0 0 0] >>]"), "blank"),
        ("packed content with a broken middle", with_page(samples.stream(BROKEN, FLATE)), "unreadable"),
        ("packed content cut off", with_page(samples.stream(PACKED[:8], FLATE)), "unreadable"),
        ("content in no known packing", with_page(samples.stream(PACKED, b"/Filter /Unheard")), "unreadable"),
        ("content that is no stream", with_page(b"(lost)"), "unreadable"),
        ("content that points nowhere", with_page(samples.stream(b""), page=b"/Contents 77 0 R"), "unsure"),
        ("one of two contents lost", with_page(samples.stream(b""), page=b"/Contents [5 0 R 77 0 R]"), "unreadable"),
        ("a picture that is not there", with_page(SHOWN), "unreadable"),
        ("a picture cut off", with_page(SHOWN, samples.stream(JPEG[:400], IMAGE + b" /Filter /DCTDecode")),
         "unreadable"),
        ("paint outside of a clip", with_page(samples.stream(b"9 9 9 9 re W n 0 g 40 40 9 9 re f")), "unshown"),
        ("a layer that is switched off", with_page(
            samples.stream(b"/OC /L BDC 0 g 100 100 300 300 re f EMC"), b"<< /Type /OCG /Name (hidden) >>",
            page=b"/Contents 5 0 R /Resources << /Properties << /L 10 0 R >> >>",
            root=b"/OCProperties << /OCGs [10 0 R] /D << /OFF [10 0 R] >> >>"), "unshown"),
        ("a field nobody filled in", with_page(samples.stream(b""), b"<< " + FIELD + b" >>",
            page=b"/Contents 5 0 R /Annots [10 0 R]", root=b"/AcroForm << /Fields [10 0 R] >>"), "unshown"),
        ("a form that only one program fills", with_page(samples.stream(b""), samples.stream(b"<xdp/>"),
            root=b"/AcroForm << /Fields [] /XFA 10 0 R >>"), "unshown"),
    ],
)  # fmt: skip
def test_a_page_that_shows_nothing_is_looked_at_by_others(
    what: str, content: bytes, found: str, check: Check, pool: ConfinedPool, tmp_path: Path
) -> None:
    result = check("text_pdf", content)
    assert result.complete, what
    lists = {name: result.facts["content"][name] for name in ("blank", "unshown", "unreadable", "unsure")}
    assert {name for name, pages in lists.items() if pages} == {found}, what
    assert lists[found] == [2]
    for finding in result.findings:
        assert all(describe(finding, language)[0] for language in ("zh", "en"))
    done = run_repair("text_pdf", tmp_path / "material", tmp_path / "out.pdf", ["pdf_blank_pages"], pool=pool)
    with pikepdf.open(tmp_path / "out.pdf") as written:
        assert len(written.pages) == (2 if found == "blank" else 3), what
    assert ("blank_pages_removed" in {change.code for change in done.changes}) == (found == "blank")


def test_what_is_filled_into_a_form_is_content(check: Check) -> None:
    look = samples.stream(b"BT /F1 14 Tf 2 4 Td (Zhang San, author) Tj ET", b"/Type /XObject /Subtype /Form"
                          b" /BBox [0 0 200 20] /Resources << /Font << /F1 4 0 R >> >>")  # fmt: skip
    field = b"<< " + FIELD + b" /V (Zhang San) /AP << /N 11 0 R >> >>"
    stamp = b"<< /Type /Annot /Subtype /Stamp /Rect [100 600 300 620] /F 4 /AP << /N 11 0 R >> >>"
    for note, root in ((field, b"/AcroForm << /Fields [10 0 R] >>"), (stamp, b"")):
        filled = with_page(samples.stream(b""), note, look, page=b"/Contents 5 0 R /Annots [10 0 R]", root=root)
        result = check("text_pdf", filled)
        assert codes(result) == {"pdf_fonts_not_embedded"}
        assert result.facts["content"]["distinct_pictures"] == 1


@pytest.mark.parametrize(
    "box", [b"[0 0 a b]", b"[0 0]", b"(x)", b"<< >>", b"[0 0 0 0]", b"[0 0 1e400 842]", b"[0 0 0.0001 0.0001]",
            b"[0 0 200000 10]", b"[-1e30 -1e30 1e30 1e30]", b"[0 0 null 842]", b"[nan 0 inf 842]"],
)  # fmt: skip
@pytest.mark.parametrize("profile", ["text_pdf", "software_document"])
def test_a_page_box_that_means_nothing_costs_that_page_its_checks_and_no_other(
    box: bytes, profile: str, check: Check
) -> None:
    words = samples.stream(b"BT /F1 12 Tf 72 720 Td (words in the middle) Tj ET")
    result = check(profile, with_page(words, page=b"/Contents 5 0 R /MediaBox " + box))
    content = result.facts["content"]
    assert result.complete
    assert content["checked"] == 3
    assert content["with_text"] + len(content["unsure"]) == 3
    assert content["blank"] == content["unreadable"] == []
    assert profile == "text_pdf" or len(result.facts["layout"]) == 3


def book(*images: bytes, shared: bool = True) -> bytes:
    """A scan a page, drawn by one content stream for all, as scanning programs write them."""
    out = io.BytesIO()
    with pikepdf.new() as document:
        contents = document.make_stream(b"q 595 0 0 842 0 0 cm /image Do Q")
        for data in images:
            picture = document.make_stream(
                data, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=600, Height=850,
                ColorSpace=pikepdf.Name.DeviceRGB, BitsPerComponent=8, Filter=pikepdf.Name.DCTDecode,
            )  # fmt: skip
            page = document.add_blank_page(page_size=samples.A4)
            page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary({"/image": picture}))
            page.Contents = contents if shared else document.make_stream(contents.read_bytes())
        document.save(out)
    return out.getvalue()


def test_scans_that_share_their_instructions_are_different_pages(check: Check) -> None:
    scans = [samples.encoded(samples.picture(600, 850, seed)) for seed in range(6)]
    result = check("text_pdf", book(*scans))
    assert (result.verdict, codes(result)) == ("pass", {"pdf_no_text_layer", "pdf_scan_coarse"})
    assert (result.facts["pdf"]["pages"], result.facts["pdf"]["listed_pages"]) == (6, 6)


def test_one_scan_repeated_is_noticed_however_it_is_repeated(check: Check) -> None:
    scan = samples.encoded(samples.picture(600, 850))
    assert "pdf_pages_look_alike" in codes(check("text_pdf", book(*[scan] * 6)))
    assert "pdf_pages_look_alike" in codes(check("text_pdf", book(*[scan] * 6, shared=False)))


def test_parts_of_one_drawing_on_pages_of_their_own_are_different_pages(check: Check) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(samples.one_page_listed(4))) as document:
        for number, page in enumerate(document.pages):
            page.CropBox = [0, 600 + number * 50, 300, 740 + number * 20]
        document.save(out)
    assert check("text_pdf", out.getvalue()).facts["pdf"]["pages"] == 4


def test_drawings_are_not_called_scans(check: Check) -> None:
    shapes = b" ".join(b"%d %d m %d %d l S" % (n * 9, 100, n * 9, 700) for n in range(5, 50))
    drawing = with_page(samples.stream(shapes))
    with pikepdf.open(io.BytesIO(drawing)) as document:
        del document.pages[2], document.pages[0]
        out = io.BytesIO()
        document.save(out)
    found = codes(check("text_pdf", out.getvalue()))
    assert ("pdf_text_as_drawing" in found, "pdf_no_text_layer" in found) == (True, False)


# --- bare paper ---------------------------------------------------------------------------------------------------

SIZE = (1240, 1754)


def sheet(level: int = 225, noise: float = 5) -> Image.Image:
    """An empty page as a scanner sees it: grey, with the noise of its sensor."""
    grey = Image.effect_noise(SIZE, noise) if noise else Image.new("L", SIZE, 128)
    return grey.point([max(0, min(255, value + level - 128)) for value in range(256)])


def darkened(picture: Image.Image, marks: Image.Image, by: int) -> Image.Image:
    """The picture with ``by`` steps less light under the white parts of ``marks``."""
    return Image.composite(picture.point([max(0, value - by) for value in range(256)]), picture, marks)


def writing(lines: int, width: int) -> Image.Image:
    marks = Image.new("L", SIZE, 0)
    pen = ImageDraw.Draw(marks)
    for number in range(lines * 24):
        x, y = 120 + number % 24 * 42, 200 + number // 24 * 60
        pen.line((x, y + number * 7 % 30, x + 10 + number * 5 % 20, y + number * 11 % 30), fill=255, width=width)
    return marks


def scanned(picture: Image.Image, quality: int = 75) -> Image.Image:
    return Image.open(io.BytesIO(samples.encoded(picture, quality=quality))).convert("L")


def punched(picture: Image.Image) -> Image.Image:
    pen = ImageDraw.Draw(picture)
    for y in (480, 1230):
        pen.ellipse((50, y, 88, y + 38), fill=40)
    return picture.filter(ImageFilter.GaussianBlur(1))


def shadowed(picture: Image.Image) -> Image.Image:
    marks = Image.new("L", SIZE, 0)
    for x in range(70):
        marks.paste(255 - x * 255 // 70, (x, 0, x + 1, SIZE[1]))
    return darkened(picture, marks, 110)


BARE = {
    "white": sheet(255, 0),
    "grey": sheet(225, 5),
    "yellowed": sheet(190, 4),
    "noisy": sheet(225, 12),
    "punched": punched(sheet()),
    "shadow of the spine": shadowed(sheet()),
    "other side shows through": darkened(sheet(), writing(20, 4).filter(ImageFilter.GaussianBlur(3)), 18),
    "all of it": shadowed(
        punched(darkened(sheet(215), writing(20, 4).filter(ImageFilter.GaussianBlur(3)), 12)),
    ),
}
WRITTEN = {
    "ink": darkened(sheet(), writing(20, 3), 150),
    "pencil": darkened(sheet(), writing(5, 2), 35),
    "hard pencil": darkened(sheet(235, 3), writing(3, 2), 22),
    "one line": darkened(sheet(), writing(1, 2), 50),
    "pencil between holes and shadow": shadowed(punched(darkened(sheet(), writing(4, 2), 40))),
    "a wash of colour": darkened(sheet(), writing(1, 2).filter(ImageFilter.GaussianBlur(120)).point(
        lambda value: min(255, value * 60)), 70),
    "a photograph": samples.picture(*SIZE).convert("L").filter(ImageFilter.GaussianBlur(6)),
    "a dark sheet": sheet(90, 4),
    "nothing but noise": sheet(150, 60),
}  # fmt: skip


@pytest.mark.parametrize("quality", [90, 40])
@pytest.mark.parametrize("what", [*BARE, *WRITTEN])
def test_bare_paper_is_told_from_a_faint_line(what: str, quality: int) -> None:
    picture = scanned((BARE | WRITTEN)[what], quality)
    thumbnail = picture.resize((68, 96), Image.Resampling.BOX)
    bare = not paper.plainly_marked(thumbnail) and paper.is_bare(picture)
    assert bare == (what in BARE)


def test_the_empty_back_of_a_duplex_scan_is_blank_and_a_pencilled_one_is_not(check: Check) -> None:
    front, back, pencil = (
        samples.encoded(scanned(picture).convert("RGB").resize((600, 850)), quality=85)
        for picture in (WRITTEN["ink"], BARE["grey"], WRITTEN["pencil"])
    )
    result = check("text_pdf", book(front, back, front, pencil, shared=False))
    assert result.facts["content"]["blank"] == [2]
    assert result.facts["content"]["distinct_pictures"] == 2


# --- readers ------------------------------------------------------------------------------------------------------


def facts_of(content: bytes, folder: Path) -> dict[str, object]:
    path = folder / "facts.pdf"
    path.write_bytes(content)
    with path.open("rb") as stream:
        return read_facts(stream)[0].to_json()


def test_the_third_reader_is_asked_only_where_the_others_disagree(tmp_path: Path) -> None:
    with patch("materials.inspect.pdf.ThirdReader") as third:
        third.return_value.count_pages.return_value = 1
        assert facts_of(samples.numbered_pdf(3), tmp_path)["pages_by_reader"] == {"qpdf": 3, "pdfium": 3}
        third.assert_not_called()
    facts = facts_of(samples.million_pages_pdf(), tmp_path)
    assert facts["pages_by_reader"] == {"qpdf": 1, "pdfium": 1_000_000, "pypdf": 1}
    assert facts["readers_disagree"]


def test_a_file_that_one_reader_opens_is_not_said_to_open_nowhere(check: Check, tmp_path: Path) -> None:
    with (
        patch("materials.inspect.pdf._open_with_qpdf", return_value=None),
        patch("materials.inspect.pdf.open_with_pdfium", side_effect=pypdfium2.PdfiumError("no")),
    ):
        facts = facts_of(samples.numbered_pdf(3), tmp_path)
    assert (facts["opens"], facts["listed_pages"], facts["readers_disagree"]) == (True, 3, True)


@pytest.mark.parametrize(
    "filling", [b"\0" * 9, b"\0" * 3_000_000, b"\r\n" * 40_000, b" " * 70_000, b"\xff" * 6000, b"\x1a" * 2000]
)
def test_what_only_fills_a_file_up_is_no_damage(filling: bytes, check: Check) -> None:
    plain, padded = check("text_pdf", samples.numbered_pdf(3)), check("text_pdf", samples.numbered_pdf(3) + filling)
    assert (padded.verdict, codes(padded)) == (plain.verdict, codes(plain)) == ("pass", {"pdf_fonts_not_embedded"})


def test_an_end_that_is_missing_stays_missing_behind_filling(check: Check) -> None:
    whole = samples.numbered_pdf(20)
    assert "pdf_truncated_recovered" in codes(check("text_pdf", whole[: len(whole) * 7 // 10] + b"\0" * 100_000))


def test_the_words_of_a_text_are_counted(check: Check) -> None:
    content = check("text_pdf", samples.numbered_pdf(3)).facts["content"]
    assert content["words"] >= 3
    assert content["words"] < content["characters"]
