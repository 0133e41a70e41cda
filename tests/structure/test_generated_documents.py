"""Requirement numbers in markers exist, and the generated documents are current."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_every_marker_names_a_requirement_that_exists() -> None:
    generate = generator()
    assert set(generate.tests_by_requirement()) - generate.known_numbers() == set()


def test_generated_documents_are_current() -> None:
    assert generator().main(["--check"]) == 0, "run: .venv/bin/python docs/generate.py"
