"""Rendering of typst templates.

typst compiles in native code without the GIL: about 10 ms a page with a kept compiler, 100 ms without one. Under
eventlet call `render` through `eventlet.tpool`, since it blocks its thread.
"""

import json
from collections import deque
from functools import cache
from pathlib import Path
from typing import Any, Literal

import typst

from chassis.documents.codes import code128_svg, qr_svg
from chassis.documents.glyphs import font_folders, printable

PdfStandard = Literal["1.7", "a-2b", "a-3b"]

_PACKAGES = Path(__file__).parent / "packages"
# Where `certificate` of the house style draws the seal on the first page: points from the lower left corner.
CERTIFICATE_SEAL_BOX = (352, 85, 471, 204)
# Where `signature` of the house style leaves room on the last page: 162 × 44 mm, 24 mm from the lower left corner.
SIGNATURE_BOX = (68, 68, 527, 193)
_EPOCH = 946684800  # 2000-01-01: the creation date of a document whose data carries no date


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder) for folder in font_folders()])


class DocumentRenderer:
    """Renders the templates (`*.typ`) of one folder, usually a service's `<capability>/templates`.

    Templates are code and come from the repository only. Data reaches them as JSON and is never evaluated. Equal data
    gives equal bytes. One renderer serves any number of threads: a compiler works for one call at a time and then
    goes back to the pool, whose deque needs no lock (a lock would tie eventlet's green threads to real ones).
    """

    def __init__(self, templates: Path) -> None:
        if not templates.is_dir():
            raise FileNotFoundError(f"no folder of document templates at {templates}")
        self._templates = templates
        self._idle: deque[typst.Compiler] = deque()

    def render(self, template: str, data: dict[str, Any], *, pdf_standard: PdfStandard = "a-2b") -> bytes:
        """The PDF of `<template>.typ`. The template's head lists the fields it expects.

        `data["qr"]` and `data["barcode"]` are drawn by the house style's `qr-code` and `barcode`. Characters that no
        font can draw appear as 〔U+XXXX〕 (see `missing_glyphs`). Raises `typst.TypstError` when a field is missing.
        """
        if not template.replace("_", "").isalnum():
            raise ValueError(f"{template!r} is no template name")
        inputs = {"data": json.dumps(printable(data), ensure_ascii=False, sort_keys=True)}
        if data.get("qr"):
            inputs["qr"] = qr_svg(data["qr"]).decode()
        if data.get("barcode"):
            inputs["barcode"] = code128_svg(data["barcode"]).decode()
        try:
            compiler = self._idle.pop()
        except IndexError:
            compiler = typst.Compiler(root=str(self._templates), font_paths=_fonts(), package_path=str(_PACKAGES))
        try:
            pdf = compiler.compile(
                input=str(self._templates / f"{template}.typ"),
                format="pdf",
                sys_inputs=inputs,
                pdf_standards=[pdf_standard],
                timestamp=_EPOCH,
            )
        finally:
            self._idle.append(compiler)
        if not isinstance(pdf, bytes):
            raise TypeError("typst answered without a PDF")
        return pdf
