"""Runs repairs in the sandbox, and compares the file before and after."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from chassis.sandbox import Limits, SandboxPool

from filing.deposit.engine import build_document_deposit, build_source_deposit
from filing.precheck.engine import run_precheck, shared_pool
from filing.precheck.model import Context, PrecheckResult
from filing.precheck.profiles import profile_named
from filing.repair.model import DEPOSIT_REPAIRS, IMAGE_REPAIRS, PDF_REPAIRS, Change

MIB = 1 << 20
REPAIRS = {**IMAGE_REPAIRS, **PDF_REPAIRS, **DEPOSIT_REPAIRS}
"""Finding code → repair."""

_LIMITS = Limits(memory_bytes=1024 * MIB, cpu_seconds=120, wall_seconds=180, output_bytes=512 * MIB)
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
    pool: SandboxPool | None = None,
) -> RepairResult:
    """Repairs ``path`` into the new file ``output`` for the finding codes ``fix``, and checks it again.

    The original is never changed. ``context["password"]`` opens an encrypted PDF; ``title`` and ``version`` go into the
    header of a deposit, which is what source code and documents are made into. Refusals: ``repair_unknown``,
    ``repair_impossible``, ``password_wrong``, ``repair_not_small_enough``, ``repair_failed``, and those of the deposit.
    """
    context = dict(context or {})
    pool = pool or shared_pool()
    if set(fix) & set(DEPOSIT_REPAIRS):
        return _make_deposit(profile, path, output, context, pool)
    limit = int(context.get("max_bytes") or profile_named(profile).max_bytes)
    outcome = pool.run(
        "filing.repair.run:repair_file",
        path=path,
        output=output,
        args={"fix": list(fix), "password": context.get("password", ""), "max_bytes": limit},
        limits=_LIMITS,
    )
    if not outcome.ok:
        code = outcome.detail if outcome.kind == "refused" else "repair_failed"
        return RepairResult(False, refusal=code, params=outcome.params)
    changes = tuple(Change(**change) for change in outcome.value["changes"])
    kept = {key: value for key, value in context.items() if key not in ("password", "sha256", "file_name")}
    after = run_precheck(profile, output, kept, pool=pool)
    return RepairResult(True, changes, outcome.value["type"], after)


def _make_deposit(
    profile: str, path: Path | str, output: Path | str, context: Context, pool: SandboxPool
) -> RepairResult:
    """Source code becomes its deposit; a document gets header and numbers and is cut to its ends."""
    about = {"title": context.get("title", ""), "version": context.get("version", "")}
    today = datetime.now(UTC).date()
    if profile == "source_code":
        name = context.get("file_name", "")
        made = build_source_deposit(
            path,
            output,
            title=about["title"],
            version=about["version"],
            made_on=today,
            file_name=name,
            pool=pool,
        )
        target = "source_deposit"
    else:
        made = build_document_deposit(path, output, **about, made_on=today, pool=pool)
        target = profile
    if not made.done:
        return RepairResult(False, refusal=made.refusal, params=made.params)
    changes = [Change(**change) for change in made.report.get("changes", [])]
    changes.append(Change("deposit_made", {"pages": made.report["pages"]}))
    after = run_precheck(target, output, about, pool=pool)
    return RepairResult(True, tuple(changes), "pdf", after)


def preview(
    path: Path | str, output: Path | str, page: int = 1, password: str = "", *, pool: SandboxPool | None = None
) -> dict[str, int] | None:
    """A JPEG picture of one page or of the image, for the view before and after; None if it cannot be drawn."""
    outcome = (pool or shared_pool()).run(
        "filing.repair.run:render_preview",
        path=path,
        output=output,
        args={"page": page, "password": password},
        limits=_PREVIEW_LIMITS,
    )
    return outcome.value if outcome.ok else None
