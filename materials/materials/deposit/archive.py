"""Files of an uploaded archive, with bounds on every number before anything is unpacked."""

from __future__ import annotations

import tarfile
import zipfile
from collections.abc import Callable, Iterator
from io import BufferedReader
from itertools import islice
from pathlib import PurePosixPath

from chassis.confinement.model import Refused

from materials.deposit.names import is_utf8, tar_name, zip_names

MAX_FILES = 20_000
MAX_TOTAL_BYTES = 128 * 2**20
MAX_PASSED_BYTES = 2048 * 2**20
"""A TAR archive has to be unpacked as far as the next file that is wanted."""
MAX_FILE_BYTES = 8 * 2**20
"""A longer file is a data table, not somebody's writing: it is listed as left out."""
_ENCRYPTED = 0x1
_FIRST_NAMES, _FIRST_BYTES = 500, 64 * 2**20

Member = tuple[str, bytes | None]
"""(path inside the archive, content or None if the file is too long to be source)."""


def members(
    stream: BufferedReader,
    kind: str,
    file_name: str = "",
    *,
    wanted: Callable[[str], bool] = lambda _: True,
    max_file_bytes: int = MAX_FILE_BYTES,
) -> Iterator[Member]:
    """The files of a ZIP or TAR archive, or the one file itself. Those that are not ``wanted`` come empty: they are
    neither unpacked nor counted as bytes.

    Refuses with ``archive_damaged``, ``archive_encrypted``, ``archive_too_many_files``, ``archive_too_large``,
    ``archive_overlapping``, ``archive_unsupported``. Links and paths that leave the archive are skipped.
    """
    stream.seek(0)
    try:
        if kind == "zip":
            yield from _from_zip(stream, wanted, max_file_bytes)
        elif kind in ("tar", "gzip", "bzip2", "xz"):
            yield from _from_tar(stream, wanted, max_file_bytes)
        elif kind in ("text", "html", "xml", "unknown"):
            yield file_name or "source.txt", stream.read(MAX_FILE_BYTES * 4)
        else:
            raise Refused("archive_unsupported", type=kind)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise Refused("archive_damaged") from error


def _from_zip(stream: BufferedReader, wanted: Callable[[str], bool], max_file_bytes: int) -> Iterator[Member]:
    size = stream.seek(0, 2)
    with zipfile.ZipFile(stream) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        names = zip_names(entries)
        if len(entries) > MAX_FILES:
            raise Refused("archive_too_many_files", files=len(entries), limit=MAX_FILES)
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise Refused("archive_encrypted")
        if sum(entry.compress_size for entry in entries) > size:
            raise Refused("archive_overlapping")
        total = sum(
            entry.file_size
            for entry, name in zip(entries, names, strict=True)
            if entry.file_size <= max_file_bytes and wanted(name)
        )
        if total > MAX_TOTAL_BYTES:
            raise Refused("archive_too_large", megabytes=round(total / 2**20), limit=MAX_TOTAL_BYTES >> 20)
        for entry, name in zip(entries, names, strict=True):
            path = _safe(name)
            if path is None or (entry.external_attr >> 28) == 0xA:
                continue
            if not wanted(path):
                yield path, b""
                continue
            if entry.file_size > max_file_bytes:
                yield path, None
                continue
            with archive.open(entry) as file:
                content = file.read(max_file_bytes + 1)
            yield path, content if len(content) <= max_file_bytes else None


def _from_tar(stream: BufferedReader, wanted: Callable[[str], bool], max_file_bytes: int) -> Iterator[Member]:
    total = passed = count = 0
    utf8 = _says_utf8(stream)
    with _opened_tar(stream) as archive:
        for entry in archive:
            count += 1
            if count > MAX_FILES:
                raise Refused("archive_too_many_files", files=count, limit=MAX_FILES)
            path = _safe(tar_name(entry.name, utf8=utf8))
            if not entry.isreg() or path is None:
                continue
            passed += entry.size
            if passed > MAX_PASSED_BYTES:
                raise Refused("archive_too_large", megabytes=round(passed / 2**20), limit=MAX_PASSED_BYTES >> 20)
            if not wanted(path):
                yield path, b""
                continue
            total += entry.size if entry.size <= max_file_bytes else 0
            if total > MAX_TOTAL_BYTES:
                raise Refused("archive_too_large", megabytes=round(total / 2**20), limit=MAX_TOTAL_BYTES >> 20)
            if entry.size > max_file_bytes:
                yield path, None
                continue
            file = archive.extractfile(entry)
            yield path, file.read(max_file_bytes) if file else None


def _opened_tar(stream: BufferedReader) -> tarfile.TarFile:
    stream.seek(0)
    return tarfile.open(fileobj=stream, mode="r:*", encoding="utf-8", errors="surrogateescape")


def _says_utf8(stream: BufferedReader) -> bool:
    """Whether the first names are all UTF-8: the format has no place to say so, and one packer wrote them all."""
    passed = 0
    with _opened_tar(stream) as archive:
        for entry in islice(archive, _FIRST_NAMES):
            passed += entry.size
            if not is_utf8(entry.name):
                return False
            if passed > _FIRST_BYTES:
                break
    return True


def _safe(name: str) -> str | None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return None
    return str(path)
