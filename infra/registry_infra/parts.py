"""What a stack is made of: parts that live for as long as the stack, and jobs that run once and end."""

import ctypes
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from registry_infra.folders import ServerUser
from registry_infra.private import UMASK, open_log

STACK_VARIABLE = "REGISTRY_STACK"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class NotReady(Exception):
    """A part runs but cannot do its job yet; the text says why."""


def always_ready() -> None:
    """For parts of which it is enough that they live."""


@dataclass(frozen=True)
class Program:
    """How to start one process. The environment is complete: nothing else is inherited."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    user: ServerUser | None = None

    def start(
        self, log: Path, *, end_with_parent: signal.Signals, door: socket.socket | None = None
    ) -> "subprocess.Popen[bytes]":
        """Starts in a session of its own, so that the terminal's Ctrl-C reaches only the supervisor.

        `door` is a socket that listens already: the process is told to take connections from it (`REGISTRY_BIND`).

        The kernel sends `end_with_parent` when the supervisor dies, however it dies (Linux). Must be called from the
        main thread: the kernel's rule is about the thread that started the process.
        """
        parent = os.getpid()

        def before_exec() -> None:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dead process's memory holds what was sealed on disk
            if _libc is not None:
                _libc.prctl(_PR_SET_PDEATHSIG, int(end_with_parent))
                if os.getppid() != parent:
                    os._exit(1)

        handed_over = {"REGISTRY_BIND": f"fd://{door.fileno()}"} if door else {}
        with open(open_log(log), "ab") as output:
            return subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**self.environment, **handed_over},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[door.fileno()] if door else [],
                preexec_fn=before_exec,
                user=self.user.uid if self.user else None,
                group=self.user.gid if self.user else None,
                extra_groups=[] if self.user else None,
                umask=UMASK,
            )


@dataclass(frozen=True)
class Part:
    """A process that the supervisor keeps alive. `check` raises NotReady while it cannot do its job."""

    program: Program
    check: Callable[[], None] = always_ready
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 10.0
    """Seconds from the stop signal to SIGKILL."""
    ready_within: float = 60.0
    health_port: int | None = None
    door: tuple[str, int] | None = None
    """Where it takes connections. The supervisor listens there for it, from the first start to the end of the stack:
    whoever comes while the part is away waits instead of being refused, and those of its processes that outlive it go
    on until the next ones are ready."""
    serves_others: bool = False
    """The database or the broker: ended after everything that talks to it."""

    @property
    def name(self) -> str:
        return self.program.name


@dataclass(frozen=True)
class Job:
    """A process that ends by itself; status 0 means done. `doing` tells the person what it is for."""

    program: Program
    doing: str = ""
    needs: tuple[str, ...] = field(default=())
    """Names of jobs that must be done before."""
