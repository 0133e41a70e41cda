"""What the documents point at is there: files, and commands of ./registry."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from registry_infra.cli import main

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("", "docs", "docs/adr", "docs/runbooks", "gateway", "infra", "infra/images")
DOCUMENTS = sorted(file for folder in FOLDERS for file in (ROOT / folder).glob("*.md"))
READ = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: str(document.relative_to(ROOT)))


@READ
def test_links_lead_to_files_that_exist(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@READ
def test_every_command_that_is_named_exists(document: Path) -> None:
    for name in sorted(set(re.findall(r"\./registry ([a-z][a-z-]*)", document.read_text("utf-8")))):
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0, name
