"""Errors of the command are one sentence and what to do; the exit status is 0 only when it worked."""

import socket
from pathlib import Path

import pytest
from registry_infra.cli import main


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


def test_what_a_later_version_brings_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import-legacy"]) == 1
    assert "not available in this version" in capsys.readouterr().err


def test_a_measurement_that_does_not_exist_names_those_that_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "speed"]) == 1
    assert "rpc: a call to a service" in capsys.readouterr().err
