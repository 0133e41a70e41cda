"""Every setting that the code, its tests and its scripts read is explained in docs/settings.md, and nothing else is."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"\b(REGISTRY_[A-Z0-9_]*[A-Z0-9]|FILING_POLICY_FILE|[A-Z]+_URI|OBJECT_STORE_URL)\b")
READ_BY_TESTS = re.compile(r'os\.environ(?:\.get\(|\[)"(REGISTRY_\w+)"')
READ_BY_SHELL = re.compile(r"\$\{?(REGISTRY_[A-Z_]+)")
QUOTED = re.compile(r'["`]' + NAME.pattern.strip(r"\b") + r'["`]')
INTERNAL = {
    "REGISTRY_CALL_STARTED",  # the launcher's own start time, for its progress lines
    "REGISTRY_STACK",  # marks the processes of a stack
    "AMQP_URI",  # nameko's configuration key
}


def used() -> set[str]:
    found: set[str] = set()
    for folder in ("chassis/chassis", "materials/materials", "gateway/gateway", "services", "infra/registry_infra"):
        for file in (ROOT / folder).rglob("*.py"):
            if "tests" not in file.parts:
                found |= set(QUOTED.findall(file.read_text("utf-8")))
            else:
                found |= set(READ_BY_TESTS.findall(file.read_text("utf-8")))
    for file in (ROOT / "tests").rglob("*.py"):
        found |= set(READ_BY_TESTS.findall(file.read_text("utf-8")))
    for name in ("registry", "docker-compose.yml"):
        found |= set(READ_BY_SHELL.findall((ROOT / name).read_text("utf-8")))
    return {name.removesuffix("_FILE") if not name.endswith("POLICY_FILE") else name for name in found} - INTERNAL


def test_every_setting_is_explained() -> None:
    explained = set(NAME.findall((ROOT / "docs" / "settings.md").read_text("utf-8")))
    assert used() - explained == set()


def test_no_setting_is_explained_that_nothing_reads() -> None:
    explained = set(NAME.findall((ROOT / "docs" / "settings.md").read_text("utf-8")))
    assert explained - used() == set()


def test_every_variable_of_the_containers_is_explained() -> None:
    """Those that `docker compose` itself is given."""
    given = set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
    explained = set(NAME.findall((ROOT / "docs" / "runbooks" / "containers.md").read_text("utf-8")))
    assert given - explained == set()
