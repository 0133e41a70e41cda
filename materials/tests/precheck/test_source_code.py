"""Source code before a deposit is made of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from materials.precheck import PrecheckResult, describe
from materials.testing import sample_files as samples

Check = Callable[..., PrecheckResult]

pytestmark = pytest.mark.requirement("F-06")


def test_languages_and_lines_are_counted_and_compared_with_the_form(check: Check) -> None:
    upload = samples.zip_of({"main.py": b"a = 1\n\n" * 100, "page.html": b"<p>x</p>\n" * 50})
    result = check("source_code", upload, "src.zip", languages="Python", source_lines="900")
    assert result.facts["source"]["languages"] == {"Python": 100, "HTML": 50}
    found = {finding.code: finding.params for finding in result.findings}
    assert found["source_language_undeclared"] == {"languages": "HTML"}
    assert found["source_lines_differ"] == {"stated": 900, "counted": 150}
    assert found["source_short"] == {"lines": 150, "pages": 3}
    assert result.verdict == "pass"
    named = check("source_code", upload, "src.zip", languages="py、HTML5")
    assert "source_language_undeclared" not in {finding.code for finding in named.findings}


def test_a_secret_is_named_with_file_and_line_but_not_shown(check: Check) -> None:
    upload = samples.zip_of({"config.py": b"debug = 1\npassword = 'Spring2026!'\n"})
    finding = next(f for f in check("source_code", upload).findings if f.code == "source_secret_found")
    assert (finding.line, finding.params["file"], finding.repairable) == (2, "config.py", True)
    message, _ = describe(finding, "zh")
    assert "密码" in message
    assert "Spring" not in str(check("source_code", upload).to_json())


def test_secrets_of_one_kind_are_one_finding_with_their_places(check: Check) -> None:
    upload = samples.zip_of({"a.py": b"m = '13800138000'\n" * 7, "b.py": b"m = '13900139000'\n"})
    [finding] = [f for f in check("source_code", upload).findings if f.code == "source_secret_found"]
    assert finding.params["count"] == 8
    assert finding.params["places"] == "a.py:1, a.py:2, a.py:3, a.py:4, a.py:5 …"


def test_an_encrypted_or_damaged_archive_says_so(check: Check) -> None:
    upload = bytearray(samples.zip_of({"main.py": b"a = 1\n"}))
    central = upload.index(b"PK\x01\x02")
    upload[6] |= 1
    upload[central + 8] |= 1
    assert [f.code for f in check("source_code", bytes(upload)).findings] == ["archive_encrypted"]
    assert [f.code for f in check("source_code", b"PK\x03\x04junk").findings] == ["archive_damaged"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_a_single_file_is_source_in_whatever_encoding(check: Check, encoding: str) -> None:
    result = check("source_code", "# 借阅登记，归还图书\nx = 1\n".encode(encoding), "main.py")
    assert (result.facts["type"], result.facts["source"]["languages"]) == ("text", {"Python": 2})
    assert result.verdict == "pass"


def test_an_archive_without_source_fails(check: Check) -> None:
    result = check("source_code", samples.zip_of({"a.docx": b"x"}))
    assert ([f.code for f in result.findings], result.verdict) == (["source_empty"], "fail")
