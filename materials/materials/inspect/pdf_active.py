"""What a PDF does or carries besides showing pages: scripts, actions that leave the document, attachments.

Found wherever it is referred to, not where viewers usually keep it. The repair removes what this finds, and asks again.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pikepdf

Kind = Literal["script", "launch", "outward", "attachment"]

_OUTWARD = frozenset({"/GoToE", "/SubmitForm", "/ImportData", "/Rendition", "/RichMediaExecute"})
_WORTH_A_WALK = re.compile(
    rb"/(?:JavaScript|JS|OnInstantiate|XFA|EF|Launch|GoToE|SubmitForm|ImportData|Rendition|RichMediaExecute)(?![\w-])"
    rb"|/URI\s*(?:\([^):]{0,40}script|<|\d)",
    re.I,
)
_SCRIPT_SCHEME = re.compile(r"(?:java|vb|ecma|live)script:")
_XFA_SCRIPT = re.compile(rb"<(?:[\w.-]+:)?(?:script|submit|execute)\b")
_XFA_ELEMENT = re.compile(
    rb"<((?:[\w.-]+:)?(?:script|submit|execute))\b[^>]*?(?:/>|(?<!/)>.*?</\1\s*>)",
    re.S,
)


@dataclass(frozen=True)
class Active:
    """One thing found: ``holder[key]`` leads to it. ``place``: open_action | document | page | annotation | field |
    bookmark | form | other."""

    kind: Kind
    place: str
    holder: Any
    key: str | int
    name: str = ""


@dataclass
class ActiveContent:
    """``complete``: False if there was no time to look at all objects."""

    found: list[Active] = field(default_factory=list)
    complete: bool = True

    def places(self, kind: Kind) -> list[str]:
        """Where such content was found, each place once."""
        return sorted({item.place for item in self.found if item.kind == kind})


def find_active(document: pikepdf.Pdf, seconds: float = 60.0) -> ActiveContent:
    """Every script, action and attachment that can be reached from the document's root, as far as ``seconds`` allow:
    20 to 50 ms for 4,000 objects.

    Objects that nothing refers to, left by earlier versions, do nothing and are not written by a repair.
    """
    content, deadline = ActiveContent(), time.monotonic() + seconds
    if not _may_be_active(document, deadline):
        return content
    embedded: set[tuple[int, int]] = set()
    for place, holder, key, value in _edges(document, content, deadline):
        kind = _kind_of(key, value)
        if kind == "attachment":
            if holder.objgen != (0, 0) and holder.objgen in embedded:
                continue
            embedded.add(holder.objgen)
            content.found.append(Active(kind, place, holder, key, _file_name(holder)))
        elif kind is not None:
            content.found.append(Active(kind, _place_of(key, place), holder, key))
    return content


def remove(found: list[Active]) -> None:
    """Takes away what leads to each of these. XFA forms keep their fields and lose their scripts."""
    items: dict[int, tuple[Any, list[int]]] = {}
    for active in found:
        if active.key == "/XFA":
            _without_xfa_scripts(active.holder)
        elif isinstance(active.key, int):
            items.setdefault(id(active.holder), (active.holder, []))[1].append(active.key)
        elif active.key in active.holder:
            del active.holder[active.key]
    for holder, places in items.values():
        for place in sorted(places, reverse=True):
            del holder[place]


def _may_be_active(document: pikepdf.Pdf, deadline: float) -> bool:
    """Whether any object mentions one of the names at all; qpdf writes names without their escapes. True without time
    to tell."""
    for number, item in enumerate(document.objects):
        if number % 1000 == 999 and time.monotonic() > deadline:
            return True
        if not isinstance(item, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)):
            continue
        written = item.stream_dict.unparse() if isinstance(item, pikepdf.Stream) else item.unparse(resolved=True)
        if _WORTH_A_WALK.search(written):
            return True
    return _WORTH_A_WALK.search(document.trailer.unparse(resolved=True)) is not None


def _edges(document: pikepdf.Pdf, content: ActiveContent, deadline: float) -> Iterator[tuple[str, Any, str | int, Any]]:
    """(place, holder, key, value) of everything that can be reached, each holder once; what leads upwards comes last,
    so that a place is named from above."""
    waiting: deque[tuple[Any, str]] = deque([(document.trailer, "document")])
    seen: set[tuple[int, int]] = set()
    nodes = 0
    while waiting:
        holder, place = waiting.pop()
        if holder.objgen != (0, 0):
            if holder.objgen in seen:
                continue
            seen.add(holder.objgen)
        place = _named(holder, place)
        for key, value in _items(holder):
            nodes += 1
            if nodes % 1000 == 0 and time.monotonic() > deadline:
                content.complete = False
                return
            yield place, holder, key, value
            if isinstance(value, (pikepdf.Dictionary, pikepdf.Array, pikepdf.Stream)):
                if key in ("/Parent", "/P", "/Prev", "/Last", "/Dest", "/D"):
                    waiting.appendleft((value, "other"))
                else:
                    waiting.append((value, _place_of(key, place)))


def _items(holder: Any) -> list[tuple[str | int, Any]]:
    if isinstance(holder, pikepdf.Array):
        return list(enumerate(holder))
    return [(str(key), holder.get(key)) for key in holder.keys()]  # noqa: SIM118  # iterating a stream gives no keys


def _named(holder: Any, place: str) -> str:
    """What a person would call the thing that this object is, or is a part of."""
    if not isinstance(holder, pikepdf.Dictionary):
        return place
    if holder.get("/Type") == "/Page":
        return "page"
    if "/FT" in holder or ("/T" in holder and "/Kids" in holder):
        return "field"
    if "/Rect" in holder and "/Subtype" in holder:
        return "annotation"
    if "/Title" in holder and "/Parent" in holder:
        return "bookmark"
    return place


def _place_of(key: str | int, place: str) -> str:
    return {"/OpenAction": "open_action", "/XFA": "form"}.get(str(key), place)


def _kind_of(key: str | int, value: Any) -> Kind | None:
    if key == "/EF":
        return "attachment" if isinstance(value, pikepdf.Dictionary) else None
    if key == "/XFA":
        return "script" if _XFA_SCRIPT.search(_plain(b"".join(_data(part) for part in _packets(value)))) else None
    if key in ("/JS", "/OnInstantiate"):
        return "script" if _is_code(value) else None
    if key == "/JavaScript":  # the tree of scripts that run when the document opens
        return "script" if isinstance(value, (pikepdf.Dictionary, pikepdf.Array)) else None
    if not isinstance(value, pikepdf.Dictionary):
        return None
    kind = value.get("/S")
    if kind == "/JavaScript" or ("/JS" in value and _is_code(value.get("/JS"))):
        return "script"
    if kind == "/URI" and _SCRIPT_SCHEME.match("".join(_text(value.get("/URI")).split()).casefold()):
        return "script"
    if kind == "/Launch":
        return "launch"
    return "outward" if isinstance(kind, pikepdf.Name) and str(kind) in _OUTWARD else None


def _is_code(value: Any) -> bool:
    """Text, or a stream of it: a font or a picture may be called JS too."""
    if isinstance(value, pikepdf.Stream):
        return value.get("/Subtype") not in ("/Image", "/Form")
    return isinstance(value, pikepdf.String)


def _text(value: Any) -> str:
    return "".join(character for character in str(value) if character.isprintable()) if value is not None else ""


def _packets(value: Any) -> list[pikepdf.Stream]:
    parts = list(value) if isinstance(value, pikepdf.Array) else [value]
    return [part for part in parts if isinstance(part, pikepdf.Stream)]


def _data(stream: pikepdf.Stream) -> bytes:
    try:
        return stream.read_bytes()
    except pikepdf.PikepdfError:
        return stream.read_raw_bytes()


def _plain(data: bytes) -> bytes:
    """XML in one byte for a letter, as far as its tags go."""
    for mark, encoding in (
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"<\0", "utf-16-le"),
        (b"\0<", "utf-16-be"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace").encode()
    return data


def _without_xfa_scripts(form: Any) -> None:
    for part in _packets(form.get("/XFA")):
        data = _plain(_data(part))
        if _XFA_SCRIPT.search(data):
            part.write(_XFA_ELEMENT.sub(b"", data))
    if _kind_of("/XFA", form.get("/XFA")) is not None:
        del form["/XFA"]


def _file_name(specification: Any) -> str:
    for key in ("/UF", "/F"):
        if isinstance(specification, pikepdf.Dictionary) and key in specification:
            return str(specification.get(key))[:120]
    return ""
