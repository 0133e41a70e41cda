"""One disposable process: takes jobs from its socket until it is told to end."""

from __future__ import annotations

import os
import resource
import socket
import sys
from dataclasses import dataclass
from typing import Any, NoReturn

from chassis.confinement import confine, seccomp, wire
from chassis.confinement.model import ConfinedFunction, Job, Limits, Refused

_REQUEST_LIMIT = 16 << 20


@dataclass(frozen=True)
class Surroundings:
    """What the template process hands down: its address space in bytes, /dev/null, whether it has an own root."""

    idle_bytes: int
    nothing: int
    own_root: bool
    modules: frozenset[str]


def run(channel: socket.socket, surroundings: Surroundings) -> NoReturn:
    """Never returns: the process ends with its last job, or when the pool goes away."""
    status = 1
    try:
        for number in (0, 1, 2):
            os.dup2(surroundings.nothing, number)
        confine.drop_privileges(surroundings.own_root)
        seccomp.install()
        wire.send(channel, {"pid": os.getpid()})
        while True:
            request, files = wire.receive_with_files(channel, _REQUEST_LIMIT)
            reply = _answer(channel, request, files, surroundings)
            wire.send(channel, reply)
    except wire.Closed:
        status = 0
    finally:
        os._exit(status)


def _answer(
    channel: socket.socket, request: dict[str, Any], files: list[int], surroundings: Surroundings
) -> dict[str, Any]:
    limits = Limits(**request["limits"])
    has_output = request["output"]
    output = os.fdopen(files.pop(), "r+b") if has_output else None
    inputs = tuple(os.fdopen(number, "rb") for number in files)
    mapped = sum(os.fstat(stream.fileno()).st_size for stream in inputs)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    try:
        function = _resolve(request["function"], surroundings.modules)
        confine.apply_limits(limits, surroundings.idle_bytes, mapped, usage.ru_utime + usage.ru_stime)
        job = Job(
            inputs=inputs,
            args=request["args"],
            output=output,
            progress=lambda done: wire.send(channel, {"progress": round(done, 3)}),
        )
        value = function(job)
        if output is not None:
            output.flush()
        return {"kind": "ok", "value": value}
    except Refused as refusal:
        return {"kind": "refused", "detail": refusal.code, "params": refusal.params}
    except MemoryError:
        return {"kind": "out_of_memory", "detail": "MemoryError"}
    except RecursionError:
        return {"kind": "crashed", "detail": "RecursionError"}
    except Exception as error:
        return {"kind": "crashed", "detail": f"{type(error).__name__}: {error}"[:500]}
    finally:
        for stream in (*inputs, *([output] if output else [])):
            try:
                stream.close()
            except (OSError, ValueError):
                continue


def _resolve(name: str, modules: frozenset[str]) -> ConfinedFunction:
    """The function ``module:name``; only of modules that the pool named when it started."""
    module, _, attribute = name.partition(":")
    if module not in modules:
        raise Refused("function_unknown", function=name)
    function: ConfinedFunction | None = getattr(sys.modules[module], attribute, None)
    if function is None:
        raise Refused("function_unknown", function=name)
    return function
