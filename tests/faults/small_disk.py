"""A small disk in the place of a folder: ``python -m tests.faults.small_disk FOLDER SIZE PROGRAM …``.

The disk is a tmpfs in a mount namespace that only this program sees; from outside, its files are below
``/proc/<pid>/root``. As root, or where the system lets users have namespaces.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_NEWNS, _NEWUSER = 0x00020000, 0x10000000
_REC_PRIVATE = 0x4000 | 0x40000
_libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    if getattr(_libc, name)(*arguments) != 0:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def enter(folder: Path, size: str) -> None:
    """From here on this process and its children see a tmpfs of ``size`` (``16m``) at ``folder``; OSError where not."""
    user, group = os.getuid(), os.getgid()
    _call("unshare", _NEWNS | (0 if user == 0 else _NEWUSER))
    if user:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _call("mount", b"none", b"/", None, _REC_PRIVATE, None)
    _call("mount", b"tmpfs", str(folder).encode(), b"tmpfs", 0, f"size={size}".encode())


def possible(folder: Path) -> bool:
    """Whether this system lets a child process have such a disk."""
    child = os.fork()
    if child == 0:
        try:
            enter(folder, "1m")
            os._exit(0)
        except OSError:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


if __name__ == "__main__":
    enter(Path(sys.argv[1]), sys.argv[2])
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606  the program to run
