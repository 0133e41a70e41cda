"""A system-call filter for the confined processes: no sockets, no programs, no other processes, no kernel surgery.

A deny list, because the libraries that run inside (PDF, image and text engines) come with threads and allocators whose
calls differ by version; what is denied answers EPERM, so that a library's own fall-back still works.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct

_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_MODE_FILTER = 2

_ALLOW = 0x7FFF0000
_ERRNO = 0x00050000
_KILL = 0x80000000
_CLONE_THREAD = 0x00010000

# name → (x86_64, aarch64); None where the architecture has no such call.
_DENIED: dict[str, tuple[int | None, int | None]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "accept": (43, 202),
    "accept4": (288, 242),
    "bind": (49, 200),
    "listen": (50, 201),
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_getfd": (438, 438),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "chroot": (161, 51),
    "pivot_root": (155, 41),
    "mount": (165, 40),
    "umount2": (166, 39),
    "unshare": (272, 97),
    "setns": (308, 268),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "open_by_handle_at": (304, 265),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "kexec_load": (246, 104),
}
_ARCHITECTURES = {"x86_64": (0xC000003E, 0, 56), "aarch64": (0xC00000B7, 1, 220)}
_CLONE3 = 435

_LOAD = 0x20
_JUMP_EQUAL = 0x15
_JUMP_GREATER_EQUAL = 0x35
_JUMP_BITS = 0x45
_RETURN = 0x06


def available() -> bool:
    """Whether system calls can be filtered here: Linux, on a processor whose numbers of them we know."""
    return platform.system() == "Linux" and platform.machine() in _ARCHITECTURES


def install() -> bool:
    """Filters this process and all its threads for good. False where the system or architecture has no filter."""
    if not available():
        return False
    program = _program(platform.machine())
    buffer = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.create_string_buffer(header, len(header)), 0, 0) == 0)


def _program(machine: str) -> bytes:
    """Classic BPF over ``struct seccomp_data`` (nr at 0, architecture at 4, arguments from 16)."""
    token, column, clone = _ARCHITECTURES[machine]
    refuse = _ERRNO | errno.EPERM
    code = [
        _instruction(_LOAD | 0, 0, 0, 4),
        _instruction(_JUMP_EQUAL, 1, 0, token),
        _instruction(_RETURN, 0, 0, _KILL),
        _instruction(_LOAD, 0, 0, 0),
    ]
    if machine == "x86_64":  # the x32 numbers would slip past the table
        code += [_instruction(_JUMP_GREATER_EQUAL, 0, 1, 0x40000000), _instruction(_RETURN, 0, 0, refuse)]
    # glibc falls back from clone3, whose flags a filter cannot see, to clone, whose flags it can.
    code += [_instruction(_JUMP_EQUAL, 0, 1, _CLONE3), _instruction(_RETURN, 0, 0, _ERRNO | errno.ENOSYS)]
    for numbers in _DENIED.values():
        number = numbers[column]
        if number is not None:
            code += [_instruction(_JUMP_EQUAL, 0, 1, number), _instruction(_RETURN, 0, 0, refuse)]
    code += [
        _instruction(_JUMP_EQUAL, 0, 3, clone),
        _instruction(_LOAD, 0, 0, 16),
        _instruction(_JUMP_BITS, 1, 0, _CLONE_THREAD),
        _instruction(_RETURN, 0, 0, refuse),
        _instruction(_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(code)


def _instruction(code: int, when_true: int, when_false: int, value: int) -> bytes:
    return struct.pack("HBBI", code, when_true, when_false, value)
