"""Certificates and proofs looked at as pictures, with the longest and the rarest names: what is printed can be read."""

import io
import json
from bisect import bisect
from ctypes import c_double
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import archive
import pypdfium2 as pdfium
import pytest
from chassis.documents import DocumentRenderer

SAMPLES = Path(__file__).parent / "samples"
RENDERER = DocumentRenderer(Path(archive.__file__).parent / "certificates" / "templates")
FRAME = 42
"""Points from the edge to the inner line of the border."""
TITLE = "𬱖名" * 99
OWNERS = [f"第{i}𬱖文化传播有限责任公司北京市海淀区第一分公司（中国）" for i in range(30)]
WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 3
"""No place to break it."""
CHANGES = [
    {"label": {"zh": "作品名称", "en": "Title of the work"}, "before": ["旧名"], "after": [TITLE]},
    {"label": {"zh": "著作权人", "en": "Copyright owners"}, "before": OWNERS, "after": OWNERS},
]
REVOKED = {"kind": "work", "ground": "最终的司法判决", "name": {"zh": "撤销登记证明", "en": "Proof of Revocation"}}
PAPERS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "work": ("work_certificate", "", {}),
    "software": ("software_certificate", "", {}),
    "change": ("change_proof", "", {"changes": CHANGES}),
    "dealing": ("dealing_proof", "", {}),
    "revocation": ("change_proof", "revocation_proof", REVOKED),
}
NAMES: dict[str, dict[str, Any]] = {
    "plain": {},
    "long and rare": {"title": TITLE, "owners": OWNERS, "authors": OWNERS},
    "unbreakable": {"title": WORD, "owners": [f"{WORD}（德国）"], "authors": [WORD]},
}

pytestmark = pytest.mark.requirement("A-01")


@pytest.fixture(scope="module", params=[(p, n, lang) for p in PAPERS for n in NAMES for lang in ("zh", "en")], ids=str)
def paper(request: pytest.FixtureRequest) -> pdfium.PdfDocument:
    kind, names, language = request.param
    sample, template, more = PAPERS[kind]
    data = json.loads((SAMPLES / f"{sample}.json").read_text(encoding="utf-8"))
    known = {name: value for name, value in NAMES[names].items() if name in data}
    shown = data | more | known | {"language": language}
    return pdfium.PdfDocument(io.BytesIO(RENDERER.render(template or sample, shown)))


@dataclass(frozen=True)
class Letter:
    """In points, from the lower left of the page."""

    said: str
    left: float
    bottom: float
    right: float
    top: float
    line: float
    """Where the line stands on which it is written."""


def letters(page: pdfium.PdfPage) -> list[Letter]:
    """What is printed upright: neither the seal's ring nor the watermark."""
    text, found = page.get_textpage(), []
    for index in range(text.count_chars()):
        said = text.get_text_range(index, 1)
        if said.strip() and pdfium.raw.FPDFText_GetCharAngle(text.raw, index) == 0:
            across, up = c_double(), c_double()
            pdfium.raw.FPDFText_GetCharOrigin(text.raw, index, across, up)
            left, bottom, right, top = text.get_charbox(index)
            found.append(Letter(said, left, bottom, right, top, up.value))
    return found


def test_every_letter_is_inside_the_border(paper: pdfium.PdfDocument) -> None:
    for page in paper:
        wide, high = page.get_size()
        for it in letters(page):
            assert FRAME <= it.left <= it.right <= wide - FRAME, it
            assert FRAME <= it.bottom <= it.top <= high - FRAME, it


def test_no_line_is_printed_upon_another(paper: pdfium.PdfDocument) -> None:
    for page in paper:
        placed = sorted(letters(page), key=lambda letter: letter.left)
        for place, it in enumerate(placed):
            for other in placed[place + 1 : bisect(placed, it.right, key=lambda letter: letter.left)]:
                width, height = min(it.right, other.right) - other.left, min(it.top, other.top)
                height -= max(it.bottom, other.bottom)
                smaller = min((one.right - one.left) * (one.top - one.bottom) for one in (it, other))
                over = abs(it.line - other.line) > 2 and min(width, height) > 0 and width * height > smaller / 3
                assert not over, (it, other)


def test_every_letter_leaves_ink(paper: pdfium.PdfDocument) -> None:
    """A character that no font has would leave none."""
    for page in paper:
        picture = page.render(scale=2).to_pil().convert("L")
        high = page.get_size()[1]
        for it in letters(page):
            corners = (it.left - 1, high - it.top - 1, it.right + 1, high - it.bottom + 1)
            darkest, lightest = picture.crop(tuple(round(2 * place) for place in corners)).getextrema()
            assert lightest - darkest > 40, it
