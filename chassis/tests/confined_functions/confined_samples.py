"""Functions that the confinement's tests run inside it: some behave, most do not."""

from __future__ import annotations

import ctypes
import os
import socket
import time
import zlib
from typing import Any

from chassis.confinement.model import Job, Refused


def echo(job: Job) -> Any:
    return {"args": job.args, "bytes": [stream.read().decode() for stream in job.inputs]}


def say_what_nobody_keeps(job: Job) -> Any:
    return {
        "text": "a\0b",
        "names": ["\udcb3\udcc7", "\ud83d", "北京𠮷"],
        "numbers": [float("nan"), float("inf"), -float("inf"), 1.5],
        "\0key\udc80": {"deep": ["\0"]},
    }


def write_upper(job: Job) -> Any:
    assert job.output is not None
    return job.output.write(job.source.read().upper())


def write_without_end(job: Job) -> Any:
    assert job.output is not None
    while True:
        job.output.write(bytes(1 << 20))


def fail(job: Job) -> Any:
    raise ValueError("no good")


def refuse(job: Job) -> Any:
    raise Refused("not_my_kind", wanted="pdf")


def spin(job: Job) -> Any:
    while True:
        pass


def sleep(job: Job) -> Any:
    time.sleep(60)


def swallow_memory(job: Job) -> Any:
    return len(bytearray(8 << 30))


def inflate(job: Job) -> Any:
    return len(zlib.decompress(job.source.read()))


def segfault(job: Job) -> Any:
    ctypes.string_at(0)


def abort(job: Job) -> Any:
    os.abort()


def long_answer(job: Job) -> Any:
    return "x" * (8 << 20)


def report_progress(job: Job) -> Any:
    for step in range(4):
        job.progress(step / 4)
    return "done"


def connect(job: Job) -> Any:
    with socket.socket() as channel:
        channel.connect(("127.0.0.1", job.args["port"]))
    return "connected"


def fork(job: Job) -> Any:
    return os.fork()


def run_program(job: Job) -> Any:
    os.execv("/bin/true", ["true"])  # noqa: S606  # the attempt is the test


def kill_parent(job: Job) -> Any:
    os.kill(os.getppid(), 9)


def read_file(job: Job) -> Any:
    with open(job.args["path"]) as file:
        return file.read()


def look_around(job: Job) -> Any:
    return {"uid": os.getuid(), "environ": dict(os.environ), "root": sorted(os.listdir("/")), "pid": os.getpid()}


def import_late(job: Job) -> Any:
    import colorsys

    return colorsys.rgb_to_hsv(0, 0, 0)


def wait_to_be_killed(job: Job) -> Any:
    """Tells who it is by its progress, then waits; with an output, it has written into it by then."""
    if job.output is not None:
        job.output.write(b"half")
        job.output.flush()
    said = [stream.read().decode() for stream in job.inputs]
    job.progress(os.getpid())
    if not job.args.get("go_on"):
        time.sleep(60)
    time.sleep(job.args.get("seconds", 0.2))
    return said


def hang_up(job: Job) -> Any:
    """Closes the channel to the pool and lives on."""
    os.closerange(3, 64)
    time.sleep(60)
