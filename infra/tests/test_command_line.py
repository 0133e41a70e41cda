"""Errors of the command are one sentence and what to do; the exit status is 0 only when it worked."""

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from registry_infra import ports
from registry_infra.cli import main
from registry_infra.state import own_state


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "required: COMMAND"),
        ("upp", "invalid choice: 'upp'"),
        ("up --port web", "'web' is no port; a number from 1 to 65535 is"),
        ("up --port 70000", "'70000' is no port"),
        ("up --profile demo", "invalid choice: 'demo'"),
        ("status --data", "expected one argument"),
        ("status --dat x", "unrecognized arguments: --dat x"),
        ("logs filing extra", "unrecognized arguments: extra"),
        ("test some", "invalid choice: 'some'"),
        ("verify", "required: file"),
        ("events replay filing x", "invalid int value: 'x'"),
    ],
)
def test_wrong_words_are_named_in_one_line_that_says_where_to_look(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words.split())

    line = capsys.readouterr().err
    assert ended.value.code == 2
    assert line.count("\n") == 1
    assert line.startswith("registry: ")
    assert said in line
    assert " --help.\n" in line


@pytest.mark.parametrize(
    "words", ["--data {} status", "status --data {}", "events --data {}", "work --data {}", "demo --data={}"]
)
def test_the_data_folder_may_be_named_anywhere(words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "没有 here"

    assert main([word.format(folder) for word in words.split()]) == 1

    said = capsys.readouterr().err
    assert f"there is no stack in {folder}" in said
    assert f"./registry up --data '{folder}'" in said, "to be pasted as it stands"


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()

    assert main(["up", "--data", str(tmp_path / "file")]) == 1

    assert f"the data folder {tmp_path / 'file'} cannot be written (it is no folder)" in capsys.readouterr().err


def test_a_file_that_belongs_to_another_user_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "stack-id").write_text("abc")
    state = own_state("http://127.0.0.1:8000")
    state.phase = "running"
    state.save(tmp_path / "state.json")
    (tmp_path / "settings.json").mkdir()  # root reads every file, but no folder as if it were one

    assert main(["events", "--data", str(tmp_path)]) == 1

    said = capsys.readouterr().err
    assert said.startswith(f"registry: {tmp_path / 'settings.json'} cannot be used (")
    assert said.count("\n") == 1


def test_a_port_for_root_is_told_apart_from_a_taken_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = PermissionError(13, "Permission denied")
    monkeypatch.setattr(ports, "_hindrance", lambda _port: refused)

    assert main(["up", "--data", str(tmp_path), "--port", "80"]) == 1

    assert "port 80 is for root only. Choose one from 1024 up with --port." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--url", "127.0.0.1:8000"], "is no address. Name it with its scheme"),
        (["--url", "http://127.0.0.1:9"], "the portal at http://127.0.0.1:9 does not answer (ConnectError)"),
        (["--url", "http://127.0.0.1:9", "--root", "none.pem"], "there is no root certificate at none.pem"),
    ],
)
def test_a_demo_elsewhere_says_what_it_misses(
    words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["demo", "--output", str(tmp_path), *words]) == 1

    told = capsys.readouterr().err
    assert said in told
    assert "./registry status" not in told, "nothing runs here"


def test_a_demo_without_a_sandbox_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Elsewhere(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(202)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, format: str, *args: object) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    assert main(["demo", "--output", str(tmp_path), "--url", f"http://127.0.0.1:{server.server_port}"]) == 1

    server.shutdown()
    assert "there is no sandbox at" in capsys.readouterr().err


def test_status_without_a_stack_says_how_to_start_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "--data", str(tmp_path / "none")]) == 1
    assert "./registry up" in capsys.readouterr().err


def test_the_sandbox_is_refused_in_production(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRY_PROFILE", "production")

    assert main(["up", "--data", str(tmp_path)]) == 1

    assert "--profile production" in capsys.readouterr().err
    assert not (tmp_path / "stack-id").exists()


def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["up", "--data", str(tmp_path), "--port", str(port)]) == 1
    assert f"port {port} is taken" in capsys.readouterr().err
    assert not (tmp_path / "logs" / "postgresql.log").exists()


def test_a_broker_that_does_not_answer_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RABBITMQ_URI", "amqp://guest:guest@127.0.0.1:9/")

    assert main(["up", "--data", str(tmp_path), "--port", "18001"]) == 1

    assert "RABBITMQ_URI is set, but the broker at 127.0.0.1:9 does not let us in" in capsys.readouterr().err


def test_logs_of_an_unknown_part_lists_the_known_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "stack-id").write_text("abc")
    (tmp_path / "logs" / "filing.log").write_text("hello\n")

    assert main(["logs", "filing", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "hello\n"
    assert main(["logs", "fling", "--data", str(tmp_path)]) == 1
    assert "There are: filing" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["import-legacy"],
        ["import-legacy", "--dry-run", "dump.sql"],
        ["import-legacy", "dump.sql", "--resume"],
        ["first-administrators", "zhang.wei=张伟", "li.na=李娜"],
    ],
)
def test_a_services_own_command_needs_a_running_stack(
    words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words, "--data", str(tmp_path)]) == 1
    assert "Start one with ./registry up" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("rpc fast", "rpc takes numbers, not 'fast'"),
        ("faults many", "'many' is no campaign. Name journeys, seconds"),
        ("faults 1,1,1 no_inbox twice", "faults takes a size like 50,120,1 and a broken variant"),
    ],
)
def test_a_measurement_with_wrong_words_does_not_start(
    words: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *words.split()]) == 1
    assert said in capsys.readouterr().err


def test_a_measurement_that_does_not_exist_names_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "speed"]) == 1
    assert "rpc: a call to a service" in capsys.readouterr().err
