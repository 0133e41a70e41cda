"""First 30 and last 30 pages, 50 lines each, name and version in the header: 登记办法 art. 10."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from typing import Any

import pytest
from chassis.confinement import ConfinedPool
from materials.deposit.cleaning import clean
from materials.deposit.decoding import decode
from materials.precheck import run_precheck
from materials.testing import sample_files as samples

Build = Callable[..., Any]

pytestmark = [pytest.mark.requirement("F-04"), pytest.mark.requirement("F-07")]


def program(lines: int, name: str = "step") -> bytes:
    return "".join(f"int {name}_{n} = {n};\n" for n in range(1, lines + 1)).encode()


def test_a_long_program_gives_its_first_and_last_thirty_pages(build: Build) -> None:
    done = build({"main.c": program(2000, "first"), "zz.c": program(3000, "last")})
    pages = done.pages()
    assert (len(pages), done.report["whole"]) == (60, False)
    assert all(len(page) == 50 for page in pages)
    assert pages[0][0] == "int first_1 = 1;"
    assert pages[29][-1] == "int first_1500 = 1500;"
    assert pages[30][0] == "int last_1501 = 1501;"
    assert pages[59][-1] == "int last_3000 = 3000;"
    assert (done.report["statistics"]["lines"], done.report["statistics"]["pages"]) == (5000, 100)


def test_every_page_carries_name_version_and_its_number(build: Build) -> None:
    headers = build({"main.c": program(4000)}).headers()
    assert headers[0].split() == ["山居图书管理软件", "V1.0", "1"]
    assert headers[59].split()[-1] == "60"


@pytest.mark.parametrize(
    ("lines", "pages", "whole"), [(50, 1, True), (51, 2, True), (3000, 60, True), (3001, 60, False)]
)
def test_below_sixty_pages_the_whole_is_deposited(build: Build, lines: int, pages: int, whole: bool) -> None:
    done = build({"main.c": program(lines)})
    assert (len(done.pages()), done.report["whole"]) == (pages, whole)
    assert ("deposit_whole" in done.codes) == whole


def test_a_line_that_does_not_fit_goes_on_and_is_counted_as_the_rows_it_takes(build: Build) -> None:
    long = b"call(" + b"argument, " * 40 + b"end);\n"
    done = build({"main.c": program(30) + long + program(30)})
    pages = done.pages()
    assert [len(page) for page in pages] == [50, 15]
    assert done.report["statistics"]["lines"] == 61
    finding = next(f for f in done.result.findings if f.code == "deposit_lines_wrapped")
    assert finding.params["rows"] == 4


def test_chinese_text_takes_two_columns_and_never_runs_off_the_page(build: Build) -> None:
    done = build({"main.py": ("# " + "初始化图书目录并载入读者信息" * 10 + "\nx = 1\n").encode()})
    rows = done.pages()[0]
    assert "".join(rows[:3]).count("初始化图书目录并载入读者信息") == 10
    assert rows[3] == "x = 1"


def test_every_encoding_is_decoded_and_counted(build: Build) -> None:
    text = "# 借阅登记：归还图书\nbook = 1\n"
    encodings = {"utf-8": "utf-8", "gbk": "gbk", "utf-16": "utf-16", "utf-8-sig": "utf-8-sig", "utf-16-le": "utf-16-le"}
    files = {f"{name}.py": text.encode(codec) for name, codec in encodings.items()}
    files["gb18030.py"] = "# 𠮷野的借阅登记，归还图书。读者与目录。\nbook = 2\n".encode("gb18030")
    done = build(files)
    assert done.report["statistics"]["encodings"] == dict.fromkeys([*encodings, "gb18030"], 1)
    shown = "\n".join(row for page in done.pages() for row in page)
    assert shown.count("# 借阅登记：归还图书") == 5
    assert "\ufffd" not in shown


@pytest.mark.parametrize(("position", "character"), [("A6D9", "\ufe10"), ("FE59", "\u9fb4"), ("FEA0", "\u9fbb")])
def test_characters_of_the_2022_edition_of_gb18030_are_the_standard_ones(position: str, character: str) -> None:
    decoded = decode("书".encode("gbk") * 8 + bytes.fromhex(position))
    assert decoded is not None
    assert decoded.text.endswith(character)


def test_what_is_not_the_applicants_writing_is_left_out_and_said(build: Build) -> None:
    done = build(
        {
            "src/main.js": b"let a = 1;\n",
            "node_modules/x/index.js": b"let x = 1;\n",
            "src/app.min.js": b"let m=1;\n",
            "src/packed.js": b"var a=1;" * 2000,
            "tests/test_main.js": b"let t = 1;\n",
            "table.py": b"".join(b"'%d': 0.%d,\n" % (n, n) for n in range(20_000)),
            "logo.png": b"\x89PNG",
            "empty.js": b"",
        }
    )
    assert done.report["statistics"]["left_out"] == {
        "third_party": 1,
        "generated": 1,
        "minified": 1,
        "tests": 1,
        "data_table": 1,
        "not_source": 1,
        "empty": 1,
    }
    assert done.pages() == [["let a = 1;"]]
    assert {"source_third_party_left_out", "source_minified_left_out", "source_tests_left_out"} <= done.codes


def test_the_entry_module_comes_first_and_the_applicant_may_choose_otherwise(build: Build) -> None:
    files = {"alpha.py": b"a = 1\n", "main.py": b"m = 1\n", "omega.py": b"o = 1\n"}
    assert build(files).pages() == [["m = 1", "a = 1", "o = 1"]]
    assert build(files, first=("omega.py",), last=("main.py",)).pages() == [["o = 1", "a = 1", "m = 1"]]
    assert build(files, leave_out=("alpha.py",)).pages() == [["m = 1", "o = 1"]]


def order_of(build: Build, files: dict[str, str], **options: Any) -> list[str]:
    """The only row of each file, in the order of the deposit."""
    done = build({path: f"row_{text}".encode() for path, text in files.items()}, **options)
    return [row.removeprefix("row_") for page in done.pages() for row in page]


def test_a_choice_may_be_a_folder_or_leave_out_the_uploads_own_folder(build: Build) -> None:
    files = {
        "shop-1.0/src/a.py": "a",
        "shop-1.0/src/b.py": "b",
        "shop-1.0/plugins/c.py": "c",
        "shop-1.0/plugins/d.py": "d",
    }
    assert order_of(build, files, first=("src\\b.py",), last=("plugins/c.py",)) == ["b", "d", "a", "c"]
    assert order_of(build, files, leave_out=("plugins",)) == ["a", "b"]
    lost = build({path: text.encode() for path, text in files.items()}, first=("src/missing.py",))
    assert [f.params["path"] for f in lost.result.findings if f.code == "source_choice_unknown"] == ["src/missing.py"]


@pytest.mark.parametrize(
    ("files", "entry"),
    [
        (
            {"src/App.java": "class A { public static void main(String[] a) {} }", "src/Aaa.java": "class B {}"},
            "src/App",
        ),
        ({"core/zoo.c": "int main(void) { return 0; }", "core/main.h": "/* int main(void) */"}, "core/zoo.c"),
        ({"lib/alpha.py": "a = 1", "lib/__init__.py": "i = 1"}, "lib/__init__.py"),
        ({"cmd/server/go.go": "package main\nfunc main() {}", "a.go": "package a"}, "cmd/server/go.go"),
        ({"src/entry.ts": "createApp(App)", "src/a.ts": "let a = 1"}, "src/entry.ts"),
        (
            {
                "src/Server.java": "class Server { void main() {} }",
                "src/Application.java": "class Application {}",
                "src/Zoo.java": "class Zoo { public static void main(String[] a) {} }",
            },
            "src/Zoo.java",
        ),
        ({"lib/application.js": "module.exports = {}", "lib/index.js": "require('./application')"}, "lib/index.js"),
        ({"pkg/server.py": "class Server: pass", "pkg/__init__.py": "x = 1"}, "pkg/__init__.py"),
        (
            {
                "fuzz/fuzz_main.c": "int main(void) { return 1; }",
                "a_fuzzer.c": "int LLVMFuzzerTestOneInput(void) { return 0; }\nint main(void) {}",
                "src/tool.c": "int main(void) { return 0; }",
            },
            "src/tool.c",
        ),
        ({"deps/zlib/main.c": "int main(void) {}", "src/tool.c": "int main(void) { return 0; }"}, "src/tool.c"),
        (
            {"main.go": "// Code generated by x. DO NOT EDIT.\nfunc main() {}", "cmd/a.go": "func main() {}"},
            "cmd/a.go",
        ),
        (
            {"native/probe.c": "int main(void) {}", "pkg/__init__.py": "x = 1\n" * 9, "pkg/b.py": "y = 2\n" * 9},
            "pkg/__init__.py",
        ),
    ],
    ids=[
        "Java",
        "C",
        "Python package",
        "Go",
        "web page",
        "names of classes",
        "JavaScript library",
        "Python library",
        "fuzz targets",
        "third party",
        "generated",
        "a side",
    ],
)
def test_the_first_page_shows_where_the_program_starts(build: Build, files: dict[str, str], entry: str) -> None:
    done = build({path: text.encode() for path, text in files.items()})
    assert str(done.report["starts"][0]["file"]).startswith(entry)


def test_what_only_builds_styles_or_tests_the_program_stands_in_the_middle(build: Build) -> None:
    files = {
        ".ci/build.sh": "ci",
        "setup.py": "setup",
        "shop/main.py": "main",
        "shop/orders.py": "orders",
        "shop/style.css": "style",
        "shop/zones.py": "zones",
        "shop/test_orders.py": "tested",
    }
    order = order_of(build, files, with_tests=True)
    assert (order[0], order[-1]) == ("main", "zones")
    assert set(order[2:-1]) == {"ci", "setup", "style", "tested"}
    assert "tested" not in order_of(build, files)


def test_a_header_is_c_or_c_plus_plus_and_an_m_file_objective_c_or_matlab_by_what_it_says(build: Build) -> None:
    files = {
        "a.h": b"int a(void);\n",
        "b.h": b"namespace shop {\nint b();\n}\n",
        "c.m": b"#import <UIKit/UIKit.h>\nint c;\n",
        "d.m": b"function y = d(x)\ny = x;\nend\n",
    }
    languages = build(files).report["statistics"]["languages"]
    assert languages == {"C": 1, "C++": 3, "Objective-C": 2, "MATLAB": 3}


def test_a_known_library_is_left_out_unless_it_is_the_upload(build: Build) -> None:
    library = {"echarts/core.js": b"let core = 1;\n"}
    assert build(library).pages() == [["let core = 1;"]]
    inside = build({"shop/main.js": b"let main = 1;\n", "shop/static/echarts/core.js": b"let core = 1;\n"})
    assert (inside.pages(), inside.report["statistics"]["left_out"]) == ([["let main = 1;"]], {"third_party": 1})


def test_pictures_and_programs_beside_the_source_are_not_counted_against_its_limit(build: Build) -> None:
    files = {f"{number}.dat": bytes(7_000_000) for number in range(20)}
    assert build({"main.py": b"x = 1\n", **files}).pages() == [["x = 1"]]


def test_a_version_declared_in_the_code_is_compared_with_the_form(build: Build) -> None:
    files = {
        "shop/__init__.py": b'"""Shop."""\n__version__ = "2.1.0"\n',
        "shop/same.py": b'VERSION = "1.0.0"\n',
        "shop/api.py": b'# Apache License, Version 2.0\nversion = "3"\n',
    }
    found = [f for f in build(files).result.findings if f.code == "source_version_differs"]
    assert [(f.params["file"], f.line, f.params["found"]) for f in found] == [("shop/__init__.py", 2, "2.1.0")]


@pytest.mark.parametrize(
    "lines",
    [b"x = '" + b"a" * 94 + b"-" + b"b" * 20 + b"'\n", b"      }\n}\n", "汉字\n.\n".encode()],
    ids=["hyphens at the end", "single brackets", "mixed"],
)
def test_rows_are_counted_by_where_they_stand(build: Build, pool: ConfinedPool, lines: bytes) -> None:
    """pdfium joins such rows when it gives the text of a page; a deposit would seem to have fewer than it has."""
    done = build({"main.py": lines * 25 + b"y = 1\n"})
    checked = run_precheck("source_deposit", done.path, {"title": "山居图书管理软件", "version": "V1.0"}, pool=pool)
    assert [count for count, _, _ in checked.facts["layout"]] == [50, 1]
    assert checked.verdict == "pass"


def test_comments_and_blank_lines_are_stripped_by_language_only_when_asked(build: Build) -> None:
    files = {
        "a.py": b'"""doc"""\n\n# c\nx = "#no"  # y\n',
        "b.java": b'/** d */\nclass B { String s = "/*no*/"; } // x\n',
        "c.sql": b"-- c\nselect 1; /* x */\n",
    }
    assert build(files, strip_comments=True).pages() == [['x = "#no"', 'class B { String s = "/*no*/"; }', "select 1;"]]
    kept = clean(files["a.py"].decode(), "python", strip_comments=False, strip_blank_lines=False)
    assert kept.lines == ['"""doc"""', "", "# c", 'x = "#no"  # y']
    assert clean(files["a.py"].decode(), "python", strip_comments=True, strip_blank_lines=True).numbers == [4]


def test_secrets_and_personal_data_are_masked_and_named(build: Build) -> None:
    code = (
        b'password = "Spring2026!"\nurl = "mysql://root:hunter22@db/x"\nphone = "13800138000"\n'
        b'owner = "11010519491231002X"\nkey = "AKIAABCDEFGHIJKLMNOP"\nlimit = 13\n'
    )
    done = build({"main.py": code})
    shown = "\n".join(done.pages()[0])
    for secret in ("Spring2026", "hunter22", "13800138000", "11010519491231002X", "AKIAABCDEFGHIJKLMNOP"):
        assert secret not in shown
    assert "limit = 13" in shown
    kinds = {finding.params["kind"] for finding in done.result.findings if finding.code == "source_secret_masked"}
    assert kinds == {"password", "connection", "mobile", "resident_id", "cloud_key"}
    assert "Spring2026" in "\n".join(build({"main.py": code}, mask_secrets=False).pages()[0])


def test_placeholders_and_labels_are_no_secrets(build: Build) -> None:
    code = (
        b"login(user='name', password='password')\nsecret = 'your-secret-here'\n"
        + "labels = {'密码': '请输入密码'}\n".encode()
        + b"api_key = 'API_KEY'\nclone('git@github.com:a/b')\nmail = 'user@example.com'\n"
    )
    done = build({"main.py": code})
    assert not {code for code in done.codes if code.startswith("source_secret")}
    assert "password='password'" in done.pages()[0][0]


def test_a_private_key_is_covered_to_its_end(build: Build) -> None:
    key = b"-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n13800138000\n-----END RSA PRIVATE KEY-----\nx = 1\n"
    done = build({"key.py": key})
    assert done.pages()[0] == ["*" * 31, "*" * 16, "*" * 11, "-----END RSA PRIVATE KEY-----", "x = 1"]
    [finding] = [f for f in done.result.findings if f.code == "source_secret_masked"]
    assert (finding.line, finding.params["count"]) == (1, 1)


def test_a_foreign_copyright_notice_is_pointed_at(build: Build) -> None:
    done = build({"main.c": b"/* Copyright (c) 2019 Example Ltd. All rights reserved. */\nint a;\n"})
    finding = next(f for f in done.result.findings if f.code == "source_copyright_notice")
    assert (finding.params["holder"], finding.line) == ("Example Ltd", 1)


def test_tar_archives_and_single_files_work_as_well(build: Build) -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, content in (("p/main.go", b"package main\n"), ("p/link", b"")):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            if name == "p/link":
                entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(entry, io.BytesIO(content))
    assert build(packed.getvalue()).pages() == [["package main"]]
    assert build(b"x = 1\ny = 2\n").pages() == [["x = 1", "y = 2"]]


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (b"PK\x03\x04 broken", "archive_damaged"),
        (samples.zip_of({"readme.md": b"nothing"}), "source_empty"),
        (b"Rar!\x1a\x07\x01\x00" + bytes(100), "archive_unsupported"),
        (samples.zip_of({f"{n}.py": b"x" * 7_000_000 for n in range(20)}), "archive_too_large"),
    ],
    ids=["damaged", "no source", "rar", "bomb"],
)
def test_an_upload_that_gives_no_deposit_says_why(build: Build, upload: bytes, code: str) -> None:
    done = build(upload)
    assert (done.result.done, done.result.refusal) == (False, code)
    assert not done.path.exists()


def test_an_archive_whose_contents_overlap_is_refused(build: Build) -> None:
    """The same compressed bytes listed many times: kilobytes that unpack to gigabytes."""
    whole = bytearray(samples.zip_of({"a.py": b"x = 1\n" * 50_000}))
    start = whole.index(b"PK\x01\x02")
    end = whole.index(b"PK\x05\x06")
    entry = bytes(whole[start:end])
    copies = entry * 30
    tail = bytearray(whole[end:])
    tail[8:12] = (30).to_bytes(2, "little") * 2
    tail[12:16] = len(copies).to_bytes(4, "little")
    assert build(bytes(whole[:start]) + copies + bytes(tail)).result.refusal == "archive_overlapping"


def test_three_hundred_files_take_less_than_three_seconds(build: Build, pool: ConfinedPool) -> None:
    body = "".join(f"def step_{n}(a, b):\n    # add {n}\n    return a + b + {n}\n\n" for n in range(20))
    files = {f"package/module_{n:03}.py": body.encode() for n in range(300)}
    before = pool.cpu_seconds()
    done = build(files, strip_comments=True)
    assert done.report["statistics"]["files"] == 300
    assert pool.cpu_seconds() - before < 3


@pytest.mark.requirement("F-12")
@pytest.mark.parametrize("mode", ["general", "masked", "ten_fifty"])
def test_of_the_same_source_the_deposit_is_the_same_byte_for_byte(build: Build, mode: str) -> None:
    made = {build({"main.c": program(4000)}, mode=mode).path.read_bytes() for _ in range(2)}
    assert len(made) == 1
