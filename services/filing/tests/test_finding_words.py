"""No sentence about a file is left over: the engines say it, or filing does when a check or a job cannot be done."""

from __future__ import annotations

from pathlib import Path

import filing
import pytest
from materials.precheck.words import TEXTS

import materials


@pytest.mark.requirement("F-06")
def test_every_text_about_a_file_is_used() -> None:
    folders = [Path(str(package.__file__)).parent for package in (filing, materials)]
    source = "\n".join(file.read_text("utf-8") for folder in folders for file in folder.rglob("*.py"))
    unused = {code for code in TEXTS.codes("finding") if f'"{code}"' not in source and not code.startswith("photo_")}
    assert unused == set()
