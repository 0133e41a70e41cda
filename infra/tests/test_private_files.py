"""What a stack keeps is for its owner only, whatever the rights of what lay there before and whoever's umask it is."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from registry_infra.credentials import load_credentials
from registry_infra.folders import prepare_folders
from registry_infra.keys import prepare_keys
from registry_infra.parts import Program
from registry_infra.private import is_closed, write_whole
from registry_infra.processes import Settings
from registry_infra.state import own_state

pytestmark = pytest.mark.requirement("I-12")


@pytest.fixture(autouse=True)
def _careless_umask() -> Iterator[None]:
    before = os.umask(0o000)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    return [str(place.relative_to(folder)) for place in [folder, *folder.rglob("*")] if not is_closed(place)]


def settings(data: Path) -> Settings:
    none: dict[str, str] = {}
    return Settings("id", "sandbox", "url", 1, none, none, none, "amqp", "file:", data, data, data, {})


def test_what_a_start_makes_is_closed_from_its_first_moment(tmp_path: Path) -> None:
    data = tmp_path / "stack"
    folders = prepare_folders(data)
    load_credentials(data / "credentials.json", ["database filing_app"])
    settings(data).save(folders.settings)
    own_state("url").save(folders.state)
    prepare_keys(folders.keys)
    found = [place for place in open_to_others(data) if place != "."]
    assert found == []
    assert not data.stat().st_mode & 0o067, "at most the servers' group may pass through"


def test_what_an_earlier_version_left_open_is_closed_at_the_next_start(tmp_path: Path) -> None:
    data = tmp_path / "stack"
    folders = prepare_folders(data)
    prepare_keys(folders.keys)
    deep = folders.objects / "objects" / "ab" / "cd"
    deep.mkdir(parents=True)
    staged = folders.objects / "uploads" / "up-1.part"
    staged.parent.mkdir()
    for file in (deep / "abcd", staged, folders.logs / "postgresql.log", folders.settings, data / "credentials.json"):
        file.write_text("{}")
    for place in [data, *data.rglob("*")]:
        place.chmod(0o777 if place.is_dir() else 0o666)
    prepare_folders(data)
    assert [place for place in open_to_others(data) if place != "."] == []
    assert not data.stat().st_mode & 0o067


def test_a_file_that_is_written_again_does_not_keep_its_old_rights(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    for left in (file, file.with_name("settings.json.partial")):
        left.write_text("old")
        left.chmod(0o644)
    settings(tmp_path).save(file)
    assert is_closed(file)
    assert "amqp" in file.read_text()


def test_nobody_is_led_to_write_elsewhere_by_a_link(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("kept")
    (tmp_path / "settings.json.partial").symlink_to(elsewhere)
    with pytest.raises(OSError, match="symbolic link"):
        write_whole(tmp_path / "settings.json", "secret")
    assert elsewhere.read_text() == "kept"


def test_a_folder_with_other_things_in_it_keeps_its_rights_and_ours_are_closed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    (home / "letter.txt").write_text("somebody else's")
    (home / "letter.txt").chmod(0o644)
    prepare_folders(home)
    assert home.stat().st_mode & 0o777 == 0o755
    assert sorted(open_to_others(home)) == [".", "letter.txt"]


def test_links_are_not_followed_when_a_folder_is_closed(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    data = prepare_folders(tmp_path / "stack").data
    (data / "logs" / "link").symlink_to(shared)
    (data / "logs").chmod(0o755)
    prepare_folders(data)
    assert shared.stat().st_mode & 0o777 == 0o755


def test_a_program_writes_and_logs_for_its_owner_only_and_leaves_no_core(tmp_path: Path) -> None:
    script = (
        "import os, resource, pathlib; pathlib.Path('made').write_text('x'); os.mkdir('folder');"
        " print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    program = Program("writer", (sys.executable, "-c", script), dict(os.environ), tmp_path)
    log = tmp_path / "writer.log"
    for _ in range(2):
        process = program.start(log, end_with_parent=signal.SIGTERM)
        process.wait(20)
        program = replace(program, command=(sys.executable, "-c", "print('again')"))
    assert log.read_text() == "(0, 0)\nagain\n"
    assert [place for place in open_to_others(tmp_path) if place != "."] == []
