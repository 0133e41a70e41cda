"""The confined entries of bundles: every byte of somebody's archive is read here."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import PurePosixPath

from chassis.confinement.model import Job, JsonValue, Refused

from materials.deposit.names import zip_names

MAX_FILES = 20_000
_PIECE = 1 << 20
_ENCRYPTED = 0x1
_LINK = 0xA
_NOT_THE_PERSONS = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What systems put into archives by themselves."""


def contents(job: Job) -> JsonValue:
    """``args``: largest (bytes of a file). Returns {files: [[path, size]], left: [[path, code]]}.

    Refuses with ``archive_damaged``, ``archive_encrypted``, ``archive_too_many_files``, ``archive_overlapping``,
    ``archive_unsupported``. Left out are links, paths that lead out of the archive, and what is too long or empty.
    """
    files: list[list[str | int]] = []
    left: list[list[str]] = []
    with _opened(job.source) as archive:
        for path, entry in _entries(archive, job.source):
            if entry.file_size > job.args["largest"]:
                left.append([path, "file_too_large"])
            elif not entry.file_size:
                left.append([path, "file_empty"])
            else:
                files.append([path, entry.file_size])
    return {"files": files, "left": left[:MAX_FILES]}


def unpack(job: Job) -> JsonValue:
    """``args``: paths, largest. Writes these files one after the other; returns {sizes}: null for an unreadable one."""
    assert job.output is not None
    sizes: list[int | None] = []
    with _opened(job.source) as archive:
        entries = dict(_entries(archive, job.source))
        for path in job.args["paths"]:
            sizes.append(_copy(archive, entries.get(path), job, job.args["largest"]))
    return {"sizes": sizes}


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo | None, job: Job, largest: int) -> int | None:
    """What an entry says of its length is not believed: it is read to its end, or as far as it may be long."""
    assert job.output is not None
    began = job.output.tell()
    if entry is None:
        return None
    try:
        with archive.open(entry) as file:
            while piece := file.read(_PIECE):
                job.output.write(piece)
                if job.output.tell() - began > largest:
                    raise zipfile.BadZipFile("longer than it says")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError):
        job.output.seek(began)
        job.output.truncate()
        return None
    return job.output.tell() - began


@contextmanager
def _opened(stream: BufferedReader) -> Iterator[zipfile.ZipFile]:
    stream.seek(0)
    if stream.read(2) != b"PK":
        raise Refused("archive_unsupported")
    try:
        with zipfile.ZipFile(stream) as archive:
            yield archive
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise Refused("archive_damaged") from error


def _entries(archive: zipfile.ZipFile, stream: BufferedReader) -> Iterator[tuple[str, zipfile.ZipInfo]]:
    """The person's files by their paths. Of two with one path the last counts, as programs that unpack do it."""
    size = stream.seek(0, 2)
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_FILES:
        raise Refused("archive_too_many_files", files=len(entries), limit=MAX_FILES)
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        raise Refused("archive_encrypted")
    if sum(entry.compress_size for entry in entries) > size:
        raise Refused("archive_overlapping")
    found: dict[str, zipfile.ZipInfo] = {}
    for entry, name in zip(entries, zip_names(entries), strict=True):
        path = _inside(name)
        if path is not None and (entry.external_attr >> 28) != _LINK:
            found[path] = entry
    yield from found.items()


def _inside(name: str) -> str | None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return None
    if any(part in _NOT_THE_PERSONS or part.startswith("._") for part in path.parts):
        return None
    return str(path)
