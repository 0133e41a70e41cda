"""How the two gunicorn workers of a replica share what comes."""

from __future__ import annotations

import select
import socket
from contextlib import ExitStack

import httpx
from gateway.testing import GatewayProcess

THREADS = 16
"""Two workers with eight each."""
HALF = (
    b"POST /api/v1/otp HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    b'{"mobile'
)


def test_slow_senders_hold_nobody_up_though_they_are_more_than_there_are_threads(gateway: GatewayProcess) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(socket.create_connection(("127.0.0.1", gateway.port))) for _ in range(2 * THREADS)]
        for connection in slow:
            connection.sendall(HALF)
        for _ in range(20):
            assert httpx.get(f"{gateway.url}/healthz", timeout=10).status_code == 200
        assert select.select(slow, [], [], 0)[0] == []  # they are still being read
    for _ in range(THREADS):
        assert httpx.get(f"{gateway.url}/healthz", timeout=10).status_code == 200
