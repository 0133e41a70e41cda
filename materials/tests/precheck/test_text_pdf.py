"""The sample of a text work: what is wrong is said, and said in words a person can act on."""

from __future__ import annotations

from collections.abc import Callable

import pikepdf
import pytest
from materials.precheck import PrecheckResult, describe
from materials.testing import sample_files as samples

Check = Callable[..., PrecheckResult]

pytestmark = pytest.mark.requirement("F-06")


def codes(result: PrecheckResult) -> set[str]:
    return {finding.code for finding in result.findings}


def test_an_ordinary_pdf_passes_with_its_pages_counted(check: Check) -> None:
    result = check("text_pdf", samples.numbered_pdf(12), "novel.pdf")
    assert (result.verdict, result.complete) == ("pass", True)
    assert (result.facts["type"], result.facts["pdf"]["pages"], result.facts["content"]["distinct_texts"]) == (
        "pdf",
        12,
        12,
    )
    assert len(result.facts["sha256"]) == 64


def test_a_zip_archive_renamed_to_pdf_is_recognised(check: Check) -> None:
    result = check("text_pdf", samples.zip_of({"novel.txt": b"..."}), "novel.pdf")
    assert (result.verdict, codes(result)) == ("fail", {"wrong_type_renamed"})
    message, remedy = describe(result.findings[0], "zh")
    assert "ZIP" in message
    assert "解压" in remedy


def test_a_word_document_is_named_as_what_it_is(check: Check) -> None:
    document = samples.zip_of({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
    result = check("text_pdf", document, "novel.docx")
    assert codes(result) == {"wrong_type"}
    message, remedy = describe(result.findings[0], "zh")
    assert "DOCX" in message
    assert "WPS" in remedy


def test_a_pdf_with_a_misleading_name_is_accepted_with_a_note(check: Check) -> None:
    result = check("text_pdf", samples.numbered_pdf(1), "novel.jpg")
    assert result.verdict == "pass"
    assert "extension_misleading" in codes(result)


def test_a_plain_text_can_be_made_a_pdf_but_one_that_is_named_so_is_none(check: Check) -> None:
    assert (check("text_pdf", b"Call me Ishmael.\n", "novel.txt").verdict) == "fixable"
    result = check("text_pdf", b"Call me Ishmael.\n", "novel.pdf")
    assert (result.verdict, codes(result)) == ("fail", {"wrong_type_renamed"})


def test_an_empty_file_is_said_to_be_empty(check: Check) -> None:
    assert codes(check("text_pdf", b"", "novel.pdf")) == {"empty_file"}


def test_a_pdf_without_pages_fails(check: Check) -> None:
    nothing = samples.pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 0 /Kids [] >>"])
    result = check("text_pdf", nothing)
    assert result.verdict == "fail"
    assert "pdf_no_pages" in codes(result)


def test_a_pdf_that_needs_a_password_can_be_fixed_with_it(check: Check) -> None:
    locked = samples.encrypted_pdf("Geheim 密码")
    result = check("text_pdf", locked)
    assert (result.verdict, codes(result)) == ("fixable", {"pdf_needs_password"})
    opened = check("text_pdf", locked, password="Geheim 密码")
    assert opened.facts["pdf"]["pages"] == 1


def test_a_pdf_with_an_empty_password_opens_and_is_noted(check: Check) -> None:
    result = check("text_pdf", samples.encrypted_pdf(""))
    assert result.verdict == "pass"
    assert codes(result) & {"pdf_encrypted_open", "pdf_restricted"}


def test_a_truncated_pdf_that_can_be_recovered_says_how_many_pages_are_left(check: Check) -> None:
    whole = samples.numbered_pdf(20)
    result = check("text_pdf", whole[: len(whole) * 7 // 10])
    assert result.verdict in ("fixable", "uncertain")
    found = next(f for f in result.findings if f.code == "pdf_truncated_recovered")
    assert 0 < int(found.params["pages"]) <= 20


def test_a_truncated_pdf_that_nothing_recovers_fails(check: Check) -> None:
    result = check("text_pdf", samples.numbered_pdf(20)[:60])
    assert (result.verdict, codes(result)) == ("fail", {"pdf_truncated"})


def test_garbage_behind_a_pdf_header_fails(check: Check) -> None:
    result = check("text_pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40 + b"\n%%EOF\n")
    assert (result.verdict, codes(result)) == ("fail", {"pdf_unreadable"})


def test_a_damaged_cross_reference_table_is_repairable(check: Check) -> None:
    whole = samples.numbered_pdf(3)
    result = check("text_pdf", whole.replace(b"startxref\n", b"startxref\n9"))
    assert result.verdict in ("fixable", "uncertain")
    assert "pdf_damaged_recovered" in codes(result)


def test_a_file_over_the_limit_is_told_its_size_and_whether_it_can_be_made_smaller(check: Check) -> None:
    book = samples.numbered_pdf(40)
    packed = samples.changed_pdf(book, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    for limit, repairable, verdict in ((len(packed) + 200, True, "fixable"), (len(packed) // 4, False, "fail")):
        result = check("text_pdf", book, max_bytes=str(limit))
        found = next(f for f in result.findings if f.code == "too_large")
        assert (found.repairable, result.verdict) == (repairable, verdict)


def test_blank_pages_are_named(check: Check) -> None:
    result = check("text_pdf", samples.text_pdf(["one", "", "three", ""]))
    found = next(f for f in result.findings if f.code == "pdf_blank_pages")
    assert (found.page, found.params["pages"], result.verdict) == (2, "2、4", "pass")


def test_only_blank_pages_fail(check: Check) -> None:
    assert "pdf_all_pages_blank" in codes(check("text_pdf", samples.text_pdf(["", ""])))


def test_scanned_pages_that_look_alike_are_noticed(check: Check) -> None:
    first, second = samples.picture(600, 850), samples.picture(600, 850, 2)
    same = samples.encoded(first, "PDF", save_all=True, append_images=[first] * 4, resolution=200)
    assert "pdf_pages_look_alike" in codes(check("text_pdf", same))
    mixed = samples.encoded(first, "PDF", save_all=True, append_images=[second, first, second], resolution=200)
    result = check("text_pdf", mixed)
    assert "pdf_pages_look_alike" not in codes(result)
    assert result.facts["content"]["distinct_pictures"] == 2


def test_a_title_that_the_text_does_not_name_is_pointed_out(check: Check) -> None:
    novel = samples.numbered_pdf(3)
    assert "title_not_found" not in codes(check("text_pdf", novel, title="BRIGHT　cold day"))
    result = check("text_pdf", novel, title="山居秋暝")
    assert (result.verdict, "title_not_found" in codes(result)) == ("pass", True)


def test_scripts_and_attachments_are_found(check: Check) -> None:
    result = check("text_pdf", samples.scripted_pdf())
    assert {"pdf_scripts", "pdf_attachments"} <= codes(result)
    assert result.facts["pdf"]["attachments"] == ["notes.txt"]
    assert result.verdict == "fixable"


def test_fonts_that_are_not_embedded_are_named(check: Check) -> None:
    result = check("text_pdf", samples.numbered_pdf(1))
    found = next(f for f in result.findings if f.code == "pdf_fonts_not_embedded")
    assert found.params["names"] == "Helvetica"


def test_a_coarse_scan_is_told_its_real_resolution(check: Check) -> None:
    page = samples.encoded(samples.picture(600, 850), "PDF", resolution=72)
    result = check("text_pdf", page)
    found = next(f for f in result.findings if f.code == "pdf_scan_coarse")
    assert found.params["dpi"] == 72
    assert result.facts["resources"]["images"] == 1
