"""Status says in words what is wrong with which part and what to do."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from registry_infra.folders import Folders, prepare_folders
from registry_infra.sandbox import staff_table
from registry_infra.state import PartState, own_state
from registry_infra.status import StackHealth, health_of


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return prepare_folders(tmp_path / "stack")


@pytest.fixture
def failing_port() -> Iterator[int]:
    class Failing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(503)
            self.end_headers()
            self.wfile.write(json.dumps({"parts": {"database": "ok", "broker": "unreachable"}}).encode())

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Failing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


def health_with(folders: Folders, *parts: PartState) -> StackHealth:
    state = own_state("http://127.0.0.1:8000")
    state.phase, state.parts = "running", list(parts)
    state.save(folders.state)
    return health_of(folders)


def test_a_stopped_stack_says_how_to_start_it(folders: Folders) -> None:
    health = health_of(folders)

    assert not health.healthy
    assert "./registry up" in health.in_words()


def test_parts_that_live_and_are_ready_are_well(folders: Folders) -> None:
    health = health_with(folders, PartState("filing", "running", 1))

    assert health.healthy
    assert "all well" in health.in_words()


@pytest.mark.requirement("S-04")
def test_a_part_that_is_not_ready_says_what_it_misses_and_where_to_look(folders: Folders, failing_port: int) -> None:
    health = health_with(folders, PartState("filing", "running", 1, health_port=failing_port))

    words = health.in_words()
    assert not health.healthy
    assert "cannot do its job: broker: unreachable" in words
    assert f"./registry logs filing --data {folders.data}" in words


def test_a_part_that_dies_again_and_again_says_how_it_ended(folders: Folders) -> None:
    part = PartState("archive", "restarting", None, restarts=4, last_end="it ended with status 1")

    words = health_with(folders, part).in_words()

    assert "restarted 4 times" in words
    assert "It died (it ended with status 1) and is being started again." in words


def test_a_part_that_answers_nobody_is_wrong(folders: Folders) -> None:
    health = health_with(folders, PartState("gateway", "running", 1, health_port=1))

    assert "does not answer" in health.in_words()


def test_staff_accounts_are_a_table_whose_columns_line_up() -> None:
    accounts = [
        {"login": "shenhe", "name": "沈核", "roles": ["reviewer"], "password": "p1", "totp": "123456"},
        {"login": "admin", "name": "Ann", "roles": ["administrator", "cashier"], "password": "p2", "totp": "654321"},
    ]

    header, first, second = staff_table(accounts)[2:5]

    assert header.split() == ["login", "name", "roles", "password", "totp"]
    assert first.index("reviewer") + 2 == second.index("administrator")  # two Chinese characters take four columns
    assert second.endswith("654321")
