"""Source code and manuals become deposits with one click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from materials.repair.words import describe_refusal
from materials.testing import sample_files as samples

Repair = Callable[..., Any]

pytestmark = pytest.mark.requirement("F-07")
ABOUT = {"title": "山居图书管理软件", "version": "V1.0"}


def test_source_code_becomes_a_deposit_that_passes_its_check(repair: Repair) -> None:
    upload = samples.zip_of({"main.py": b"password = 'Spring2026!'\n" + b"a = 1\n\n" * 4000})
    done = repair("source_code", upload, **ABOUT)
    assert done.change("deposit_made") == {"pages": 60}
    assert {"secrets_masked", "blank_lines_stripped"} <= done.changes
    assert done.result.after.profile == "source_deposit"
    assert not {f.code for f in done.result.after.findings if f.severity == "error"}


def test_a_long_manual_is_cut_and_numbered(repair: Repair) -> None:
    done = repair("software_document", samples.numbered_pdf(80), **ABOUT)
    assert done.result.after.facts["pdf"]["pages"] == 60
    assert not done.still_found & {"document_long", "page_numbers_missing", "header_without_name"}


def test_a_refusal_has_words(repair: Repair) -> None:
    done = repair("source_code", b"Rar!\x1a\x07\x01\x00" + bytes(99), "source_not_paginated", **ABOUT)
    assert done.result.refusal == "archive_unsupported"
    assert "ZIP" in describe_refusal("archive_unsupported", "zh", done.result.params)
    assert "password" in describe_refusal("password_wrong", "en")


def test_without_name_and_version_no_header_can_be_made_and_that_is_said(repair: Repair) -> None:
    done = repair("source_code", samples.zip_of({"main.py": b"a = 1\n"}), "source_not_paginated", title="山居软件")
    assert (done.result.done, done.result.refusal) == (False, "deposit_name_missing")


def test_comments_go_when_asked(repair: Repair) -> None:
    upload = samples.zip_of({"main.py": b"# why\na = 1\n"})
    assert "comments_stripped" in repair("source_code", upload, **ABOUT, strip_comments="True").changes
    assert "comments_stripped" not in repair("source_code", upload, **ABOUT).changes


def test_a_manual_is_mended_before_it_gets_its_header(repair: Repair) -> None:
    done = repair("software_document", samples.scripted_pdf(), **ABOUT)
    assert {"scripts_removed", "attachments_removed", "deposit_made"} <= done.changes
    assert not done.still_found & {"pdf_scripts", "pdf_attachments", "header_without_name", "page_numbers_missing"}


def test_a_locked_manual_is_opened_and_gets_its_header(repair: Repair) -> None:
    codes = ("pdf_needs_password", "header_without_name")
    done = repair("software_document", samples.encrypted_pdf("开门", pages=3), *codes, password="开门", **ABOUT)
    assert {"encryption_removed", "deposit_made"} <= done.changes
    assert done.result.after.facts["pdf"]["encrypted"] is False


def test_the_numbers_of_a_refusal_reach_its_words(repair: Repair) -> None:
    bomb = samples.zip_of({f"{n}.py": b"x" * 7_000_000 for n in range(20)})
    done = repair("source_code", bomb, "source_not_paginated", **ABOUT)
    assert "128 MB" in describe_refusal(done.result.refusal, "zh", done.result.params)
