"""Functions say what they are for and can be taken in at a glance."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.structure.source import parsed
from tests.structure.test_layers import PACKAGES, ROOT, modules

TOLD = {
    "contracts": 100,
    "chassis": 99,
    "materials": 97,
    "identity": 97,
    "filing": 96,
    "payment": 100,
    "archive": 98,
    "legacy_bridge": 100,
    "gateway": 95,
    "registry_infra": 93,
}
"""Of a package's public functions, how many per cent have a docstring at the least. To be raised, never lowered."""
LONGEST = 50
Function = ast.FunctionDef | ast.AsyncFunctionDef


def public_functions(tree: ast.Module) -> Iterator[tuple[str, Function]]:
    """Those of modules and of public classes that owe an explanation.

    Not: ``main``, which its module explains; what Python or a parent class has explained (``__str__``, ``@override``,
    methods of a class derived from one); declarations (``...``); properties and overloads of one line, whose name and
    type say it all.
    """

    def within(body: list[ast.stmt], prefix: str, derived: bool) -> Iterator[tuple[str, Function]]:
        for node in body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield from within(node.body, f"{prefix}{node.name}.", derived=bool(node.bases))
            elif isinstance(node, Function) and not node.name.startswith("_") and not derived and owes(node):
                yield prefix + node.name, node

    yield from within(tree.body, "", derived=False)


def owes(function: Function) -> bool:
    if function.name == "main":
        return False
    marks = {ast.unparse(mark).split("(")[0].split(".")[-1] for mark in function.decorator_list}
    if marks & {"override", "overload", "setter"}:
        return False
    [first, *rest] = function.body
    empty = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and first.value.value is ...
    one_line = not rest and isinstance(first, ast.Return)
    return not (empty or (one_line and marks & {"property", "cached_property"}))


def told(package: str) -> tuple[int, list[str]]:
    """How many public functions a package has, and those that say nothing."""
    found = [
        (f"{file.relative_to(ROOT)} {name}", ast.get_docstring(function))
        for file in modules(package)
        for name, function in public_functions(parsed(file))
    ]
    return len(found), [name for name, docstring in found if not docstring]


@pytest.mark.parametrize("package", PACKAGES)
def test_public_functions_say_what_they_are_for(package: str) -> None:
    number, untold = told(package)
    share = 100 * (number - len(untold)) // number
    assert share >= TOLD[package], "\n".join(untold)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_docstring_restates_a_name(package: str) -> None:
    """`read_message`: "Reads message." tells nothing."""
    fillers = {"the", "a", "an", "this", "and", "of", "gets", "get", "returns", "return"}
    empty = []
    for file in modules(package):
        for name, function in public_functions(parsed(file)):
            words = (ast.get_docstring(function) or "").lower().strip(".").split()
            stems = {word.rstrip("s") for word in name.lower().replace(".", "_").split("_")}
            if words and all(word in fillers or word.rstrip("s") in stems for word in words):
                empty.append(f"{file.relative_to(ROOT)} {name}: {' '.join(words)}")
    assert empty == []


def test_no_function_is_longer_than_a_page() -> None:
    long = {
        f"{file.relative_to(ROOT)} {node.name}"
        for package in PACKAGES
        for file in modules(package)
        for node in ast.walk(parsed(file))
        if isinstance(node, Function) and (node.end_lineno or 0) - node.lineno + 1 > LONGEST
    }
    assert long == set()
