"""Which characters the documents' fonts can draw, and what stands in for those they cannot.

The bundled Noto fonts draw the whole basic block and extension A, but few rare characters beyond (of 𠮷, 𬱖 and 䶮 the
first is missing). `REGISTRY_FONT_PATH` (folders, separated by ":") adds fonts: a stack brings Hanazono for B to F.
PDF/A forbids undrawable text, so a missing character is printed as its code, 〔U+20BB7〕: visible, exact and never a
reason to lose a document. Services ask `missing_glyphs` beforehand and warn.
"""

import os
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTCollection, TTFont

_USUAL = re.compile(
    "[ -~\u00a0-\u017f\u2014\u2018\u2019\u201c\u201d\u2026\u3000-\u3011\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]*"
)
"""What the bundled fonts draw for certain, so that the usual text is judged without reading a font (about a second)."""

# Letters that typst's own Libertinus Serif draws where Noto does not (European names such as Łukasz).
_BUILT_IN = frozenset([*range(0x20, 0x7F), *range(0xA0, 0x180)])


def font_folders() -> list[Path]:
    """Folders with the fonts of all documents: the bundled ones, then those of REGISTRY_FONT_PATH."""
    extra = [Path(part) for part in os.environ.get("REGISTRY_FONT_PATH", "").split(os.pathsep) if part]
    return [Path(pylopdf_fonts_zh_cn.__file__).parent, *extra]


@cache
def _drawable() -> frozenset[int]:
    code_points = set(_BUILT_IN)
    for folder in font_folders():
        for file in sorted(folder.rglob("*")):
            if file.suffix.lower() in (".otf", ".ttf"):
                with TTFont(file, lazy=True) as font:
                    code_points.update(font.getBestCmap() or ())
            elif file.suffix.lower() in (".otc", ".ttc"):
                with TTCollection(file, lazy=True) as collection:
                    for font in collection:
                        code_points.update(font.getBestCmap() or ())
    return frozenset(code_points)


def _is_invisible(character: str) -> bool:
    """Controls, direction marks and variation selectors: never drawn, and able to make a name read otherwise."""
    return unicodedata.category(character) in ("Cc", "Cf", "Cs") or unicodedata.name(character, "").startswith(
        "VARIATION SELECTOR"
    )


def is_usual(text: str) -> bool:
    """Whether a text can surely be drawn, at a glance."""
    return _USUAL.fullmatch(text) is not None


def missing_glyphs(text: str) -> str:
    """The distinct characters of a text that no font of the documents can draw, in order; "" if it prints whole."""
    if is_usual(text):
        return ""
    drawable = _drawable()
    return "".join(dict.fromkeys(c for c in text if ord(c) not in drawable and not _is_invisible(c)))


class _Shown(dict[int, str]):
    """Code point → what is printed for it, for ``str.translate``: fifteen times as fast as asking character by
    character. What can be drawn is remembered; the rest may be any of a million and is looked at each time."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        if character in "\n\t":
            return "\n" if character == "\n" else " "
        if _is_invisible(character):
            return ""
        if code not in _drawable():
            return f"〔U+{code:04X}〕"
        self[code] = character
        return character


_shown = _Shown()


_APOSTROPHE = re.compile(r"(?<=[A-Za-z])’(?=[A-Za-z])")
"""Chinese fonts give it the width of a character: ``company’ s``."""


def printable(value: Any) -> Any:
    """The same data with every text made drawable: missing characters as 〔U+XXXX〕, invisible ones left out."""
    if isinstance(value, str):
        if value.isascii() and value.isprintable():
            return value
        return _APOSTROPHE.sub("'", value).translate(_shown)
    if isinstance(value, dict):
        return {key: printable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [printable(item) for item in value]
    return value
