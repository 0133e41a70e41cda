"""The template process: imports the parsers once, puts up the walls, then forks a fresh process per call.

Started as ``python -I -m chassis.confinement.zygote`` with its control socket as standard input. Single-threaded by
design, so that forking is safe.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import socket
import sys
from typing import Any, NoReturn

from chassis.confinement import child, confine, seccomp, wire

_CONTROL_LIMIT = 1 << 16


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever is interrupted dies of it, and that is seen
    control = socket.socket(fileno=os.dup(0))
    control.set_inheritable(False)
    configuration = wire.receive(control, _CONTROL_LIMIT)
    sys.path[:0] = configuration["import_paths"]
    for name in configuration["modules"]:
        module = importlib.import_module(name)
        prepare = getattr(module, "prepare_confined", None)
        if prepare is not None:
            prepare()
    _import_codecs()
    idle_bytes = _address_space()
    nothing = os.open(os.devnull, os.O_RDWR)
    network, own_root = confine.leave_network_and_files() if configuration["namespaces"] else (False, False)
    gc.collect()
    gc.freeze()
    wire.send(control, {"pid": os.getpid(), "network": network, "own_root": own_root, **_probe(own_root)})
    _serve(control, child.Surroundings(idle_bytes, nothing, own_root, frozenset(configuration["modules"])))


def _import_codecs() -> None:
    """Text decoders that would otherwise be looked for on disk in the middle of a call."""
    for name in (
        "utf-8-sig",
        "utf-16",
        "utf-32",
        "gbk",
        "gb18030",
        "big5",
        "latin-1",
        "ascii",
        "idna",
        "mbcs",
        "cp1252",
    ):
        try:
            "".encode(name)
        except LookupError:
            continue


def _address_space() -> int:
    with open("/proc/self/statm") as status:
        return int(status.read().split()[0]) * resource.getpagesize()


def _probe(own_root: bool) -> dict[str, Any]:
    """What a child will be able to give up, found out in a child."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            user = confine.drop_privileges(own_root)
            os.write(write, json.dumps({"user": user, "filtered": seccomp.install()}).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer: dict[str, Any] = json.loads(pipe.read() or b'{"user": "no_capabilities", "filtered": false}')
    os.waitpid(pid, 0)
    return answer


def _serve(control: socket.socket, surroundings: child.Surroundings) -> NoReturn:
    """Forks on request; writes how a child ended into the pipe that came with the request."""
    waiting: dict[int, int] = {}

    def reap(*_: object) -> None:
        while waiting:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            pipe = waiting.pop(pid, None)
            if pipe is not None:
                _tell(pipe, {"status": status, "peak": usage.ru_maxrss * 1024})

    signal.signal(signal.SIGCHLD, reap)
    while True:
        try:
            _, files = wire.receive_with_files(control, _CONTROL_LIMIT)
        except (wire.Closed, OSError):
            for pid in list(waiting):
                os.kill(pid, signal.SIGKILL)
            os._exit(0)
        jobs, pipe = files
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        try:
            pid = os.fork()
        except OSError as error:  # no memory or no processes left: the others go on, this call is told
            _tell(pipe, {"failed": error.errno or 0})
            os.close(jobs)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            continue
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
            control.close()
            os.close(pipe)
            for other in waiting.values():
                os.close(other)
            child.run(socket.socket(fileno=jobs), surroundings)
        waiting[pid] = pipe
        os.close(jobs)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})


def _tell(pipe: int, message: dict[str, int]) -> None:
    try:
        os.write(pipe, json.dumps(message).encode())
    except OSError:
        pass
    finally:
        os.close(pipe)


if __name__ == "__main__":
    main()
