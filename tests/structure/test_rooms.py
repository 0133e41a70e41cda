"""The rooms of a package import each other as ``rooms.toml`` beside it says, and in no circle."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.structure.rooms import actual, circle, declared, modules_of, room_of
from tests.structure.test_layers import PACKAGES, ROOT


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_is_in_a_room_and_every_room_is_there(package: str) -> None:
    rooms = declared(ROOT / PACKAGES[package])
    modules = modules_of(ROOT / PACKAGES[package] / package)
    assert {name for name in modules if room_of(name, rooms) is None} == set()
    assert set(rooms) - {room_of(name, rooms) for name in modules} == set()
    assert {below for each in rooms.values() for below in each} <= set(rooms)


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_import_what_is_declared_and_all_of_it(package: str) -> None:
    """What is declared and not used is taken out again, so that the drawing in ``docs/rooms.md`` is true."""
    folder = ROOT / PACKAGES[package]
    rooms = declared(folder)
    found = actual(folder / package, rooms)
    undeclared = {f"{room} imports {below}" for room in found for below in found[room] - rooms.get(room, frozenset())}
    unused = {f"{room} does not import {below}" for room in rooms for below in rooms[room] - found[room]}
    assert (undeclared, unused) == (set(), set()), f"see {PACKAGES[package]}/rooms.toml, then docs/generate.py"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_way_through_the_rooms_leads_back(package: str) -> None:
    assert circle(declared(ROOT / PACKAGES[package])) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_leads_back_to_itself(package: str) -> None:
    modules = modules_of(ROOT / PACKAGES[package] / package)
    found = actual(ROOT / PACKAGES[package] / package, modules)
    assert circle(found) == []


def test_circles_and_imports_are_seen(tmp_path: Path) -> None:
    package = tmp_path / "house"
    (package / "cellar").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "cellar" / "__init__.py").write_text("")
    (package / "cellar" / "store.py").write_text("import json\n")
    (package / "cellar" / "work.py").write_text("from house.attic import roof\n")
    (package / "attic.py").write_text("def f():\n    from house.cellar import store\n    import house.hall\n")
    (package / "hall.py").write_text("from house import attic\n")
    found = actual(package, ["attic", "cellar", "hall"])
    assert found == {"attic": {"cellar", "hall"}, "cellar": {"attic"}, "hall": {"attic"}}
    assert circle(found) == ["attic", "cellar", "attic"]
    apart = actual(package, ["attic", "cellar", "cellar.store"])
    assert apart["attic"] == {"cellar.store", "hall"}
    assert circle({"a": ["b"], "b": ["c"], "c": []}) == []
