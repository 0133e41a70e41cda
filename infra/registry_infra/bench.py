"""`./registry bench`: measures this machine, or runs the crash campaign in full. Results are for docs/performance.md.

Each measurement brings servers of its own and compares two things in one run, turn by turn: numbers of different runs
or machines say little beside each other.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from registry_infra.folders import CHECKOUT
from registry_infra.problems import StackProblem

MEASUREMENTS = {
    "rpc": "a call to a service, against a bare request and reply under eventlet",
    "events": "from commit to handler at 200 events a second; how fast a relay publishes",
    "writes": "a write with outbox and audit, against the same without",
    "certificates": "processor time of one certificate",
    "progress": "the public progress query, against the same query in a bare Flask application",
    "search": "the public search of 200,000 registrations, with its index and without",
    "journeys": "complete journeys a second for the whole system, and where their time goes",
    "steps": "processor time of saving a step of the wizard",
    "batch": "a batch of artworks from upload to acceptance, and the public query meanwhile (`batch 1000`; of programs:"
    " `batch 1000 software`)",
    "statements": "a bank statement from its upload until its rows are matched (`statements 100000 3`: rows, how many"
    " in a hundred pay an order)",
    "settlement": "payments that signed notices settle, by one payment service and by two",
    "money": "notices and bank rows while services, broker and database are killed: to the fen (`money 10000`)",
    "import": "a million rows of the old system end to end, against a bare COPY of them; memory (`import kills`: killed"
    " at random and gone on with; `import sign-ins`: old accounts that sign in meanwhile)",
    "materials": "first verdict on a large PDF, many small files, a source deposit",
}
FAULTS = "50,120,1"
"""Journeys, seconds and random seed of the full crash campaign."""


def run_bench(words: list[str], running: Path | None = None) -> int:
    """Runs the named measurement, `faults [journeys,seconds,seed [broken variant]]`, or (no name) every measurement.

    `running` is the data folder of a stack that runs; `materials` then starts none of its own.
    """
    name, *options = words or ["all"]
    if name == "uploads":
        return _uploads()
    if name == "faults":
        if len(options) > 2:
            raise StackProblem(f"faults takes a size like {FAULTS} and a broken variant, not {' '.join(options)!r}.")
        return _campaign(*options)
    if name != "all" and name not in MEASUREMENTS:
        known = "; ".join(f"{known}: {text}" for known, text in MEASUREMENTS.items())
        raise StackProblem(
            f"there is no measurement {name!r}. There are: {known}; faults, uploads: the full campaigns."
        )
    if not all(re.fullmatch(r"\d+(\.\d+)?|--.*|work|software|all|kills|sign-ins", option) for option in options):
        raise StackProblem(
            f"{name} takes numbers, not {' '.join(options)!r}. docs/performance.md shows how it was run."
        )
    if name == "materials" and running:
        options += ["--data", str(running)]
    chosen = list(MEASUREMENTS) if name == "all" else [name]
    failed = [each for each in chosen if _run(["-W", "ignore", "-m", f"tests.load.{each}", *options])]
    return 1 if failed else 0


def _campaign(size: str = FAULTS, variant: str = "") -> int:
    words = ["-m", "pytest", "-q", "-s", "-p", "no:warnings", "tests/faults/test_crash_campaign.py"]
    if not re.fullmatch(r"\d+,\d+,\d+", size):
        raise StackProblem(f"{size!r} is no campaign. Name journeys, seconds and random seed, like {FAULTS}.")
    words += ["-k", "broken"] if variant else []
    return _run(words, REGISTRY_CAMPAIGN=size, REGISTRY_CAMPAIGN_VARIANT=variant)


def _uploads() -> int:
    """1,000 cuts over 20 uploads while workers are killed; speed and memory of a 200 MB upload beside a bare sink."""
    tests = ["tests/load/test_uploads_under_fire.py", "tests/load/test_upload_speed.py"]
    words = ["-m", "pytest", "-q", "-s", "-p", "no:warnings", *tests]
    return _run(words, REGISTRY_CUTS="full", REGISTRY_MEASURE="full")


def _run(words: list[str], **variables: str) -> int:
    return subprocess.run([sys.executable, *words], cwd=CHECKOUT, env={**os.environ, **variables}).returncode
