"""Type of a file by its content, never by its name."""

from __future__ import annotations

import re
import zipfile
from typing import BinaryIO

from materials.inspect import padding

HEAD = 4096
TAIL = 2048

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "png"),
    (0, b"GIF87a", "gif"),
    (0, b"GIF89a", "gif"),
    (0, b"II*\x00", "tiff"),
    (0, b"MM\x00*", "tiff"),
    (0, b"II+\x00", "tiff"),
    (0, b"MM\x00+", "tiff"),
    (0, b"8BPS", "psd"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "jp2"),
    (0, b"\xff\x4f\xff\x51", "jp2"),
    (0, b"\x00\x00\x01\x00", "ico"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"BZh", "bzip2"),
    (0, b"\xfd7zXZ\x00", "xz"),
    (0, b"\x28\xb5\x2f\xfd", "zstd"),
    (0, b"\x04\x22\x4d\x18", "lz4"),
    (0, b"MSCF", "cab"),
    (0, b"!<arch>\n", "ar"),
    (0, b"0707", "cpio"),
    (257, b"ustar", "tar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"),
    (0, b"MZ", "program"),
    (0, b"\x7fELF", "program"),
    (0, b"\xcf\xfa\xed\xfe", "program"),
    (0, b"\xca\xfe\xba\xbe", "java_class"),
    (0, b"{\\rtf", "rtf"),
    (0, b"ID3", "mp3"),
    (0, b"fLaC", "flac"),
    (0, b"OggS", "ogg"),
    (0, b"MThd", "midi"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (0, b"FLV\x01", "flv"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (0, b"\x00\x00\x01\xba", "mpeg"),
    (0, b"\x00\x00\x01\xb3", "mpeg"),
    (0, b"%!PS", "postscript"),
    (0, b"SQLite format 3\x00", "sqlite"),
)
_UNSURE = frozenset({"text", "html", "xml", "svg", "program", "bmp", "mp3", "bzip2"})
"""What two bytes, or words, made it look like: a PDF behind such bytes is a PDF all the same."""
_HEADER_LINE = re.compile(rb"%PDF-\d\.\d[ \t]*[\r\n%]")
_OBJECT = re.compile(rb"(?<!\d)\d{1,10}\s+\d{1,5}\s+obj\b")
_RIFF = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}
_BRANDS = {b"avif": "avif", b"avis": "avif", b"heic": "heic", b"heix": "heic", b"mif1": "heic", b"msf1": "heic"}
_AUDIO_BRANDS = (b"M4A ", b"M4B ")

EXTENSIONS: dict[str, tuple[str, ...]] = {
    "pdf": ("pdf",),
    "jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "png": ("png",),
    "gif": ("gif",),
    "tiff": ("tif", "tiff"),
    "bmp": ("bmp", "dib"),
    "webp": ("webp",),
    "avif": ("avif",),
    "heic": ("heic", "heif"),
    "jp2": ("jp2", "j2k", "jpf"),
    "psd": ("psd",),
    "zip": ("zip",),
    "docx": ("docx",),
    "xlsx": ("xlsx",),
    "pptx": ("pptx",),
    "ofd": ("ofd",),
    "mp3": ("mp3",),
    "wav": ("wav",),
    "flac": ("flac",),
    "ogg": ("ogg", "oga", "ogv", "opus"),
    "mp4": ("mp4", "m4v", "mov"),
    "m4a": ("m4a", "aac"),
    "avi": ("avi",),
}


def detect(stream: BinaryIO) -> str:
    """One word for what the bytes are: ``pdf``, ``jpeg``, ``zip``, ``docx``, ``text``, ``empty``, ``unknown`` …"""
    stream.seek(0)
    head = stream.read(HEAD)
    if not head:
        return "empty"
    found = _by_signature(head)
    if found == "zip":
        found = _inside_zip(stream)
    if found is None or found in _UNSURE:
        found = "pdf" if _is_pdf(stream, head) else found
    stream.seek(0)
    return found or _text_or_unknown(head)


def extension_of(file_name: str) -> str:
    """The last extension in lower case, without its dot; empty if there is none."""
    stem, dot, extension = file_name.rpartition(".")
    return extension.lower() if dot and stem else ""


def contradicts(file_type: str, file_name: str) -> bool:
    """Whether the name's extension belongs to another type than the content."""
    extension = extension_of(file_name)
    if not extension:
        return False
    known = {name for names in EXTENSIONS.values() for name in names}
    return extension in known and extension not in EXTENSIONS.get(file_type, ())


def _by_signature(head: bytes) -> str | None:
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"):
        return "zip"
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        brand = head[8:12]
        return _BRANDS.get(brand, "m4a" if brand in _AUDIO_BRANDS else "mp4")
    if (
        head[:2] == b"BM"
        and len(head) > 26
        and head[14:18] in (b"\x0c\0\0\0", b"\x28\0\0\0", b"\x40\0\0\0", b"\x6c\0\0\0", b"\x7c\0\0\0")
    ):
        return "bmp"
    for offset, signature, name in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return name
    if _is_tar_header(head[:512]):
        return "tar"
    # Layer III only: the mark of UTF-16 text, FF FE, would pass for layer I.
    if len(head) > 3 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2 and head[2] & 0xF0 != 0xF0:
        return "mp3"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:512].lower()
    if b"<svg" in start:
        return "svg"
    if start.startswith((b"<!doctype html", b"<html")):
        return "html"
    return "xml" if start.startswith(b"<?xml") else None


def _inside_zip(stream: BinaryIO) -> str:
    """Office and OFD documents are ZIP archives; only the list of names is read."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            names = {name.lower() for name in archive.namelist()[:2000]}
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError, NotImplementedError):
        return "zip"
    if "ofd.xml" in names:
        return "ofd"
    if "[content_types].xml" in names:
        for folder, name in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
            if any(entry.startswith(folder) for entry in names):
                return name
    return "zip"


def _is_tar_header(block: bytes) -> bool:
    """Archives older than the mark ``ustar`` show their kind by the sum of their first header."""
    digits = block[148:156].strip(b" \0")
    if len(block) < 512 or not block[0] or not re.fullmatch(rb"[0-7]{1,7}", digits):
        return False
    return sum(block[:148]) + sum(block[156:]) + 8 * 32 == int(digits, 8)


def _is_pdf(stream: BinaryIO, head: bytes) -> bool:
    """A PDF has its header in front, or objects behind a header within the first kilobyte, or at least objects and an
    end. A text about PDF lacks these, or goes on as text behind its example."""
    place = head[:1024].find(b"%PDF-")
    readable = _text_or_unknown(head) == "text"
    structured = _OBJECT.search(head, max(0, place)) is not None
    if place >= 0 and not readable:
        return place == 0 or structured
    header = place >= 0 and _HEADER_LINE.match(head, place) is not None
    if place == 0 and header and structured:
        return True
    if not structured and not (place == 0 and header):
        return False
    end = padding.content_end(stream)
    stream.seek(max(0, end - TAIL))
    tail = stream.read(min(TAIL, end))
    _, mark, behind = tail.rpartition(b"%%EOF")
    if place < 0:
        return bool(mark) and b"startxref" in tail
    if not structured:
        return bool(mark) and not behind
    if not header:
        return False
    return len(behind.strip()) < 3 or _text_or_unknown(behind) != "text" if mark else b"endobj" in tail


def _text_or_unknown(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if b"\x00" in head:
        return "unknown"
    odd = sum(1 for byte in head if byte < 9 or 13 < byte < 32)
    return "text" if odd * 50 < len(head) else "unknown"
