"""Every code that a certificate may print has its word, and no word is left over."""

from __future__ import annotations

from typing import get_args

import pytest
from archive.certificates.words import TEXTS, acquisition, category
from archive.register.kinds import CATEGORIES, KINDS
from archive.register.records import MAY_STATE
from contracts.dealings import PROVINCES, Extent
from contracts.filing.events import RegisterAct
from contracts.forms import software, work

CHANGED = MAY_STATE["changed"]
pytestmark = [pytest.mark.requirement("A-01"), pytest.mark.requirement("W-04")]


def test_every_code_that_is_printed_has_its_word() -> None:
    acquisitions = {*get_args(work.Acquisition), *get_args(software.SoftwareAcquisition)}
    rights = {*get_args(work.Right), *get_args(software.SoftwareRight)}
    assert set(TEXTS.codes("category")) == CATEGORIES
    proved = set(get_args(RegisterAct)) - {"registered", "reissued", "revoked"}
    assert set(TEXTS.codes("certificate")) == {*KINDS, *proved, "revocation_proof"}
    assert set(TEXTS.codes("clause")) == {code for code in TEXTS.codes("clause") if code.partition("_")[0] in proved}
    assert set(TEXTS.codes("extent")) == {*get_args(Extent)} - {"provinces"}
    assert set(TEXTS.codes("province")) == set(PROVINCES)
    named = {f"{kind}_{name}" if TEXTS.knows("field", f"{kind}_{name}") else name for kind in KINDS for name in CHANGED}
    assert set(TEXTS.codes("field")) == named
    assert set(TEXTS.codes("acquisition")) == acquisitions
    assert set(TEXTS.codes("right")) == rights


def test_a_code_without_a_word_is_printed_as_it_is() -> None:
    assert (category("Z", "en"), category(None, "zh"), acquisition("found", "en")) == ("Z", "", "found")
