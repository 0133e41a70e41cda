"""Ports of one stack: chosen free at the first start, then remembered, so that addresses stay the same."""

import errno
import json
import random
import socket
from pathlib import Path

from registry_infra.private import write_whole
from registry_infra.problems import StackProblem

# Below the range that Linux gives to outgoing connections (32768-60999), so that none takes a port between two starts.
CANDIDATES = range(20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether one could listen on this port of 127.0.0.1 now."""
    return _hindrance(port) is None


def _hindrance(port: int) -> OSError | None:
    """Why this process cannot listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error
    return None


def require_free(port: int) -> None:
    """Of the port that a person chose; raises StackProblem when it cannot be had."""
    hindrance = _hindrance(port)
    if hindrance is None:
        return
    if hindrance.errno == errno.EACCES:
        raise StackProblem(f"port {port} is for root only. Choose one from 1024 up with --port.")
    raise StackProblem(f"port {port} is taken by another program. Choose another with --port.")


_claims: dict[int, socket.socket] = {}


def _claim(port: int) -> bool:
    """Whether no other stack is about to listen there.

    Between choosing and listening lie seconds, in which a copy of this stack, or any other, may look at the same port.
    The claim is a name that the kernel gives to one process of those that share its ports, and takes back at its end.
    """
    if port not in _claims:
        name = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            name.bind(f"\0registry port {port}")
        except OSError:
            name.close()
            return False
        _claims[port] = name
    return True


def choose_ports(names: list[str], file: Path) -> dict[str, int]:
    """The remembered port of each name where it is still free, else a new one; the result is remembered in `file`.

    For as long as this process lives no other one chooses any of them.
    """
    remembered: dict[str, int] = json.loads(file.read_text()) if file.exists() else {}
    chosen: dict[str, int] = {}
    candidates = iter(random.sample(CANDIDATES, len(CANDIDATES)))
    for name in names:
        port = remembered.get(name)
        if port is None or not (is_free(port) and _claim(port)):
            others = (new for new in candidates if new not in remembered.values())
            port = next((new for new in others if is_free(new) and _claim(new)), None)
        if port is None:
            raise StackProblem("no free port was found between 20000 and 32000. Stop something that listens there.")
        chosen[name] = port
    write_whole(file, json.dumps(remembered | chosen, indent=1))
    return chosen
