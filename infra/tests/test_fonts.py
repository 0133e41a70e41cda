"""The font for rare characters: the operator's own, else a fetched one, and no start fails for want of it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from registry_infra import debian, fonts
from registry_infra.folders import cache_folder, server_user
from registry_infra.problems import StackProblem
from registry_infra.progress import silent

DRAW = """
from chassis.documents import missing_glyphs, printable
print(missing_glyphs("𠮷𪚥𫝀𫠝𬺰𮯠") + printable("王𠮷") + missing_glyphs("\\U00030000"))
"""


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGISTRY_FONT_PATH", raising=False)


@pytest.mark.requirement("A-01")
def test_what_is_fetched_draws_the_extensions_b_to_f(tmp_path: Path) -> None:
    if not debian.is_available():
        pytest.skip("fetched on Debian and Ubuntu only")
    found = fonts.font_path(cache_folder(tmp_path, server_user()), silent)
    environment = {**os.environ, "REGISTRY_FONT_PATH": found, "PYTHONIOENCODING": "utf-8"}
    said = subprocess.run([sys.executable, "-c", DRAW], env=environment, capture_output=True, check=True).stdout
    assert said.decode().strip() == "王𠮷\U00030000"


def test_the_operators_own_fonts_are_taken_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGISTRY_FONT_PATH", "/srv/fonts")
    monkeypatch.setattr(debian, "fetch", None)
    assert fonts.font_path(tmp_path, silent) == "/srv/fonts"


def test_a_start_goes_on_without_the_font_and_does_not_try_again_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries, told = [], []

    def fail(*arguments: Any, **options: Any) -> None:
        tries.append(arguments)
        raise StackProblem("no mirror")

    monkeypatch.setattr(debian, "is_available", lambda: True)
    monkeypatch.setattr(debian, "fetch", fail)
    assert fonts.font_path(tmp_path, told.append) == ""
    assert "no mirror" in told[-1]
    assert fonts.font_path(tmp_path, told.append) == ""
    assert len(tries) == 1
    os.utime(tmp_path / "rare-characters.unavailable", (0, 0))
    fonts.font_path(tmp_path, told.append)
    assert len(tries) == 2
