"""Name, short name and version as they stand in form, code and manual, with the places where they differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from materials.deposit.layout import DocumentLayout, PageLayout, normal, plain_version, versions_in, without_version
from materials.deposit.model import SourceFile, Statement
from materials.inspect.folding import shaped

_LISTED = 10
_CHINESE_NAME = r"[\w·（）()《》+-]{2,40}?(?i:软件|系统|平台|插件|中间件|小程序|客户端|APP)"
_ENGLISH_NAME = (
    r"(?:[A-Z0-9][\w&'’+/-]*[ \t]+){1,7}"
    r"(?:Software|System|Platform|Plug-?[Ii]n|App|Application|Middleware|Suite|Client|Program|Toolkit)"
)
_WITH_VERSION = r"(?=[\W_]{0,4}\s*(?i:v|ver\.?\s|version\s)\s*\d)"
_OF_A_MANUAL = (
    r"(?=[^\n]{0,20}?(?i:用户手册|使用手册|操作手册|用户指南|使用指南|使用说明|操作说明|设计说明|说明书"
    r"|user(?:['’]s|s)?\s+(?:manual|guide)|operati(?:on|ng)s?\s+(?:manual|guide)|reference\s+manual"
    r"|design\s+(?:specification|description|document)))"
)
_NAMED = re.compile(
    rf"({_CHINESE_NAME}){_WITH_VERSION}|\b({_ENGLISH_NAME})\b{_WITH_VERSION}"
    rf"|^[ \t《“\"]*({_CHINESE_NAME}|{_ENGLISH_NAME}){_OF_A_MANUAL}",
    re.MULTILINE,
)
"""A name of software before its version; or, in a header or at the beginning of a line, as what a manual is of."""

# Where a program says which version it is; the words before a licence's version mean something else.
_DECLARED = re.compile(
    r"""(?:\b(?:__version__|(?:APP_?|SOFT(?:WARE)?_?|PRODUCT_?)?VERSION(?:_?(?:NAME|STRING))?|versionName|AppVersion)\b"""
    r"""["']?\s*(?::\s*str\s*)?[:=]\s*|\bAssembly(?:File)?Version\s*\(\s*)["'][vV]?(\d{1,4}(?:\.\d{1,5}){0,3})"""
)
_LICENCE = re.compile(r"licen[cs]e|许可", re.I)
_CONTEXT = 60


def declared_versions(files: Iterable[SourceFile], version: str) -> list[Statement]:
    """Constants in the source that name another version than the form; ``1.0`` and ``V1.0.0`` are the same."""
    wanted = _short(plain_version(version))
    if not wanted[:1].isdigit():
        return []
    found: list[Statement] = []
    for file in files:
        if "ersion" not in file.text and "ERSION" not in file.text:
            continue
        for match in _DECLARED.finditer(file.text):
            if _short(match.group(1)) != wanted:
                line = file.text.count("\n", 0, match.start()) + 1
                params: dict[str, str | int | float] = {
                    "file": file.path,
                    "found": match.group(1),
                    "wanted": version,
                }
                found.append({"code": "source_version_differs", "severity": "warning", "line": line, "params": params})
        if len(found) >= _LISTED:
            break
    return found[:_LISTED]


def _short(version: str) -> str:
    """Without zeros at the end that change nothing."""
    return re.sub(r"(?:\.0+)+$", "", version)


def _versions_of_this(role: str, text: str, names: Iterable[str]) -> Iterator[str]:
    """Versions in a text that may mean this software: not a licence's, and in code only beside the software's name."""
    for place, seen in versions_in(text):
        before = text[max(0, place - _CONTEXT) : place]
        if _LICENCE.search(before):
            continue
        if role == "code" and not any(name in normal(before) for name in names):
            continue
        yield seen


def compare(role: str, layout: DocumentLayout, title: str, short_name: str, version: str) -> list[Statement]:
    """``role``: code | document. Findings carry the page and what was found there."""
    found: list[Statement] = []
    wanted, expected = normal(title), plain_version(version)
    names = {name for name in (wanted, normal(without_version(title, version)), normal(short_name)) if name}
    if wanted and not any(wanted in normal(page.text) for page in layout.pages):
        found.append(_statement("name_absent", "error", role, None, title=title))
    found += _headers(role, layout, wanted, version, expected)
    twice = [n for n, page in enumerate(layout.pages, 1) if expected and _repeats(page.header, expected)]
    if twice:
        found.append(_statement("header_version_twice", "warning", role, twice[0], count=len(twice), wanted=version))
    different: dict[str, int] = {}
    other_names: dict[str, int] = {}
    for number, page in enumerate(layout.pages, start=1):
        for seen in _versions_of_this(role, f"{page.header}\n{_body(page)}", names):
            if expected and seen != expected:
                different.setdefault(seen, number)
        for match in _NAMED.finditer(f"{page.header}\n{page.text}"):
            name = " ".join(next(filter(None, match.groups())).split())
            if names and not any(normal(name).endswith(one) or one.endswith(normal(name)) for one in names):
                other_names.setdefault(name, number)
    for seen, number in list(different.items())[:_LISTED]:
        found.append(_statement("version_differs", "warning", role, number, found=f"V{seen}", wanted=version))
    for name, number in list(other_names.items())[:_LISTED]:
        found.append(_statement("name_differs", "warning", role, number, found=name, wanted=title))
    return found


def _body(page: PageLayout) -> str:
    """The text of a page without its header. Of that pdfium breaks lines where the font changes, and may leave out the
    space before the page number: "长江3D建模软件 V1.0" on page 1 ends in V1.01."""
    signs = [re.escape(sign) for sign in page.header if not sign.isspace()]
    return re.sub(r"\s*".join(signs), "", page.text, count=1) if signs else page.text


def _headers(role: str, layout: DocumentLayout, wanted: str, version: str, expected: str) -> list[Statement]:
    """The header has to carry name and version on every page."""
    nameless = [n for n, page in enumerate(layout.pages, 1) if wanted and wanted not in normal(page.header)]
    versionless = [
        n for n, page in enumerate(layout.pages, 1) if expected and expected not in versions_in_header(page.header)
    ]
    found = []
    if nameless:
        found.append(_statement("header_without_name", "error", role, nameless[0], count=len(nameless)))
    if versionless:
        found.append(
            _statement("header_without_version", "error", role, versionless[0], count=len(versionless), wanted=version)
        )
    return [{**statement, "repairable": True} for statement in found]


def _repeats(header: str, version: str) -> bool:
    """Whether a header names the version twice in a row: 图书管理系统V1.0 V1.0."""
    number = re.escape(version)
    return (
        re.search(rf"(?ia)v(?:er(?:sion)?)?\.?\s*{number}\W{{0,3}}v?\s*{number}(?![\w.]*\d)", shaped(header))
        is not None
    )


def versions_in_header(header: str) -> list[str]:
    """In a header a version may stand without its V."""
    return [
        *(version for _, version in versions_in(header)),
        *re.findall(r"(?a)(?<![\w.])\d+(?:\.\d+)+(?![\w.])", header),
    ]


def _statement(code: str, severity: str, role: str, page: int | None, **params: str | int | float) -> Statement:
    return {"code": code, "severity": severity, "page": page, "params": {"role": role, **params}}
