"""Plain text set on pages: what a text work needs to be a PDF."""

from __future__ import annotations

from io import BufferedRandom, BufferedReader

from chassis.confinement.model import Refused
from chassis.documents import printable

from materials.deposit import typesetting
from materials.deposit.decoding import decode
from materials.deposit.model import COLUMNS
from materials.deposit.paging import pages_of, wrap_all
from materials.repair.model import Change

_ROWS = 40
_LONGEST = 32 * 2**20


def set_text(source: BufferedReader, output: BufferedRandom) -> list[Change]:
    """Every line of the text, blank ones too, 40 to a page with page numbers; equal text gives equal bytes.

    Refuses ``repair_impossible``.
    """
    decoded = decode(source.read(_LONGEST + 1))
    if decoded is None or not decoded.text.strip() or len(decoded.text) > _LONGEST:
        raise Refused("repair_impossible")
    lines = printable(decoded.text.replace("\r\n", "\n").replace("\r", "\n").rstrip()).split("\n")
    pages = pages_of(wrap_all(lines, COLUMNS), _ROWS)
    output.write(typesetting.numbered_pages(pages))
    return [Change("text_typeset", {"pages": len(pages), "encoding": decoded.encoding.upper()})]
