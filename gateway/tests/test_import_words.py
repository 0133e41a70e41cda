"""Whatever a row can be rejected for, and every field of what is imported, has words."""

from __future__ import annotations

import re
from pathlib import Path

from contracts.legacy import TARGETS
from flask import Flask
from flask_babel import Babel
from gateway.pages.import_words import delimiter_words, field_words, part_words, reason_words
from legacy_bridge.sources.delimited import DELIMITERS
from legacy_bridge.sources.statements import ENGLISH

RUNBOOK = Path(__file__).resolve().parents[2] / "docs" / "runbooks" / "legacy-imports.md"


def test_every_reason_of_the_runbook_and_every_field_is_told_in_words() -> None:
    table = RUNBOOK.read_text("utf-8").partition("| reason |")[2].partition("\n\n")[0]
    reasons = {name for line in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    app = Flask(__name__)
    Babel(app, default_locale="zh")
    with app.test_request_context():
        assert set(reason_words()) == reasons
        assert set(field_words()) == {field for target in TARGETS.values() for field in target.fields}


def test_however_a_source_is_read_is_told_in_words_with_all_its_values() -> None:
    app = Flask(__name__)
    Babel(app, default_locale="zh")
    with app.test_request_context():
        words = part_words()
        assert set(delimiter_words()) == set(DELIMITERS.values())
    assert set(words) == set(ENGLISH)
    for code, english in ENGLISH.items():
        assert sorted(re.findall(r"%\((\w+)\)s", words[code])) == sorted(re.findall(r"{(\w+)}", english)), code
