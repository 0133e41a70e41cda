"""Files of an uploaded archive, with bounds on every number before anything is unpacked."""

from __future__ import annotations

import re
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast

from chassis.confinement.model import Refused

from materials.deposit.names import is_utf8, tar_name, zip_names
from materials.inspect import filetype

MAX_FILES = 20_000
MAX_TOTAL_BYTES = 128 * 2**20
MAX_PASSED_BYTES = 2048 * 2**20
"""A TAR archive has to be unpacked as far as the next file that is wanted."""
MAX_FILE_BYTES = 8 * 2**20
"""A longer file is a data table, not somebody's writing: it is listed as left out."""
_ENCRYPTED = 0x1
_FIRST_NAMES, _FIRST_BYTES = 500, 64 * 2**20

_ARCHIVE = re.compile(r"\.(?:zip|rar|7z|tar(?:\.(?:gz|bz2|xz))?|tgz|tbz2?|txz)$", re.I)

Member = tuple[str, bytes | None]
"""(path inside the archive, content or None if the file is too long to be source)."""


@dataclass
class Spent:
    """Of the bounds that all archives of one build have together. ``passed``: bytes that TAR archives were unpacked."""

    files: int = 0
    total: int = 0
    passed: int = 0

    def take(self, *, files: int = 0, total: int = 0, passed: int = 0) -> None:
        """Refuses ``archive_too_many_files``, ``archive_too_large``."""
        self.files, self.total, self.passed = self.files + files, self.total + total, self.passed + passed
        if self.files > MAX_FILES:
            raise Refused("archive_too_many_files", files=self.files, limit=MAX_FILES)
        for size, limit in ((self.passed, MAX_PASSED_BYTES), (self.total, MAX_TOTAL_BYTES)):
            if size > limit:
                raise Refused("archive_too_large", megabytes=round(size / 2**20), limit=limit >> 20)


def is_archive(file_name: str) -> bool:
    """Whether a file is called like an archive: one of several uploads is opened then."""
    return _ARCHIVE.search(file_name) is not None


def members_of_several(stream: BufferedReader, wanted: Callable[[str], bool]) -> Iterator[Member]:
    """The files of several uploads, which lie in one TAR: of those that are archives, what is in them. Refuses like
    :func:`members`; the bounds are of all together."""
    spent = Spent()
    stream.seek(0)
    with tarfile.open(fileobj=stream, mode="r:") as uploads:
        for upload in uploads:
            path, file = _safe(upload.name), uploads.extractfile(upload)
            if path is None or file is None:
                continue
            if is_archive(path):
                yield from members(file, filetype.detect(cast(BinaryIO, file)), path, wanted=wanted, spent=spent)
            elif not wanted(path):
                yield path, b""
            else:
                too_long = upload.size > MAX_FILE_BYTES
                spent.take(files=1, total=0 if too_long else upload.size)
                yield path, None if too_long else file.read(MAX_FILE_BYTES)


def members(
    stream: IO[bytes],
    kind: str,
    file_name: str = "",
    *,
    wanted: Callable[[str], bool] = lambda _: True,
    max_file_bytes: int = MAX_FILE_BYTES,
    spent: Spent | None = None,
) -> Iterator[Member]:
    """The files of a ZIP or TAR archive, or the one file itself. Those that are not ``wanted`` come empty: they are
    neither unpacked nor counted as bytes.

    Refuses with ``archive_damaged``, ``archive_encrypted``, ``archive_too_many_files``, ``archive_too_large``,
    ``archive_overlapping``, ``archive_unsupported``. Links and paths that leave the archive are skipped.
    """
    stream.seek(0)
    spent = spent or Spent()
    try:
        if kind == "zip":
            yield from _from_zip(stream, wanted, max_file_bytes, spent)
        elif kind in ("tar", "gzip", "bzip2", "xz"):
            yield from _from_tar(stream, wanted, max_file_bytes, spent)
        elif kind in ("text", "html", "xml", "unknown"):
            yield file_name or "source.txt", stream.read(MAX_FILE_BYTES * 4)
        else:
            raise Refused("archive_unsupported", type=kind)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise Refused("archive_damaged") from error


def _from_zip(stream: IO[bytes], wanted: Callable[[str], bool], max_file_bytes: int, spent: Spent) -> Iterator[Member]:
    size = stream.seek(0, 2)
    with zipfile.ZipFile(stream) as archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        names = zip_names(entries)
        spent.take(files=len(entries))
        if any(entry.flag_bits & _ENCRYPTED for entry in entries):
            raise Refused("archive_encrypted")
        if sum(entry.compress_size for entry in entries) > size:
            raise Refused("archive_overlapping")
        sizes = (
            entry.file_size
            for entry, name in zip(entries, names, strict=True)
            if entry.file_size <= max_file_bytes and wanted(name)
        )
        spent.take(total=sum(sizes))
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


def _from_tar(stream: IO[bytes], wanted: Callable[[str], bool], max_file_bytes: int, spent: Spent) -> Iterator[Member]:
    utf8 = _says_utf8(stream)
    with _opened_tar(stream) as archive:
        for entry in archive:
            spent.take(files=1)
            path = _safe(tar_name(entry.name, utf8=utf8))
            if not entry.isreg() or path is None:
                continue
            spent.take(passed=entry.size)
            if not wanted(path):
                yield path, b""
                continue
            spent.take(total=entry.size if entry.size <= max_file_bytes else 0)
            if entry.size > max_file_bytes:
                yield path, None
                continue
            file = archive.extractfile(entry)
            yield path, file.read(max_file_bytes) if file else None


def _opened_tar(stream: IO[bytes]) -> tarfile.TarFile:
    stream.seek(0)
    return tarfile.open(fileobj=stream, mode="r:*", encoding="utf-8", errors="surrogateescape")


def _says_utf8(stream: IO[bytes]) -> bool:
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
