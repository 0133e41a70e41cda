"""Proofs: sealed, signed, filled in, as far as a machine can tell; hostile files give findings and no errors."""

from __future__ import annotations

import io
import math
import os
import random
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from chassis.signing import SealSigner, create_sandbox_pki
from filing.documents.issue import renderer
from filing.documents.model import BLANKS
from materials.inspect import seal
from materials.precheck import PrecheckResult
from materials.precheck.proofs import matrix
from materials.testing.sample_files import text_pdf
from PIL import Image, ImageDraw, ImageFilter

pytestmark = pytest.mark.requirement("F-05")
Check = Callable[..., PrecheckResult]
WHITE, WARM, DIM = (255, 255, 255), (235, 215, 185), (170, 160, 140)
FORMS = (
    *("joint_agreement", "corporate_statement", "creation_proof", "authorisation_letter"),
    *("co_owner_consent", "pledgee_consent", "release_statement", "termination_statement"),
)


def paper_page(
    sealed: str = "round",
    *,
    seed: int = 1,
    paper: tuple[int, int, int] = WHITE,
    strength: int = 170,
    millimetres: float = 42,
    worn: int = 0,
    blurred: float = 0,
) -> Image.Image:
    """A page of A4 at 150 dpi with lines of something like print, and a seal near its end."""
    rng = random.Random(seed)
    page = Image.new("RGB", (1240, 1754), paper)
    draw = ImageDraw.Draw(page)
    for line in range(150, 1300, 40):
        for place in range(120, 1100, 28):
            draw.rectangle((place, line, place + rng.randint(10, 24), line + 22), outline=(40, 40, 40))
    if sealed:
        mark = _seal(sealed, millimetres / 2 * 1754 / 297, strength, rng, worn)
        page.paste(mark, (rng.randint(300, 850), rng.randint(1000, 1300)), mark)
    return page.filter(ImageFilter.GaussianBlur(blurred)) if blurred else page


def _seal(kind: str, radius: float, strength: int, rng: random.Random, worn: int) -> Image.Image:
    ink = (200, 40, 50, strength)
    mark = Image.new("RGBA", (round(2 * radius) + 20,) * 2, (0, 0, 0, 0))
    draw, middle = ImageDraw.Draw(mark), radius + 10
    if kind == "round":
        draw.ellipse((10, 10, 10 + 2 * radius, 10 + 2 * radius), outline=ink, width=6)
        draw.regular_polygon((middle, middle, radius * 0.3), 5, fill=ink)
        for letter in range(14):
            angle = math.pi * (0.8 + 1.4 * letter / 13)
            x, y = middle + radius * 0.76 * math.cos(angle), middle + radius * 0.76 * math.sin(angle)
            draw.rectangle((x - 10, y - 10, x + 10, y + 10), outline=ink, width=3)
    elif kind == "disc":
        draw.ellipse((10, 10, 10 + 2 * radius, 10 + 2 * radius), fill=ink)
    else:
        draw.rectangle((10, 10, 10 + radius, 10 + radius), outline=ink, width=5)
    for _ in range(worn):
        x, y = rng.randint(0, mark.width - 1), rng.randint(0, mark.height - 1)
        draw.ellipse((x - 9, y - 9, x + 9, y + 9), fill=(0, 0, 0, 0))
    return mark.rotate(rng.uniform(-30, 30))


def as_file(page: Image.Image, kind: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    page.save(buffer, kind, quality=80, resolution=150)
    return buffer.getvalue()


def codes(result: PrecheckResult) -> dict[str, str]:
    return {found.code: found.severity for found in result.findings if found.code.startswith("proof_")}


@pytest.mark.parametrize(
    "page",
    [
        paper_page,
        partial(paper_page, paper=WARM),
        partial(paper_page, paper=DIM),
        partial(paper_page, strength=80),
        partial(paper_page, millimetres=38),
        partial(paper_page, millimetres=58),
        partial(paper_page, worn=100),
        partial(paper_page, blurred=3),
    ],
)
def test_a_round_red_seal_is_seen(page: Callable[..., Image.Image]) -> None:
    for seed in range(5):
        shown = page(seed=seed)
        shown.thumbnail((seal.EDGE, seal.EDGE))
        assert seal.look(shown) == "seal"


@pytest.mark.parametrize(("sealed", "paper"), [("square", WHITE), ("disc", WHITE), ("", WARM)])
def test_what_is_no_seal_is_not_taken_for_one(sealed: str, paper: tuple[int, int, int]) -> None:
    for seed in range(5):
        shown = paper_page(sealed, seed=seed, paper=paper)
        shown.thumbnail((seal.EDGE, seal.EDGE))
        assert seal.look(shown) != "seal"


@pytest.mark.parametrize(("margin", "strength"), [(0, 255), (0, 80), (100, 170), (700, 255)])
def test_a_seal_is_seen_on_its_own_picture_and_neither_noise_nor_another_shape(margin: int, strength: int) -> None:
    for seed in range(5):
        rng = random.Random(seed)
        for kind, seen in (("round", "seal"), ("disc", "none")):
            mark = _seal(kind, 150, strength, rng, 0)
            page = Image.new("RGB", (mark.width + 2 * margin, mark.height + 2 * margin), WHITE)
            page.paste(mark, (margin, margin), mark)
            assert seal.look_alone(page) == seen, kind
        noise = Image.frombytes("RGB", (300, 300), rng.randbytes(270_000))
        assert seal.look_alone(noise) == "none"


@pytest.mark.parametrize("role", sorted(matrix().proofs))
def test_every_proof_of_the_matrix_is_looked_at_for_what_it_must_bear(check: Check, role: str) -> None:
    bears = matrix().proofs[role]
    sealed, unsealed = as_file(paper_page()), as_file(paper_page("square"))
    grey = as_file(paper_page().convert("L"), "PDF")
    without = {"seal": {"proof_seal_not_seen": "warning"}, "nothing": {}}.get(
        bears, {"proof_look_for_signatures": "info"}
    )
    unclear = {"seal": {"proof_seal_unclear": "info"}}.get(bears, without)
    seen = {} if bears == "nothing" else {"proof_seal_seen": "info"}
    assert codes(check("document_image", sealed, "a.jpg", proof=role)) == seen
    assert codes(check("document_image", unsealed, "a.jpg", proof=role)) == without
    assert codes(check("proof_pdf", grey, "a.pdf", proof=role)) == unclear


def test_a_seal_on_the_last_of_many_pages_is_seen_there(check: Check) -> None:
    pages = [paper_page("square").resize((620, 877)) for _ in range(20)] + [paper_page()]
    buffer = io.BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=75)
    result = check("proof_pdf", buffer.getvalue(), "a.pdf", proof="commission_contract")
    assert [found.page for found in result.findings if found.code == "proof_seal_seen"] == [21]
    assert result.facts["marks"]["looked"] == 12


ALL_KNOWN = {
    "title": "山海之间",
    "applicant": "北京某某科技有限公司",
    "authors": ["王小明", "李四", "赵六"],
    "owners": ["北京某某科技有限公司"],
    "completed": "2026-01-05",
    "registration_number": "国作登字-2026-A-00000045",
    "matter": "作品著作权转让合同登记",
}
"""As much as a draft may know."""


@pytest.mark.parametrize("name", sorted(BLANKS))
@pytest.mark.parametrize("known", [{}, {"title": "山海之间", "applicant": "北京某某科技有限公司"}, ALL_KNOWN])
def test_a_form_of_ours_that_came_back_empty_is_an_error(check: Check, name: str, known: dict[str, Any]) -> None:
    pdf = renderer().render(name, known)
    result = check("proof_pdf", pdf, "a.pdf", proof=name if name in matrix().proofs else "contract")
    assert codes(result) == {("proof_form_empty" if name in FORMS else "proof_is_checklist"): "error"}


def test_a_form_filled_in_on_a_screen_is_looked_at_where_one_signs(check: Check) -> None:
    filled = _typed_over(renderer().render("creation_proof", {"title": "山海之间", "applicant": "某公司"}))
    result = check("proof_pdf", filled, "a.pdf", proof="creation_proof")
    assert codes(result) == {"proof_places_empty": "warning"}
    [found] = [found for found in result.findings if found.code == "proof_places_empty"]
    assert found.params["labels"] == "作者（签名）、单位（公章）"
    signed = _typed_over(renderer().render("creation_proof", {}), pen=True)
    assert "proof_places_empty" not in codes(check("proof_pdf", signed, "a.pdf", proof="creation_proof"))


def _typed_over(pdf: bytes, *, pen: bool = False) -> bytes:
    """As a PDF editor fills it in: a picture of what was written; with ``pen`` also where one signs."""
    document = pdfium.PdfDocument(pdf)
    page = document[0]
    places = [(150.0, 600.0)]
    if pen:
        words = page.get_textpage()
        for sought in ("（签名）：", "（公章）："):
            index, count = words.search(sought).get_next()
            places.append((words.get_charbox(index + count - 1)[2] + 10, words.get_charbox(index)[1]))
    for left, bottom in places:
        written = pdfium.PdfImage.new(document)
        written.set_bitmap(pdfium.PdfBitmap.from_pil(Image.new("RGB", (60, 12), (20, 20, 90))))
        written.set_matrix(pdfium.PdfMatrix().scale(40, 8).translate(left, bottom))
        page.insert_obj(written)
    page.gen_content()
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("keys") / "pki"
    create_sandbox_pki(folder)
    pdf = text_pdf(["Commission contract"])
    return SealSigner.load(folder).sign_pdf(pdf, reason="r", location="l", name="n", box=(352, 85, 471, 204))


def test_a_digital_signature_says_whether_it_holds(check: Check, signed: bytes) -> None:
    sound = check("proof_pdf", signed, "a.pdf", proof="employment_contract")
    assert codes(sound) == {"proof_signed": "info"}
    altered = signed.replace(b"Commission", b"commission", 1)
    assert codes(check("proof_pdf", altered, "a.pdf", proof="employment_contract")) == {
        "proof_signature_broken": "warning"
    }
    added = signed + b"\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n%%EOF\n"
    assert "proof_signed" not in codes(check("proof_pdf", added, "a.pdf", proof="employment_contract"))


@pytest.mark.parametrize("profile", ["proof_pdf", "document_image"])
def test_hostile_files_give_findings(check: Check, profile: str, signed: bytes) -> None:
    half = len(signed) // 2
    for content in (
        signed[:half],
        b"%PDF-1.7\n/FT /Sig /V",
        as_file(paper_page())[:900],
        b"\xff\xd8\xff" + b"\0" * 500,
    ):
        assert check(profile, content, "a", proof="creation_proof").verdict != "pass"


def test_real_papers_raise_no_false_alarm(check: Check, pytestconfig: pytest.Config) -> None:
    """None of the real PDFs at hand is sealed; the file that is nearest to it is a map with red signs."""
    folder = Path(os.environ.get("REGISTRY_TEST_DATA", pytestconfig.rootpath.parent / "shared" / "data")) / "reports"
    for path in folder.glob("*.pdf") if folder.is_dir() else ():
        assert "proof_seal_seen" not in codes(check("proof_pdf", path.read_bytes(), path.name, proof="creation_proof"))
