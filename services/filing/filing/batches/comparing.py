"""What the works of a batch have in common with each other, and with what was filed before: once all were looked at."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from chassis.uow import UnitOfWork
from contracts.text import search_key

from filing.batches.counting import titles_filed
from filing.batches.lifecycle import judge
from filing.batches.matching import Archive, named_by
from filing.batches.places import placed
from filing.batches.store import BatchFile, BatchRow, BatchWork, files_of, works_in
from filing.cases.store import forms_of
from filing.materials.store import MaterialRow, materials_by_case
from filing.types import TYPES

AMONG = ("row_twice", "title_twice", "title_filed", "file_named_twice")
"""Codes of what is found here."""
_NAMES_TOLD = 5


def compare_works(uow: UnitOfWork, batch: BatchRow) -> None:
    """Notes rows that are the same, titles that come twice or were filed before, samples that stand for two works, and
    files that no row names."""
    rows = works_in(uow.session, batch.id, typed=False)
    works = [work for work in rows if work.state in ("failed", "complete")]
    case_ids = [work.case_id for work in works if work.case_id]
    said = {case_id: _digest(form) for case_id, form in forms_of(uow.session, case_ids)}
    materials = materials_by_case(uow.session, case_ids)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for work_id, problem in (
        *_titles(uow, batch, works),
        *_same(works, said, materials),
        *_shared(works, materials, TYPES[batch.type].fields.samples()),
    ):
        found[work_id].append(placed(problem, batch.layout["columns"]))
    for work in works:
        own = [problem for problem in work.problems if problem["code"] not in AMONG]
        problems = own + found[work.id]
        if problems != work.problems:
            judge(work, problems)
    kept = [note for note in batch.notes if note["code"] != "files_unnamed"]
    batch.notes = kept + _unnamed(files_of(uow.session, batch.id), rows, TYPES[batch.type].sample)


Said = Iterable[tuple[str, dict[str, Any]]]
"""(work, problem)"""


def _titles(uow: UnitOfWork, batch: BatchRow, works: Sequence[BatchWork]) -> Said:
    titled = [work for work in works if work.title]
    before = titles_filed(uow.session, batch.account_id, batch.type, {work.title for work in titled}, batch.id)
    filed = {row.title: row.number for row in before}
    first: dict[str, BatchWork] = {}
    field = TYPES[batch.type].fields.title_field
    for work in titled:
        if work.title in filed:
            yield work.id, _warning(field, "title_filed", number=filed[work.title])
        same = first.setdefault(search_key(work.title), work)
        if same is not work:
            yield work.id, _warning(field, "title_twice", line=same.line)


def _digest(form: Mapping[str, Any]) -> bytes:
    return sha256(json.dumps(form, sort_keys=True).encode()).digest()


def _same(
    works: Sequence[BatchWork], said: Mapping[str, bytes], materials: Mapping[str, Sequence[MaterialRow]]
) -> Said:
    """A row that says the same as another (``said``: the hash of each case's form), with the same files, is one too
    many."""
    first: dict[tuple[bytes, tuple[tuple[str, str], ...]], BatchWork] = {}
    for work in works:
        if work.case_id is None:
            continue
        files = sorted((row.role, row.sha256) for row in materials[work.case_id])
        same = first.setdefault((said[work.case_id], tuple(files)), work)
        if same is not work:
            yield work.id, _error("row", "row_twice", line=same.line)


def _shared(works: Sequence[BatchWork], materials: Mapping[str, Sequence[MaterialRow]], samples: Iterable[str]) -> Said:
    """A sample is of one work; a proof may stand for many."""
    roles = set(samples)
    first: dict[str, BatchWork] = {}
    for work in works:
        for row in materials.get(work.case_id or "", ()):
            same = first.setdefault(row.sha256, work) if row.role in roles else work
            if same is not work:
                field = f"materials.{row.role}"
                yield work.id, _error(field, "file_named_twice", file_name=row.file_name, line=same.line)


def _unnamed(files: Mapping[str, BatchFile], rows: Sequence[BatchWork], sample: str) -> list[dict[str, Any]]:
    """Of files that can be used. Whether a row can be filed is another matter: what it names is named."""
    waiting = {path for path, file in files.items() if file.sha256 is None and not file.code}
    archive = Archive(files)
    left = waiting.difference(*(named_by(row.key, row.files, sample, archive) for row in rows)) if waiting else set()
    if not left:
        return []
    told = "、".join(sorted(left)[:_NAMES_TOLD])
    return [{"code": "files_unnamed", "params": {"count": len(left), "names": told}}]


def _warning(field: str, code: str, **params: str | int) -> dict[str, Any]:
    return {"field": field, "code": code, "severity": "warning", "params": params}


def _error(field: str, code: str, **params: str | int) -> dict[str, Any]:
    return {"field": field, "code": code, "severity": "error", "params": params}
