"""`./registry test`: linters, type checker, then pytest.

quick: everything that needs neither the whole system nor a browser. all: everything.
Each step of tests runs in two processes side by side, with servers of their own and whole files at a time; what is
quick comes first, then what has the whole system.
lint and types run only that, for the pre-commit hooks.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from registry_infra.chromium import find_chromium
from registry_infra.folders import CHECKOUT, cache_folder, server_user
from registry_infra.progress import say

# mypy_path in pyproject.toml lists where the packages are.
PACKAGES = (
    "contracts",
    "chassis",
    "materials",
    "identity",
    "filing",
    "payment",
    "archive",
    "legacy_bridge",
    "gateway",
    "registry_infra",
)
LINTERS = {"ruff check": ["ruff", "check", "."], "ruff format": ["ruff", "format", "--check", "."]}
TYPES = {"mypy": ["mypy", *(word for package in PACKAGES for word in ("-p", package))]}
QUICK = "not stack and not browser"
WHOLE_SYSTEM = "stack or browser"
SIDE_BY_SIDE = ["--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder", "--durations", "20"]
NONE_CHOSEN = 5  # pytest's status when the words given choose no test of a step
# Tests bring their own servers.
NOT_FOR_TESTS = ("POSTGRES_URI", "RABBITMQ_URI", "OBJECT_STORE_URL", "REGISTRY_PROFILE", "REGISTRY_PUBLIC_URL")


def run_tests(extent: str, pytest_words: list[str]) -> int:
    """Runs every step even when an earlier one failed, and says at the end which failed; returns the exit status."""
    steps = {
        **(LINTERS if extent in ("lint", "quick", "all") else {}),
        **(TYPES if extent in ("types", "quick", "all") else {}),
    }
    environment = {name: value for name, value in os.environ.items() if name not in NOT_FOR_TESTS}
    if extent == "all":
        environment["REGISTRY_CHROMIUM"] = str(_browser())
    if extent in ("quick", "all"):
        steps["quick tests"] = ["pytest", "-m", QUICK, *SIDE_BY_SIDE, *pytest_words]
    if extent == "all":
        steps["tests of the whole system"] = ["pytest", "-m", WHOLE_SYSTEM, *SIDE_BY_SIDE, *pytest_words]
    fine = (0, NONE_CHOSEN) if pytest_words else (0,)
    failed = [name for name, words in steps.items() if _fails(name, words, environment, fine)]
    say(f"Failed: {', '.join(failed)}." if failed else "All passed.")
    return 1 if failed else 0


def _browser() -> Path:
    """The browser tests drive the program that REGISTRY_CHROMIUM names."""
    with tempfile.TemporaryDirectory() as unused:
        return find_chromium(cache_folder(Path(unused), server_user()), say)


def _fails(name: str, words: list[str], environment: dict[str, str], fine: tuple[int, ...]) -> bool:
    say(f"{name} …")
    started = time.monotonic()
    status = subprocess.run([sys.executable, "-m", *words], cwd=CHECKOUT, env=environment).returncode
    failed = status not in fine
    say(f"{name} {'failed' if failed else 'passed'} in {time.monotonic() - started:.0f} s.")
    return failed
