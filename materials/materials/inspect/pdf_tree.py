"""The page tree and the form of a PDF, walked with own bounds: trees loop, lie about their size and run deep."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pikepdf

MAX_DEPTH = 64
MAX_NODES = 200_000
_MAX_FIELDS = 5000


@dataclass
class PageTree:
    """``pages``: every page as listed. ``distinct``: how many differ in what they draw; opening a document makes qpdf
    copy a page that is listed twice, so the object's number does not tell."""

    pages: list[pikepdf.Object] = field(default_factory=list)
    distinct: int = 0
    declared: int | None = None
    loop: bool = False
    unreadable: bool = False

    @property
    def listed(self) -> int:
        return len(self.pages)


def walk(document: pikepdf.Pdf) -> PageTree:
    """The pages that are really there, whatever ``/Count`` declares, each once however often the tree names it."""
    tree = PageTree()
    try:
        root = document.Root.Pages
        declared = root.get("/Count")
        tree.declared = int(declared) if declared is not None else None
        first = root.get("/Kids")
    except (AttributeError, KeyError, TypeError, ValueError, pikepdf.PikepdfError):
        tree.unreadable = True
        return tree
    if not isinstance(first, pikepdf.Array):
        tree.unreadable = True
        return tree
    above: set[tuple[int, int]] = {root.objgen}
    stack: list[tuple[Any, tuple[int, int]]] = [(iter(list(first)), root.objgen)]
    seen = 0
    while stack:
        kids, owner = stack[-1]
        kid = next(kids, None)
        if kid is None:
            stack.pop()
            above.discard(owner)
            continue
        seen += 1
        if seen > MAX_NODES or len(stack) > MAX_DEPTH:
            tree.unreadable = True
            break
        if not isinstance(kid, pikepdf.Dictionary):
            continue
        below = kid.get("/Kids")
        if isinstance(below, pikepdf.Array):
            if kid.objgen in above:
                tree.loop = tree.unreadable = True
                continue
            above.add(kid.objgen)
            stack.append((iter(list(below)), kid.objgen))
            continue
        tree.pages.append(kid)
    tree.distinct = _distinct(tree.pages)
    return tree


def _distinct(pages: list[pikepdf.Object]) -> int:
    """How many pages differ. Only those that share their content streams have to be looked at closely: scanning
    programs write one for all pages and give each its own picture."""
    by_content: dict[object, list[pikepdf.Object]] = {}
    for number, page in enumerate(pages):
        by_content.setdefault(_content_of(page) or number, []).append(page)
    return sum(1 if len(alike) == 1 else len({_what_it_shows(page) for page in alike}) for alike in by_content.values())


def _content_of(page: pikepdf.Object) -> tuple[tuple[int, int], ...]:
    """The content streams of a page by object number; a page without any is like no other."""
    contents = page.get("/Contents")
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return tuple(part.objgen for part in parts if isinstance(part, pikepdf.Stream))


def _what_it_shows(page: pikepdf.Object) -> object:
    """What pages of the same content streams may differ in: what these refer to, the part that is shown, and what lies
    upon it."""
    boxes = [str(inherited(page, key)) for key in ("/MediaBox", "/CropBox", "/Rotate")]
    return _referred_to(inherited(page, "/Resources")), tuple(boxes), _written(page.get("/Annots"))


def _referred_to(resources: Any) -> bytes:
    """The resources with the numbers of fonts and pictures, the same for two copies of the dictionary."""
    if not isinstance(resources, pikepdf.Dictionary):
        return b""
    return b"".join(key.encode() + _written(resources.get(key)) for key in sorted(resources.keys()))


def _written(value: Any) -> bytes:
    return b"" if value is None else bytes(value.unparse(resolved=True)) if isinstance(value, pikepdf.Object) else b"?"


def inherited(page: pikepdf.Object, key: str) -> Any:
    """A page's attribute, which may stand at any node above it."""
    node: Any = page
    for _ in range(MAX_DEPTH):
        if not isinstance(node, pikepdf.Dictionary):
            return None
        if key in node:
            return node.get(key)
        node = node.get("/Parent")
    return None


def form_of(document: pikepdf.Pdf) -> tuple[str, bool]:
    """What kind of form the document is (``xfa``, ``fields`` or none, ``""``), and whether it is signed."""
    form = document.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return "", False
    signed = any(item.get("/FT") == "/Sig" and "/V" in item for item in fields_of(form))
    return "xfa" if "/XFA" in form else "fields", signed


def dictionaries(array: Any) -> list[pikepdf.Object]:
    """Its members that are dictionaries; none of what is no array."""
    if not isinstance(array, pikepdf.Array):
        return []
    return [item for item in array if isinstance(item, pikepdf.Dictionary)]


def fields_of(form: pikepdf.Object) -> list[pikepdf.Object]:
    """Every field of a form with its kids, each once."""
    waiting = dictionaries(form.get("/Fields"))
    seen: set[tuple[int, int]] = set()
    found: list[pikepdf.Object] = []
    while waiting and len(found) < _MAX_FIELDS:
        item = waiting.pop()
        if item.objgen in seen and item.objgen != (0, 0):
            continue
        seen.add(item.objgen)
        found.append(item)
        waiting += dictionaries(item.get("/Kids"))
    return found
