"""A program whose name ends in its version: the header says it once, and nobody is sent to change what is right."""

from __future__ import annotations

import pytest
from materials.deposit.crosscheck import compare
from materials.deposit.layout import DocumentLayout, PageLayout, without_version
from materials.deposit.typesetting import header_of

pytestmark = [pytest.mark.requirement("F-06"), pytest.mark.requirement("F-04")]


def found(header: str, title: str, version: str = "V1.0") -> list[tuple[str, object]]:
    page = PageLayout(lines=50, header=header, number=1, figures=0, text=f"{header} 1\nint main(void) {{")
    statements = compare("code", DocumentLayout([page]), title, "", version)
    return [(item["code"], item["params"].get("found")) for item in statements]


@pytest.mark.parametrize(
    ("title", "version", "alone"),
    [
        ("山居图书管理系统V1.0", "V1.0", "山居图书管理系统"),
        ("山居图书管理系统 v1.0", "1.0", "山居图书管理系统"),
        ("山居图书管理系统（Ver 1.0）", "V1.0", "山居图书管理系统"),
        ("山居图书管理系统１．０版", "V1.0", "山居图书管理系统"),
        ("Lamp Inspection-1.0", "V1.0", "Lamp Inspection"),
        ("山居图书管理系统V11.0", "V1.0", "山居图书管理系统V11.0"),
        ("山居图书管理系统11.0", "V1.0", "山居图书管理系统11.0"),
        ("山居V1.0图书管理系统", "V1.0", "山居V1.0图书管理系统"),
        ("山居图书管理系统V1.0", "", "山居图书管理系统V1.0"),
        ("V1.0", "V1.0", "V1.0"),
    ],
)
def test_a_name_without_the_version_that_it_ends_in(title: str, version: str, alone: str) -> None:
    assert without_version(title, version) == alone


@pytest.mark.parametrize(
    ("title", "version", "header"),
    [
        ("山居图书管理系统", "V1.0", "山居图书管理系统 V1.0"),
        ("山居图书管理系统V1.0", "V1.0", "山居图书管理系统V1.0"),
        ("山居图书管理系统（V1.0）", "V1.0", "山居图书管理系统（V1.0）"),
        ("山居图书管理系统V2.0", "V1.0", "山居图书管理系统V2.0 V1.0"),
        ("（全角）管理系统", "", "（全角）管理系统"),
    ],
)
def test_a_header_says_the_version_once(title: str, version: str, header: str) -> None:
    assert header_of(title, version) == header


@pytest.mark.parametrize("title", ["山居图书管理系统", "山居图书管理系统V1.0", "山居图书管理系统（V1.0）"])
def test_nothing_is_found_where_name_and_version_are_right(title: str) -> None:
    assert found(header_of(title, "V1.0"), title) == []


@pytest.mark.parametrize(
    "header", ["山居图书管理系统V1.0 V1.0", "山居图书管理系统 V1.0 1.0", "山居图书管理系统V1.0（V1.0）"]
)
@pytest.mark.parametrize("title", ["山居图书管理系统", "山居图书管理系统V1.0"])
def test_a_version_that_stands_twice_is_told(header: str, title: str) -> None:
    assert ("header_version_twice", None) in found(header, title)


def test_another_name_is_still_told() -> None:
    assert ("name_differs", "长江图书管理系统") in found("长江图书管理系统 V1.0", "山居图书管理系统V1.0")
