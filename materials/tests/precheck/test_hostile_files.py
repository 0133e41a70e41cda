"""Files made to deceive or to break a reader cost a finding, never the checker."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from chassis.confinement import ConfinedPool
from materials.precheck import PrecheckResult, run_precheck
from materials.testing import sample_files as samples

Check = Callable[..., PrecheckResult]

pytestmark = pytest.mark.requirement("F-06")


def codes(result: PrecheckResult) -> set[str]:
    return {finding.code for finding in result.findings}


def test_a_million_claimed_pages_are_counted_as_one(check: Check) -> None:
    result = check("text_pdf", samples.million_pages_pdf())
    assert result.facts["pdf"]["pages"] == 1
    assert "pdf_page_count_wrong" in codes(result)
    assert result.seconds < 5


def test_one_page_listed_sixty_times_is_one_page(check: Check) -> None:
    result = check("text_pdf", samples.one_page_listed(60))
    assert (result.facts["pdf"]["listed_pages"], result.facts["pdf"]["pages"]) == (60, 1)
    assert "pdf_pages_repeated" in codes(result)
    assert result.verdict == "fail"


def test_sixty_copies_of_the_same_text_are_noticed(check: Check) -> None:
    result = check("text_pdf", samples.text_pdf(["the same words"] * 60))
    assert result.facts["pdf"]["pages"] == 60
    assert "pdf_text_repeated" in codes(result)


@pytest.mark.parametrize("make", [samples.looping_pdf, lambda: samples.deep_pdf(20_000)], ids=["loop", "deep"])
def test_impossible_page_trees_never_pass(check: Check, make: Callable[[], bytes]) -> None:
    result = check("text_pdf", make())
    assert result.verdict in ("fail", "uncertain")
    assert result.seconds < 20


def test_an_object_stream_bomb_is_stopped_by_its_memory_limit(check: Check) -> None:
    result = check("text_pdf", samples.object_stream_bomb(1024))
    assert result.verdict in ("fail", "uncertain")
    assert not result.complete
    assert codes(result) & {"unpacks_too_large", "reader_crashed", "check_timed_out", "check_incomplete"}


def test_drawing_instructions_without_end_leave_the_first_facts_standing(check: Check) -> None:
    result = check("text_pdf", samples.content_bomb(2048))
    assert result.facts["pdf"]["pages"] == 1
    assert result.verdict in ("uncertain", "fail")
    assert not result.complete


def test_drawing_instructions_packed_three_times_over_cost_no_more(check: Check) -> None:
    bomb = samples.nested_content_bomb(4)
    assert len(bomb) < 20_000
    result = check("text_pdf", bomb)
    assert result.facts["pdf"]["pages"] == 1
    assert result.verdict in ("uncertain", "fail")
    assert not result.complete
    assert result.seconds < 50


@pytest.mark.requirement("F-04")
@pytest.mark.parametrize("profile", ["source_code", "views_3d"])
def test_an_archive_of_four_gigabytes_in_four_megabytes_is_not_unpacked(check: Check, profile: str) -> None:
    result = check(profile, samples.zip_bomb(3), "upload.zip")
    assert codes(result) & {"source_empty", "archive_damaged", "views_missing"}
    assert result.verdict in ("fail", "pass")
    assert result.seconds < 5


def tar_of(*entries: tuple[tarfile.TarInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for entry, content in entries:
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def test_members_that_lead_out_of_the_archive_or_are_links_are_not_followed(check: Check) -> None:
    zipped, link = io.BytesIO(), zipfile.ZipInfo("link.py")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("../../etc/passwd.py", "root = 0\n")
        archive.writestr("/etc/shadow.py", "root = 0\n")
        archive.writestr(link, "/etc/passwd")
        archive.writestr("main.py", "x = 1\n")
    outside, pointer, inside = (tarfile.TarInfo(name) for name in ("../up.py", "hard.py", "main.py"))
    pointer.type, pointer.linkname = tarfile.LNKTYPE, "/etc/passwd"
    outside.size = inside.size = 6
    tarred = tar_of((outside, b"x = 1\n"), (pointer, b""), (inside, b"x = 1\n"))
    for upload in (zipped.getvalue(), tarred):
        assert check("source_code", upload).facts["source"]["files"] == 1


def test_an_archive_that_announces_more_than_anybody_has_is_refused(check: Check) -> None:
    huge = tarfile.TarInfo("data.bin")
    huge.size = 1 << 40
    bomb = gzip.compress(huge.tobuf(tarfile.GNU_FORMAT) + bytes(1 << 20))
    assert codes(check("source_code", bomb)) == {"archive_too_large"}
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 34
    result = check("source_code", gzip.compress(header.tobuf() + bytes(1 << 20)))
    assert result.verdict == "fail"


@pytest.mark.requirement("F-04")
def test_the_pages_of_an_image_are_not_counted_without_end(check: Check) -> None:
    result = check("artwork_image", samples.many_framed_tiff(50_000), "a.tif")
    assert (result.facts["image"]["frames"], result.verdict) == (1000, "fail")
    assert result.seconds < 20


@pytest.mark.requirement("F-04")
def test_a_gigapixel_png_is_refused_from_its_header(check: Check) -> None:
    result = check("artwork_image", samples.png_of(50_000, 50_000), "poster.png")
    assert codes(result) == {"image_too_many_pixels"}
    assert result.seconds < 2


@pytest.mark.requirement("I-05")
def test_an_id_image_of_200_megapixels_is_refused_undecoded(check: Check) -> None:
    assert codes(check("id_image", samples.png_of(16_000, 12_000))) == {"photo_too_many_pixels"}


def test_a_line_made_to_stall_pattern_matching_does_not(check: Check) -> None:
    worst = (
        b"a.b+",
        b"eyJ",
        b"://a",
        b"VERSION ",
        b"version=",
        b"password:",
        b"1",
        b"-----BEGIN",
        b"copyright 2020-",
        b" ",
    )
    line = b"".join(part * (200_000 // len(part)) + b"\n" for part in worst)
    result = check("source_code", samples.zip_of({"main.py": b"x = 1\n" * 3000 + line}))
    assert result.complete
    assert result.seconds < 10


def test_the_pool_still_works_after_all_that(pool: ConfinedPool, tmp_path: Path) -> None:
    path = tmp_path / "fine.pdf"
    path.write_bytes(samples.numbered_pdf(2))
    assert run_precheck("text_pdf", path, pool=pool).verdict == "pass"
