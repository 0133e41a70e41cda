"""Files as old systems leave them: read to their end whatever is in them, and every row said to be what it is."""

from __future__ import annotations

import csv
import io
import struct
from collections import Counter
from pathlib import Path

import pytest
from contracts.text import plain
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from legacy_bridge.sources import LONGEST_ROW, Asked, Row, SourceRefused, delimited, open_source
from legacy_bridge.sources.statements import in_english
from sqlalchemy import create_engine, text

pytestmark = [pytest.mark.requirement("L-04"), pytest.mark.requirement("L-05")]

HEAD = "名称,日期\r\n"


def written(folder: Path, data: bytes | str, name: str = "dump.csv", encoding: str = "gb18030") -> Path:
    file = folder / name
    file.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return file


def read(file: Path, **known: str) -> list[Row]:
    return list(open_source(Asked(str(file), **known)).rows())


def faults(rows: list[Row]) -> list[str]:
    return [row.fault for row in rows]


@pytest.mark.parametrize(
    ("data", "name", "evidence"),
    [
        (HEAD.encode("utf-8-sig"), "utf-8", "byte order mark"),
        ((HEAD + "石头,1\r\n").encode(), "utf-8", "2 of 2 lines beyond ASCII are UTF-8"),
        ((HEAD + "石头,1\r\n").encode("gbk"), "gb18030", "2 of 2 lines beyond ASCII are GB18030, 0 are UTF-8 alone"),
        (b"name,day\r\nstone,1\r\n", "utf-8", "ASCII alone"),
    ],
)
def test_the_encoding_is_found_by_evidence_that_is_said(tmp_path: Path, data: bytes, name: str, evidence: str) -> None:
    source = open_source(Asked(str(written(tmp_path, data))))
    assert f"{name} ({evidence})" in in_english(source.reading)
    assert source.columns[0] in ("名称", "name")


def test_rows_have_their_number_their_place_and_their_bytes(tmp_path: Path) -> None:
    data = (HEAD + '石头,1\r\n"江,\r\n边",2\r\n\r\n水,3').encode("gb18030")
    rows = read(written(tmp_path, data))
    assert [row.values for row in rows] == [("石头", "1"), ("江,\r\n边", "2"), ("水", "3")]
    assert [row.number for row in rows] == [1, 2, 3]
    for row in rows:
        assert data[row.place : row.place + len(row.raw)] == row.raw


@pytest.mark.parametrize(("main", "other"), [("gb18030", "utf-8"), ("utf-8", "gb18030")])
def test_rows_in_another_encoding_are_rejected_one_by_one(tmp_path: Path, main: str, other: str) -> None:
    """软件 in UTF-8 is three other characters in GB18030, without any error."""
    line = "软件著作权,1\r\n"
    data = (HEAD + line * 3).encode(main) + line.encode(other) + line.encode(main)
    assert faults(read(written(tmp_path, data))) == ["", "", "", "row_not_in_encoding", ""]


def test_a_file_that_was_cut_says_so_of_its_last_row(tmp_path: Path) -> None:
    whole = (HEAD + "石头,1\r\n" + "江边,2").encode("gb18030")
    assert faults(read(written(tmp_path, whole))) == ["", ""]
    assert faults(read(written(tmp_path, whole[:-2]))) == ["", "row_cut_off"]
    assert faults(read(written(tmp_path, whole[:-5]))) == ["", "row_not_in_encoding"]  # and half a character
    assert faults(read(written(tmp_path, (HEAD + '石头,1\r\n"江边').encode()))) == ["", "row_cut_off"]


def test_one_bad_row_costs_no_other(tmp_path: Path) -> None:
    """A row of 10 MB, NUL, a stray quote, too many columns, half a character."""
    lines = [
        "石头,1".encode("gb18030"),
        b"x" * (10 << 20) + b",1",
        b"a\x00b,1",
        b'5" disk,1',
        b"a,b,c",
        "石头".encode("gb18030")[:3] + b",1",
        "江边,2".encode("gb18030"),
    ]
    rows = read(written(tmp_path, HEAD.encode("gb18030") + b"\r\n".join(lines) + b"\r\n"))
    assert faults(rows) == [
        "",
        "row_too_long",
        "row_with_nul",
        "row_unreadable",
        "row_with_other_columns",
        "row_not_in_encoding",
        "",
    ]
    assert max(len(row.raw) for row in rows) < LONGEST_ROW


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "source_empty"), (b"\r\n1,2\r\n", "source_without_header"), (b"\xff\xfe\xff,\r\n", "source_without_header")],
)
def test_a_source_that_is_none_is_refused(tmp_path: Path, data: bytes, code: str) -> None:
    with pytest.raises(SourceRefused, match=code):
        open_source(Asked(str(written(tmp_path, data))))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=2000), name=st.sampled_from(["a.csv", "a.dbf", "a.sql"]))
def test_no_bytes_end_a_reader(tmp_path: Path, data: bytes, name: str) -> None:
    begin = {"a.csv": HEAD.encode(), "a.dbf": dbf([("MC", 8)], [[b"x"]])[:70], "a.sql": b"INSERT INTO t (a,b) VALUES "}
    file = written(tmp_path, begin[name] + data, name)
    try:
        rows = read(file)
    except SourceRefused:
        return
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert all(bool(row.values) != bool(row.fault) for row in rows)


ODD = st.sampled_from(
    [b"\r\n", b"\n", b"\r", b"\r\r\n", b'"', b'""', b",", b"\0", b"\x1f", b" ", b"\t", b"\xd6", b"\x81\x30"]
)
WORDS = st.sampled_from(["石头", "江边", "水", "1", "2019-02-03"])


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_rows_are_the_same_by_blocks_and_line_by_line(tmp_path: Path, encoding: str, data: st.DataObject) -> None:
    words = st.builds(str.encode, WORDS, st.sampled_from([encoding, encoding, "utf-8", "gb18030"]))
    pair = st.tuples(words, words).map(lambda two: b",".join(two) + b"\r\n")
    parts = data.draw(st.lists(pair | pair | ODD | words, max_size=40))
    file, found = written(tmp_path, HEAD.encode(encoding) + b"".join(parts)), []
    for block in (data.draw(st.integers(20, 200)), 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(delimited, "_BLOCK", block)
            rows = open_source(Asked(str(file), encoding=encoding, delimiter=",")).rows()
            found.append([(row.number, row.place, row.raw, row.values, row.fault) for row in rows])
    assert found[0] == found[1]


CHARACTERS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Co")), min_size=1, max_size=20)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(CHARACTERS, min_size=2, max_size=2))
def test_gb18030_goes_there_and_back(tmp_path: Path, values: list[str]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(values)
    rows = read(written(tmp_path, HEAD + out.getvalue()), encoding="gb18030", delimiter=",")
    assert [row.values for row in rows if row.fault != "row_not_in_encoding"] in ([tuple(values)], [])
    if any("\u0800" > character > "\x7f" or character > "\u4e00" for character in "".join(values)):
        return  # may be read as UTF-8: rejected, not misread
    assert not rows[0].fault


@pytest.mark.parametrize(("code", "meant"), [("fe59", "龴"), ("82359037", "龴"), ("a6d9", "︐"), ("fea0", "龻")])
def test_characters_that_2022_moved_are_themselves(tmp_path: Path, code: str, meant: str) -> None:
    data = HEAD.encode("gb18030") + "石".encode("gb18030") + bytes.fromhex(code) + b",1\r\n"
    [row] = read(written(tmp_path, data))
    assert plain(row.values[0]) == f"石{meant}"


def dbf(
    fields: list[tuple[str, int]], records: list[list[bytes]], *, promised: int | None = None, kinds: str = ""
) -> bytes:
    length = 1 + sum(width for _, width in fields)
    count = len(records) if promised is None else promised
    head = struct.pack("<B3sIHH17xB2x", 3, b"\x77\x08\x1f", count, 33 + 32 * len(fields), length, 0x7A)
    columns = b"".join(
        struct.pack("<11sc4xB15x", name.encode(), (kinds[place : place + 1] or "C").encode(), width)
        for place, (name, width) in enumerate(fields)
    )
    body = b"".join(
        b" " + b"".join(value.ljust(width) for value, (_, width) in zip(record, fields, strict=True))
        for record in records
    )
    return head + columns + b"\r" + body + b"\x1a"


def test_dbf_rows_are_counted_by_the_file_and_not_by_its_header(tmp_path: Path) -> None:
    records = [["石头".encode("gbk"), b"20190203"], ["江".encode("gbk"), b""]]
    file = written(tmp_path, dbf([("MC", 10), ("RQ", 8)], records, promised=9, kinds="CD"), "A.DBF")
    source = open_source(Asked(str(file)))
    assert "header says 9 rows, the file has 2" in in_english(source.reading)
    assert [row.values for row in source.rows()] == [("石头", "2019-02-03"), ("江", "")]


def test_deleted_and_cut_records_are_said_to_be_that(tmp_path: Path) -> None:
    data = bytearray(dbf([("MC", 10)], [[b"a"], [b"b"], [b"c"]]))
    data[33 + 32] = ord("*")
    file = written(tmp_path, bytes(data[:-5]), "A.DBF")
    assert faults(read(file)) == ["row_deleted_in_source", "", "row_cut_off"]


def test_memos_come_from_the_file_beside(tmp_path: Path) -> None:
    written(tmp_path, dbf([("YJ", 10)], [[b"         1"], [b""], [b"        99"]], kinds="M"), "A.DBF")
    written(tmp_path, b"\0" * 512 + "请补交".encode("gbk") + b"\x1a\x1a" + b"\0" * 200, "A.DBT")
    rows = read(tmp_path / "A.DBF")
    assert [row.values for row in rows] == [("请补交",), ("",), ()]
    assert rows[2].fault == "row_unreadable"


SQL = r"""
CREATE TABLE `zp` (`id` int, `mc` varchar(20), `bz` text);
INSERT INTO `other` VALUES (1,'x','y');
INSERT INTO `zp` VALUES (1,'王\'s (诚); 俞','a\\b\n'),(2,'乗誠許',NULL) , (3, '', 0x00FF);
INSERT INTO zp (id, mc, bz) VALUES
(4,'it''s','-- no comment'),
(5,'少一个');
insert into `zp` values (6,'完','了');
"""


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_tuples_of_a_dump(tmp_path: Path, encoding: str) -> None:
    """The second byte of 乗, 誠 and 許 in GBK is a backslash or near one."""
    rows = read(written(tmp_path, SQL, "d.sql", encoding), table="zp")
    assert [row.values for row in rows] == [
        ("1", "王's (诚); 俞", "a\\b\n"),
        ("2", "乗誠許", ""),
        ("3", "", "0x00FF"),
        ("4", "it's", "-- no comment"),
        (),
        ("6", "完", "了"),
    ]
    assert rows[4].fault == "row_with_other_columns"


def test_every_second_byte_of_gbk_stands_in_a_text(tmp_path: Path) -> None:
    characters = [
        bytes((first, second)).decode("gbk")
        for first in range(0x81, 0xFE)
        for second in (0x5C, 0x7C, 0x40, 0x60)
        if decodable(bytes((first, second)))
    ]
    tuples = ",".join(f"({n},'{c}','\\\\')" for n, c in enumerate(characters))
    rows = read(written(tmp_path, "INSERT INTO `zp` (`id`,`mc`,`bz`) VALUES" + tuples, "d.sql", "gbk"))
    assert [row.values for row in rows] == [(str(n), c, "\\") for n, c in enumerate(characters)]


def decodable(pair: bytes) -> bool:
    try:
        pair.decode("gbk")
    except UnicodeDecodeError:
        return False
    return True


def test_a_dump_longer_than_is_read_at_once_has_all_its_rows(tmp_path: Path) -> None:
    tuples = ",\n".join(f"({n},'{'石' * 40}','x')" for n in range(20_000))
    rows = read(written(tmp_path, "INSERT INTO `zp` (`a`,`b`,`c`) VALUES\n" + tuples, "d.sql"))
    assert [row.values[0] for row in rows] == [str(n) for n in range(20_000)]


def test_a_dump_that_was_cut_says_so_of_its_last_row(tmp_path: Path) -> None:
    rows = read(written(tmp_path, "INSERT INTO `zp` (`a`,`b`) VALUES (1,'x'),(2,'石", "d.sql"))
    assert faults(rows) == ["", "row_cut_off"]


def test_a_live_database_is_read_in_one_order_and_its_password_told_nobody(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE zp (id INTEGER PRIMARY KEY, mc TEXT, rq DATE)"))
        connection.execute(text("INSERT INTO zp VALUES (2,'江','2019-02-03'),(1,'石头',NULL)"))
    source = open_source(Asked(url, table="zp"))
    assert (source.columns, source.size) == (("id", "mc", "rq"), 2)
    assert [row.values for row in source.rows()] == [("1", "石头", ""), ("2", "江", "2019-02-03")]
    with pytest.raises(SourceRefused, match="source_without_table"):
        open_source(Asked(url, table="nothing"))
    with pytest.raises(SourceRefused) as refused:
        open_source(Asked("postgresql+psycopg://me:secret@127.0.0.1:1/x", table="zp"))
    assert "secret" not in str(refused.value)


def test_memory_does_not_grow_with_the_source(tmp_path: Path) -> None:
    """Rows are let go one by one: none is still held when the next but a few is given."""
    import tracemalloc

    file = written(tmp_path, HEAD + f"{'石' * 500},1\r\n" * 20_000)
    source = open_source(Asked(str(file)))
    tracemalloc.start()
    counted = Counter(row.fault for row in source.rows())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert counted == {"": 20_000}
    assert most < 4 << 20
