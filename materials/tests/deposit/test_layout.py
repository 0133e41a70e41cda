"""What is header, footer and page number is told by the whole document, whatever the margins and the numbering."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from materials.deposit.edges import Line, find_edges
from materials.deposit.layout import DocumentLayout, normal, read_layout, versions_in
from materials.deposit.numbering import only_numeral, split_numeral
from materials.inspect.folding import folded
from materials.testing import sample_files as samples

pytestmark = [pytest.mark.requirement("F-06"), pytest.mark.requirement("F-04")]

Row = tuple[float, float, str]
Header = Callable[[int], list[Row]]


def code_page(
    number: int, top: float, pitch: float, header: Header | None, rows: int = 50, *, blank_second: bool = False
) -> list[Row]:
    """A page of code without blank lines between ``top`` and the foot, below a header."""
    body = [(71, top - row * pitch, f"int lamp_{number * rows + row:04}(int zone) {{") for row in range(rows)]
    if blank_second:
        body = [(x, y - pitch if row else y, text) for row, (x, y, text) in enumerate(body)]
    return (header(number) if header else []) + body


def named(number: int) -> list[Row]:
    return [(71, 801, "Lamp Inspection V1.0"), (530, 801, str(number + 1))]


def read(pages: list[list[Row]], folder: Path) -> DocumentLayout:
    path = folder / "layout.pdf"
    path.write_bytes(samples.lines_pdf(pages, size=8))
    with path.open("rb") as stream:
        return read_layout(stream, "", 30)


@pytest.mark.parametrize(
    ("what", "top", "pitch", "header"),
    [
        ("margins of 2 cm", 780, 12.6, named),
        ("header close above the code", 788, 12.8, named),
        ("header in the middle of a wide margin", 740, 12, lambda n: [(71, 770, "Lamp V1.0"), (530, 770, str(n + 1))]),
        ("two lines of header", 772, 12.4, lambda n: [*named(n), (71, 790, "Office of Lamps, confidential")]),
        ("number on the left of even pages", 780, 12.6, lambda n: [(71, 801, f"{n + 1}   Lamp Inspection V1.0")]),
        (
            "two headers in turn",
            780,
            12.6,
            lambda n: [(71, 801, "Lamp Inspection V1.0" if n % 2 else "Source code"), (530, 801, str(n + 1))],
        ),
        (
            "number in a footer with its total",
            780,
            12.4,
            lambda n: [(71, 801, "Lamp Inspection V1.0"), (290, 130, f"{n + 1} / 60")],
        ),
        ("no header at all", 815, 14, None),
    ],
)
@pytest.mark.parametrize("pages", [1, 2, 7, 60])
def test_a_page_that_shows_50_rows_counts_50(
    what: str, top: float, pitch: float, header: Header | None, pages: int, tmp_path: Path
) -> None:
    layout = read([code_page(number, top, pitch, header) for number in range(pages)], tmp_path)
    if pages == 1 and what in ("header close above the code", "header in the middle of a wide margin"):
        assert layout.pages[0].lines in (50, 51), "one page shows no repetition"
        return
    if pages < 3 and what in ("two lines of header", "two headers in turn", "number on the left of even pages"):
        assert all(page.lines in (50, 51) for page in layout.pages)
        return
    assert [page.lines for page in layout.pages] == [50] * pages
    assert [page.number for page in layout.pages] == ([n + 1 if header else None for n in range(pages)])


def test_code_that_begins_every_page_alike_is_no_header(tmp_path: Path) -> None:
    pages = [[(71.0, 800 - 14.0 * row, "}") for row in range(50)] for _ in range(6)]
    assert [page.lines for page in read(pages, tmp_path).pages] == [50] * 6
    same = [[(71.0, 800 - 14.0 * row, "return compute(1);") for row in range(50)] for _ in range(6)]
    assert [page.lines for page in read(same, tmp_path).pages] == [50] * 6
    blank_below = [code_page(number, 810, 14, None, blank_second=number in (1, 2)) for number in range(6)]
    assert [page.lines for page in read(blank_below, tmp_path).pages] == [50] * 6


def test_a_year_in_the_header_or_figures_at_the_foot_are_no_page_numbers(tmp_path: Path) -> None:
    pages = [[(71.0, 801.0, "Lamp Inspection 2024"), *code_page(n, 780, 12.6, None)] for n in range(5)]
    assert [page.number for page in read(pages, tmp_path).pages] == [None] * 5
    data = [[(71.0, 800 - 14.0 * row, f"{n * 97 + row * 3}") for row in range(50)] for n in range(5)]
    assert [(page.lines, page.number) for page in read(data, tmp_path).pages] == [(50, None)] * 5


@pytest.mark.parametrize(
    "form",
    ["— {} —", "- {} -", "–{}–", "Page {} of 9", "p. {}", "{}/9", "{} of 9", "[{}]", "· {} ·", "{}"],
)
def test_numbers_at_the_foot_are_read_however_they_are_set(form: str, tmp_path: Path) -> None:
    pages = [[*code_page(n, 780, 14, named, 40)[2:], (290.0, 60.0, form.format(n + 1))] for n in range(4)]
    layout = read(pages, tmp_path)
    assert [(page.number, page.numbered_below, page.lines) for page in layout.pages] == [
        (n + 1, True, 40) for n in range(4)
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("— 1 —", 1),
        ("－1－", 1),
        ("－ １２ －", 12),
        ("―3―", 3),
        ("第1页 共60页", 1),
        ("第 7 页，共 60 页", 7),
        ("第7页（共60页）", 7),
        ("共60页 第3页", 3),
        ("第１２頁", 12),
        ("第三页", 3),
        ("第二十三页", 23),
        ("1/60", 1),
        ("１／６０", 1),
        ("Page 3 of 60", 3),
        ("页码：5", 5),
        ("iv", 4),
        ("- xii -", 12),
        ("Ⅸ", 9),
        ("⑥", 6),
        ("2-15", 15),
        ("V1.0", None),
        ("iiii", None),
        ("civil", None),
        ("return 0;", None),
        ("2024年", None),
        ("", None),
    ],
)
def test_forms_of_page_numbers(text: str, number: int | None) -> None:
    found = only_numeral(text)
    assert (found.value if found else None) == number


def test_a_number_beside_the_name_leaves_the_name() -> None:
    assert split_numeral("城市照明巡检系统V1.0第 3 页 共 60 页")[0] == "城市照明巡检系统v1.0"
    assert split_numeral("— 3 — 城市照明巡检系统 V1.0")[0] == "城市照明巡检系统 v1.0"
    assert split_numeral("城市照明巡检系统 V2") == ("城市照明巡检系统 v2", None)


def test_front_matter_in_roman_and_a_chapter_that_begins_anew_keep_their_numbers() -> None:
    body = [Line(0.9 - row * 0.02, (f"words {row}",)) for row in range(35)]
    printed = ["", "i", "ii", "iii", "1", "2", "3", "1", "2"]
    pages = [[*body, *([Line(0.05, (number,))] if number else [])] for number in printed]
    assert [edges.number for edges in find_edges(pages)] == [None, 1, 2, 3, 1, 2, 3, 1, 2]
    assert {edges.above for edges in find_edges(pages)} == {0}


def test_names_compare_alike_however_a_text_layer_spells_them() -> None:
    plain = folded("门户车辆管理系统 File v1.0")
    for spelled in (
        "⻔户⻋辆管理系统 File V1.0",
        "门户车辆管理系统　Ｆｉｌｅ　Ｖ１．０",
        "门户\u200b车辆\ufeff管理\u00ad系统 ﬁle V1.0",
        "门户\ufe00车辆\u202a管理\u2066系统 F\u034file V1.0",
    ):
        assert folded(spelled) == plain == normal(spelled)
    assert folded("⼭⻄⻘⻛") == "山西青风"
    assert folded("re\u0301sume\u0301") == folded("résumé")
    assert [version for _, version in versions_in("系统Ｖ\u200b２．１")] == ["2.1"]
