"""Doing a repair: the engine in confinement, with pictures before and after, and a check of what was made."""

from __future__ import annotations

import base64
import tempfile
from pathlib import Path
from typing import Any

from chassis.runtime import Runtime
from materials.repair import preview, run_repair

from filing.jobs.model import JobResult, MadeFile, Progress, named_after
from filing.jobs.store import JobRow
from filing.prechecks.store import keep_finished
from filing.repairs.model import PASSWORD, context_with


def perform_repair(runtime: Runtime, job: JobRow, progress: Progress) -> JobResult:
    """Repairs into a new object. What the file does to its repairer becomes a refusal with a reason."""
    params = job.params
    password = _password(runtime, params)
    options: dict[str, Any] = params["options"] | ({"password": password} if password else {})
    context = context_with(params["context"], options)
    with (
        tempfile.TemporaryDirectory(prefix="repair-") as folder,
        runtime.objects.local_path(params["sha256"]) as original,
    ):
        output = Path(folder) / "repaired"
        before = _previews(runtime, original, Path(folder), "before", params["pages"], password)
        progress(0.1)
        result = run_repair(
            params["profile"],
            original,
            output,
            params["fix"],
            context,
            on_progress=lambda share: progress(0.1 + 0.7 * share),
        )
        if not result.done or result.after is None:
            return JobResult(refusal=result.refusal, refusal_params=result.params)
        progress(0.8)
        after = _previews(runtime, output, Path(folder), "after", params["pages"], "")
        made = runtime.objects.put_file(output)
    file_name, media_type = named_after(params["file_name"], params.get("language", "zh"), result.file_type)
    check_id = keep_finished(
        runtime,
        result.after,
        made,
        file_name,
        of=job,
        context=params["context"],
    )
    return JobResult(
        changes=[change.to_json() for change in result.changes],
        files=[MadeFile("repaired", made.sha256, made.size, file_name, media_type, check_id)],
        previews=[{"page": page, "before": before[page], "after": after[page]} for page in params["pages"]],
    )


def _password(runtime: Runtime, params: dict[str, Any]) -> str:
    sealed = params["options"].get("password")
    return runtime.sealing.open(PASSWORD, base64.b64decode(sealed), params["precheck_id"]).decode() if sealed else ""


def _previews(
    runtime: Runtime, path: Path, folder: Path, name: str, pages: list[int], password: str
) -> dict[int, dict[str, Any] | None]:
    pictures: dict[int, dict[str, Any] | None] = {}
    for page in pages:
        picture = folder / f"{name}-{page}"
        drawn = preview(path, picture, page, password)
        pictures[page] = runtime.objects.put_file(picture).model_dump() if drawn else None
    return pictures
