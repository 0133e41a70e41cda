"""Every code that a certificate may print has its word, and no word is left over."""

from __future__ import annotations

from typing import get_args

import pytest
from archive.certificates.words import TEXTS, acquisition, category
from archive.register.kinds import CATEGORIES, KINDS
from contracts.forms import software, work

pytestmark = [pytest.mark.requirement("A-01"), pytest.mark.requirement("W-04")]


def test_every_code_that_is_printed_has_its_word() -> None:
    acquisitions = {*get_args(work.Acquisition), *get_args(software.SoftwareAcquisition)}
    rights = {*get_args(work.Right), *get_args(software.SoftwareRight)}
    assert set(TEXTS.codes("category")) == CATEGORIES
    assert set(TEXTS.codes("certificate")) == set(KINDS)
    assert set(TEXTS.codes("acquisition")) == acquisitions
    assert set(TEXTS.codes("right")) == rights


def test_a_code_without_a_word_is_printed_as_it_is() -> None:
    assert (category("Z", "en"), category(None, "zh"), acquisition("found", "en")) == ("Z", "", "found")
