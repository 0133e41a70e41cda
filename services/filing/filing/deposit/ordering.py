"""In which order a program's files are read: an entry point opens the deposit, a module of the program ends it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from filing.deposit.languages import is_test
from filing.deposit.model import SourceFile, SourceOptions

_ENTRY_NAMES = (
    "__main__",
    "main",
    "app",
    "application",
    "program",
    "index",
    "manage",
    "server",
    "run",
    "start",
    "wsgi",
)
_PACKAGE_NAMES = ("__init__", "index", "lib", "mod")
_MAIN_PLACES = frozenset({"src", "app", "cmd"})
# What a program's entry says in the languages that have one place for it.
_STARTS: dict[str, re.Pattern[str]] = {
    language: re.compile(pattern, re.M)
    for language, pattern in {
        "Java": r"\bpublic\s+static\s+void\s+main\s*\(",
        "C": r"^\s*(?:int|void)\s+w?main\s*\(",
        "C++": r"^\s*(?:int|void)\s+w?main\s*\(|\bWinMain\s*\(",
        "C#": r"\bstatic\s+(?:async\s+)?(?:void|int|Task)\s+Main\s*\(",
        "Go": r"^func\s+main\s*\(\s*\)",
        "Rust": r"^\s*(?:pub\s+)?fn\s+main\s*\(",
        "Kotlin": r"^fun\s+main\s*\(",
        "Dart": r"^(?:void\s+)?main\s*\(",
        "Swift": r"^@main\b",
        "JavaScript": r"\b(?:createApp|new\s+Vue|createRoot|ReactDOM\.render|app\.listen|server\.listen)\s*\(",
        "TypeScript": r"\b(?:createApp|createRoot|bootstrapApplication|app\.listen|server\.listen)\s*\(",
    }.items()
}
_HEADERS = (".h", ".hh", ".hpp", ".cuh")
_SMALL_SHARE = 0.1
_AROUND_FOLDERS = frozenset(
    [
        "scripts",
        "tools",
        "tool",
        "extras",
        "ci",
        "hack",
        "packaging",
        "deploy",
        "docker",
        "setupext",
        "migrations",
        "types",
    ]
)
_AROUND_NAMES = re.compile(
    r"^(?:setup|conftest|gulpfile|gruntfile|build|noxfile|tasks|fabfile|versioneer|package-info|.+\.config|.+\.d)$",
    re.I,
)
_AROUND_LANGUAGES = frozenset({"CSS", "Shell", "Batch", "PowerShell"})


def in_reading_order(files: Sequence[SourceFile], options: SourceOptions, project: str = "") -> list[SourceFile]:
    """The applicant's choice of entry and end; between them the program with its entry point first, and in its middle,
    where a deposit of both ends does not show it, what only builds, styles or tests it.

    ``project``: name of the upload, without version and suffix.
    """
    first: list[tuple[int, SourceFile]] = []
    last: list[tuple[int, SourceFile]] = []
    rest: list[SourceFile] = []
    for file in files:
        if (place := _chosen(file.path, options.first)) is not None:
            first.append((place, file))
        elif (place := _chosen(file.path, options.last)) is not None:
            last.append((place, file))
        else:
            rest.append(file)
    ordered = [file for _, file in sorted(first, key=lambda item: (item[0], _natural(item[1].path)))]
    ordered += _by_itself(rest, project, entry_wanted=not first)
    return ordered + [file for _, file in sorted(last, key=lambda item: (item[0], _natural(item[1].path)))]


def matches(path: str, wanted: str) -> bool:
    """Whether a path as a person writes it names this file or a folder above it; the upload's own folder may be left
    out, and Windows' strokes are understood."""
    sought = wanted.replace("\\", "/").strip().removeprefix("./").strip("/")
    return bool(sought) and f"/{sought}/" in f"/{path}/"


def _chosen(path: str, wanted: Sequence[str]) -> int | None:
    return next((place for place, one in enumerate(wanted) if matches(path, one)), None)


def _by_itself(files: Sequence[SourceFile], project: str, *, entry_wanted: bool) -> list[SourceFile]:
    core: list[SourceFile] = []
    around: list[SourceFile] = []
    for file in sorted(files, key=lambda file: _natural(file.path)):
        (around if _is_around(file) else core).append(file)
    if not core:
        core, around = around, []
    entry = _entry_of(core, project) if entry_wanted else None
    if entry is not None:
        core.remove(entry)
        core.insert(0, entry)
    middle = _middle(core)
    return [*core[:middle], *around, *core[middle:]]


def _middle(files: Sequence[SourceFile]) -> int:
    """How many of the files make the first half of the text."""
    read, half = 0, sum(len(file.text) for file in files) / 2
    for number, file in enumerate(files, start=1):
        read += len(file.text)
        if read >= half:
            return number
    return 0


def _is_around(file: SourceFile) -> bool:
    *folders, name = PurePosixPath(file.path).parts
    return (
        any(part.lower() in _AROUND_FOLDERS or part.startswith(".") for part in folders)
        or _AROUND_NAMES.match(name.rpartition(".")[0]) is not None
        or file.language in _AROUND_LANGUAGES
        or is_test(file.path)
    )


def _entry_of(files: Sequence[SourceFile], project: str) -> SourceFile | None:
    """Where the program starts, as far as names and contents tell; None if nothing does."""
    total = sum(len(file.text) for file in files)
    shares: dict[str, int] = {}
    for file in files:
        shares[file.language] = shares.get(file.language, 0) + len(file.text)
    best: tuple[tuple[int, int, bool, int], SourceFile] | None = None
    for file in files:
        path = PurePosixPath(file.path)
        if shares[file.language] < _SMALL_SHARE * total or path.suffix.lower() in _HEADERS:
            continue
        stem = path.stem.lower()
        start = _STARTS.get(file.language)
        starts = start is not None and start.search(file.text) is not None
        if stem in _ENTRY_NAMES:
            kind = 0 if starts else 1
        elif starts:
            kind = 2
        elif project and stem == project.lower():
            kind = 3
        elif stem in _PACKAGE_NAMES:
            kind = 4
        else:
            continue
        name = _ENTRY_NAMES.index(stem) if stem in _ENTRY_NAMES else len(_ENTRY_NAMES)
        mark = (kind, len(path.parts), not _MAIN_PLACES.intersection(path.parts[:-1]), name)
        if best is None or mark < best[0]:
            best = mark, file
    return best[1] if best else None


def _natural(text: str) -> list[tuple[int, int, str]]:
    """``part2`` before ``part10``."""
    return [(0, int(p), "") if p.isdigit() and p.isascii() else (1, 0, p.lower()) for p in re.split(r"(\d+)", text)]
