"""Languages by file name, in the words of the application form, and what is not the applicant's own writing."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

# extension → (word of the form's list or the language's own name, pygments lexer)
_LANGUAGES: dict[str, tuple[str, str]] = {
    "asm": ("Assembly", "nasm"),
    "s": ("Assembly", "gas"),
    "c": ("C", "c"),
    "h": ("C", "cpp"),
    "cpp": ("C++", "cpp"),
    "cc": ("C++", "cpp"),
    "cxx": ("C++", "cpp"),
    "hpp": ("C++", "cpp"),
    "hh": ("C++", "cpp"),
    "ino": ("C++", "cpp"),
    "cs": ("C#", "csharp"),
    "pas": ("Delphi/Object Pascal", "delphi"),
    "dpr": ("Delphi/Object Pascal", "delphi"),
    "go": ("Go", "go"),
    "html": ("HTML", "html"),
    "htm": ("HTML", "html"),
    "jsp": ("Java", "jsp"),
    "java": ("Java", "java"),
    "js": ("JavaScript", "javascript"),
    "jsx": ("JavaScript", "jsx"),
    "mjs": ("JavaScript", "javascript"),
    "cjs": ("JavaScript", "javascript"),
    "m": ("Objective-C", "objective-c"),
    "mm": ("Objective-C", "objective-c++"),
    "matlab": ("MATLAB", "matlab"),
    "php": ("PHP", "php"),
    "plsql": ("PL/SQL", "sql"),
    "pks": ("PL/SQL", "sql"),
    "pkb": ("PL/SQL", "sql"),
    "pl": ("Perl", "perl"),
    "pm": ("Perl", "perl"),
    "py": ("Python", "python"),
    "pyx": ("Python", "cython"),
    "r": ("R", "splus"),
    "rb": ("Ruby", "ruby"),
    "sql": ("SQL", "sql"),
    "swift": ("Swift", "swift"),
    "bas": ("Visual Basic", "vbnet"),
    "frm": ("Visual Basic", "vbnet"),
    "cls": ("Visual Basic", "vbnet"),
    "vb": ("Visual Basic .Net", "vbnet"),
    "ts": ("TypeScript", "typescript"),
    "tsx": ("TypeScript", "tsx"),
    "ets": ("ArkTS", "typescript"),
    "cj": ("Cangjie", "swift"),
    "vue": ("Vue", "html"),
    "svelte": ("Svelte", "html"),
    "wxml": ("WXML", "html"),
    "css": ("CSS", "css"),
    "scss": ("CSS", "scss"),
    "less": ("CSS", "less"),
    "wxss": ("CSS", "css"),
    "kt": ("Kotlin", "kotlin"),
    "kts": ("Kotlin", "kotlin"),
    "rs": ("Rust", "rust"),
    "scala": ("Scala", "scala"),
    "dart": ("Dart", "dart"),
    "lua": ("Lua", "lua"),
    "sh": ("Shell", "bash"),
    "bash": ("Shell", "bash"),
    "ps1": ("PowerShell", "powershell"),
    "groovy": ("Groovy", "groovy"),
    "ex": ("Elixir", "elixir"),
    "erl": ("Erlang", "erlang"),
    "hs": ("Haskell", "haskell"),
    "jl": ("Julia", "julia"),
    "f90": ("Fortran", "fortran"),
    "f": ("Fortran", "fortranfixed"),
    "v": ("Verilog", "verilog"),
    "sv": ("SystemVerilog", "systemverilog"),
    "vhd": ("VHDL", "vhdl"),
    "sol": ("Solidity", "solidity"),
    "proto": ("Protocol Buffers", "protobuf"),
}
_FOREIGN_FOLDERS = frozenset(
    [
        "node_modules",
        "bower_components",
        "vendor",
        "third_party",
        "thirdparty",
        "site-packages",
        "venv",
        ".venv",
        ".git",
        ".svn",
        ".hg",
        ".idea",
        ".vscode",
        "__pycache__",
        "dist",
        "build",
        "target",
        "bin",
        "obj",
        ".gradle",
        ".next",
        ".nuxt",
        "pods",
        "carthage",
        ".tox",
        ".mypy_cache",
        "egg-info",
    ]
)
_GENERATED = re.compile(
    r"\.min\.(js|css)$|\.bundle\.js$|\.pb\.go$|_pb2(_grpc)?\.py$|\.designer\.cs$|\.g\.dart$|(^|/)package-lock\.json$",
    re.I,
)
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
_TEST_FOLDERS = frozenset(
    [
        "test",
        "tests",
        "spec",
        "__tests__",
        "testing",
        "example",
        "examples",
        "demo",
        "demos",
        "benchmarks",
        "docs",
        "doc",
    ]
)
_BUILD_FILES = frozenset({"setup", "conftest", "gulpfile", "gruntfile", "webpack.config", "build", "noxfile", "tasks"})


def is_test(path: str) -> bool:
    """Tests, examples and documentation: the applicant's, but not the program's."""
    return any(part.lower() in _TEST_FOLDERS for part in PurePosixPath(path).parts[:-1])


def language_of(path: str) -> tuple[str, str] | None:
    """(word of the form, pygments lexer), or None for a file that is no source code."""
    return _LANGUAGES.get(PurePosixPath(path).suffix.lower().lstrip("."))


def foreign(path: str) -> str:
    """Why a file is not the applicant's own writing: ``third_party``, ``generated``, or empty."""
    parts = [part.lower() for part in PurePosixPath(path).parts[:-1]]
    if any(part in _FOREIGN_FOLDERS or part.endswith(".egg-info") for part in parts):
        return "third_party"
    return "generated" if _GENERATED.search(path) else ""


def reading_order(path: str) -> tuple[bool, int, int, list[tuple[int, int, str]]]:
    """Entry modules first, then build files, then the rest by name; tests at the end."""
    stem = PurePosixPath(path).stem.lower()
    if stem in _ENTRY_NAMES:
        return is_test(path), _ENTRY_NAMES.index(stem), len(PurePosixPath(path).parts), _natural(path)
    return is_test(path), len(_ENTRY_NAMES) + (stem not in _BUILD_FILES), 0, _natural(path)


def _natural(text: str) -> list[tuple[int, int, str]]:
    """``part2`` before ``part10``."""
    return [(0, int(p), "") if p.isdigit() and p.isascii() else (1, 0, p.lower()) for p in re.split(r"(\d+)", text)]
