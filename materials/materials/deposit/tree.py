"""A source tree as read from an upload: which files are the applicant's own writing, in what order, how much."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import PurePosixPath

from materials.deposit.archive import members, members_of_several
from materials.deposit.decoding import Decoded, decode
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


class _Reading:
    """What is known of an upload after each of its members."""

    def __init__(self, kind: str, options: SourceOptions) -> None:
        self._kind, self._options = kind, options
        self._names = _Names()
        self.files: list[SourceFile] = []
        self.statements: list[Statement] = []
        self.statistics = Statistics()
        self.left_out: Counter[str] = Counter()

    def take(self, path: str, content: bytes | None) -> None:
        """One member; ``content`` is None for one that is too long to be read."""
        known = language_of(path)
        if known is None and self._kind == "text" and content is not None:
            known = ("", "text")
        reason, decoded = ("not_source", None) if known is None else self._judged(path, content)
        if known is None or decoded is None:
            self.left_out[reason] += 1
            return
        name = self._names.give(path, decoded.text)
        if name is None:
            self.left_out["repeated"] += 1
            return
        if name != path and len(self.statements) < _LISTED:
            self.statements.append(_statement("source_same_name", "warning", path, shown_as=name))
        if not decoded.certain:
            self.statements.append(_statement("source_encoding_unsure", "warning", name, encoding=decoded.encoding))
        language, lexer = language_of(name, decoded.text) or known
        self.files.append(SourceFile(name, decoded.text, language, lexer))
        self._count(decoded, language)

    def _judged(self, path: str, content: bytes | None) -> tuple[str, Decoded | None]:
        """The text of a file that is the applicant's own writing; of another, why it is left out."""
        if content is None:
            return "too_long", None
        if reason := _unwanted(path, self._options):
            return reason, None
        decoded = decode(content)
        if decoded is None:
            return "not_source", None
        reason = _machine_made(decoded.text) or ("" if decoded.text.strip() else "empty")
        return reason, None if reason else decoded

    def _count(self, decoded: Decoded, language: str) -> None:
        lines = decoded.text.removesuffix("\n").split("\n")
        written = sum(1 for line in lines if line.strip())
        statistics = self.statistics
        statistics.files += 1
        statistics.lines += written
        statistics.blank_lines += len(lines) - written
        statistics.characters += len(decoded.text)
        statistics.languages[language] = statistics.languages.get(language, 0) + written
        statistics.encodings[decoded.encoding] = statistics.encodings.get(decoded.encoding, 0) + 1


def read_tree(
    stream: BufferedReader, kind: str, file_name: str, options: SourceOptions, *, several: bool = False
) -> SourceTree:
    """Reads and sorts an upload, or ``several`` of them that lie in one TAR. Refuses like ``archive.members``."""
    reading = _Reading(kind, options)
    single = kind in ("text", "html", "xml")

    def wanted(path: str) -> bool:
        return single or language_of(path) is not None

    found = members_of_several(stream, wanted) if several else members(stream, kind, file_name, wanted=wanted)
    for path, content in found:
        reading.take(path, content)
    reading.statistics.left_out = dict(reading.left_out)
    tree = SourceTree(
        in_reading_order(reading.files, options, _project(file_name)), reading.statistics, reading.statements
    )
    tree.statements += _unmatched(tree, options)
    _report_left_out(tree, reading.left_out)
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
