"""The environment is made from the lock, from wherever this machine's pip gets its packages."""

import re
import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from registry_infra.folders import CHECKOUT

pytestmark = pytest.mark.requirement("S-03")
FILE = CHECKOUT / "infra" / "bootstrap.py"


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = spec_from_file_location("bootstrap", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def commands(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would be run."""
    called: list[list[str]] = []
    monkeypatch.setattr(
        bootstrap, "run", lambda words, _problem, _environment=None: called.append([str(w) for w in words])
    )
    return called


def pip_says(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    done = subprocess.CompletedProcess([], 0, stdout="\n".join(lines), stderr="")
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *_words, **_options: done)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["test", "quick"], "test"),
        (["--data", "/a folder", "status"], "status"),
        (["--data=/a", "up", "--port", "1"], "up"),
        (["--help"], ""),
        ([], ""),
    ],
)
def test_what_a_call_is_for_is_known_before_its_environment_is_there(
    bootstrap: ModuleType, words: list[str], command: str
) -> None:
    assert bootstrap.command_of(words) == command


def test_no_host_is_named() -> None:
    assert re.findall(r"https?://|\w+\.(?:org|com|cn)\b", FILE.read_text("utf-8")) == []


def test_without_an_index_of_pip_s_packages_come_from_the_lock_s_addresses(
    bootstrap: ModuleType, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pip_says(bootstrap, monkeypatch, "global.cert='/ca.pem'", "global.find-links='/wheels'")

    bootstrap.sync(tmp_path / "uv", tmp_path, development=False)

    assert [words[1:3] for words in commands] == [["sync", "--locked"]]


def test_with_an_index_of_pip_s_packages_come_from_there_with_the_lock_s_hashes(
    bootstrap: ModuleType,
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    address = "https://me:secret@mirror.example/simple"
    pip_says(bootstrap, monkeypatch, f":env:.index-url='{address}'", "global.trusted-host='mirror.example'")

    bootstrap.sync(tmp_path / "uv", tmp_path, development=False)

    install = next(words for words in commands if "--require-hashes" in words)
    assert install[install.index("--index-url") + 1] == address
    assert "--allow-insecure-host=mirror.example" in install
    said = capsys.readouterr().out
    assert "mirror.example" in said
    assert "secret" not in said


def test_a_variable_of_pip_s_outranks_its_files_as_it_does_for_pip(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Asked of a real pip, in an environment made for it."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "environment"], check=True)
    file = tmp_path / "pip.conf"
    file.write_text("[global]\nindex-url = https://file.example\ntimeout = 7\n[install]\ntimeout = 8\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(file))
    monkeypatch.setenv("PIP_INDEX_URL", "https://variable.example")

    settings = bootstrap.pip_settings(tmp_path / "environment" / "bin" / "python")

    assert (settings["index-url"], settings["timeout"]) == ("https://variable.example", "8")
