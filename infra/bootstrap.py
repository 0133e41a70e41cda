"""Makes the project's environment (.venv) from uv.lock and runs the real command line in it.

Standard library only: this is what runs on a machine that has Python and nothing else. uv itself is installed with
pip into the cache folder, once, by the hashes in uv.txt; everything else by those of uv.lock. The project's own
packages are built by uv itself (uv_build of the same version), which fetches nothing. A stamp in .venv says for which
lock and project files it was made, so that a second start neither runs uv nor needs the network.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

CHECKOUT = Path(__file__).resolve().parent.parent
UV_REQUIREMENT = CHECKOUT / "infra" / "uv.txt"
UV = next(line.split()[0] for line in UV_REQUIREMENT.read_text().splitlines() if line.startswith("uv=="))
VENV = CHECKOUT / ".venv"
STAMP = VENV / "registry-stamp.json"
STARTED = time.time()


# Stopping and looking at what runs works with the environment that it was started with.
AS_IT_IS = ("down", "status", "logs")
# Development tools (linters, type checker, browser driver) are half of the download: only these need them.
WITH_TOOLS = ("test", "bench")


def main() -> None:
    if os.environ.get("LC_ALL") in ("C", "POSIX"):  # Python would not find modules under a path that is not ASCII
        os.environ["LC_ALL"] = "C.UTF-8"
    command = command_of(sys.argv[1:])
    development = command in WITH_TOOLS
    usable = command in AS_IT_IS and STAMP.exists()
    if not usable and not up_to_date(development):
        make_environment(development)
    python = str(VENV / "bin" / "python")
    environment = dict(os.environ, REGISTRY_CALL_STARTED=str(STARTED))
    os.execve(python, [python, "-m", "registry_infra", *sys.argv[1:]], environment)


def command_of(words: list[str]) -> str:
    """The word that is neither an option nor the folder after --data."""
    pairs = zip(words, ["", *words], strict=False)
    return next((word for word, last in pairs if not word.startswith("-") and last != "--data"), "")


def fingerprint() -> str:
    """What the environment is made from: the lock, every project file, this interpreter and this place."""
    digest = hashlib.sha256(f"{UV} {sys.version} {CHECKOUT}".encode())
    members = (
        CHECKOUT.glob(pattern) for pattern in ("pyproject.toml", "*/pyproject.toml", "services/*/pyproject.toml")
    )
    for path in [CHECKOUT / "uv.lock", *sorted(path for found in members for path in found)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def members() -> list[Path]:
    """The folders of the project's own packages."""
    projects = (path for pattern in ("*", "services/*") for path in CHECKOUT.glob(f"{pattern}/pyproject.toml"))
    return sorted(project.parent for project in projects)


def up_to_date(development: bool) -> bool:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return False
    runs = (VENV / "bin" / "python").exists()
    return bool(runs and stamp["made_from"] == fingerprint() and (stamp["development"] or not development))


def make_environment(development: bool) -> None:
    cache = cache_folder()
    with open(
        cache / "environment.lock", "w"
    ) as lock:  # two first starts at once: the second waits, then finds it made
        fcntl.flock(lock, fcntl.LOCK_EX)
        if up_to_date(development):
            return
        made_from = fingerprint()
        uv = install_uv(cache)
        say("Bringing the Python environment to what uv.lock says (the first time this downloads some 100 MB) …")
        sync(uv, cache, development)
        STAMP.write_text(json.dumps({"made_from": made_from, "development": development}))
        say("The Python environment is ready.")


def cache_folder() -> Path:
    """A folder for downloads that several checkouts and stacks share; the same rule as registry_infra.folders."""
    if os.environ.get("XDG_CACHE_HOME"):
        wanted = Path(os.environ["XDG_CACHE_HOME"]) / "registry"
    elif os.geteuid() == 0:
        wanted = Path("/var/cache/registry")
    else:
        wanted = Path.home() / ".cache" / "registry"
    for folder in (wanted, CHECKOUT / ".registry" / "cache"):
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    fail(f"neither {wanted} nor {CHECKOUT} can be written. Make one of them writable, or set XDG_CACHE_HOME.")


def install_uv(cache: Path) -> Path:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = cache / f"{UV.replace('==', '-')}-py{version}"
    uv = home / "bin" / "uv"
    if not runs(uv):
        say(f"Installing {UV.replace('==', ' ')} with pip into {home} …")
        run([interpreter(), "-m", "venv", "--clear", str(home)], "Python's venv module failed")
        pip = [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        pip += ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--requirement", str(UV_REQUIREMENT)]
        run(pip, "pip could not install uv, and a first start needs the network")
    return uv


def runs(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True).returncode == 0
    except OSError:
        return False


def interpreter() -> str:
    """The interpreter itself, also when this runs inside a virtual environment."""
    return str(getattr(sys, "_base_executable", sys.executable))


def sync(uv: Path, cache: Path, development: bool) -> None:
    """Installs what the lock file lists: from the index that pip is told of, else from the locked addresses."""
    pip = pip_settings(uv.parent / "python")
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_PROJECT_ENVIRONMENT": str(VENV)}
    environment.pop("VIRTUAL_ENV", None)
    if not os.access(Path.home(), os.W_OK):
        environment.setdefault("UV_CACHE_DIR", str(cache / "uv"))
    if pip.get("cert"):
        environment.setdefault("SSL_CERT_FILE", pip["cert"])
    # --inexact: a start never removes the development tools that an earlier test run installed.
    groups = ["--all-packages", *([] if development else ["--no-dev", "--inexact"])]
    place = ["--project", str(CHECKOUT), "--python", interpreter()]
    index = pip.get("index-url")
    if not index:
        run([uv, "sync", "--locked", *groups, *place], "uv could not make the environment", environment)
        return
    host = urlsplit(index).hostname or index  # without the password that an address may hold
    say(f"Packages come from pip's index at {host}; the hashes of uv.lock hold.")
    with tempfile.TemporaryDirectory() as folder:
        listed = str(Path(folder) / "requirements.txt")
        export = [uv, "export", "--quiet", "--frozen", "--no-emit-workspace", "--output-file", listed]
        run(
            [*export, *(group for group in groups if group != "--inexact"), *place],
            "uv could not read uv.lock",
            environment,
        )
        if not runs(VENV / "bin" / "python"):
            run(
                [uv, "venv", "--clear", "--python", interpreter(), VENV],
                "uv could not make the environment",
                environment,
            )
        install = [uv, "pip", "install", "--python", VENV / "bin" / "python", "--index-url", index]
        install += [f"--allow-insecure-host={trusted}" for trusted in pip.get("trusted-host", "").split()]
        run([*install, "--require-hashes", "-r", listed], f"packages could not be had from {host}", environment)
        own = [f"--editable={folder}" for folder in members()]
        run([*install, "--no-deps", *own], "the project's own packages could not be installed", environment)


def pip_settings(python: Path) -> dict[str, str]:
    """pip's effective settings by their short names: those of its files, of `pip install` in them, PIP_… variables."""
    listed = subprocess.run([python, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    found: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        section, _, short = name.rpartition(".")
        if section in found:
            found[section][short.replace("_", "-")] = value.strip("'")
    return found["global"] | found["install"] | found[":env:"]


def run(command: list[str | Path], problem: str, environment: dict[str, str] | None = None) -> None:
    """Shows what the program says of its progress, without uv's long list of packages at the end."""
    words = [str(word) for word in command]
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        for line in process.stdout or ():
            if not line.startswith((" + ", " - ", " ~ ")):
                print(f"          {line.strip()}", flush=True)
    if process.returncode:
        fail(f"{problem}; the lines above say why.")


def say(text: str) -> None:
    print(f"{time.time() - STARTED:6.1f} s  {text}", flush=True)


def fail(text: str) -> NoReturn:
    print(f"registry: {text}", file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    main()
