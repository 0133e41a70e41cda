"""Which format a file has, by what is in it and not by its name."""

from __future__ import annotations

from payment.statements.formats import camt, mt940, tables, workbooks
from payment.statements.model import File, NoStatement

_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_OTHER = (b"%PDF", b"OFXHEADER", b"!Type")


def read_file(data: bytes) -> File:
    """What the file says. Raises :class:`NoStatement`: nothing of a file is taken whose every row cannot be read."""
    if not data.strip():
        raise NoStatement("statement_empty")
    if data.startswith(_OTHER):
        raise NoStatement("statement_unknown_format")
    if data.startswith((_OLE, _ZIP)):
        return workbooks.read(data)
    if camt.looks_like(data) and b"<" in data[:400]:
        return File("camt", "", camt.read(data))
    text, encoding = decoded(data)
    if mt940.looks_like(text):
        return File("mt940", encoding, mt940.read(text))
    name, parts = tables.read_csv(text)
    if not any(part.rows for part in parts):
        raise NoStatement("statement_empty")
    return File(name, encoding, parts)


def decoded(data: bytes) -> tuple[str, str]:
    """Text and encoding: by its mark, as UTF-8 if it is that throughout, else as GB 18030, which GBK is a part of."""
    for encoding in ("utf-8-sig", "gb18030"):
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            encoding = "utf-16"
        try:
            return data.decode(encoding), {"utf-8-sig": "UTF-8", "gb18030": "GB 18030", "utf-16": "UTF-16"}[encoding]
        except UnicodeDecodeError:
            continue
    raise NoStatement("statement_not_readable")
