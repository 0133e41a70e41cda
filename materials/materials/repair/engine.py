"""Runs repairs in confinement, and compares the file before and after."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from chassis.confinement import ConfinedPool, Limits

from materials.deposit.engine import build_document_deposit, build_source_deposit
from materials.deposit.model import SourceOptions
from materials.precheck.engine import run_precheck, shared_pool
from materials.precheck.model import Context, PrecheckResult
from materials.precheck.profiles import profile_named
from materials.repair.model import DEPOSIT_REPAIRS, IMAGE_REPAIRS, PDF_REPAIRS, TEXT_REPAIRS, Change

MIB = 1 << 20
REPAIRS = {**IMAGE_REPAIRS, **PDF_REPAIRS, **TEXT_REPAIRS, **DEPOSIT_REPAIRS}
"""Finding code → repair."""

_LIMITS = Limits(memory_bytes=1024 * MIB, cpu_seconds=400, wall_seconds=500, output_bytes=1100 * MIB)
"""Room for a gigabyte of scans: reading, recompressing and writing it."""
_ONLY_FOR_REPAIR = ("password", "sha256", "file_name", "rotate", "strip_comments")
_PREVIEW_LIMITS = Limits(memory_bytes=512 * MIB, cpu_seconds=10, wall_seconds=15, output_bytes=4 * MIB)


@dataclass(frozen=True)
class RepairResult:
    """``done``: the output exists and ``after`` is its pre-check. Else ``refusal`` is the code of the reason."""

    done: bool
    changes: tuple[Change, ...] = ()
    file_type: str = ""
    after: PrecheckResult | None = None
    refusal: str = ""
    params: Mapping[str, str | int | float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As the worker hands it to the service: the file itself goes beside it."""
        return {
            "done": self.done,
            "changes": [change.to_json() for change in self.changes],
            "file_type": self.file_type,
            "after": self.after.to_json() if self.after else None,
            "refusal": self.refusal,
            "params": dict(self.params),
        }


def run_repair(
    profile: str,
    path: Path | str,
    output: Path | str,
    fix: Sequence[str],
    context: Context | None = None,
    *,
    pool: ConfinedPool | None = None,
    on_progress: Callable[[float], None] | None = None,
) -> RepairResult:
    """Repairs ``path`` into the new file ``output`` for the finding codes ``fix``, and checks it again.

    The original is never changed. ``context["password"]`` opens an encrypted PDF, ``rotate`` turns it clockwise by so
    many degrees; ``title`` and ``version`` go into the header of a deposit, which is what source code and documents are
    made into. Refusals: ``repair_unknown``, ``repair_impossible``, ``password_wrong``, ``repair_not_small_enough``,
    ``repair_failed``, ``deposit_name_missing``, and those of the deposit.
    """
    context = dict(context or {})
    pool = pool or shared_pool()
    others = [code for code in fix if code not in DEPOSIT_REPAIRS]
    if len(others) == len(fix):
        return _repair(profile, path, output, fix, context, pool, on_progress)
    if not others or profile == "source_code":
        return _make_deposit(profile, path, output, context, pool, on_progress)
    with tempfile.TemporaryDirectory(prefix="repair-") as folder:
        mended = Path(folder) / "mended"
        first = _repair(profile, path, mended, others, context, pool, on_progress, check=False)
        if not first.done:
            return first
        second = _make_deposit(profile, mended, output, context, pool, on_progress)
        return replace(second, changes=(*first.changes, *second.changes))


def _repair(
    profile: str,
    path: Path | str,
    output: Path | str,
    fix: Sequence[str],
    context: Context,
    pool: ConfinedPool,
    on_progress: Callable[[float], None] | None,
    *,
    check: bool = True,
) -> RepairResult:
    outcome = pool.run(
        "materials.repair.run:repair_file",
        path=path,
        output=output,
        args={
            "fix": list(fix),
            "password": context.get("password", ""),
            "rotate": int(context.get("rotate") or 0),
            "max_bytes": int(context.get("max_bytes") or profile_named(profile).max_bytes),
        },
        limits=_LIMITS,
        on_progress=on_progress,
    )
    if not outcome.ok:
        code = outcome.detail if outcome.kind == "refused" else "repair_failed"
        return RepairResult(False, refusal=code, params=outcome.params)
    changes = tuple(Change(**change) for change in outcome.value["changes"])
    kept = {key: value for key, value in context.items() if key not in _ONLY_FOR_REPAIR}
    after = run_precheck(profile, output, kept, pool=pool) if check else None
    return RepairResult(True, changes, outcome.value["type"], after)


def _make_deposit(
    profile: str,
    path: Path | str,
    output: Path | str,
    context: Context,
    pool: ConfinedPool,
    on_progress: Callable[[float], None] | None,
) -> RepairResult:
    """Source code becomes its deposit; a document gets header and numbers and is cut to its ends."""
    title, version = context.get("title", "").strip(), context.get("version", "").strip()
    if not title or not version:
        return RepairResult(False, refusal="deposit_name_missing")
    build = partial(
        build_source_deposit if profile == "source_code" else build_document_deposit,
        path,
        output,
        title=title,
        version=version,
        file_name=context.get("file_name", ""),
        pool=pool,
        on_progress=on_progress,
    )
    if profile == "source_code":
        made = build(options=SourceOptions(strip_comments=context.get("strip_comments") == "True"))
    else:
        made = build()
    if not made.done:
        return RepairResult(False, refusal=made.refusal, params=made.params)
    changes = [Change(**change) for change in made.report.get("changes", [])]
    changes.append(Change("deposit_made", {"pages": made.report["pages"]}))
    target = "source_deposit" if profile == "source_code" else profile
    after = run_precheck(target, output, {"title": title, "version": version}, pool=pool)
    return RepairResult(True, tuple(changes), "pdf", after)


def preview(
    path: Path | str, output: Path | str, page: int = 1, password: str = "", *, pool: ConfinedPool | None = None
) -> dict[str, int] | None:
    """A JPEG picture of one page or of the image, for the view before and after; None if it cannot be drawn."""
    outcome = (pool or shared_pool()).run(
        "materials.repair.run:render_preview",
        path=path,
        output=output,
        args={"page": page, "password": password},
        limits=_PREVIEW_LIMITS,
    )
    return outcome.value if outcome.ok else None
