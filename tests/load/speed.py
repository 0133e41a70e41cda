"""How fast a large upload arrives, beside a bare sink in the same run, and how much memory that takes."""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gateway.testing import GatewayProcess, free_port

MIB = 1 << 20
WARM_UPS = 16
"""Small uploads beforehand, so that what a worker loads on its first requests is not taken for growth."""


@dataclass
class Speed:
    """Megabytes per second of gateway and sink (medians of interleaved rounds), and growth of memory in bytes."""

    gateway: float
    sink: float
    ratio: float
    growth: int


@contextmanager
def running_sink(folder: Path) -> Iterator[int]:
    """The sink under the gateway's own server with the same workers and threads; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    command += ["--worker-class", "gthread", "--threads", "8", "--log-level", "warning", "tests.load.sink:app"]
    process = subprocess.Popen(command, env={**os.environ, "SINK_FOLDER": str(folder)})
    try:
        deadline = time.monotonic() + 30
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
                connection.request("GET", "/")
                connection.getresponse().read()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def measure(gateway: GatewayProcess, sink_port: int, size: int, rounds: int) -> Speed:
    """Uploads ``size`` bytes to both in turns; every round has content of its own: nothing is stored already."""
    rates: dict[str, list[float]] = {"gateway": [], "sink": []}
    for number in range(WARM_UPS):
        content = number.to_bytes(4, "big") * (MIB // 4)
        post(gateway.port, "/api/v1/uploads", upload_headers(gateway, MIB), content)
    before = resident(gateway)
    peak = before
    for number in range(rounds):
        content = os.urandom(MIB) * (size // MIB - 1) + number.to_bytes(4, "big") + os.urandom(MIB - 4)
        expected = hashlib.sha256(content).hexdigest()
        started = time.perf_counter()
        assert post(sink_port, "/", {}, content)[1].decode() == expected
        rates["sink"].append(size / MIB / (time.perf_counter() - started))
        started = time.perf_counter()
        status, _ = post(gateway.port, "/api/v1/uploads", upload_headers(gateway, size), content)
        rates["gateway"].append(size / MIB / (time.perf_counter() - started))
        assert status == 201
        peak = max(peak, resident(gateway))
    medians = {name: statistics.median(values) for name, values in rates.items()}
    ratio = statistics.median(a / b for a, b in zip(rates["gateway"], rates["sink"], strict=True))
    return Speed(medians["gateway"], medians["sink"], ratio, peak - before)


def upload_headers(gateway: GatewayProcess, size: int) -> dict[str, str]:
    name = base64.b64encode(b"work.bin").decode()
    return {
        "Authorization": f"Bearer {gateway.token('acc-speed')}",
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(size),
        "Upload-Metadata": f"filename {name}",
        "Content-Type": "application/offset+octet-stream",
    }


def post(port: int, path: str, headers: dict[str, str], content: bytes) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", path, body=content, headers=headers)
    answer = connection.getresponse()
    result = answer.status, answer.read()
    connection.close()
    return result


def resident(gateway: GatewayProcess) -> int:
    """Largest resident memory that the gateway's workers have had so far, in bytes, all together."""
    total = 0
    for pid in gateway.worker_pids():
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                total += int(line.split()[1]) * 1024
    return total
