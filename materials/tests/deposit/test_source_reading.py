"""How an upload of source code is read: names of files, ends of lines, what is a comment."""

from __future__ import annotations

import argparse
import ast
import csv
import inspect
import io
import json
import tarfile
import tokenize
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from materials.deposit.cleaning import clean
from materials.testing.sample_files import zip_of

Build = Callable[..., Any]

pytestmark = [pytest.mark.requirement("F-06"), pytest.mark.requirement("F-07")]


class _Unsaid(zipfile.ZipInfo):
    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("cp437"), self.flag_bits & ~0x800


def tar_of(files: dict[str | bytes, bytes], compression: str = "gz") -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=f"w:{compression}", format=tarfile.GNU_FORMAT) as archive:
        for name, content in files.items():
            shown = name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
            entry = tarfile.TarInfo(shown)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def unsaid(names: list[bytes]) -> bytes:
    """A ZIP whose names do not say what they are written in."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number, name in enumerate(names):
            archive.writestr(_Unsaid(name.decode("cp437")), f"x = {number}\n")
    return packed.getvalue()


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ([b"plain.py"], ["plain.py"]),
        (["城市/主程序.py".encode(), "测.py".encode()], ["城市/主程序.py", "测.py"]),
        (["é.py".encode()], ["é.py"]),
        (["城市/主程序.py".encode("gbk"), "目录.py".encode("gbk"), b"a.py"], ["a.py", "城市/主程序.py", "目录.py"]),
        (["\U00020bb7.py".encode("gb18030"), "程序.py".encode("gbk")], ["程序.py", "\U00020bb7.py"]),
        ([b"caf\x82.py"], ["café.py"]),
    ],
    ids=["ASCII", "UTF-8", "accent", "GBK", "GB 18030", "code page 437"],
)
def test_names_in_archives_are_read_as_they_were_written(build: Build, written: list[bytes], names: list[str]) -> None:
    done = build(unsaid(written))
    assert sorted(done.report["files"]) == sorted(names)
    if written != [b"caf\x82.py"]:  # a TAR has no code page to fall back on
        packed = tar_of({name: b"x = %d\n" % number for number, name in enumerate(written)})
        assert sorted(build(packed).report["files"]) == sorted(names)


def test_a_name_that_no_database_keeps_stops_nothing(build: Build) -> None:
    """Lone surrogates, NUL and control characters would make the report one that cannot be stored."""
    names: list[str | bytes] = [b"\xff\xfe.py", b"a\x1b[31m.py", "b\u202e.py", b"\xed\xa0\x80.py"]
    done = build(tar_of({name: b"x = %d\n" % number for number, name in enumerate(names)}))
    listed = json.dumps(done.report, ensure_ascii=False)
    assert listed.encode("utf-8")
    assert "\\u0000" not in listed
    assert "\x1b" not in listed
    assert len(done.report["files"]) == 4


def test_files_of_one_name_all_stand_there(build: Build) -> None:
    first, second = b"a = 1\nb = 2\n", b"c = 3\nd = 4\n"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for content in (first, second, first, b"e = 5\n"):
            entry = tarfile.TarInfo("index.js")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    done = build(packed.getvalue())
    assert done.pages() == [["a = 1", "b = 2", "c = 3", "d = 4", "e = 5"]]
    assert sorted(done.report["files"]) == ["index (2).js", "index (3).js", "index.js"]
    said = [f.params["shown_as"] for f in done.result.findings if f.code == "source_same_name"]
    assert said == ["index (2).js", "index (3).js"]
    assert done.report["statistics"]["left_out"] == {"repeated": 1}
    assert done.report["statistics"]["lines"] == 5


@pytest.mark.parametrize("ending", ["\r", "\r\n", "\r\r\n", "\u2028"], ids=["CR", "CR LF", "CR CR LF", "U+2028"])
def test_lines_end_with_whatever_their_editor_wrote(build: Build, ending: str) -> None:
    lines = [f"function light{n}(zone) {{ return zone + {n}; }}" for n in range(120)]
    expected = build({"src/lamps.js": "\n".join(lines).encode()})
    done = build({"src/lamps.js": ending.join(lines).encode()})
    assert done.pages() == expected.pages()
    assert done.report["statistics"] | {"encodings": {}} == expected.report["statistics"] | {
        "encodings": {},
        "characters": done.report["statistics"]["characters"],
    }


def test_strings_that_are_no_documentation_stay_when_comments_go(build: Build) -> None:
    """What begins a line may be an argument, a template's text or the rest of an expression."""
    code = '''
"""Documentation."""
def overdue(connection, zone):
    """Documentation too."""  # and a comment
    return connection.execute(
        """
        SELECT lamp_id FROM inspections -- kept
        """,
        (zone,),
    )
TEMPLATE = (
    """
    巡检单 {number}
    """
)
JOINED = \\
    """kept"""
class A:
    r"""Documentation."""; x = 1
    """%s""" % x
    """kept""".strip()
'''
    kept = clean(code, "python", strip_comments=True, strip_blank_lines=True).lines
    assert "Documentation" not in "\n".join(kept)
    assert [line.strip() for line in kept if "kept" in line or "巡检单" in line or "%s" in line] == [
        "SELECT lamp_id FROM inspections -- kept",
        "巡检单 {number}",
        '"""kept"""',
        '"""%s""" % x',
        '"""kept""".strip()',
    ]
    assert clean("/// doc\nfn a() {}\n", "rust", strip_comments=True, strip_blank_lines=True).lines == ["fn a() {}"]


def test_no_string_of_the_standard_library_is_lost_with_its_comments() -> None:
    """Every literal that Python itself does not call documentation is still there, in order."""
    for module in (argparse, csv, inspect, tarfile, zipfile):
        source = inspect.getsource(module)
        documentation = {
            (node.lineno, node.col_offset)
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        kept = "\n".join(clean(source, "python", strip_comments=True, strip_blank_lines=True).lines)
        place = 0
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.STRING and token.start not in documentation:
                literal = "\n".join(line.rstrip() for line in token.string.split("\n") if line.strip())
                place = kept.index(literal, place) + len(literal)


def test_of_several_uploads_the_archives_are_opened_and_the_rest_is_read_as_it_is(build: Build) -> None:
    two = {"src/a.py": b"a = 1\n", "src/b.py": b"b = 1\n"}
    uploads = {"one.zip": zip_of(two), "two.tgz": tar_of({"src/b.py": b"b = 2\n"}), "c.py": b"c = 1\n"}
    built = build(tar_of(uploads, ""), several=True)
    assert set(built.report["files"]) == {"src/a.py", "src/b.py", "src/b (2).py", "c.py"}
    assert "source_same_name" in built.codes


@pytest.mark.parametrize(
    ("uploads", "refusal"),
    [
        ({"one.zip": b"PK\x03\x04 cut", "c.py": b"c = 1\n"}, "archive_damaged"),
        ({"one.zip": b"print(1)\n", "c.py": b"c = 1\n"}, ""),
        ({"one.rar": b"Rar!\x1a\x07\x00", "c.py": b"c = 1\n"}, "archive_unsupported"),
        ({f"{n}.zip": zip_of({f"{n}.py": b" " * (7 << 20)}) for n in range(20)}, "archive_too_large"),
        ({"one.zip": zip_of({"two.zip": zip_of({"a.py": b"a = 1\n"})}), "e.txt": b"e"}, "source_empty"),
    ],
    ids=["cut", "text", "rar", "together too large", "archive in archive"],
)
def test_several_uploads_have_the_bounds_of_one(build: Build, uploads: dict[str | bytes, bytes], refusal: str) -> None:
    assert build(tar_of(uploads, ""), several=True).result.refusal == refusal
