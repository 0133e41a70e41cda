"""A source tree as read from an upload: which files are the applicant's own writing, in what order, how much."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import PurePosixPath

from materials.deposit.archive import members
from materials.deposit.decoding import decode
from materials.deposit.languages import foreign, is_test, language_of
from materials.deposit.model import SourceFile, SourceOptions, Statement, Statistics
from materials.deposit.ordering import in_reading_order, matches

_LONG_LINES = 300
_TABLE_BYTES = 200_000
_LISTED = 20
_LEFT_OUT = {
    "tests": "source_tests_left_out",
    "third_party": "source_third_party_left_out",
    "generated": "source_generated_left_out",
    "minified": "source_minified_left_out",
    "data_table": "source_data_table_left_out",
    "too_long": "source_too_long_left_out",
    "repeated": "source_repeated_left_out",
}
_COPYRIGHT = re.compile(
    r"(?i)(?:(?:copyright|©)\s*(?:\(c\)|©)?\s*(?:\d{4}(?:\s*[-–,]\s*(?:\d{4}|present))*)\s*,?\s*(?:by\s+)?|版权所有\s*[:：]?\s*)"
    r"([^\n\r*\"']{3,80})"
)


@dataclass
class SourceTree:
    """``files`` in reading order; ``statements`` is what there is to say about the rest."""

    files: list[SourceFile] = field(default_factory=list)
    statistics: Statistics = field(default_factory=Statistics)
    statements: list[Statement] = field(default_factory=list)


class _Names:
    """One name for each content: several uploads, and entries of one archive, may come under the same."""

    def __init__(self) -> None:
        self._given: dict[str, set[int]] = {}
        self._taken: set[str] = set()

    def give(self, path: str, text: str) -> str | None:
        """The path, or ``index (2).js`` for another content under it; None for the same content once more."""
        contents = self._given.setdefault(path, set())
        if hash(text) in contents:
            return None
        contents.add(hash(text))
        name, number, place = path, len(contents), PurePosixPath(path)
        while name in self._taken:
            number = max(2, number)
            name, number = str(place.with_name(f"{place.stem} ({number}){place.suffix}")), number + 1
        self._taken.add(name)
        return name


def read_tree(stream: BufferedReader, kind: str, file_name: str, options: SourceOptions) -> SourceTree:
    """Reads and sorts an upload. Refuses like ``archive.members``."""
    tree = SourceTree()
    left_out: Counter[str] = Counter()
    languages: Counter[str] = Counter()
    encodings: Counter[str] = Counter()
    names = _Names()
    single = kind in ("text", "html", "xml")
    for path, content in members(stream, kind, file_name, wanted=lambda path: single or language_of(path) is not None):
        known = language_of(path)
        if known is None:
            if kind == "text" and content is not None:
                known = ("", "text")
            else:
                left_out["not_source"] += 1
                continue
        reason = "too_long" if content is None else _unwanted(path, options)
        decoded = decode(content) if content and not reason else None
        if not reason and content and decoded is None:
            reason = "not_source"
        if not reason and decoded is not None:
            reason = _machine_made(decoded.text)
        if reason:
            left_out[reason] += 1
            continue
        if decoded is None or not decoded.text.strip():
            left_out["empty"] += 1
            continue
        name = names.give(path, decoded.text)
        if name is None:
            left_out["repeated"] += 1
            continue
        if name != path and len(tree.statements) < _LISTED:
            tree.statements.append(_statement("source_same_name", "warning", path, shown_as=name))
        path = name
        if not decoded.certain:
            tree.statements.append(_statement("source_encoding_unsure", "warning", path, encoding=decoded.encoding))
        encodings[decoded.encoding] += 1
        lines = decoded.text.removesuffix("\n").split("\n")
        blank = sum(1 for line in lines if not line.strip())
        tree.statistics.lines += len(lines) - blank
        tree.statistics.blank_lines += blank
        tree.statistics.characters += len(decoded.text)
        language, lexer = language_of(path, decoded.text) or known
        languages[language] += len(lines) - blank
        tree.files.append(SourceFile(path, decoded.text, language, lexer))
    tree.files = in_reading_order(tree.files, options, _project(file_name))
    tree.statements += _unmatched(tree, options)
    statistics = tree.statistics
    statistics.files = len(tree.files)
    statistics.languages, statistics.encodings = dict(languages), dict(encodings)
    statistics.left_out = dict(left_out)
    _report_left_out(tree, left_out)
    tree.statements += _copyright_notices(tree.files)
    if not tree.files:
        tree.statements.append(_statement("source_empty", "error", ""))
    return tree


def _unwanted(path: str, options: SourceOptions) -> str:
    if any(matches(path, wanted) for wanted in options.leave_out):
        return "chosen"
    if any(matches(path, wanted) for wanted in (*options.first, *options.last)):
        return ""
    return foreign(path) or ("tests" if is_test(path) and not options.with_tests else "")


def _machine_made(text: str) -> str:
    """Minified code and data tables: they fill pages and show nothing of the program."""
    lines = text.count("\n") + 1
    if len(text) > 2000 and len(text) / lines > _LONG_LINES:
        return "minified"
    if len(text) > _TABLE_BYTES:
        return "data_table" if _looks_like_numbers(text) else ""
    return ""


def _looks_like_numbers(text: str) -> bool:
    """A dictionary or matrix of literals: nearly every line holds one entry."""
    sample = text[len(text) // 2 : len(text) // 2 + 20_000].splitlines()[1:-1]
    entries = sum(1 for line in sample if re.fullmatch(r"\s*[\[({]?['\"\w\\ .:+,(){}\[\]-]*[,:]\s*", line))
    return len(sample) > 50 and entries > len(sample) * 0.95


def _project(file_name: str) -> str:
    """The upload's name without version and suffix: ``jquery-3.7.1.tgz`` → ``jquery``."""
    return re.match(r"[^.]*?(?=-v?\d|[.]|$)", file_name, re.I).group()  # type: ignore[union-attr]  # matches always


def _unmatched(tree: SourceTree, options: SourceOptions) -> list[Statement]:
    """Paths that the applicant chose and that name no file."""
    there = [file.path for file in tree.files]
    lost = [
        wanted
        for wanted in (*options.first, *options.last)
        if wanted.strip() and not any(matches(path, wanted) for path in there)
    ]
    return [_statement("source_choice_unknown", "warning", "", path=wanted) for wanted in lost[:_LISTED]]


def _report_left_out(tree: SourceTree, left_out: Counter[str]) -> None:
    for reason, code in _LEFT_OUT.items():
        if left_out[reason]:
            tree.statements.append(_statement(code, "info", "", files=left_out[reason]))


def _copyright_notices(files: Iterable[SourceFile]) -> list[Statement]:
    """Whose copyright the files themselves claim; an examiner asks when it is not the applicant's."""
    holders: dict[str, tuple[str, int]] = {}
    for file in files:
        for number, line in enumerate(file.text[:4000].split("\n")[:40], start=1):
            match = _COPYRIGHT.search(line)
            if match:
                holder = re.sub(r"^[\d\s,–-]+|\s+$|all rights reserve.*", "", match.group(1), flags=re.I).strip(
                    " .,，。"
                )
                if len(holder) > 2:
                    holders.setdefault(holder, (file.path, number))
    return [
        _statement("source_copyright_notice", "warning", path, number, holder=holder)
        for holder, (path, number) in list(holders.items())[:_LISTED]
    ]


def _statement(code: str, severity: str, file: str, line: int | None = None, **params: str | int | float) -> Statement:
    if file:
        params["file"] = file
    return {"code": code, "severity": severity, "line": line, "params": params}
