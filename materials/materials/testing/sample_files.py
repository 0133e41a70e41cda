"""Makes files for tests: honest ones, broken ones and hostile ones. Nothing here is read from anybody's disk."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence

import pikepdf
from PIL import Image, ImageDraw

A4 = (595, 842)


def pdf_of(objects: Sequence[bytes], root: int = 1) -> bytes:
    """A PDF with a correct cross-reference table from bare object bodies, numbered from 1."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)
    return bytes(out)


def stream(content: bytes, extra: bytes = b"") -> bytes:
    """A PDF stream object; ``extra`` are further entries of its dictionary."""
    return b"<< /Length %d %s >>\nstream\n" % (len(content), extra) + content + b"\nendstream"


def text_pdf(texts: Sequence[str]) -> bytes:
    """One page per text; an empty text gives a blank page. ASCII only, in Helvetica, which is not embedded."""
    pages = len(texts)
    kids = b" ".join(b"%d 0 R" % (4 + 2 * place) for place in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (pages, kids),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for text in texts:
        content = b"BT /F1 12 Tf 72 720 Td (%s) Tj ET" % text.encode("ascii") if text else b""
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (len(objects) + 2)
        )
        objects.append(stream(content))
    return pdf_of(objects)


def lines_pdf(pages: Sequence[Sequence[tuple[float, float, str]]], size: float = 9) -> bytes:
    """One page for each list of (x, y, text) in points; Western letters and punctuation, in Helvetica."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * place) for place in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), kids),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for lines in pages:
        content = b"\n".join(
            b"BT /F1 %g Tf %g %g Td (%s) Tj ET" % (size, x, y, re.sub(rb"([\\()])", rb"\\\1", text.encode("cp1252")))
            for x, y, text in lines
        )
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (len(objects) + 2)
        )
        objects.append(stream(content))
    return pdf_of(objects)


def numbered_pdf(pages: int) -> bytes:
    """A PDF with text on each page that no other page has."""
    return text_pdf([f"Chapter {number}: it was a bright cold day." for number in range(1, pages + 1)])


def changed_pdf(original: bytes, **options: object) -> bytes:
    """The PDF saved again by qpdf, for instance with ``encryption``."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(original)) as document:
        document.save(out, **options)  # type: ignore[arg-type]  # passed through
    return out.getvalue()


def encrypted_pdf(user: str, owner: str = "owner", pages: int = 1) -> bytes:
    """A PDF that asks for a password; with an empty ``user`` it opens without, and only forbids."""
    return changed_pdf(numbered_pdf(pages), encryption=pikepdf.Encryption(user=user, owner=owner))


def scripted_pdf() -> bytes:
    """Runs JavaScript when opened and carries an attachment."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(numbered_pdf(1))) as document:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('hello')")
        document.attachments["notes.txt"] = b"not on any page"
        document.save(out)
    return out.getvalue()


def signed_pdf() -> bytes:
    """Two pages, the second blank, with a field that holds a signature (of nobody)."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(text_pdf(["agreed", ""]))) as document:
        signature = pikepdf.Dictionary(
            Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"), Contents=b"\x30\x00"
        )
        field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T="signature", V=document.make_indirect(signature))
        document.Root.AcroForm = pikepdf.Dictionary(Fields=[document.make_indirect(field)], SigFlags=3)
        document.save(out)
    return out.getvalue()


def million_pages_pdf() -> bytes:
    """315 bytes that claim a million pages and have one."""
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1000000 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        ]
    )


def one_page_listed(times: int) -> bytes:
    """One page object, listed over and over: forges a page count."""
    content = b"BT /F1 12 Tf 72 720 Td (the only page) Tj ET"
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count %d /Kids [%s] >>" % (times, b"3 0 R " * times),
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
            b" /Resources << /Font << /F1 5 0 R >> >> >>",
            stream(content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        ]
    )


def looping_pdf() -> bytes:
    """A page tree that contains itself."""
    return pdf_of([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 60 /Kids [2 0 R] >>"])


def deep_pdf(depth: int) -> bytes:
    """A page tree ``depth`` levels deep."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>"]
    objects += [b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (number + 1) for number in range(2, depth + 2)]
    return pdf_of([*objects, b"<< /Type /Page /MediaBox [0 0 595 842] >>"])


def object_stream_bomb(mebibytes: int) -> bytes:
    """An object stream of a few kilobytes per mebibyte it unpacks to."""
    objects = b"1 0 2 40\n<< /Type /Catalog /Pages 2 0 R >>        << /Type /Pages /Count 0 /Kids [] >>"
    packed = _zeros(mebibytes, first=objects)
    head = b"%PDF-1.7\n"
    body = b"5 0 obj\n" + stream(packed, b"/Type /ObjStm /N 2 /First 9 /Filter /FlateDecode") + b"\nendobj\n"
    rows = [(0, 0, 65535), (2, 5, 0), (2, 5, 1), (0, 0, 0), (1, len(head) + len(body), 0), (1, len(head), 0)]
    table = b"".join(kind.to_bytes(1, "big") + a.to_bytes(4, "big") + b.to_bytes(2, "big") for kind, a, b in rows)
    start = len(head) + len(body)
    last = b"4 0 obj\n" + stream(table, b"/Type /XRef /Size 6 /W [1 4 2] /Root 1 0 R") + b"\nendobj\n"
    return head + body + last + b"startxref\n%d\n%%%%EOF\n" % start


def content_bomb(mebibytes: int) -> bytes:
    """A page whose drawing instructions unpack to ``mebibytes`` of spaces."""
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
            stream(_zeros(mebibytes), b"/Filter /FlateDecode"),
        ]
    )


def nested_content_bomb(gibibytes: int, filters: int = 3) -> bytes:
    """As ``content_bomb``, compressed ``filters`` times over: under a kilobyte for gigabytes."""
    packed = _zeros(gibibytes << 10)
    for _ in range(filters - 1):
        packed = zlib.compress(packed, 9)
    return pdf_of(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents [4 0 R 4 0 R 4 0 R] >>",
            stream(packed, b"/Filter [" + b"/FlateDecode " * filters + b"]"),
        ]
    )


def zip_bomb(gibibytes: int) -> bytes:
    """One file of zeros, a thousand times larger than its archive."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = bytes(1 << 20)
    again = squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH)
    packed = again * (gibibytes << 10) + b"\x03\x00"
    name, size = b"main.py", (gibibytes << 30) & 0xFFFFFFFF
    shape = struct.pack("<HHHHHIII", 20, 0, 8, 0, 0, 0, len(packed), size)
    entry = b"PK\x03\x04" + shape + struct.pack("<HH", len(name), 0) + name
    central = b"PK\x01\x02\x14\x00" + shape + struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    start = len(entry) + len(packed)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), start, 0)
    return entry + packed + central + end


def many_framed_tiff(frames: int) -> bytes:
    """A TIFF of one pixel and ``frames`` pages, each pointing at the next."""
    fields = [(256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 8), (278, 3, 1), (279, 4, 1)]
    length = 2 + 12 * len(fields) + 4
    out = bytearray(b"II*\x00" + struct.pack("<I", 10) + b"\x00\x00")
    for number in range(frames):
        out += struct.pack("<H", len(fields))
        for tag, kind, value in fields:
            out += struct.pack("<HHII", tag, kind, 1, value)
        last = number == frames - 1
        out += struct.pack("<I", 0 if last else 10 + (number + 1) * length)
    return bytes(out)


def _zeros(mebibytes: int, first: bytes = b"") -> bytes:
    """A zlib stream of ``first`` and spaces; one compressed block is repeated instead of compressing gigabytes."""
    block = b" " * (1 << 20)
    squeeze = zlib.compressobj(9)
    start = squeeze.compress(first) + squeeze.flush(zlib.Z_FULL_FLUSH)
    again = squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH)
    check = zlib.adler32(first)
    for _ in range(mebibytes):
        check = zlib.adler32(block, check)
    return start + again * mebibytes + b"\x03\x00" + check.to_bytes(4, "big")


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its few bytes of pixels do not fill."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\x02\x00\x00\x00"
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1 << 16))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big") for name, data in chunks
    )


def picture(width: int, height: int, seed: int = 1, mode: str = "RGB") -> Image.Image:
    """A drawing with sharp edges on a plain wall."""
    image = Image.new("RGB", (width, height), (214, 216, 210))
    pen = ImageDraw.Draw(image)
    for number in range(60):
        x = width // 4 + (number * 7919 + seed) % max(1, width // 2)
        y = height // 4 + (number * 104_729 + seed) % max(1, height // 2)
        shade = (number * 37 % 180 + 40, number * 59 % 180 + 40, number * 83 % 180 + 40)
        pen.rectangle((x, y, x + 4 + number * 31 % max(1, width // 8), y + 3 + number % max(1, height // 12)), shade)
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def gps_jpeg(width: int = 2000, height: int = 1400) -> bytes:
    """A photograph that says where it was taken and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6
    position = exif.get_ifd(0x8825)
    position[1], position[2], position[3], position[4] = "N", (39.0, 54.0, 20.0), "E", (116.0, 23.0, 29.0)
    return encoded(picture(width, height), exif=exif, dpi=(300, 300), quality=88)


def zip_of(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()
