"""Nothing that a running system wrote may be read by anybody but its owner, wherever it lies."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from registry_infra.folders import find_folders
from registry_infra.state import processes_of
from registry_infra.testing import Stack

from tests.lives import Lives

pytestmark = [pytest.mark.requirement("I-12"), pytest.mark.requirement("S-01")]


def readable_by_others(folder: Path) -> Iterator[str]:
    """Folders, files and sockets with any right for others; the group's only where it is the servers' passage."""
    for parent, _, names in os.walk(folder):
        for place in [Path(parent), *(Path(parent, name) for name in names)]:
            try:
                mode = place.lstat().st_mode
            except FileNotFoundError:  # a temporary file that has done its work
                continue
            if mode & 0o077 and not stat.S_ISLNK(mode) and place != folder:
                yield f"{stat.filemode(mode)} {place}"


def test_nobody_else_may_read_a_file_of_a_running_system(stack: Stack, lives: Lives) -> None:
    folders = find_folders(stack.data)
    assert [*readable_by_others(folders.data), *readable_by_others(folders.servers)] == []
    for top in (folders.data, folders.servers):
        assert not top.stat().st_mode & 0o067, "the servers' group may pass through at most"


def test_no_command_line_tells_a_password(stack: Stack) -> None:
    """Anybody on the machine may read them."""
    passwords = json.loads((stack.data / "credentials.json").read_text()).values()
    lines = [" ".join(process.cmdline()) for process in processes_of(find_folders(stack.data).stack_id)]
    assert len(lines) > 12
    assert [line for line in lines if any(password in line or quote(password) in line for password in passwords)] == []


def test_processes_of_a_running_system_make_private_files_and_no_core_dumps(stack: Stack) -> None:
    """By what the kernel says of each: the next file is as private as those that are there."""
    seen = 0
    for process in processes_of(find_folders(stack.data).stack_id):
        try:
            status = Path(f"/proc/{process.pid}/status").read_text()
            limits = Path(f"/proc/{process.pid}/limits").read_text()
        except OSError:
            continue
        name = process.name()
        [umask] = [line.split()[1] for line in status.splitlines() if line.startswith("Umask")]
        [core] = [line.split()[4] for line in limits.splitlines() if line.startswith("Max core file size")]
        assert (int(umask, 8) & 0o077, core) == (0o077, "0"), name
        seen += 1
    assert seen > 12
