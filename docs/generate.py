"""Brings generated documents up to date: the tests under each line of ``requirements.md``, ``asyncapi.json``, the life
of a case in the README and ``case-states.md``, drawn from filing's table of transitions, and the rooms of the packages
in ``rooms.md``, drawn from their ``rooms.toml``.

``python docs/generate.py`` writes; ``--check`` says with its exit status whether something would change.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from contracts.asyncapi import document
from filing.cases.model import TRANSITIONS

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "docs" / "requirements.md"
README = ROOT / "README.md"
STATES = ROOT / "docs" / "case-states.md"
ASYNCAPI = ROOT / "docs" / "asyncapi.json"
ROOMS = ROOT / "docs" / "rooms.md"
LINE = re.compile(r"^- ([A-Z]-\d{2}) ")
GENERATED = "  - _"


def test_files() -> Iterator[Path]:
    """All test modules of the workspace."""
    for pattern in ("tests/**/test_*.py", "*/tests/**/test_*.py", "services/*/tests/**/test_*.py"):
        yield from sorted(ROOT.glob(pattern))


def marked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(requirement number, test name) for each marker on a test function or class, or on the whole module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                yield from ((number, node.name) for number in numbers(decorator))
        elif isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets
        ):
            yield from ((number, "") for number in numbers(node.value))


def numbers(expression: ast.expr) -> Iterator[str]:
    for node in ast.walk(expression):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "requirement":
            yield from (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def tests_by_requirement() -> dict[str, set[str]]:
    """For each number: the test files (relative) whose tests carry it."""
    found: dict[str, set[str]] = defaultdict(set)
    for file in test_files():
        for number, _ in marked(ast.parse(file.read_text(encoding="utf-8"))):
            found[number].add(str(file.relative_to(ROOT)))
    return found


def render(text: str) -> str:
    """The document with the test lists brought up to date."""
    tests = tests_by_requirement()
    lines: list[str] = []
    waiting: str | None = None

    def flush() -> None:
        nonlocal waiting
        if waiting is not None:
            places = sorted(tests.get(waiting, ()))
            lines.append(f"{GENERATED}tests: {', '.join(places)}_" if places else f"{GENERATED}no test yet_")
            waiting = None

    for line in text.splitlines():
        if line.startswith(GENERATED):
            continue
        if waiting is not None and not line.startswith("  "):
            flush()
        if match := LINE.match(line):
            waiting = match.group(1)
        lines.append(line)
    flush()
    return "\n".join(lines) + "\n"


def known_numbers() -> set[str]:
    """All requirement numbers of the document."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return {match.group(1) for line in lines if (match := LINE.match(line))}


def asyncapi() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def diagram() -> str:
    """The states and what leads from one to another, as Mermaid draws them; what changes no state is left out."""
    arrows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (source, action), transition in TRANSITIONS.items():
        if source != transition.to:
            arrows[source, transition.to].append(f"{action} ({transition.by})")
    lines = [f"    {source} --> {target}: {', '.join(actions)}" for (source, target), actions in arrows.items()]
    return "\n".join(["```mermaid", "stateDiagram-v2", "    [*] --> draft", *lines, "```"])


def states() -> str:
    """The whole table in words."""
    rows = [
        f"| {source} | {action} | {step.by} | {step.to} | {', '.join(' '.join(clock) for clock in step.clocks)} |"
        for (source, action), step in TRANSITIONS.items()
    ]
    head = ["| state | action | by | next state | legal clocks |", "|---|---|---|---|---|"]
    title = "# The life of a case\n\nGenerated from `services/filing/filing/cases/model.py`.\n"
    return "\n".join([title, diagram(), "", *head, *rows]) + "\n"


def readme() -> str:
    text = README.read_text(encoding="utf-8")
    return re.sub(
        r"(?s)(<!-- states -->\n).*?(\n<!-- /states -->)", lambda m: m.group(1) + diagram() + m.group(2), text
    )


def without_detours(rooms: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """The imports that no longer way implies: the drawing says as much with a third of the lines."""

    def reach(room: str) -> set[str]:
        return set(rooms[room]).union(*(reach(below) for below in rooms[room]))

    for room, below in rooms.items():
        further = set[str]().union(*(reach(each) for each in below))
        yield from ((room, each) for each in below if each not in further)


def rooms() -> str:
    """One drawing for each package that declares its rooms; a room without neighbours stands alone."""
    parts = [
        "# Rooms",
        "",
        "Generated from each package's `rooms.toml`, which a test compares with the code. A room imports those that",
        "its arrows lead to, and may import what lies behind them if `rooms.toml` says so: arrows that a longer way",
        "implies are left out. A dotted room (`accounts.store`) lies within another and is imported apart from it.",
    ]
    for file in sorted([*ROOT.glob("*/rooms.toml"), *ROOT.glob("services/*/rooms.toml")]):
        declared: dict[str, list[str]] = tomllib.loads(file.read_text(encoding="utf-8"))["rooms"]
        number = {room: f"r{place}" for place, room in enumerate(declared)}
        parts += ["", f"## {file.parent.name}", "", "```mermaid", "flowchart TD"]
        parts += [f"    {number[room]}[{room}]" for room in declared]
        parts += [f"    {number[room]} --> {number[below]}" for room, below in without_detours(declared)]
        parts.append("```")
    return "\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    wanted = {
        REQUIREMENTS: render(REQUIREMENTS.read_text(encoding="utf-8")),
        ASYNCAPI: asyncapi(),
        STATES: states(),
        ROOMS: rooms(),
        README: readme(),
    }
    if "--check" in arguments:
        return int(any(not file.exists() or file.read_text("utf-8") != text for file, text in wanted.items()))
    for file, text in wanted.items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
