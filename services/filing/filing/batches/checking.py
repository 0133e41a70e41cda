"""Looking at the works of a batch: each becomes a draft with its files, by the same rules as one that is filed alone.

The slow part, unpacking and pre-checking files, is done outside any transaction; what was found is then written at
once. A death in between is a chunk that is looked at again.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from chassis.actor import Actor
from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from contracts.objects import ObjectRef
from materials.bundle.engine import AT_ONCE, take_out
from materials.precheck import run_precheck

from filing.applicants.store import find_applicant
from filing.batches.counting import counts_of
from filing.batches.looking import Ground, Looked
from filing.batches.matching import Archive, match
from filing.batches.places import further
from filing.batches.store import BatchFile, BatchRow, BatchWork, files_of, lock_held, put_files, works_in
from filing.batches.writing import write_looked
from filing.cases.store import Case, find_cases
from filing.drafts.handlers import type_in_force
from filing.forms.model import Need, Situation
from filing.materials.given import GivenFile
from filing.materials.model import check_of
from filing.materials.store import MaterialRow, materials_by_case
from filing.reports.report import examine

CHUNK = 24
"""Works that are looked at between two transactions."""
SIDE_BY_SIDE = 3
"""Files that are checked at the same time."""


def acting(batch: BatchRow) -> Actor:
    """The organisation whose batch it is: what is done with its cases is done for it."""
    return Actor(batch.account_id, "organisation")


def check_some(runtime: Runtime, held: BatchRow) -> bool:
    """Looks at the next works that wait for it; False when there are none."""
    with runtime.unit_of_work() as uow:
        works = works_in(uow.session, held.id, "waiting", limit=CHUNK)
        if not works:
            return False
        ground = ground_of(uow, held, files_of(uow.session, held.id))
        cases = find_cases(uow.session, [work.case_id for work in works if work.case_id])
        current = materials_by_case(uow.session, list(cases))
    looked = [_look(work, cases.get(work.case_id or ""), ground) for work in works]
    taken = _take_out(runtime, ground, looked)
    _check_files(runtime, looked, taken, current)
    with runtime.unit_of_work(acting(held)) as uow:
        batch = lock_held(uow.session, held)
        put_files(uow.session, [_kept(batch, ground.files[path], ref) for path, ref in taken.items() if ref])
        write_looked(uow, batch, ground, looked)
        waiting = counts_of(uow.session, [batch.id])[batch.id].get("waiting", 0)
        batch.progress = 1 - waiting / max(batch.works, 1)
    return True


def ground_of(uow: UnitOfWork, batch: BatchRow, files: Mapping[str, BatchFile]) -> Ground:
    """What the works of a batch are looked at by today; ``files``: of its archives, by path."""
    filing_type, policy = type_in_force(batch.type, uow)
    applicant = find_applicant(uow.session, batch.account_id)
    if applicant is None:
        raise LookupError(f"batch {batch.id} of an account that is not verified")
    return Ground(filing_type, policy, Situation(policy, uow.today(), applicant), applicant, files, Archive(files))


def _look(work: BatchWork, case: Case | None, ground: Ground) -> Looked:
    """The form of a row, and the files that it means; of one that was mended as a draft, the draft's."""
    if work.from_draft and case is not None:
        return Looked(work, case.form, [])
    reading = ground.type.start(work.form, ground.applicant)
    matched = match(work.key, work.files, ground.type.sample, ground.archive)
    problems = [*work.unread, *matched.problems]
    if reading.form is None:
        problems += further([problem.model_dump(mode="json") for problem in reading.problems], problems)
        return Looked(work, None, problems)
    form = reading.dump()
    needs, waiting = _needs(work, form, ground)
    usable: dict[str, list[str]] = {}
    for role, paths in matched.files.items():
        for path in paths:
            code = ground.files[path].code
            if code:
                problems.append(_of_file(role, code, path))
            elif role in waiting:
                problems.append(_of_file(role, "file_check_waits", path, "warning"))
            else:
                usable.setdefault(role, []).append(path)
    return Looked(work, form, problems, usable, needs)


def _needs(work: BatchWork, form: Mapping[str, Any], ground: Ground) -> tuple[dict[str, Need], set[str]]:
    """What the form asks for, by role; and the roles whose files wait, since an answer that decides what they should be
    is missing or wrong: to check them as something else would find faults that they may not have."""
    found = examine(ground.type, form, ground.situation)
    said = [*work.unread, *(problem.model_dump(mode="json") for problem in found.of_form)]
    wrong = {problem["field"] for problem in said if problem["severity"] == "error"}
    needs = {need.role: need for need in found.needs}
    return needs, {role for role, need in needs.items() if not wrong.isdisjoint(need.asked_of)}


def _of_file(role: str, code: str, path: str, severity: str = "error") -> dict[str, Any]:
    return {"field": f"materials.{role}", "code": code, "severity": severity, "params": {"file_name": path}}


def _take_out(runtime: Runtime, ground: Ground, looked: Iterable[Looked]) -> dict[str, ObjectRef | None]:
    """The objects of all files that these rows mean, by path; None for one that the archive does not give."""
    paths = {path for row in looked for files in (row.files or {}).values() for path in files}
    known: dict[str, ObjectRef | None] = {}
    wanted: dict[str, list[str]] = defaultdict(list)
    for path in sorted(paths):
        file = ground.files[path]
        if file.sha256:
            known[path] = ObjectRef(sha256=file.sha256, size=file.size)
        else:
            wanted[file.archive_sha256].append(path)
    for archive, files in wanted.items():
        for some in _portions(files, ground.files):
            known |= _unpack(runtime, archive, some)
    return known


def _portions(paths: Sequence[str], files: Mapping[str, BatchFile]) -> Iterable[list[str]]:
    """As many at a time as may be taken out by one call."""
    portion: list[str] = []
    size = 0
    for path in paths:
        if portion and size + files[path].size > AT_ONCE:
            yield portion
            portion, size = [], 0
        portion.append(path)
        size += files[path].size
    if portion:
        yield portion


def _unpack(runtime: Runtime, archive: str, paths: Sequence[str]) -> dict[str, ObjectRef | None]:
    found: dict[str, ObjectRef | None] = {}
    with tempfile.TemporaryDirectory(prefix="batch-") as folder:
        unpacked = Path(folder) / "files"
        with runtime.objects.local_path(archive) as packed:
            sizes = take_out(packed, paths, unpacked)
        if not unpacked.exists():
            return dict.fromkeys(paths)
        with unpacked.open("rb") as stream:
            for path, size in zip(paths, sizes, strict=True):
                found[path] = None if size is None else runtime.objects.put_bytes(stream.read(size))
    return found


def _kept(batch: BatchRow, file: BatchFile, ref: ObjectRef) -> dict[str, Any]:
    return {
        "batch_id": batch.id,
        "path": file.path,
        "archive_sha256": file.archive_sha256,
        "size": ref.size,
        "sha256": ref.sha256,
        "code": "",
    }


def _check_files(
    runtime: Runtime,
    looked: Sequence[Looked],
    taken: Mapping[str, ObjectRef | None],
    current: Mapping[str, Sequence[MaterialRow]],
) -> None:
    """Pre-checks the files of these rows, some side by side; those that a draft has already stay as they were found."""
    with ThreadPoolExecutor(SIDE_BY_SIDE) as hands:
        waiting: list[tuple[Looked, Future[GivenFile]]] = []
        for row in looked:
            held = {(one.role, one.sha256): one for one in current.get(row.work.case_id or "", ())}
            for role, paths in (row.files or {}).items():
                for path in paths:
                    ref = taken.get(path)
                    if ref is None:
                        row.problems.append(_of_file(role, "file_unreadable", path))
                        continue
                    given = _given(role, path, ref, row.needs.get(role))
                    if given.fits(held.get((role, ref.sha256))):
                        row.checked.append(given)
                    else:
                        waiting.append((row, hands.submit(_checked, runtime, given)))
        for row, found in waiting:
            row.checked.append(found.result())


def _given(role: str, path: str, ref: ObjectRef, need: Need | None) -> GivenFile:
    file_name = path.rpartition("/")[2]
    return GivenFile(role, file_name, ref, *check_of(need, role, file_name))


def _checked(runtime: Runtime, file: GivenFile) -> GivenFile:
    with runtime.objects.local_path(file.object.sha256) as path:
        return replace(file, result=run_precheck(file.profile, path, file.whole_context))
