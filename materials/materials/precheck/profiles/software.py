"""Software materials: source code, its deposit as a PDF, and the document (登记办法 art. 10)."""

from __future__ import annotations

import re

from materials.deposit.model import DOCUMENT_ROWS, OBJECT_SOURCE_PAGES, SOURCE_ROWS, WHOLE_BELOW
from materials.precheck.model import LIST_SIGN, Context, Finding, Param
from materials.precheck.profiles import text_pdf
from materials.precheck.profiles.base import Facts, Profile

_MINOR_LANGUAGE = 0.05
_ALSO_CALLED = {
    "js": "javascript",
    "ts": "typescript",
    "golang": "go",
    "py": "python",
    "c语言": "c",
    "cpp": "c++",
    "csharp": "c#",
    "vb": "visual basic",
    "vb.net": "visual basic .net",
    "objective c": "objective-c",
    "oc": "objective-c",
    "delphi": "delphi/object pascal",
    "pascal": "delphi/object pascal",
    "html5": "html",
    "css3": "css",
    "汇编": "assembly",
}
_LINES_OFF = 0.1


def check_source(facts: Facts, context: Context) -> list[Finding]:
    """A source tree before a deposit is made of it: what was left out, what is secret, what others claim."""
    if "source_refusal" in facts:
        refusal = facts["source_refusal"]
        return [Finding(refusal["code"], "error", params=refusal["params"])]
    findings = _stated(facts)
    statistics = facts["source"]
    for group in facts["secrets"]:
        params: dict[str, Param] = {key: value for key, value in group.items() if key != "line"}
        findings.append(Finding("source_secret_found", "warning", line=group["line"], params=params, repairable=True))
    if statistics["lines"]:
        findings.append(Finding("source_not_paginated", "info", repairable=True))
    if 0 < statistics["lines"] <= WHOLE_BELOW * SOURCE_ROWS:
        params = {"lines": statistics["lines"], "pages": -(-statistics["lines"] // SOURCE_ROWS)}
        findings.append(Finding("source_short", "info", params=params))
    return findings + _check_against_form(statistics, context)


def _check_against_form(statistics: Facts, context: Context) -> list[Finding]:
    """Languages and number of lines as declared in the form (``languages``: comma-separated; ``source_lines``)."""
    findings: list[Finding] = []
    words = [word.strip().casefold() for word in re.split(r"[,，、;；]", context.get("languages", ""))]
    declared = {_ALSO_CALLED.get(word, word) for word in words if word}
    total = max(1, statistics["lines"])
    missing = [
        language
        for language, lines in statistics["languages"].items()
        if language and lines / total >= _MINOR_LANGUAGE and language.casefold() not in declared
    ]
    if declared and missing:
        findings.append(Finding("source_language_undeclared", "warning", params={"languages": LIST_SIGN.join(missing)}))
    stated = context.get("source_lines", "")
    if stated.isdigit() and abs(int(stated) - statistics["lines"]) > _LINES_OFF * total:
        params: dict[str, Param] = {"stated": int(stated), "counted": statistics["lines"]}
        findings.append(Finding("source_lines_differ", "warning", params=params))
    return findings


def check_document(facts: Facts, context: Context) -> list[Finding]:
    """A manual as 文档鉴别材料: like any PDF of text, and 30 rows to a page unless it shows figures."""
    findings = text_pdf.check(facts, context)
    layout = facts.get("layout")
    if layout is None:
        return findings
    short = [n for n, (lines, _, figures) in enumerate(layout[:-1], 1) if lines < DOCUMENT_ROWS and not figures]
    if short:
        params: dict[str, Param] = {"count": len(short), "rows": DOCUMENT_ROWS}
        findings.append(Finding("document_pages_short", "warning", page=short[0], params=params))
    if len(layout) > WHOLE_BELOW:
        findings.append(Finding("document_long", "info", params={"pages": len(layout)}, repairable=True))
    return findings + _page_numbers(layout) + _stated(facts)


def check_source_deposit(facts: Facts, context: Context) -> list[Finding]:
    """程序鉴别材料 as PDF: 50 rows to a page but the last, header and page numbers as the rules ask."""
    findings = text_pdf.check(facts, context)
    layout = facts.get("layout")
    if layout is None:
        return findings
    short = [n for n, (lines, _, _) in enumerate(layout[:-1], 1) if lines < SOURCE_ROWS]
    if short:
        params: dict[str, Param] = {"count": len(short), "rows": SOURCE_ROWS}
        findings.append(Finding("deposit_pages_short", "error", page=short[0], params=params))
    most = WHOLE_BELOW + OBJECT_SOURCE_PAGES if context.get("deposit_mode") == "object_code" else WHOLE_BELOW
    if len(layout) > most:
        findings.append(Finding("deposit_too_many_pages", "warning", params={"pages": len(layout)}, repairable=True))
    return findings + _page_numbers(layout) + _stated(facts)


def _page_numbers(layout: list[list[int | None]]) -> list[Finding]:
    lacking = [place for place, (_, number, _) in enumerate(layout, 1) if number is None]
    if lacking:
        params: dict[str, Param] = {"count": len(lacking)}
        return [Finding("page_numbers_missing", "warning", page=lacking[0], params=params, repairable=True)]
    return []


def _stated(facts: Facts) -> list[Finding]:
    return [Finding(**statement) for statement in facts.pop("statements", [])]


_SOURCE_TYPES = ("zip", "tar", "gzip", "bzip2", "xz", "text", "html", "xml")
PROFILES = (
    Profile("source_code", _SOURCE_TYPES, "source", check_source),
    Profile("source_deposit", ("pdf",), "document", check_source_deposit, role="code"),
    Profile("software_document", ("pdf",), "document", check_document, role="document"),
)
