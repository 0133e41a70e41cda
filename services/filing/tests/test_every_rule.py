"""No rule without an example that breaks it: every line of the rules that finds a problem is reached by the tables."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from types import FrameType, ModuleType
from typing import Any

import pytest
from filing.forms import checks
from filing.forms.applicant import Applicant
from filing.forms.model import Situation
from filing.forms.policy import policies
from filing.reports.report import examine
from filing.types import TYPES, about
from filing.types.cancelling import rules as cancellation_rules
from filing.types.changing import rules as change_rules
from filing.types.dealing import releasing as release_rules
from filing.types.dealing import rules as dealing_rules
from filing.types.reissuing import rules as reissue_rules
from filing.types.software_change import rules as software_change_rules
from filing.types.software_registration import rules as software_rules
from filing.types.work_change import rules as work_change_rules
from filing.types.work_registration import ownership
from filing.types.work_registration import rules as work_rules

from . import certificate_forms, change_forms, dealing_forms, software_forms, work_forms
from .work_forms import PERSON

TODAY = date(2026, 11, 23)
Example = tuple[Applicant, dict[str, Any], dict[str, Any]]
"""Who files, the whole form, and what is other than in today's policy."""


def of_software() -> Iterator[Example]:
    rows = [*software_forms.BROKEN, *software_forms.QUESTIONED]
    yield from ((PERSON, software_forms.software(**changes), {}) for changes, _ in rows)
    yield from (
        (PERSON, software_forms.software(**changes), {"asks": ["ai_assistance"]})
        for changes, _ in software_forms.UNDECLARED
    )


def of_works() -> Iterator[Example]:
    yield from ((PERSON, work_forms.complete(**changes), {}) for changes, _ in work_forms.BROKEN)
    yield from ((who, work_forms.complete(**changes), {}) for who, changes, _ in work_forms.OWNERSHIP)
    categories = policies().on("work_registration", TODAY).categories
    closed = {"A": categories["A"].model_copy(update={"open": False})}
    yield PERSON, work_forms.complete(), {"categories": categories | closed}


def of_changes(kind: str) -> Iterator[Example]:
    yield from ((PERSON, form, {}) for form, _ in change_forms.broken(kind))
    yield PERSON, change_forms.form(kind, **change_forms.RENAMED | {"owners": [{"name": "别的名称"}]}), {}
    yield PERSON, change_forms.form(kind, on_register=change_forms.registered(kind, role="holder")), {}


def of_certificates(procedure: str, kind: str) -> Iterator[Example]:
    broken = (changes for which, changes, _ in certificate_forms.BROKEN if which == procedure)
    yield from ((PERSON, certificate_forms.form(procedure, kind, **changes), {}) for changes in broken)


def of_dealings(procedure: str) -> Iterator[Example]:
    yield from (
        (PERSON, dealing_forms.form(procedure, **changes), {}) for changes, _ in dealing_forms.BROKEN[procedure]
    )


def of_releases() -> Iterator[Example]:
    yield from ((PERSON, dealing_forms.release(**changes), {}) for changes, _ in dealing_forms.RELEASES)


def of_terminations() -> Iterator[Example]:
    yield from ((PERSON, dealing_forms.termination(**changes), {}) for changes, _ in dealing_forms.TERMINATIONS)


DEALINGS: dict[Any, tuple[list[ModuleType], Callable[[], Iterator[Example]]]] = {
    f"{kind}_{procedure}": ([dealing_rules, about], partial(of_dealings, procedure))
    for kind in ("work", "software")
    for procedure in dealing_forms.BROKEN
}
EXAMPLES: dict[Any, tuple[list[ModuleType], Callable[[], Iterator[Example]]]] = {
    "software_registration": ([software_rules, checks], of_software),
    "work_registration": ([work_rules, ownership, checks], of_works),
    "work_change": ([work_change_rules, change_rules], lambda: of_changes("work")),
    "software_change": ([software_change_rules, change_rules], lambda: of_changes("software")),
    "work_reissue": ([reissue_rules, about], lambda: of_certificates("reissue", "work")),
    "software_reissue": ([reissue_rules, about], lambda: of_certificates("reissue", "software")),
    "work_cancellation": ([cancellation_rules, about], lambda: of_certificates("cancellation", "work")),
    "software_cancellation": ([cancellation_rules, about], lambda: of_certificates("cancellation", "software")),
    **DEALINGS,
    "work_release": ([release_rules, about], of_releases),
    "software_release": ([release_rules, about], of_releases),
    "work_termination": ([release_rules, about], of_terminations),
    "software_termination": ([release_rules, about], of_terminations),
}


def finds(module: ModuleType) -> Iterator[tuple[str, int]]:
    """Where a module yields a problem: its file, and the line on which the statement begins."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Yield):
            yield str(module.__file__), node.lineno


def reached(modules: list[ModuleType], examples: Iterator[Example], name: Any) -> set[tuple[str, int]]:
    files = {module.__file__ for module in modules}
    seen: set[tuple[str, int]] = set()

    def trace(frame: FrameType, event: str, _argument: object) -> Any:
        if frame.f_code.co_filename not in files:
            return None
        if event == "line":
            seen.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    policy, before = policies().on(name, TODAY), sys.gettrace()
    sys.settrace(trace)
    try:
        for applicant, form, changed in examples:
            examine(TYPES[name], form, Situation(policy.model_copy(update=changed), TODAY, applicant))
    finally:
        sys.settrace(before)
    return seen


@pytest.mark.requirement("F-03")
def test_every_rule_is_broken_once() -> None:
    assert set(EXAMPLES) == set(TYPES)
    found = {place for name, (modules, examples) in EXAMPLES.items() for place in reached(modules, examples(), name)}
    rules = {module for modules, _ in EXAMPLES.values() for module in modules}
    unbroken = [place for module in rules for place in finds(module) if place not in found]
    assert not unbroken, "\n".join(f"{file}:{line}" for file, line in unbroken)
