"""例外交存, art. 12: bars over at most half, ten and fifty pages, or object code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from materials.deposit.masking import BAR, cover

Build = Callable[..., Any]

pytestmark = pytest.mark.requirement("F-04")


def program(lines: int) -> bytes:
    return "".join(f"int step_{n} = compute({n}, {n + 1}, {n * 7919}); /* part {n} */\n" for n in range(lines)).encode()


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.9])
def test_never_more_than_half_is_covered_and_the_meter_says_how_much(share: float) -> None:
    page = [f"int step_{n} = compute({n}); 登记".ljust(90, "x") for n in range(50)]
    covered, meter = cover([page], share, 100)
    assert meter.allowed
    assert meter.area == pytest.approx(min(share, 0.5), abs=0.03)
    assert all(len(row) <= 100 for row in covered[0])


def test_what_is_under_a_bar_is_not_in_the_file(build: Build) -> None:
    plain = build({"main.c": program(4000)}).pages()
    done = build({"main.c": program(4000)}, mode="masked", masked_share=0.45)
    pages = done.pages()
    assert len(pages) == 60
    assert 0.3 < done.report["meter"]["characters"] <= 0.5
    assert BAR * 10 in pages[0][0] + pages[0][5]
    assert not any(row in page for row in plain[0] for page in pages)


def test_ten_pages_and_any_fifty_consecutive_ones(build: Build) -> None:
    done = build({"main.c": program(6000)}, mode="ten_fifty", start_page=40)
    pages = done.pages()
    assert len(pages) == 60
    assert pages[9][-1].startswith("int step_499 ")
    assert pages[10][0].startswith(f"int step_{39 * 50} ")
    assert pages[59][-1].startswith(f"int step_{89 * 50 - 1} ")


def test_too_short_a_program_for_ten_and_fifty_is_told(build: Build) -> None:
    result = build({"main.c": program(1000)}, mode="ten_fifty").result
    assert (result.refusal, result.params["wanted"]) == ("deposit_too_short", 60)


def test_fifty_pages_that_overlap_the_first_ten_are_told(build: Build) -> None:
    result = build({"main.c": program(4000)}, mode="ten_fifty", start_page=10).result
    assert (result.refusal, result.params) == ("deposit_start_too_early", {"start": 10})


def test_object_code_is_listed_with_twenty_pages_of_source(build: Build) -> None:
    done = build({"main.c": program(2000)}, object_code=bytes(range(256)) * 400, mode="object_code", start_page=3)
    pages = done.pages()
    assert len(pages) == 80
    assert pages[0][0].split() == ["00000000", *bytes(range(24)).hex(" ").split()]
    assert pages[60][0].startswith("int step_100 ")


def test_object_code_without_its_file_is_refused(build: Build) -> None:
    assert build({"main.c": program(2000)}, mode="object_code").result.refusal == "object_code_missing"
