"""The walls: namespaces, an own root folder with nothing but code in it, an unprivileged user, no capabilities.

Each wall is tried and reported (``Confinement``); containers and hardened hosts forbid some of them.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
import sysconfig
from pathlib import Path
from typing import Literal

from chassis.confinement.model import Limits

NOBODY = 65534

_CLONE_NEWNS = 0x00020000
_CLONE_NEWUTS = 0x04000000
_CLONE_NEWIPC = 0x08000000
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT = 1, 2, 4, 32
_MS_BIND, _MS_REC, _MS_PRIVATE = 4096, 16384, 1 << 18
_MNT_DETACH = 2
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 1, 4, 38
_PR_CAPBSET_DROP = 24
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


class _Forbidden(OSError):
    """The system does not allow this wall."""


def _call(name: str, *arguments: object) -> int:
    result = int(getattr(_libc, name)(*arguments))
    if result == -1:
        number = ctypes.get_errno()
        raise _Forbidden(number, f"{name}: {os.strerror(number)}")
    return result


def leave_network_and_files() -> tuple[bool, bool]:
    """Moves this single-threaded process into namespaces of its own: (network gone, own root folder)."""
    uid, gid = os.getuid(), os.getgid()
    flags = _CLONE_NEWNET | _CLONE_NEWNS | _CLONE_NEWIPC | _CLONE_NEWUTS
    try:
        if uid != 0:
            raise _Forbidden(1, "needs a user namespace")
        _call("unshare", flags)
    except OSError:
        try:
            _call("unshare", flags | _CLONE_NEWUSER)
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{NOBODY if uid else 0} {uid} 1")
            Path("/proc/self/gid_map").write_text(f"{NOBODY if uid else 0} {gid} 1")
        except OSError:
            return False, False
    try:
        _enter_own_root(folders_of_code())
    except OSError:
        return True, False
    return True, True


def folders_of_code() -> list[Path]:
    """What the interpreter may still read after the walls are up: itself, its packages, shared libraries."""
    wanted = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.exec_prefix), Path(sysconfig.get_path("stdlib"))}
    wanted |= {Path(entry) for entry in sys.path if entry and Path(entry).is_dir()}
    wanted |= {Path(p) for p in os.environ.get("REGISTRY_FONT_PATH", "").split(os.pathsep) if p}
    wanted |= {Path(p) for p in ("/usr/lib", "/usr/lib64", "/usr/share/zoneinfo", "/lib", "/lib64")}
    kept: list[Path] = []
    for folder in sorted((p.absolute() for p in wanted if p.is_dir()), key=lambda p: len(p.parts)):
        if len(folder.parts) > 1 and not any(folder.is_relative_to(parent) for parent in kept):
            kept.append(folder)
    return kept


def _enter_own_root(folders: list[Path]) -> None:
    os.umask(0o022)  # nobody is to walk through the folders that are made here
    root = Path("/proc")  # always there, and nothing below it is needed inside; hidden only in this namespace
    _call("mount", b"none", b"/", None, _MS_REC | _MS_PRIVATE, None)
    links = {folder: os.readlink(folder) for folder in folders if folder.is_symlink()}
    flags_of = {folder: _locked_flags(folder) for folder in folders}
    _call("mount", b"tmpfs", os.fsencode(root), b"tmpfs", _MS_NOSUID | _MS_NODEV, b"size=1m,mode=755")
    for folder in folders:
        target = root / folder.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
        if folder in links:
            target.symlink_to(links[folder])
            continue
        target.mkdir(exist_ok=True, mode=0o755)
        _call("mount", os.fsencode(folder), os.fsencode(target), None, _MS_BIND | _MS_REC, None)
        _call("mount", b"none", os.fsencode(target), None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | flags_of[folder], None)
    (root / "dev").mkdir(exist_ok=True, mode=0o755)
    for device in ("null", "urandom"):  # qpdf wants random numbers from a file
        (root / "dev" / device).touch()
        _call("mount", f"/dev/{device}".encode(), os.fsencode(root / "dev" / device), None, _MS_BIND, None)
    os.chdir(root)
    _call("mount", b"none", os.fsencode(root), None, _MS_REMOUNT | _MS_RDONLY | _MS_NOSUID | _MS_NODEV, b"size=1m")
    numbers = {"x86_64": 155, "aarch64": 41}
    _call("syscall", numbers[os.uname().machine], b".", b".")
    _call("umount2", b".", _MNT_DETACH)
    os.chdir("/")


def _locked_flags(folder: Path) -> int:
    """Flags of the file system that a user namespace may not take away when it remounts."""
    flags = os.statvfs(folder).f_flag
    known = {os.ST_NOSUID: _MS_NOSUID, os.ST_NODEV: _MS_NODEV, os.ST_NOEXEC: 8, os.ST_NOATIME: 1024, 4096: 1 << 21}
    return sum(mount_flag for stat_flag, mount_flag in known.items() if flags & stat_flag)


def drop_privileges(own_root: bool) -> Literal["nobody", "no_capabilities"]:
    """Becomes nobody when root, and gives up every capability for good."""
    user: Literal["nobody", "no_capabilities"] = "no_capabilities"
    for capability in range(64):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    if os.getuid() == 0 and (own_root or all(map(_others_can_read, folders_of_code()))):
        try:
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)
            user = "nobody"
        except OSError:
            user = "no_capabilities"
    elif os.getuid() == NOBODY:
        user = "nobody"
    header = ctypes.create_string_buffer(struct.pack("Ii", _CAPABILITY_VERSION_3, 0))
    _libc.capset(header, ctypes.create_string_buffer(bytes(24), 24))
    _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    return user


def _others_can_read(folder: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


def apply_limits(limits: Limits, idle_bytes: int, mapped_bytes: int, used_cpu: float) -> None:
    """Resource limits of the next call of this process. ``idle_bytes`` is its address space before the call."""
    total = idle_bytes + mapped_bytes + limits.memory_bytes
    for what, value in (
        (resource.RLIMIT_AS, total),
        (resource.RLIMIT_CPU, int(used_cpu) + limits.cpu_seconds + 1),
        (resource.RLIMIT_FSIZE, limits.output_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        ceiling = hard if hard != resource.RLIM_INFINITY else value
        resource.setrlimit(what, (min(value, ceiling), hard))
    if os.getuid() == NOBODY:
        # Threads of this user elsewhere count as well: a bound, not a quota. Processes are denied by the filter.
        soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
        wanted = 4096 + limits.threads
        if soft == resource.RLIM_INFINITY or soft > wanted:
            resource.setrlimit(resource.RLIMIT_NPROC, (wanted, hard))
