"""Reads a ZIP archive in confinement. Hostile archives are refused with a code, never an exception."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from chassis.confinement import ConfinedPool, Limits

from materials.precheck.engine import shared_pool

MIB = 1 << 20
LARGEST_FILE = 200 * MIB
AT_ONCE = 400 * MIB
"""Bytes that are taken out by one call, at most."""
_RUN = "materials.bundle.run:"
_LIST = Limits(memory_bytes=384 * MIB, cpu_seconds=20, wall_seconds=40, reply_bytes=16 * MIB)
_UNPACK = Limits(memory_bytes=256 * MIB, cpu_seconds=60, wall_seconds=120, output_bytes=AT_ONCE + LARGEST_FILE)
_DEATHS = {"timed_out": "archive_too_large", "out_of_memory": "archive_too_large", "crashed": "archive_damaged"}


@dataclass(frozen=True)
class Bundle:
    """``files``: path → bytes, as the archive says. ``left``: path → why it is not taken. ``refusal``: of the whole."""

    files: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[str, str] = field(default_factory=dict)
    refusal: str = ""
    params: Mapping[str, str | int | float] = field(default_factory=dict)


def open_bundle(path: Path | str, *, pool: ConfinedPool | None = None) -> Bundle:
    """What an archive holds, the files that a system adds by itself left out."""
    outcome = (pool or shared_pool()).run(_RUN + "contents", path=path, args={"largest": LARGEST_FILE}, limits=_LIST)
    if not outcome.ok:
        code = outcome.detail if outcome.kind == "refused" else _DEATHS[outcome.kind]
        return Bundle(refusal=code, params=outcome.params)
    return Bundle(dict(outcome.value["files"]), dict(outcome.value["left"]))


def take_out(
    path: Path | str, wanted: Sequence[str], output: Path, *, pool: ConfinedPool | None = None
) -> list[int | None]:
    """Writes some files of an archive into the new file ``output``, one after the other; returns their sizes in bytes.

    None for one that cannot be read; all None where the archive breaks its reader. Ask for ``AT_ONCE`` bytes at most.
    """
    arguments = {"paths": list(wanted), "largest": LARGEST_FILE}
    outcome = (pool or shared_pool()).run(_RUN + "unpack", path=path, args=arguments, output=output, limits=_UNPACK)
    if not outcome.ok:
        return [None] * len(wanted)
    return list(outcome.value["sizes"])
