"""The rooms of a package and what they import: as ``rooms.toml`` beside it declares, and as the code does.

A room is a folder or module of the package; a dotted one (``accounts.store``) is a room of its own within another.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.structure.source import nodes

Rooms = Mapping[str, frozenset[str]]


def declared(folder: Path) -> dict[str, frozenset[str]]:
    """Room → the rooms it may import, of the project in ``folder``."""
    rooms = tomllib.loads((folder / "rooms.toml").read_text(encoding="utf-8"))["rooms"]
    return {room: frozenset(below) for room, below in rooms.items()}


def room_of(module: str, rooms: Iterable[str]) -> str | None:
    """The innermost room of a module, named without its package; None for one that is in none."""
    parts = module.split(".")
    known = set(rooms)
    return next((name for end in range(len(parts), 0, -1) if (name := ".".join(parts[:end])) in known), None)


def modules_of(package: Path) -> dict[str, Path]:
    """Module, named without the package → file. Migrations are histories, no rooms; the package itself is nobody's."""
    found = {}
    for file in sorted(package.rglob("*.py")):
        parts = file.relative_to(package).with_suffix("").parts
        name = ".".join(part for part in parts if part != "__init__")
        if name and "migrations" not in parts:
            found[name] = file
    return found


def imported(file: Path, package: str, modules: Iterable[str]) -> set[str]:
    """The package's own modules that a file imports, wherever in it, for types alone too."""
    known, found = set(modules), set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            within = {name for name in names if name.removeprefix(f"{package}.") in known}
            found |= within | ({node.module} if names - within else set())
    return {name.removeprefix(f"{package}.") for name in found if name.startswith(f"{package}.")} & known


def actual(package: Path, rooms: Iterable[str]) -> dict[str, set[str]]:
    """Room → the other rooms it imports. A module in no room stands for itself."""
    modules = modules_of(package)
    found: dict[str, set[str]] = {room: set() for room in rooms}
    for name, file in modules.items():
        room = room_of(name, found.keys() & set(rooms)) or name
        below = {room_of(other, rooms) or other for other in imported(file, package.name, modules)}
        found.setdefault(room, set()).update(below - {room})
    return found


def circle(rooms: Mapping[str, Iterable[str]]) -> list[str]:
    """Rooms that lead from one back to itself, or nothing."""
    done: set[str] = set()

    def visit(room: str, way: list[str]) -> list[str]:
        if room in way:
            return [*way[way.index(room) :], room]
        if room in done:
            return []
        found = next((loop for below in sorted(rooms.get(room, ())) if (loop := visit(below, [*way, room]))), [])
        done.add(room)
        return found

    return next((loop for room in sorted(rooms) if (loop := visit(room, []))), [])
