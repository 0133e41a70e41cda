"""Fifty people with old accounts sign in at once, for the first time, while imports run: how long each waits.

One round while identity takes accounts in, one while the archive takes registrations in; beside them the worker lays
argon2id over the old hashes, as it does in life.

    python -m tests.load.import sign-ins 60000 50
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
from registry_infra.folders import find_folders
from registry_infra.processes import Settings
from registry_infra.testing import Stack, start_stack

from tests.legacy.files import write_csv
from tests.legacy.rows import password
from tests.legacy.rows import rows as made_rows
from tests.load.journeys import spent
from tests.load.servers import percentile, show

MOST_SECONDS = 1.5
"""Of 19 in 20 of them."""
EARLIER = 2000
"""Accounts that were imported before."""


def main(rows: int = 60_000, people: int = 50) -> None:
    with tempfile.TemporaryDirectory() as name, start_stack(Path(name) / "stack") as stack:
        settings = Settings.load(find_folders(stack.data).settings)
        _import(settings, write_csv(Path(name) / "earlier.csv", "accounts", EARLIER)).wait()
        comers = [n for n, made in enumerate(made_rows("accounts", EARLIER), 1) if made.outcome == "loaded"]
        slowest = [_round(stack, "quiet", comers[:people])]
        for place, table in enumerate(("accounts", "registrations"), 1):
            running = _import(settings, write_csv(Path(name) / f"{table}.csv", table, rows))
            _wait_until_it_reads(settings)
            slowest.append(_round(stack, table, comers[place * people : (place + 1) * people]))
            show(bench="import sign-ins", importing=table, still_running=running.poll() is None)
            if running.wait():
                raise SystemExit("the import failed")
    if max(slowest) > MOST_SECONDS:
        raise SystemExit(f"more than {MOST_SECONDS} s for one in twenty")


def _import(settings: Settings, file: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-W", "ignore", "-m", "legacy_bridge.command", str(file), "--rejects", str(file.parent)]
    return subprocess.Popen(command, env=settings.environment("legacy_bridge"), stdout=subprocess.DEVNULL)


def _wait_until_it_reads(settings: Settings) -> None:
    url = settings.owner_database_urls["legacy_bridge"].replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        while not connection.execute("SELECT 1 FROM imports WHERE state = 'reading' AND rows > 0").fetchone():
            time.sleep(0.05)


def _round(stack: Stack, beside: str, comers: Sequence[int]) -> float:
    """All of them at the same moment; the time that 19 of 20 needed at most."""
    stack_id = find_folders(stack.data).stack_id
    before = spent(stack_id)
    with httpx.Client(base_url=stack.url, limits=httpx.Limits(max_connections=None), timeout=60) as client:

        def sign_in(n: int) -> float:
            began = time.monotonic()
            answer = client.post("/api/v1/sessions", json={"login": f"user{n}", "password": password(n)})
            if answer.status_code != 201:
                raise SystemExit(f"user{n} could not sign in: {answer.text}")
            return time.monotonic() - began

        with ThreadPoolExecutor(len(comers)) as pool:
            seconds = list(pool.map(sign_in, comers))
    late = percentile(seconds, 0.95)
    for part, cost in sorted(spent(stack_id).items(), key=lambda found: -found[1]):
        if (ms := (cost - before.get(part, 0.0)) / len(comers) * 1000) >= 1:
            show(bench="import sign-ins", part=part, ms_each=ms)
    show(bench="import sign-ins", beside=beside, people=len(comers), median=percentile(seconds, 0.5), p95=late)
    return late
