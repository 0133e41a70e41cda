"""Playwright's driver under a Node that runs here: the one it brings needs libatomic, which minimal Debian lacks."""

from __future__ import annotations

import inspect
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import playwright
import pytest
from playwright.sync_api import Playwright, sync_playwright
from registry_infra.folders import cache_folder, server_user
from registry_infra.node import find_node
from registry_infra.progress import say

BUNDLED = Path(inspect.getfile(playwright)).parent / "driver" / "node"


@contextmanager
def driven() -> Iterator[Playwright]:
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as unused:
        if subprocess.run([BUNDLED, "--version"], capture_output=True).returncode:
            node, _ = find_node(cache_folder(Path(unused), server_user()), say)
            patch.setenv("PLAYWRIGHT_NODEJS_PATH", str(node))
        with sync_playwright() as started:
            yield started
