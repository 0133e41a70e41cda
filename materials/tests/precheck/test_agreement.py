"""The pre-check agrees with what careful readers see in real files, or says why not (``agreement.toml``)."""

from __future__ import annotations

import csv
import os
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from chassis.confinement import ConfinedPool
from materials.precheck import PrecheckResult, run_precheck

CHECKOUT = Path(__file__).parents[3]
NAMED = os.environ.get("REGISTRY_TEST_DATA")
DATA = Path(NAMED or CHECKOUT.parent / "shared" / "data")
EXPLAINED: dict[str, dict[str, dict[str, str]]] = tomllib.loads(
    (Path(__file__).parent / "agreement.toml").read_text("utf-8")
)
SLOWEST_SECONDS = 20.0
LOST = {"reader_crashed", "check_timed_out", "unpacks_too_large", "file_unreadable", "check_incomplete"}
Row = dict[str, str]

pytestmark = [
    pytest.mark.requirement("F-06"),
    pytest.mark.skipif(
        not NAMED and not DATA.is_dir(),
        reason=f"the files of other people that these tests compare with are not part of the project; none at {DATA}"
        " (REGISTRY_TEST_DATA names another folder)",
    ),
]


@dataclass
class Tally:
    """Compares statement by statement and prints the table at the end."""

    agreed: dict[str, int] = field(default_factory=dict)
    differing: dict[str, list[str]] = field(default_factory=dict)

    def compare(self, file: str, what: str, theirs: object, ours: object) -> None:
        if theirs == ours:
            self.agreed[what] = self.agreed.get(what, 0) + 1
        else:
            self.differing.setdefault(file, []).append(f"{what}: table {theirs!r}, pre-check {ours!r}")

    def conclude(self, kind: str) -> None:
        print(f"\n{'agreement on':<24}{'files':>6}")
        for what, count in sorted(self.agreed.items()):
            print(f"{what:<24}{count:>6}")
        explained = EXPLAINED[kind]
        for file, points in sorted(self.differing.items()):
            print(f"{file}\n    {'; '.join(points)}\n    {explained.get(file, {}).get('reason', 'NOT EXPLAINED')}")
        assert sorted(set(self.differing) - set(explained)) == []
        assert sorted(set(explained) - set(self.differing)) == []


def rows(folder: str) -> list[Row]:
    """Every file of the folder, as its table has it; a file without a line would be one nobody compared."""
    with (DATA / folder / "manifest.tsv").open(encoding="utf-8") as file:
        listed = list(csv.DictReader(file, delimiter="\t"))
    there = {path.name for path in (DATA / folder).iterdir()} - {"README.md", "manifest.tsv"}
    assert {row["file"] for row in listed} == there
    return listed


def checked(pool: ConfinedPool, folder: str, profile: str, listed: list[Row]) -> Iterator[tuple[Row, PrecheckResult]]:
    """Two at a time. No file costs more than its time, and none takes its reader along."""
    with ThreadPoolExecutor(2) as threads:

        def check(row: Row) -> PrecheckResult:
            return run_precheck(profile, DATA / folder / row["file"], {"file_name": row["file"]}, pool=pool)

        results = threads.map(check, listed)
        for row, result in zip(listed, results, strict=True):
            assert result.seconds < SLOWEST_SECONDS, row["file"]
            assert not LOST & {finding.code for finding in result.findings}, row["file"]
            yield row, result


def features() -> dict[str, list[str]]:
    """File → cells of its line in the README's tables of PDFs."""
    lines = (DATA / "pdf" / "README.md").read_text("utf-8").splitlines()
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| "))
    return {line[0]: line for line in cells if len(line) == 10}


def opening_of(pdf: dict[str, Any]) -> str:
    if pdf["needs_password"]:
        return "needs password"
    if not pdf["opens"]:
        return "reject"
    if pdf["listed_pages"] == 0:
        return "0 pages"
    return "readers disagree" if pdf["readers_disagree"] else "ok"


def test_pdfs_are_seen_as_four_readers_see_them(pool: ConfinedPool) -> None:
    tally, table = Tally(), features()
    for row, result in checked(pool, "pdf", "text_pdf", rows("pdf")):
        pdf = result.facts.get("pdf")
        if pdf is None:
            tally.compare(row["file"], "opens", row["result"], "reject")
            assert result.verdict == "fail"
            continue
        tally.compare(row["file"], "opens", row["result"], opening_of(pdf))
        tally.compare(row["file"], "encrypted", row["encrypted"] != "no", pdf["encrypted"])
        if row["result"] == "ok":
            tally.compare(row["file"], "pages", int(row["pages_qpdf"]), pdf["listed_pages"])
            compare_pages(tally, row, table[row["file"]], result.facts["content"])
        if row["result"] == "readers disagree" and opening_of(pdf) == "readers disagree":
            assert result.verdict in ("uncertain", "fail")
        if pdf["opens"]:
            listed = table[row["file"]][8]
            tally.compare(row["file"], "scripts", "JavaScript" in listed, bool(pdf["scripts"]))
            tally.compare(row["file"], "attachments", "embedded file" in listed, pdf["attachment_count"] > 0)
            tally.compare(row["file"], "signed", "signature" in listed, pdf["signed"])
            tally.compare(row["file"], "form", "form" in listed, bool(pdf["form"]))
    tally.conclude("pdf")


def compare_pages(tally: Tally, row: Row, cells: list[str], content: dict[str, Any]) -> None:
    """Paper of the first page, and whether a document of one page has text or is a scan."""
    papers = [[width, height] for width, height, _ in content["sizes"]]
    width, height = (int(edge) for edge in cells[6].split(",")[0].split()[0].split("x"))
    near = [abs(a - b) for paper in papers for a, b in zip(sorted(paper), sorted((width, height)), strict=True)]
    tally.compare(row["file"], "paper", True, any(max(pair) <= 1 for pair in zip(near[::2], near[1::2], strict=True)))
    if row["pages_qpdf"] == "1":
        tally.compare(row["file"], "text", int(cells[7]) > 0, content["with_text"] == 1)


def test_locked_pdfs_open_with_their_passwords(pool: ConfinedPool) -> None:
    locked = [row for row in rows("pdf") if row["password"]]
    assert len(locked) > 5
    for row in locked:
        result = run_precheck("text_pdf", DATA / "pdf" / row["file"], {"password": row["password"]}, pool=pool)
        pdf = result.facts["pdf"]
        assert (pdf["opens"], pdf["encrypted"], pdf["readers_disagree"]) == (True, True, False), row["file"]
        assert pdf["listed_pages"] == (30 if "R3,V2" in row["file"] else 1)


_WORDS = {"ok (last layer cannot be sought)": "ok"}
_OTHER_TYPE = {"wrong_type", "wrong_type_renamed", "image_convertible", "empty_file"}
_ACCEPTED = {"jpeg", "png", "tiff", "bmp", "webp", "jp2"}


def decoding_of(facts: dict[str, Any]) -> str:
    image = facts.get("image")
    if image is None or image["too_many_pixels"]:
        return "does not open"
    if image["decode_skipped"]:
        return "uncertain"
    if not image["decodes"]:
        return "opens, does not decode"
    return "first frame only" if image["decode_error"] else "ok"


@pytest.mark.requirement("F-04")
def test_images_are_seen_as_pillow_sees_them_without_its_defaults(pool: ConfinedPool) -> None:
    tally = Tally()
    for row, result in checked(pool, "images", "artwork_image", rows("images")):
        if result.facts["type"] not in _ACCEPTED:
            assert {finding.code for finding in result.findings} & _OTHER_TYPE
            continue
        tally.compare(row["file"], "decodes", _WORDS.get(row["result"], row["result"]), decoding_of(result.facts))
        image = result.facts.get("image")
        if image is None or not row["size"]:
            continue
        tally.compare(row["file"], "mode", row["mode"], image["mode"])
        width, height = (int(edge) for edge in row["size"].split("x"))
        shown = [height, width] if row["orientation"] in ("5", "6", "7", "8") else [width, height]
        tally.compare(row["file"], "size as shown", shown, [image["width"], image["height"]])
        tally.compare(row["file"], "frames", row["frames"] or "1", str(image["frames"]))
        theirs = [float(value) for value in row["dpi_pillow"].split(",")] if row["dpi_pillow"] else None
        ours = image["dpi"]
        same = bool(theirs and ours) and all(abs(a - b) <= b / 500 for a, b in zip(theirs, ours, strict=True))
        tally.compare(row["file"], "dpi", theirs, theirs if same else ours)
    tally.conclude("image")
