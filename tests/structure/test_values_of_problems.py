"""What a problem's words name is given with it: nobody reads dots where a date should stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from gateway.web.texts import TEXTS

from tests.structure.source import parsed
from tests.structure.test_layers import PACKAGES, ROOT, modules

pytestmark = pytest.mark.requirement("W-04")

RAISED = frozenset({"Problem", "HttpProblem"})
FIELDS = frozenset({"FieldError", "FieldProblem"})


def named_in(code: str) -> set[str]:
    """The values that the words of a code name, in whichever language."""
    if not TEXTS.knows("problem", code):
        return set()
    words = [TEXTS.pattern(kind, code, language) for kind in ("problem", "remedy") for language in ("zh", "en")]
    return {name for text in words for _, name, _, _ in Formatter().parse(text) if name}


def text_of(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def given(call: ast.Call) -> tuple[str | None, set[str] | None]:
    """The code that a call tells, and the values with it; None where the code cannot say them."""
    called = call.func.id if isinstance(call.func, ast.Name) else ""
    more = {word.arg: word.value for word in call.keywords}
    if called in RAISED and call.args:
        return text_of(call.args[0]), None if None in more else {name for name in more if name}
    if called in FIELDS:
        code = call.args[1] if len(call.args) > 1 else more.get("code")
        values = call.args[2] if len(call.args) > 2 else more.get("params")
        if values is None:
            return text_of(code), set()
        keys = values.keys if isinstance(values, ast.Dict) else [None]
        told = [text_of(key) for key in keys]
        return text_of(code), None if None in told else {name for name in told if name}
    return None, None


def untold(tree: ast.Module) -> Iterator[tuple[int, str, set[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            code, values = given(node)
            if code and values is not None and (lacking := named_in(code) - values):
                yield node.lineno, code, lacking


def test_values_that_a_problem_lacks_are_found() -> None:
    short = "FieldError('publication_date', 'publication_before_completion')"
    whole = "FieldError('publication_date', 'publication_before_completion', {'completion_date': on})"
    assert [code for _, code, _ in untold(ast.parse(short))] == ["publication_before_completion"]
    assert list(untold(ast.parse(whole))) == []
    assert list(untold(ast.parse("FieldError(field, code, params)"))) == []


@pytest.mark.parametrize("package", sorted(PACKAGES))
def test_each_problem_says_what_its_words_name(package: str) -> None:
    found = [
        f"{Path(file).relative_to(ROOT)}:{line} {code} lacks {', '.join(sorted(names))}"
        for file in modules(package)
        for line, code, names in untold(parsed(file))
    ]
    assert found == []
