"""Every finding that is called repairable has a repair, and every change has its words."""

from __future__ import annotations

import re
from pathlib import Path

import materials.precheck.profiles
import materials.repair
import pytest
from materials.repair import REPAIRS
from materials.repair.words import TEXTS

pytestmark = pytest.mark.requirement("F-07")


def test_every_finding_that_may_be_repairable_has_a_repair() -> None:
    folder = Path(materials.precheck.profiles.__file__).parent
    source = "\n".join(path.read_text("utf-8") for path in (*folder.glob("*.py"), folder.parent / "inspect.py"))
    calls = re.findall(r'Finding\(\s*"(\w+)"[^()]*(?:\([^()]*\)[^()]*)*repairable=', source)
    assert len(calls) > 8
    assert set(calls) - set(REPAIRS) == set()


def test_every_change_has_words_and_no_words_are_left_over() -> None:
    folder = Path(materials.repair.__file__).parent
    source = "\n".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    used = set(re.findall(r'Change\(\s*"(\w+)"', source)) | set(re.findall(r'Refused\(\s*"(\w+)"', source))
    conditions = (Path(materials.precheck.__file__).parent / "mendable.py").read_text("utf-8")
    used |= set(re.findall(r'return "(repair_\w+)"', conditions))
    used |= {"repair_failed", "comments_stripped", "blank_lines_stripped", "secrets_masked"}
    assert used == set(TEXTS.codes("change"))
