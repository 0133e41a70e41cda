"""Memory of long work goes back to the system when the work is over."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from chassis.memory import give_back

MIB = 1 << 20


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="resident memory is read as Linux tells it")
def test_what_is_let_go_is_given_back_although_something_after_it_is_kept() -> None:
    give_back()
    before = resident()
    rows = [bytearray(3000) for _ in range(70_000)]
    ring: list[object] = [rows]
    ring.append(ring)  # nothing but the collector frees it
    kept = bytearray(3000)
    assert resident() - before > 150 * MIB
    del rows, ring
    give_back()
    assert resident() - before < 40 * MIB
    assert len(kept) == 3000
