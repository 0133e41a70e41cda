"""The public progress query through gateway, RPC, service and database, against a bare Flask application, turn by turn.

Both run under gunicorn with the same workers and threads, on one PostgreSQL; ``wrk`` asks with 16 connections.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry_infra import debian
from registry_infra.folders import cache_folder, find_folders, server_user
from registry_infra.ports import choose_ports
from registry_infra.processes import GATEWAY, Settings
from registry_infra.progress import say
from registry_infra.testing import start_stack

from tests.faults.chaos import wait_until
from tests.faults.journey import Journey, Office
from tests.load.servers import CHECKOUT, median, show

ADDRESSES = """
local count = 0
request = function()
    count = count + 1
    local from = string.format("10.%d.%d.%d", count % 250, count / 250 % 250, count / 62500 % 250)
    return wrk.format("GET", nil, {["X-Forwarded-For"] = from})
end
"""
"""Each request from an address of its own: the limit per address is counted, and never reached."""
UNIT = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def wrk() -> Path:
    """The machine's wrk, or one fetched with apt's client; nothing is installed."""
    if found := shutil.which("wrk"):
        return Path(found)
    root = cache_folder(Path(tempfile.gettempdir()), server_user()) / "wrk"
    if not (root / "fetched").exists():
        debian.fetch(["wrk"], root, say=say, only="^(wrk|libluajit)", adapt=lambda _root: None)
    return root / "usr/bin/wrk"


def load(program: Path, script: Path, url: str, seconds: int) -> tuple[float, float]:
    """Requests per second, and p99 in milliseconds; fails when answers are not all 2xx."""
    root = program.parents[2]
    environment = {**os.environ, "LD_LIBRARY_PATH": str(root / "usr/lib/x86_64-linux-gnu")}
    command = [str(program), "-t1", "-c16", f"-d{seconds}s", "--latency", "-s", str(script), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout
    assert "Non-2xx" not in said, said
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert slowest, said
    assert rate, said
    return float(rate[1]), float(slowest[1]) * UNIT[slowest[2]]


@contextmanager
def bare(settings: Settings, folder: Path) -> Iterator[str]:
    port = choose_ports(["bare"], folder / "bare-port.json")["bare"]
    worker = ["-k", "gateway.worker.Worker", "-w", "2", "--threads", "8"]
    options = [*worker, "-b", f"127.0.0.1:{port}", "--log-level", "warning"]
    command = [sys.executable, "-W", "ignore", "-m", "gunicorn", *options, "tests.load.bare_progress:app"]
    environment = {**os.environ, "BARE_DATABASE_URL": settings.database_urls["filing"]}
    process = subprocess.Popen(command, cwd=CHECKOUT, env=environment)
    try:
        wait_until(lambda: not _refused(port), 30, "the bare application")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def gateway(settings: Settings, folder: Path) -> Iterator[str]:
    """A gateway beside the stack's own, that believes what a proxy says of the caller's address."""
    port = choose_ports(["measured"], folder / "measured-port.json")["measured"]
    metrics = folder / "measured-metrics"
    metrics.mkdir()
    program = settings.part(GATEWAY).program
    environment = {
        **program.environment,
        "REGISTRY_BIND": f"127.0.0.1:{port}",
        "REGISTRY_HEALTH_PORT": "0",
        "REGISTRY_TRUSTED_PROXIES": "1",
        "REGISTRY_LOG_LEVEL": "WARNING",
        "PROMETHEUS_MULTIPROC_DIR": str(metrics),
    }
    process = subprocess.Popen(program.command, cwd=program.folder, env=environment)
    try:
        wait_until(lambda: not _refused(port), 60, "a gateway")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return True
    return False


WARM_UP = 6
"""Seconds, for both: until every thread has been through every line and the database keeps the statement's plan."""


def main(rounds: int = 5, seconds: int = 5) -> None:
    program = wrk()
    with tempfile.TemporaryDirectory() as name, start_stack(Path(name)) as stack:
        Path(name).chmod(0o755)
        settings = Settings.load(find_folders(stack.data).settings)
        journey = Journey(Office(stack.url), 1, time.monotonic() + 120)
        journey.go()
        number = journey.acceptance_number
        script = Path(name) / "addresses.lua"
        script.write_text(ADDRESSES)
        with bare(settings, Path(name)) as other, gateway(settings, Path(name)) as own:
            urls = {kind: f"{base}/api/v1/progress/{number}" for kind, base in (("bare", other), ("ours", own))}
            for url in urls.values():
                load(program, script, url, WARM_UP)
            turns = [{kind: load(program, script, url, seconds) for kind, url in urls.items()} for _ in range(rounds)]
    for kind in urls:
        show(
            bench="progress",
            kind=kind,
            rate=median([turn[kind][0] for turn in turns]),
            p99_ms=median([turn[kind][1] for turn in turns]),
        )
    show(
        bench="progress ratio",
        throughput=median([turn["ours"][0] / turn["bare"][0] for turn in turns]),
        p99=median([turn["ours"][1] / turn["bare"][1] for turn in turns]),
    )


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:3]))
