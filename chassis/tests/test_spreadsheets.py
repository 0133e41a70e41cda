"""What strangers wrote is a text to a spreadsheet, and the same text again to whoever reads the file."""

from __future__ import annotations

import csv
import io

import pytest
from chassis.spreadsheets import as_it_was, harmless, write_row
from hypothesis import example, given
from hypothesis import strategies as st

FORMULAS = ["=1+1", "+86 10", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠A", "\u3000=1"]


@pytest.mark.requirement("L-04")
@pytest.mark.parametrize("text", [*FORMULAS, *(f"'{text}" for text in FORMULAS), *(f"''{text}" for text in FORMULAS)])
def test_a_formula_gets_an_apostrophe_and_loses_it_again(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert as_it_was(harmless(text)) == text


@pytest.mark.parametrize("text", ["", "气象查询系统", "a=1", "O'Neill", "'tis", "''", "2019-02-30", "１２", "—"])
def test_everything_else_stands_as_it_is(text: str) -> None:
    assert harmless(text) == as_it_was(text) == text


@given(st.text(alphabet=st.one_of(st.sampled_from("'=+-@＝\t\r\n \",;a"), st.characters(codec="utf-8")), max_size=12))
@example("'=")
@example("'' =")
def test_any_text_comes_back_through_a_file(text: str) -> None:
    stream = io.StringIO(newline="")
    write_row(stream, [text, 7])
    [[cell, seven]] = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    assert (as_it_was(cell), seven) == (text, "7")
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not cell.startswith(("\t", "\r", "\n"))
