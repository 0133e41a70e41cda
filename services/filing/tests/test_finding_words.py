"""No sentence about a file is left over: the engines say it, or filing does when a check or a job cannot be done."""

from __future__ import annotations

import re
from pathlib import Path

import filing
import pytest
from filing.examination import standards
from filing.types import TYPES
from materials.precheck.proofs import matrix
from materials.precheck.words import TEXTS

import materials


@pytest.mark.requirement("F-06")
def test_every_text_about_a_file_is_used() -> None:
    folders = [Path(str(package.__file__)).parent for package in (filing, materials)]
    source = "\n".join(file.read_text("utf-8") for folder in folders for file in folder.rglob("*.py"))
    of_identity = ("photo_", "seal_")
    unused = {code for code in TEXTS.codes("finding") if f'"{code}"' not in source and not code.startswith(of_identity)}
    assert unused == set()
    names = {*TEXTS.codes("name"), *TEXTS.codes("way")}
    assert {code for code in names if not re.search(rf"""["'/]{re.escape(code)}["'/]""", source)} == set()


@pytest.mark.requirement("F-11")
def test_every_standard_defect_has_its_words_and_no_words_are_left_over() -> None:
    statutory = {entry.code for entry in standards.library() if entry.ground == "statutory"}
    assert set(standards.TEXTS.codes("defect")) == {entry.code for entry in standards.library()}
    assert statutory <= set(standards.TEXTS.codes("basis")) <= set(standards.TEXTS.codes("defect"))


@pytest.mark.requirement("F-05")
def test_every_proof_that_a_type_asks_for_is_in_the_matrix() -> None:
    of_many_kinds = {"cover", "credits", "other"}
    asked = {need.role for held in TYPES.values() for need in held.fields.material if need.purpose == "proof"}
    assert asked - of_many_kinds <= set(matrix().proofs)
    assert set(matrix().proofs) - asked == {"authorisation_letter", "seal_statement"}, "of organisations, to identity"
