"""One pool for all tests of the pre-check: starting it takes longer than most checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from chassis.confinement import ConfinedPool
from materials.precheck import PrecheckResult, new_pool, run_precheck

Check = Callable[..., PrecheckResult]


@pytest.fixture(scope="session")
def pool() -> Iterator[ConfinedPool]:
    with new_pool(workers=2) as pool:
        yield pool


@pytest.fixture
def check(pool: ConfinedPool, tmp_path: Path) -> Check:
    """check(profile, bytes, file_name, **context) → result."""

    def run(profile: str, content: bytes, file_name: str = "", **context: str) -> PrecheckResult:
        path = tmp_path / "material"
        path.write_bytes(content)
        return run_precheck(profile, path, {"file_name": file_name, **context}, pool=pool)

    return run
