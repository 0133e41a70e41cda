"""ZIP archives of materials: what is in them, and what hostile ones come to."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from materials.bundle.engine import LARGEST_FILE, open_bundle, take_out

PICTURE = b"\x89PNG a picture"


def archive(folder: Path, **files: bytes) -> Path:
    path = folder / "works.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return path


def test_files_are_listed_and_taken_out_in_the_order_asked_for(tmp_path: Path) -> None:
    path = archive(tmp_path, **{"W001/图一.png": PICTURE, "W002/b.png": PICTURE * 2, "__MACOSX/._x": b"x", "leer": b""})
    bundle = open_bundle(path)
    assert bundle.files == {"W001/图一.png": len(PICTURE), "W002/b.png": 2 * len(PICTURE)}
    assert bundle.left == {"leer": "file_empty"}
    assert take_out(path, ["W002/b.png", "no such", "W001/图一.png"], tmp_path / "out") == [
        2 * len(PICTURE),
        None,
        len(PICTURE),
    ]
    assert (tmp_path / "out").read_bytes() == PICTURE * 3


def test_names_of_a_chinese_windows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "gbk.zip"
    entry = zipfile.ZipInfo("x" * len("山水画.png".encode("gbk")))
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(entry, PICTURE)
    raw = path.read_bytes().replace(entry.filename.encode(), "山水画.png".encode("gbk"))
    path.write_bytes(raw)
    assert list(open_bundle(path).files) == ["山水画.png"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "archive_unsupported"),
        (b"Rar!\x1a\x07", "archive_unsupported"),
        (b"PK\x03\x04 cut off", "archive_damaged"),
    ],
)
def test_what_is_no_archive_is_refused_with_a_reason(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "works.zip"
    path.write_bytes(data)
    assert open_bundle(path).refusal == code


def test_paths_that_lead_out_of_the_archive_are_not_there(tmp_path: Path) -> None:
    path = archive(
        tmp_path, **{"../evil": PICTURE, "/root": PICTURE, "a/../../b": PICTURE, "C:\\..\\x": PICTURE, "good": PICTURE}
    )
    assert list(open_bundle(path).files) == ["good"]


def test_a_bomb_is_neither_listed_nor_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("zeros", "w", force_zip64=True) as file,
    ):
        for _ in range(LARGEST_FILE // (1 << 20) + 1):
            file.write(bytes(1 << 20))
    assert open_bundle(path).left == {"zeros": "file_too_large"}
    lying = bytearray(path.read_bytes())
    at = lying.rfind(b"PK\x01\x02")
    lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(lying)
    assert take_out(path, ["zeros"], tmp_path / "out") == [None]


def test_an_encrypted_archive_is_said_to_be(tmp_path: Path) -> None:
    path = archive(tmp_path, a=PICTURE)
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.find(signature) + offset] |= 1
    path.write_bytes(raw)
    assert open_bundle(path).refusal == "archive_encrypted"


def test_files_that_lie_over_each_other_are_refused(tmp_path: Path) -> None:
    path = archive(tmp_path, a=bytes(range(256)) * 40)
    raw = path.read_bytes()
    at, end = raw.find(b"PK\x01\x02"), raw.find(b"PK\x05\x06")
    entry = raw[at:end]
    tail = io.BytesIO()
    tail.write(raw[:at] + entry * 300 + raw[end : end + 8])
    tail.write((300).to_bytes(2, "little") * 2 + (len(entry) * 300).to_bytes(4, "little") + raw[end + 16 :])
    path.write_bytes(tail.getvalue())
    assert open_bundle(path).refusal in ("archive_overlapping", "archive_damaged")
