"""The page tree and the catalogue of a PDF, walked with own bounds: trees loop, lie about their size and run deep."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pikepdf

if TYPE_CHECKING:
    from chassis.inspect.pdf import PdfFacts

MAX_DEPTH = 64
MAX_NODES = 200_000
_MAX_NAMES = 50
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
    tree = PageTree()
    try:
        root = document.Root.Pages
        declared = root.get("/Count")
        tree.declared = int(declared) if declared is not None else None
        first = root.get("/Kids")
    except (AttributeError, KeyError, TypeError, ValueError, pikepdf.PdfError):
        tree.unreadable = True
        return tree
    if not isinstance(first, pikepdf.Array):
        tree.unreadable = True
        return tree
    above: set[tuple[int, int]] = {root.objgen}
    stack: list[tuple[Any, tuple[int, int]]] = [(iter(list(first)), root.objgen)]
    seen = 0
    drawn: set[object] = set()
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
        drawn.add(_what_it_draws(kid, len(tree.pages)))
    tree.distinct = len(drawn)
    return tree


def _what_it_draws(page: pikepdf.Object, number: int) -> object:
    """The content streams of a page by object number; a page without any is like no other."""
    contents = page.get("/Contents")
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    numbers = tuple(part.objgen for part in parts if isinstance(part, pikepdf.Stream))
    resources = page.get("/Resources")
    shared = resources.objgen if isinstance(resources, pikepdf.Dictionary) else (0, 0)
    return (numbers, shared) if numbers else number


def read_active_content(document: pikepdf.Pdf, tree: PageTree, facts: PdfFacts) -> None:
    """Scripts, attachments, launch actions, forms and signatures, looked for where viewers look for them."""
    scripts: set[str] = set()
    names: list[str] = []
    try:
        root = document.Root
        scripts_of(root.get("/OpenAction"), "open_action", scripts, facts)
        _additional_actions(root.get("/AA"), "document", scripts, facts)
        catalogue = root.get("/Names")
        if isinstance(catalogue, pikepdf.Dictionary):
            if "/JavaScript" in catalogue:
                scripts.add("document")
            names += _names_of(catalogue.get("/EmbeddedFiles"))
        _read_form(root.get("/AcroForm"), scripts, facts)
        for page in tree.pages:
            _additional_actions(page.get("/AA"), "page", scripts, facts)
            for annotation in dictionaries(page.get("/Annots")):
                scripts_of(annotation.get("/A"), "annotation", scripts, facts)
                _additional_actions(annotation.get("/AA"), "annotation", scripts, facts)
                if annotation.get("/Subtype") == "/FileAttachment":
                    names.append(_file_name(annotation.get("/FS")))
    except (pikepdf.PdfError, TypeError, ValueError, AttributeError) as error:
        facts.damage.append(str(error)[:200])
    facts.scripts = sorted(scripts)
    facts.attachment_count = len(names)
    facts.attachments = names[:_MAX_NAMES]


def dictionaries(array: Any) -> list[pikepdf.Object]:
    if not isinstance(array, pikepdf.Array):
        return []
    return [item for item in array if isinstance(item, pikepdf.Dictionary)]


def scripts_of(action: Any, place: str, scripts: set[str], facts: PdfFacts) -> None:
    """An action and those chained to it."""
    waiting = [action]
    for _ in range(32):
        if not waiting:
            return
        current = waiting.pop()
        if isinstance(current, pikepdf.Array):
            waiting += list(current)[:32]
            continue
        if not isinstance(current, pikepdf.Dictionary):
            continue
        kind = current.get("/S")
        if kind == "/JavaScript":
            scripts.add(place)
        elif kind == "/Launch":
            facts.launches = True
        waiting.append(current.get("/Next"))


def _additional_actions(actions: Any, place: str, scripts: set[str], facts: PdfFacts) -> None:
    if isinstance(actions, pikepdf.Dictionary):
        for key in list(actions.keys()):
            scripts_of(actions.get(key), place, scripts, facts)


def _read_form(form: Any, scripts: set[str], facts: PdfFacts) -> None:
    if not isinstance(form, pikepdf.Dictionary):
        return
    facts.form = "xfa" if "/XFA" in form else "fields"
    for item in fields_of(form):
        scripts_of(item.get("/A"), "field", scripts, facts)
        _additional_actions(item.get("/AA"), "field", scripts, facts)
        if item.get("/FT") == "/Sig" and "/V" in item:
            facts.signed = True


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


def _names_of(node: Any) -> list[str]:
    """File names of an embedded-files name tree."""
    found: list[str] = []
    waiting = [node]
    for _ in range(2000):
        if not waiting:
            break
        current = waiting.pop()
        if not isinstance(current, pikepdf.Dictionary):
            continue
        pairs = current.get("/Names")
        if isinstance(pairs, pikepdf.Array):
            found += [_file_name(pairs[place]) for place in range(1, len(pairs), 2)]
        waiting += dictionaries(current.get("/Kids"))
    return found


def _file_name(specification: Any) -> str:
    if isinstance(specification, pikepdf.Dictionary):
        for key in ("/UF", "/F"):
            if key in specification:
                return str(specification.get(key))[:120]
    return ""
