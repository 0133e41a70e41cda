"""Names of files inside an archive, as the person saw them who packed it."""

from __future__ import annotations

import unicodedata
import zipfile
import zlib
from collections.abc import Sequence

from materials.deposit.decoding import chinese

_UTF8_NAME = 0x800
_UNICODE_PATH = 0x7075
"""Info-ZIP's extra field: the name in UTF-8, and the checksum of the name that it stands for."""


def zip_names(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """A name that says it is UTF-8 is; the others are what all of them can be: UTF-8 (macOS does not say so), else
    GB 18030 (Chinese Windows), else code page 437, which the format prescribes.

    An archive was packed by one program: some Chinese names are by chance good UTF-8 too, hardly ever all of them.
    """
    unsaid = [_raw(entry) for entry in entries if not entry.flag_bits & _UTF8_NAME]
    utf8 = all(_as_utf8(raw) is not None for raw in unsaid)
    return [_shown(_zip_name(entry, utf8=utf8)) for entry in entries]


def _zip_name(entry: zipfile.ZipInfo, *, utf8: bool) -> str:
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    raw = _raw(entry)
    return _unicode_path(entry.extra, raw) or (_as_utf8(raw) if utf8 else None) or chinese(raw) or entry.filename


def _raw(entry: zipfile.ZipInfo) -> bytes:
    """The bytes that the library has read as code page 437."""
    return entry.filename.encode("cp437", "replace")


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        body, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and body[:1] == b"\x01" and body[1:5] == zlib.crc32(raw).to_bytes(4, "little"):
            return _as_utf8(body[5:])
    return None


def tar_name(name: str, *, utf8: bool) -> str:
    """``name`` as the library reads it, with lone surrogates for bytes that are no UTF-8; ``utf8``: there are none in
    the whole archive."""
    if utf8 or name.isascii():
        return _shown(name)
    raw = _bytes_of(name)
    return _shown((chinese(raw) or raw.decode("latin-1")) if raw is not None else name)


def is_utf8(name: str) -> bool:
    """Whether a name was decoded whole: one of other bytes than UTF-8 carries surrogates for them."""
    return _bytes_of(name) is None or not any("\ud800" <= character <= "\udfff" for character in name)


def _bytes_of(name: str) -> bytes | None:
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # another kind of surrogate, from an extended header
        return None


def _as_utf8(raw: bytes) -> str | None:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _shown(name: str) -> str:
    """In one form (macOS takes accents apart), without what nobody sees in a list of files."""
    return "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
