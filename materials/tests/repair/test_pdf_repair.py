"""What the pre-check calls repairable is repaired: the finding is gone, the content is still there."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest
from chassis.confinement import ConfinedPool
from materials.repair import preview, run_repair
from materials.testing import sample_files as samples
from PIL import Image

Repair = Callable[..., Any]

pytestmark = pytest.mark.requirement("F-07")


def texts(path: Path) -> list[str]:
    document = pypdfium2.PdfDocument(path)
    return [document[number].get_textpage().get_text_range() for number in range(len(document))]


def test_a_damaged_pdf_is_rebuilt_with_all_its_pages(repair: Repair) -> None:
    done = repair("text_pdf", samples.numbered_pdf(5).replace(b"startxref\n", b"startxref\n9"))
    assert done.change("pdf_rebuilt") == {"pages": 5}
    assert not done.still_found & {"pdf_damaged_recovered", "pdf_readers_disagree"}
    assert texts(done.output)[4].startswith("Chapter 5")


def test_a_truncated_pdf_keeps_what_can_be_recovered(repair: Repair) -> None:
    whole = samples.numbered_pdf(20)
    done = repair("text_pdf", whole[: len(whole) * 7 // 10])
    assert done.result.after.facts["pdf"]["damaged"] == "no"
    assert done.result.after.facts["pdf"]["pages"] == done.before.facts["pdf"]["pages"] > 0


def test_a_wrong_page_count_is_put_right(repair: Repair) -> None:
    done = repair("text_pdf", samples.million_pages_pdf().replace(b"[0 0 595 842] >>", b"[0 0 595 842] >> "))
    assert done.result.after.facts["pdf"]["declared_pages"] == 1
    assert "pdf_page_count_wrong" not in done.still_found


def test_the_right_password_decrypts_and_a_wrong_one_is_told(repair: Repair) -> None:
    locked = samples.encrypted_pdf("开门", pages=3)
    done = repair("text_pdf", locked, "pdf_needs_password", password="开门")
    assert "encryption_removed" in done.changes
    assert (done.result.after.facts["pdf"]["encrypted"], done.result.after.facts["pdf"]["pages"]) == (False, 3)
    wrong = repair("text_pdf", locked, "pdf_needs_password", password="关门")
    assert (wrong.result.done, wrong.result.refusal) == (False, "password_wrong")
    assert not wrong.output.exists()


def test_restrictions_are_removed(repair: Repair) -> None:
    done = repair("text_pdf", samples.encrypted_pdf(""))
    assert not done.still_found & {"pdf_restricted", "pdf_encrypted_open"}


def test_blank_pages_are_removed_and_named(repair: Repair) -> None:
    done = repair("text_pdf", samples.text_pdf(["one", "", "three", ""]))
    assert done.change("blank_pages_removed") == {"count": 2, "pages": "2、4", "left": 2}
    assert texts(done.output) == ["one", "three"]


def test_scripts_and_attachments_are_removed_and_named(repair: Repair) -> None:
    done = repair("text_pdf", samples.scripted_pdf())
    assert done.change("attachments_removed") == {"count": 1, "names": "notes.txt"}
    assert not done.still_found & {"pdf_scripts", "pdf_attachments"}
    with pikepdf.open(done.output) as document:
        assert "/OpenAction" not in document.Root


def test_a_pdf_of_scans_is_shrunk_below_the_limit_and_nothing_is_dropped(repair: Repair, tmp_path: Path) -> None:
    noise = [Image.effect_noise((1600, 2200), 60).convert("RGB") for _ in range(4)]
    noise[0].save(tmp_path / "scan.pdf", save_all=True, append_images=noise[1:], resolution=190, quality=95)
    content = (tmp_path / "scan.pdf").read_bytes()
    limit = len(content) // 3
    done = repair("text_pdf", content, max_bytes=str(limit))
    assert done.output.stat().st_size <= limit
    assert done.change("images_recompressed")["count"] == 4
    assert done.result.after.facts["pdf"]["pages"] == done.before.facts["pdf"]["pages"] == 4
    assert done.result.after.facts["resources"]["images"] == done.before.facts["resources"]["images"] == 4
    assert "too_large" not in done.still_found


def test_what_cannot_be_made_small_enough_is_refused_with_its_size(repair: Repair) -> None:
    done = repair("text_pdf", samples.numbered_pdf(300), "too_large", max_bytes="2000")
    assert done.result.refusal == "repair_not_small_enough"


def test_pages_are_turned_as_the_person_asks(repair: Repair) -> None:
    done = repair("text_pdf", samples.numbered_pdf(2), "rotate", rotate="90")
    assert done.change("turned") == {"degrees": 90}
    assert [page.get_rotation() for page in pypdfium2.PdfDocument(done.output)] == [90, 90]
    assert texts(done.output)[1].startswith("Chapter 2")


def test_a_change_that_breaks_a_signature_is_told(repair: Repair) -> None:
    done = repair("text_pdf", samples.signed_pdf(), "pdf_blank_pages")
    assert "signature_broken" in done.changes
    assert "signature_broken" not in repair("text_pdf", samples.text_pdf(["one", ""]), "pdf_blank_pages").changes


@pytest.mark.requirement("F-06")
def test_progress_is_told_while_images_are_recompressed(repair: Repair, pool: ConfinedPool, tmp_path: Path) -> None:
    noise = Image.effect_noise((900, 900), 60).convert("RGB")
    noise.save(tmp_path / "scan.pdf", save_all=True, append_images=[noise] * 3, quality=95)
    told: list[float] = []
    context = {"max_bytes": str(200_000)}
    run_repair(
        "text_pdf",
        tmp_path / "scan.pdf",
        tmp_path / "out.pdf",
        ["too_large"],
        context,
        pool=pool,
        on_progress=told.append,
    )
    assert told == sorted(told)
    assert len(told) > 3


def test_the_original_is_never_changed(repair: Repair) -> None:
    content = samples.scripted_pdf()
    assert repair("text_pdf", content).original.read_bytes() == content


def test_findings_without_a_repair_are_refused(repair: Repair) -> None:
    assert repair("text_pdf", samples.numbered_pdf(1), "pdf_fonts_not_embedded").result.refusal == "repair_unknown"


def test_a_page_can_be_seen_before_and_after(pool: ConfinedPool, repair: Repair, tmp_path: Path) -> None:
    done = repair("text_pdf", samples.text_pdf(["one", "", "three"]))
    before = preview(done.original, tmp_path / "before.jpg", 3, pool=pool)
    after = preview(done.output, tmp_path / "after.jpg", 2, pool=pool)
    assert before is not None
    assert after is not None
    assert (before["pages"], after["pages"]) == (3, 2)
    assert Image.open(tmp_path / "before.jpg").size == Image.open(tmp_path / "after.jpg").size


def damaged() -> dict[str, bytes]:
    """PDFs broken in ways that readers mend, or only seem to."""
    whole, chance = samples.numbered_pdf(12), random.Random(5)
    cases = {f"cut at {share} %": whole[: len(whole) * share // 100] for share in (15, 40, 70, 95)}
    for number in range(8):
        broken = bytearray(whole)
        for _ in range(chance.randrange(1, 25)):
            broken[chance.randrange(10, len(broken))] = chance.randrange(256)
        cases[f"noise {number}"] = bytes(broken)
    for box in (b"[0 0 a b]", b"[0 0]", b"[0 0 1e400 842]", b"<< >>"):
        cases[f"box {box.decode()}"] = whole.replace(b"[0 0 595 842]", box, 1)
    lost = whole.replace(b"\n5 0 obj", b"\n5 0 xxx").replace(b"startxref\n", b"startxref\n9")
    more = {"loop": samples.looping_pdf(), "deep": samples.deep_pdf(200), "million": samples.million_pages_pdf()}
    return cases | more | {"no table": whole[: whole.index(b"xref\n0")], "a lost page": lost}


@pytest.mark.parametrize("what", damaged())
def test_a_pdf_that_is_called_fixable_gets_fixed(what: str, repair: Repair) -> None:
    done = repair("text_pdf", damaged()[what])
    promised = {finding.code for finding in done.before.findings if finding.repairable}
    assert done.result.done or not promised, what
    if done.before.verdict == "fixable":
        assert done.result.after.verdict == "pass", what
        assert not promised & done.still_found, what
    if done.result.done:
        assert done.result.after.facts["pdf"]["damaged"] == "no"


def test_a_page_whose_content_is_lost_is_not_passed_off_as_blank(repair: Repair) -> None:
    done = repair("text_pdf", damaged()["a lost page"])
    assert done.before.facts["content"]["blank"] == []
    assert {"pdf_pages_unreadable", "pdf_damaged_recovered"} <= {finding.code for finding in done.before.findings}
    assert done.change("page_contents_lost") == {"count": 1, "pages": "1"}
    assert len(texts(done.output)) == 12
