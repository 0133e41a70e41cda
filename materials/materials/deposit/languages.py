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
    "pyw": ("Python", "python"),
    "cu": ("C++", "cuda"),
    "cuh": ("C++", "cuda"),
    "nvue": ("Vue", "html"),
    "uvue": ("Vue", "html"),
    "wxs": ("JavaScript", "javascript"),
    "vbs": ("VBScript", "vbscript"),
    "bat": ("Batch", "bat"),
    "cmd": ("Batch", "bat"),
    "aspx": ("C#", "aspx-cs"),
    "cshtml": ("C#", "html"),
    "xaml": ("XAML", "xml"),
    "qml": ("QML", "qml"),
    "fs": ("F#", "fsharp"),
    "ml": ("OCaml", "ocaml"),
    "clj": ("Clojure", "clojure"),
    "tcl": ("Tcl", "tcl"),
    "nim": ("Nim", "nim"),
    "zig": ("Zig", "zig"),
    "adb": ("Ada", "ada"),
    "ads": ("Ada", "ada"),
    "cob": ("COBOL", "cobol"),
    "cbl": ("COBOL", "cobol"),
    "glsl": ("GLSL", "glsl"),
    "hlsl": ("HLSL", "hlsl"),
    "gd": ("GDScript", "gdscript"),
    "mq5": ("MQL", "cpp"),
}
# A suffix that two languages share: what only the second one has, and what the file then is.
_SHARED: dict[str, tuple[re.Pattern[str], tuple[str, str]]] = {
    "h": (re.compile(r"(?m)^\s*(?:class|namespace|template\s*<|using\s+namespace)\b"), ("C++", "cpp")),
    "m": (re.compile(r"(?m)\A(?!.*^\s*[#@](?:import|interface|implementation)\b)", re.S), ("MATLAB", "matlab")),
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
_LIBRARIES = frozenset(
    [
        "pybind11",
        "googletest",
        "rapidjson",
        "nlohmann",
        "jquery-ui",
        "bootstrap",
        "font-awesome",
        "echarts",
        "element-ui",
        "ueditor",
        "kindeditor",
        "ckeditor",
        "tinymce",
        "layui",
    ]
)
"""Folders that carry a well-known library's name, unless the upload itself is that library."""
_GENERATED = re.compile(
    r"\.min\.(js|css)$|\.bundle\.js$|\.pb\.(go|cc|h)$|_pb2(_grpc)?\.pyi?$|_pb\.(js|ts|d\.ts)$|\.designer\.cs$"
    r"|\.(g|generated)\.(cs|dart|ts)$|\.freezed\.dart$|(^|/)(moc|ui)_\w+\.(cpp|h)$|(^|/)zz_generated\.\w+\.go$"
    r"|(^|/)package-lock\.json$",
    re.I,
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
        "mock",
        "mocks",
        "__mocks__",
        "fixtures",
        "e2e",
        "cypress",
    ]
)
_TEST_ENDINGS = ("_tests", "-tests", "_test", "-test")
_TEST_FILE = re.compile(
    r"^(?:test_.+|.+_tests?|.+\.(?:test|tests|spec|e2e|mock|stories)|conftest)\.\w+$|(?:[a-z0-9](?:Tests?|IT|Spec)|^Tests?[A-Z]\w*)\.(?:java|kt|cs|scala|groovy)$"
)


def is_test(path: str) -> bool:
    """Tests, examples and documentation: the applicant's, but not the program's."""
    *folders, name = PurePosixPath(path).parts
    marked = any(
        part.lower() in _TEST_FOLDERS or part.lower().endswith(("_tests", "-tests", "_test", "-test"))
        for part in folders
    )
    return marked or _TEST_FILE.search(name) is not None


def language_of(path: str, text: str = "") -> tuple[str, str] | None:
    """(word of the form, pygments lexer), or None for a file that is no source code. ``text`` settles a suffix that two
    languages share."""
    suffix = PurePosixPath(path).suffix.lower().lstrip(".")
    shared = _SHARED.get(suffix)
    if shared is not None and text and shared[0].search(text[:100_000]):
        return shared[1]
    return _LANGUAGES.get(suffix)


def foreign(path: str) -> str:
    """Why a file is not the applicant's own writing: ``third_party``, ``generated``, or empty."""
    parts = [part.lower() for part in PurePosixPath(path).parts[:-1]]
    if any(part in _FOREIGN_FOLDERS or part.endswith(".egg-info") for part in parts):
        return "third_party"
    if any(part in _LIBRARIES for part in parts[1:]):
        return "third_party"
    return "generated" if _GENERATED.search(path) else ""
