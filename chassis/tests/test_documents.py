"""Documents: equal bytes, embedded fonts, text that can be read back, and characters no font can draw."""

import io
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pypdf
import pypdfium2
import pytest
import typst
from chassis.confinement import ConfinedPool
from chassis.documents import DocumentRenderer, is_usual, missing_glyphs, printable, rmb_words
from chassis.documents.apart import CONFINED_MODULE, NotRendered, render_apart
from chassis.documents.codes import code128_svg, qr_svg
from chassis.documents.glyphs import _BUILT_IN, _drawable

TEMPLATE = """
#import "@registry/house:1.0.0": *
#show: letter.with(title: "测试文书", title-en: "Test")
#number-box("受理号", "Number", data.number)
#paragraph(data.text)
#barcode()
#qr-code()
#closing()
"""
DATA = {
    "number": "2026Z11L000045",
    "text": "山海之间",
    "date": "2026-11-23",
    "barcode": "2026Z11L000045",
    "qr": "https://x.cn/1",
}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("templates")
    folder.chmod(0o755)
    (folder / "letter.typ").write_text(TEMPLATE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def renderer(templates: Path) -> DocumentRenderer:
    return DocumentRenderer(templates)


@pytest.fixture(scope="module")
def pool(templates: Path) -> Iterator[ConfinedPool]:
    with ConfinedPool([CONFINED_MODULE], workers=1, import_paths=[templates]) as pool:
        yield pool


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


def fonts_of(pdf: bytes) -> list[pypdf.generic.DictionaryObject]:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return [font.get_object() for page in pages for font in page["/Resources"]["/Font"].values()]


def test_equal_data_gives_equal_bytes_also_from_another_compiler_and_thread(renderer: DocumentRenderer) -> None:
    first = renderer.render("letter", DATA)
    with ThreadPoolExecutor(4) as threads:
        assert {first} == set(threads.map(lambda _: renderer.render("letter", dict(reversed(DATA.items()))), range(12)))
    assert renderer.render("letter", {**DATA, "text": "别的"}) != first


def test_the_text_can_be_read_back_and_the_document_says_its_name(renderer: DocumentRenderer) -> None:
    pdf = renderer.render("letter", {**DATA, "keywords": ["registration-number=国作登字-2026-A-00000045"]})
    assert "2026Z11L000045" in text_of(pdf)
    assert "山海之间" in text_of(pdf)
    assert "2026年11月23日" in text_of(pdf)
    metadata = pypdf.PdfReader(io.BytesIO(pdf)).metadata
    assert metadata is not None
    assert metadata.title == "测试文书"
    assert metadata.keywords == "registration-number=国作登字-2026-A-00000045"


def test_the_document_is_pdf_a_2b_and_carries_its_fonts(renderer: DocumentRenderer) -> None:
    pdf = renderer.render("letter", DATA)
    assert re.search(rb"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>B<", pdf)
    fonts = fonts_of(pdf)
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile3" in descriptor or "/FontFile2" in descriptor


def test_data_is_text_and_never_typst_code(renderer: DocumentRenderer) -> None:
    hostile = '#panic("x") $x^2$ *bold* #read("/etc/passwd") \\ <label> @ref [[['
    assert hostile.replace(" ", "") in text_of(renderer.render("letter", {**DATA, "text": hostile})).replace(" ", "")


def test_a_missing_field_and_a_path_as_template_are_refused(renderer: DocumentRenderer) -> None:
    with pytest.raises(typst.TypstError):
        renderer.render("letter", {"text": "x"})
    with pytest.raises(ValueError, match="no template name"):
        renderer.render("../letter", DATA)
    with pytest.raises(FileNotFoundError):
        DocumentRenderer(Path("/nonexistent"))


def test_rare_characters_are_drawn_or_reported() -> None:
    assert missing_glyphs("张𬱖、䶮星 Łukasz Đặng ①〇·") == ""
    assert missing_glyphs("𠮷野家与𠮷🐼") == "𠮷🐼"


def test_a_character_without_glyph_is_printed_as_its_code(renderer: DocumentRenderer) -> None:
    assert "〔U+20BB7〕野" in text_of(renderer.render("letter", {**DATA, "text": "𠮷野"}))


def test_invisible_and_direction_characters_cannot_disguise_a_name() -> None:
    assert printable({"a": ["王\u202e小\u200b明\ufe0f\x07", 3, None]}) == {"a": ["王小明", 3, None]}


def test_an_apostrophe_of_a_latin_word_is_as_narrow_as_its_letters() -> None:
    assert printable("the company’s 作品，所谓‘原件’") == "the company's 作品，所谓‘原件’"


def test_every_letter_counted_as_built_in_can_really_be_drawn(renderer: DocumentRenderer) -> None:
    letters = "".join(chr(c) for c in sorted(_BUILT_IN))
    assert missing_glyphs(letters) == ""
    renderer.render("letter", {**DATA, "text": letters})  # PDF/A refuses a glyph that is not there


def test_what_is_taken_for_usual_can_really_be_drawn() -> None:
    usual = "".join(chr(c) for c in range(0x20, 0x10000) if is_usual(chr(c)))
    assert len(usual) > 27_000
    assert set(map(ord, usual)) <= _drawable()


def test_fonts_of_the_operator_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from chassis.documents.glyphs import font_folders

    monkeypatch.setenv("REGISTRY_FONT_PATH", str(tmp_path))
    assert font_folders()[-1] == tmp_path


def test_a_thousand_characters_flow_over_pages(renderer: DocumentRenderer) -> None:
    pdf = renderer.render("letter", {**DATA, "text": "山海之间" * 1000})
    assert sum(text_of(pdf).count(c) for c in "山海之间") == 4000
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) > 1


@pytest.mark.parametrize("word", ["Llanfairpwllgwyngyll" * 9, "https://x.cn/" + "a1b2c3d4" * 20, "Длинноеслово" * 12])
def test_a_word_longer_than_a_line_stays_on_the_page_and_can_be_copied(renderer: DocumentRenderer, word: str) -> None:
    pdf = renderer.render("letter", {**DATA, "text": f"书名{word}"})
    assert word in text_of(pdf)
    page = pypdfium2.PdfDocument(pdf)[0]
    text = page.get_textpage()
    rightmost = max(text.get_charbox(place)[2] for place in range(text.count_chars()))
    assert rightmost < page.get_width() - 40


def test_codes_are_drawn_and_a_barcode_takes_ascii_only() -> None:
    assert qr_svg("https://x.cn/国作登字").startswith(b"<svg")
    svg = code128_svg("2026Z11S000123").decode()
    assert (
        svg.count("M") == 3 * (1 + 11 + 1) + 4
    )  # three bars for the start, eleven symbols and the checksum; four to stop
    with pytest.raises(ValueError, match="ASCII"):
        code128_svg("流水号")


@pytest.mark.requirement("P-04")
@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (30000, "叁佰元整"),
        (100050, "壹仟元零伍角整"),
        (10000000, "壹拾万元整"),
        (10000100, "壹拾万零壹元整"),
        (123456789, "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分"),
        (10000000005, "壹亿元零伍分"),
        (100500000000, "壹拾亿零伍佰万元整"),
        (20301, "贰佰零叁元零壹分"),
    ],
)
def test_amounts_are_written_in_words(fen: int, words: str) -> None:
    assert rmb_words(fen) == words


def test_a_document_that_is_rendered_apart_is_the_same_to_the_byte(templates: Path, pool: ConfinedPool) -> None:
    data = DATA | {"text": "山海之间 𠮷 \ud800 \u202e" * 2000}
    here = DocumentRenderer(templates).render("letter", data, pdf_standard="a-3b")
    assert render_apart(pool, templates, "letter", data, pdf_standard="a-3b") == here


def test_a_document_that_cannot_be_rendered_apart_is_none_and_says_why(templates: Path, pool: ConfinedPool) -> None:
    with pytest.raises(NotRendered, match="letter: crashed TypstError"):
        render_apart(pool, templates, "letter", {})
