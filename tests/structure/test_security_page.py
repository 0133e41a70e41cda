"""docs/security.md answers every line of ASVS 5.0, and the tests that it names exist."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from registry_infra.folders import CHECKOUT

pytestmark = pytest.mark.requirement("S-04")

PAGE = CHECKOUT / "docs" / "security.md"
# How many lines each section of the standard has (5.0.0).
SECTIONS = {
    1: (2, 10, 12, 3, 3), 2: (3, 3, 5, 2), 3: (1, 3, 5, 8, 8, 1, 5), 4: (5, 5, 2, 4), 5: (1, 6, 3, 3),
    6: (3, 12, 8, 6, 8, 4, 2, 4), 7: (3, 4, 2, 5, 3, 2), 8: (4, 4, 3, 2), 9: (3, 4), 10: (2, 3, 5, 16, 5, 2, 3),
    11: (4, 5, 5, 4, 2, 2, 2), 12: (5, 2, 5), 13: (4, 6, 4, 7), 14: (2, 8, 3), 15: (5, 5, 7, 4), 16: (1, 5, 4, 3, 4),
    17: (2, 8, 2),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    number: str
    level: str
    state: str
    here: str
    seen: tuple[str, ...]


def lines() -> list[Line]:
    found = re.findall(r"^\| (V[\d.*]+) \| (\d) \| ([\w/]+) \| (.+) \| (.+) \|$", PAGE.read_text("utf-8"), re.M)
    return [
        Line(number, level, state, here, tuple(re.findall(r"`([^`]+)`", seen)))
        for number, level, state, here, seen in found
    ]


def test_every_line_of_the_standard_has_one_answer() -> None:
    numbers = Counter(line.number for line in lines())
    assert [number for number, count in numbers.items() if count > 1] == []
    asked = {
        f"V{chapter}.{section}.{line}": (f"V{chapter}.{section}.*", f"V{chapter}.*")
        for chapter, counts in SECTIONS.items()
        for section, count in enumerate(counts, start=1)
        for line in range(1, count + 1)
    }
    assert [number for number, groups in asked.items() if not {number, *groups} & numbers.keys()] == []
    known = asked.keys() | {group for groups in asked.values() for group in groups}
    assert sorted(numbers.keys() - known) == []


def test_every_answer_has_a_test_or_a_reason() -> None:
    for line in lines():
        assert line.state in ("met", "operator", "n/a", "open"), line
        assert len(line.here) > 3, line
    unshown = [line.number for line in lines() if line.state == "met" and not line.seen and "](" not in line.here]
    assert [number for number in unshown if number not in {"V1.3.2", "V11.5.2", "V15.1.1", "V15.3.5"}] == []


def test_every_test_that_is_named_exists() -> None:
    for line in lines():
        for reference in line.seen:
            file, _, test = reference.partition("::")
            assert (CHECKOUT / file).is_file(), (line.number, file)
            if test:
                assert f"def {test}(" in (CHECKOUT / file).read_text("utf-8"), (line.number, reference)
