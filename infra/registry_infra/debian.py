"""Debian and Ubuntu packages without root and without installing: fetched by apt's client, unpacked by dpkg -x."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from registry_infra.private import readable_by_all
from registry_infra.problems import StackProblem
from registry_infra.progress import Say

SIGNED_ONLY = (
    "-o",
    "Acquire::AllowInsecureRepositories=false",
    "-o",
    "Acquire::AllowWeakRepositories=false",
    "-o",
    "Acquire::AllowDowngradeToInsecureRepositories=false",
    "-o",
    "APT::Get::AllowUnauthenticated=false",
)
"""Lists without a good signature are refused, whatever this machine's own settings allow; the lists hold the packages'
hashes. (A source that the administrator marked `trusted=yes` is the administrator's word.)"""
TOOLS = ("apt-get", "dpkg")


def is_available() -> bool:
    """Whether packages of Debian can be fetched and unpacked here, without root."""
    return all(shutil.which(tool) for tool in TOOLS)


def library_folders(root: Path) -> str:
    """LD_LIBRARY_PATH for programs unpacked under `root`, whatever the machine's architecture is called.

    Some libraries lie one folder deeper and are found there by a path that only an installed package has.
    """
    base = [path for pattern in ("usr/lib/*-linux-gnu*", "lib/*-linux-gnu*") for path in root.glob(pattern)]
    deeper = {library.parent for folder in base for library in folder.glob("*/lib*.so*")}
    return ":".join(str(folder) for folder in [*base, *sorted(deeper)])


def fetch(
    wanted: list[str], root: Path, *, say: Say, only: str = "", adapt: Callable[[Path], None] = lambda _root: None
) -> None:
    """Unpacks packages and what they need under `root`, unless an earlier call did so.

    `only` (a pattern of package names) takes those of the whole closure, installed here or not; without it, all that
    this machine lacks is taken. `adapt` makes the unpacked files fit for their place. Safe to call from several
    processes; a call that was cut off leaves nothing behind.
    """
    done = root / "fetched"
    root.parent.mkdir(parents=True, exist_ok=True)
    with readable_by_all(), _exclusively(root.with_suffix(".lock")):
        if done.exists():
            return
        started = time.monotonic()
        shutil.rmtree(root, ignore_errors=True)
        for cut_off in root.parent.glob(f"{root.name}-apt-*"):
            shutil.rmtree(cut_off, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=root.parent, prefix=f"{root.name}-apt-") as work:
            archives = _download(Path(work), wanted, only)
            size = sum(archive.stat().st_size for archive in archives) / 1e6
            for archive in archives:
                _run(["dpkg", "-x", str(archive), str(root)], Path(work))
        adapt(root)
        done.write_text("\n".join(sorted(archive.name for archive in archives)))
        say(f"Fetched {len(archives)} packages, {size:.0f} MB, in {time.monotonic() - started:.0f} s.")


def _download(work: Path, wanted: list[str], only: str) -> list[Path]:
    for folder in ("lists/partial", "cache/archives/partial", "debs"):
        (work / folder).mkdir(parents=True)
    nothing_installed = work / "status"
    nothing_installed.touch()
    # APT::Sandbox::User: root's apt would otherwise drop to a user that cannot write here.
    options = [
        "-q",
        "-o",
        f"Dir::State::Lists={work}/lists",
        "-o",
        f"Dir::Cache={work}/cache",
        "-o",
        "APT::Sandbox::User=",
        *SIGNED_ONLY,
    ]
    _run(["apt-get", *options, "update"], work)
    closure = ["-o", f"Dir::State::status={nothing_installed}"] if only else []
    planned = _run(["apt-get", *options, *closure, "-s", "install", "--no-install-recommends", *wanted], work)
    names = re.findall(r"^Inst (\S+)", planned, re.MULTILINE)
    names = [name for name in names if re.match(only, name)]
    _run(["apt-get", *options, "download", *names], work / "debs")
    return sorted((work / "debs").glob("*.deb"))


def _run(command: list[str], folder: Path) -> str:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        raise StackProblem(
            f"`{' '.join(command[:1] + command[-1:])}` failed: {' / '.join(said)}. Is the package mirror reachable?"
        )
    return done.stdout


@contextmanager
def _exclusively(file: Path) -> Iterator[None]:
    with file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
