"""The environment is made from the lock, from wherever this machine's pip gets its packages."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from registry_infra.debian import SIGNED_ONLY
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


def test_uv_comes_by_its_hashes(
    bootstrap: ModuleType, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(bootstrap, "say", lambda _text: None)
    bootstrap.install_uv(tmp_path)
    pip = next(words for words in commands if "pip" in words)
    assert {"--require-hashes", "--only-binary", "--no-deps"} <= set(pip)
    listed = Path(pip[pip.index("--requirement") + 1]).read_text()
    assert len(re.findall(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$", listed, re.MULTILINE)) > 10
    assert re.findall(r"^\w\S*", listed, re.MULTILINE) == [bootstrap.UV]


def test_a_wheel_of_uv_that_is_not_the_known_one_is_refused(tmp_path: Path) -> None:
    """By pip itself, of a wheel that says it is uv."""
    name, version = "uv", re.search(r"^uv==(\S+)", (CHECKOUT / "infra" / "uv.txt").read_text(), re.MULTILINE)
    assert version is not None
    wheel = tmp_path / f"{name}-{version.group(1)}-py3-none-any.whl"
    info = f"{name}-{version.group(1)}.dist-info"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version.group(1)}\n")
        packed.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        packed.writestr(f"{info}/RECORD", "")
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "environment"], check=True)
    pip = [tmp_path / "environment" / "bin" / "python", "-m", "pip", "--isolated", "install", "--no-index", "--no-deps"]
    places = ["--find-links", tmp_path, "--require-hashes", "-r", CHECKOUT / "infra" / "uv.txt"]
    done = subprocess.run([*pip, *places], capture_output=True, text=True)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr


def test_our_own_packages_are_built_whole_and_with_nothing_fetched(bootstrap: ModuleType, tmp_path: Path) -> None:
    """uv builds them itself when it is the uv_build that they ask for."""
    uv = bootstrap.install_uv(bootstrap.cache_folder())
    environment = os.environ | {"UV_OFFLINE": "1", "UV_CACHE_DIR": str(tmp_path / "cache")}
    for member in bootstrap.members():
        project = tomllib.loads((member / "pyproject.toml").read_text("utf-8"))
        assert project["build-system"]["requires"] == [f"uv_build>={bootstrap.UV.removeprefix('uv==')},<0.14"]
        subprocess.run([uv, "build", "-q", "--wheel", member, "-o", tmp_path / "built"], env=environment, check=True)
        package = member / project["tool"]["uv"]["build-backend"]["module-name"]
        files = subprocess.run(["git", "ls-files", "."], cwd=package, capture_output=True, text=True, check=True).stdout
        (wheel,) = (tmp_path / "built").glob(f"{project['project']['name'].replace('-', '_')}-*.whl")
        with zipfile.ZipFile(wheel) as packed:
            assert {f"{package.name}/{name}" for name in files.splitlines()} <= set(packed.namelist())


@pytest.mark.skipif(shutil.which("apt-get") is None, reason="no apt")
def test_packages_of_an_unsigned_list_are_refused_whatever_this_machine_allows(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "Packages").touch()
    (tmp_path / "sources.list").write_text(f"deb file:{tmp_path}/repository ./\n")
    (tmp_path / "lists" / "partial").mkdir(parents=True)
    call = ["apt-get", "-o", f"Dir::Etc::sourcelist={tmp_path}/sources.list", "-o", "Dir::Etc::sourceparts=-"]
    call += ["-o", f"Dir::State::Lists={tmp_path}/lists", "-o", "APT::Sandbox::User=", "-o", "Debug::NoLocking=1"]
    call += ["-o", "Acquire::AllowInsecureRepositories=true"]
    lax = subprocess.run([*call, "update"], capture_output=True, text=True, env=os.environ | {"LC_ALL": "C.UTF-8"})
    strict = subprocess.run(
        [*call, *SIGNED_ONLY, "update"], capture_output=True, text=True, env=os.environ | {"LC_ALL": "C.UTF-8"}
    )
    assert lax.returncode == 0, lax.stderr
    assert strict.returncode != 0
    assert "is not signed" in strict.stderr or "does not have a Release file" in strict.stderr
