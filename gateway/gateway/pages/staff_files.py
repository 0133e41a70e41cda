"""The files of a case as an examiner sees them: in the frame beside the form, what was found in them, and what a
correction put in their place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from chassis.errors import FieldError
from contracts.filing import ApplicationView, CorrectionView, FieldProblem, MaterialView
from contracts.objects import DocumentRef
from flask import request, url_for
from flask_babel import gettext as _

from gateway.forms.described import MATERIALS, Described
from gateway.forms.words import label, role_words
from gateway.web.languages import language
from gateway.web.problems import field_message

SIGNED = ("declaration", "application_form", "signed_declaration", "signed_application_form")
"""What the applicant signs again with each correction."""


@dataclass(frozen=True)
class Viewed:
    """What lies in a frame."""

    key: str
    title: str
    url: str
    content_type: str
    sealed: bool = False
    """Nobody here may open it; the page says so instead of showing a broken picture."""


def files_of(view: ApplicationView, documents: list[DocumentRef], described: Described) -> dict[str, Any]:
    """For the frame: what there is to see, when each document was signed, and what lies in it."""
    samples = {need.role for need in described.description.materials if need.sample}
    return {"documents": documents, "rounds": rounds_of(documents), "viewed": viewed(view, documents, samples)}


def rounds_of(documents: Iterable[DocumentRef]) -> dict[str, str]:
    """Which of several editions of what the applicant signed came when; a single one needs no words."""
    found: dict[str, str] = {}
    ordered = sorted(documents, key=lambda item: item.issued_at)
    for kind in SIGNED:
        ids = [item.document_id for item in ordered if item.kind == kind]
        if len(ids) < 2:
            continue
        found[ids[0]] = str(_("提交时"))
        for n, document_id in enumerate(ids[1:], start=1):
            found[document_id] = str(_("第 %(n)s 次补正时", n=n) if len(ids) > 2 else _("补正时"))
    return found


def viewed(view: ApplicationView, documents: Iterable[DocumentRef], samples: set[str]) -> Viewed | None:
    """The asked file, or the newest sample."""
    asked = request.args.get("view", "")
    for item in documents:
        if item.document_id == asked:
            url = url_for(
                "staff_examinations.document", application_id=view.application_id, document_id=item.document_id
            )
            return Viewed(asked, item.title, url, item.content_type)
    current = [entry for entry in view.materials if not entry.superseded]
    found = next((entry for entry in view.materials if entry.material_id == asked), None)
    chosen = found or next((entry for entry in reversed(current) if entry.role in samples), None)
    chosen = chosen or (view.materials[0] if view.materials else None)
    return shown(view, chosen) if chosen else None


def shown(view: ApplicationView, material: MaterialView, page: int | None = None) -> Viewed:
    """A file in a frame; of a sealed sample, for those who did not open the seal, that it is sealed."""
    return replace(in_frame(view, material, page), sealed=material.sealed)


def in_frame(view: ApplicationView, material: MaterialView, page: int | None = None) -> Viewed:
    """A file, a PDF from a page on."""
    url = url_for(
        "staff_examinations.material",
        application_id=view.application_id,
        material_id=material.material_id,
        _anchor=f"page={page}" if page else None,
    )
    return Viewed(material.material_id, material.file_name, url, material.content_type)


@dataclass(frozen=True)
class Replaced:
    """A file before and after a correction; one of them is None where more or fewer came than there were."""

    role: str
    before: MaterialView | None
    after: MaterialView | None
    page: int | None
    """The first one that the examiner marked in the old file."""


def replaced(view: ApplicationView, correction: CorrectionView) -> list[Replaced]:
    """What a correction put in the place of what, role by role in the files' order."""
    old = [item for item in view.materials if item.superseded_by == correction.correction_id]
    new = [item for item in view.materials if item.correction_id == correction.correction_id]
    pages = {defect.target: defect.page for defect in reversed(correction.defects) if defect.page}
    found = []
    for role in dict.fromkeys(item.role for item in old):
        pairs = zip_longest(*([item for item in items if item.role == role] for items in (old, new)))
        for before, after in pairs:
            found.append(Replaced(role, before, after, pages.get(before.material_id) if before else None))
    return found


def compared(view: ApplicationView, correction_id: str, material_id: str) -> Replaced | None:
    """One pair of :func:`replaced`, by either of its files."""
    pairs = [pair for item in view.corrections if item.correction_id == correction_id for pair in replaced(view, item)]
    return next(
        (pair for pair in pairs if material_id in {side.material_id for side in (pair.before, pair.after) if side}),
        None,
    )


@dataclass(frozen=True)
class Remark:
    """Something found of the form or a file, in words. ``place``: what it is about; ``url``: where that is."""

    severity: str
    words: str
    place: str
    url: str
    page: int | None


def findings(view: ApplicationView) -> list[FieldProblem]:
    """What is said of form and files as they stand."""
    return view.report.problems if view.report else view.warnings


def in_words(finding: FieldProblem) -> str:
    """A finding as it is said in the examiner's language."""
    return field_message(FieldError(finding.field, finding.code, finding.params), language())


def remarks_of(view: ApplicationView, described: Described) -> list[Remark]:
    """All findings, each with its field or file and the way there."""
    files, roles = {item.material_id: item for item in view.materials}, role_words(described)
    found = []
    for finding in findings(view):
        top, _sep, rest = finding.field.partition(".")
        page = finding.params.get("page")
        place, url = label(described, finding.field), f"#fact-{finding.field}"
        if top == MATERIALS and rest in files:
            material = files[rest]
            place = f"{roles.get(material.role, material.role)} · {material.file_name}"
            url = in_frame(view, material, page if isinstance(page, int) else None).url
        elif top == MATERIALS:
            url = ""
        found.append(Remark(finding.severity, in_words(finding), place, url, page if isinstance(page, int) else None))
    return found
