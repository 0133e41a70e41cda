"""A repair of bytes: checks, repairs what was found and is repairable, checks again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from chassis.confinement import ConfinedPool
from materials.precheck import PrecheckResult, new_pool, run_precheck
from materials.repair import RepairResult, run_repair


@dataclass(frozen=True)
class Repaired:
    before: PrecheckResult
    result: RepairResult
    original: Path
    output: Path

    def change(self, code: str) -> dict[str, str | int | float]:
        return next(change.params for change in self.result.changes if change.code == code)

    @property
    def changes(self) -> set[str]:
        return {change.code for change in self.result.changes}

    @property
    def still_found(self) -> set[str]:
        assert self.result.after is not None
        return {finding.code for finding in self.result.after.findings}


@pytest.fixture(scope="session")
def pool() -> Iterator[ConfinedPool]:
    with new_pool(workers=2) as pool:
        yield pool


@pytest.fixture
def repair(pool: ConfinedPool, tmp_path: Path) -> Callable[..., Repaired]:
    """repair(profile, bytes, *codes, **context); without codes: every repairable finding."""

    def run(profile: str, content: bytes, *codes: str, **context: str) -> Repaired:
        original, output = tmp_path / "original", tmp_path / "repaired"
        original.write_bytes(content)
        output.unlink(missing_ok=True)
        asked = {key: value for key, value in context.items() if key != "password"}
        before = run_precheck(profile, original, asked, pool=pool)
        fix = codes or [finding.code for finding in before.findings if finding.repairable]
        return Repaired(before, run_repair(profile, original, output, fix, context, pool=pool), original, output)

    return run
