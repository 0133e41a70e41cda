"""Making a deposit: the engine in confinement for program and document, then the comparison of both with the form.

A part that was made is kept: an attempt that follows a worker's death goes on with the next one.
"""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from chassis.runtime import Runtime
from chassis.work import keep_checkpoint
from materials.deposit.engine import DepositResult, build_document_deposit, build_source_deposit, cross_check
from materials.deposit.model import SourceOptions
from materials.precheck import PrecheckResult, run_precheck

from filing.jobs.model import JobResult, MadeFile, Progress
from filing.jobs.store import JobRow
from filing.prechecks.store import keep_finished

Params = dict[str, Any]
Make = Callable[[Runtime, Params, Path, Progress], DepositResult]


def perform_deposit(runtime: Runtime, job: JobRow, progress: Progress) -> JobResult:
    """Program, document or both. One that cannot be made refuses the whole, so that nothing looks complete."""
    params = job.params
    results: dict[str, DepositResult] = {}
    with tempfile.TemporaryDirectory(prefix="deposit-") as name:
        folder = Path(name)
        for part, make in _asked_for(params):
            result = _taken_up(runtime, job, part, folder) or make(runtime, params, folder, progress)
            if not result.done:
                return JobResult(refusal=result.refusal, refusal_params=result.params)
            results[part] = result
            _leave(runtime, job, part, folder, result)
            progress(0.6)
        progress(0.8)
        compared = cross_check(
            {"code" if part == "program" else part: folder / part for part in results},
            title=params["title"],
            short_name=params["short_name"],
            version=params["version"],
        )
        kept = [_keep(runtime, job, part, folder / part) for part in results]
    return JobResult(
        changes=[change for result in results.values() for change in result.report.pop("changes", [])],
        files=[made for made, _ in kept],
        report={**{part: result.report for part, result in results.items()}, "compared": compared.done},
        findings=_all_findings([*results.values(), compared], [check for _, check in kept]),
    )


def _asked_for(params: Params) -> list[tuple[str, Make]]:
    parts: list[tuple[str, Make]] = [("program", _program)] if params["source"] else []
    return parts + ([("document", _document)] if params["document"] else [])


def _leave(runtime: Runtime, job: JobRow, part: str, folder: Path, result: DepositResult) -> None:
    """A part takes minutes at worst: once it is made, no death of the worker has it made again."""
    reached = job.checkpoint or {}
    if part in reached:
        return
    told = json.dumps(result.to_json(), ensure_ascii=False).encode()
    made = {"pdf": runtime.objects.put_file(folder / part), "result": runtime.objects.put_bytes(told)}
    keep_checkpoint(runtime, job, {**reached, part: {name: ref.model_dump() for name, ref in made.items()}})


def _taken_up(runtime: Runtime, job: JobRow, part: str, folder: Path) -> DepositResult | None:
    """A part that an earlier attempt has made."""
    made = (job.checkpoint or {}).get(part)
    if made is None:
        return None
    with runtime.objects.local_path(made["pdf"]["sha256"]) as path:
        shutil.copyfile(path, folder / part)
    told = runtime.objects.read(made["result"]["sha256"], made["result"]["size"])
    return DepositResult.from_json(json.loads(told))


def _all_findings(made: list[DepositResult], checks: list[PrecheckResult]) -> list[dict[str, Any]]:
    """What there is to say about the deposits, first of all what keeps them from being filed."""
    said = [finding for result in made for finding in result.findings]
    known = {finding.code for finding in said}
    errors = [
        finding
        for check in checks
        for finding in check.findings
        if finding.severity == "error" and finding.code not in known
    ]
    return [finding.to_json() for finding in (*errors, *said)]


def _program(runtime: Runtime, params: Params, folder: Path, progress: Progress) -> DepositResult:
    with ExitStack() as stack:
        source, file_name = stack.enter_context(_source(runtime, params["source"], folder))
        code = params["object_code"]
        return build_source_deposit(
            source,
            folder / "program",
            title=params["title"],
            version=params["version"],
            file_name=file_name,
            several=len(params["source"]) > 1,
            options=SourceOptions.from_json(_without_document(params["options"])),
            object_code=stack.enter_context(runtime.objects.local_path(code["sha256"])) if code else None,
            on_progress=lambda share: progress(share * 0.6),
        )


def _without_document(options: Params) -> Params:
    return {key: value for key, value in options.items() if not key.startswith("document_")}


def _document(runtime: Runtime, params: Params, folder: Path, progress: Progress) -> DepositResult:
    options = params["options"]
    with runtime.objects.local_path(params["document"]["sha256"]) as path:
        return build_document_deposit(
            path,
            folder / "document",
            title=params["title"],
            version=params["version"],
            file_name=params["document"]["file_name"],
            mode=options["document_mode"],
            masked_share=options["masked_share"],
            start_page=options["document_start_page"],
            on_progress=lambda share: progress(0.6 + share * 0.2),
        )


@contextmanager
def _source(runtime: Runtime, files: list[dict[str, str]], folder: Path) -> Iterator[tuple[Path, str]]:
    """The one upload as it is; several lie in one TAR. Nothing is parsed here: the confined process does that."""
    if len(files) == 1:
        with runtime.objects.local_path(files[0]["sha256"]) as path:
            yield path, files[0]["file_name"]
        return
    packed = folder / "source.tar"
    with tarfile.open(packed, "w") as archive:
        for file in files:
            with runtime.objects.local_path(file["sha256"]) as path:
                archive.add(path, arcname=file["file_name"], recursive=False)
    yield packed, packed.name


def _keep(runtime: Runtime, job: JobRow, part: str, path: Path) -> tuple[MadeFile, PrecheckResult]:
    """Stores a made PDF with a check by the same rules as an uploaded one."""
    params = job.params
    profile, mark = ("source_deposit", "源程序") if part == "program" else ("software_document", "文档")
    file_name = f"{params['title']}{params['version']}-{mark}鉴别材料.pdf".replace("/", "-")
    context = {
        "title": params["title"],
        "short_name": params["short_name"],
        "version": params["version"],
        "file_name": file_name,
    }
    if part == "program":  # as a case has it checked, which takes this result over
        context["deposit_mode"] = params["options"]["mode"]
    result = run_precheck(profile, path, context)
    made = runtime.objects.put_file(path)
    check_id = keep_finished(runtime, result, made, file_name, of=job, context=context)
    return MadeFile(part, made.sha256, made.size, file_name, "application/pdf", check_id), result
