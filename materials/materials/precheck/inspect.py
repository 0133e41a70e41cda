"""The confined entry: reads the facts of one file and applies one profile. Pure: (open file, arguments) → JSON."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BufferedReader
from typing import Any

import pikepdf
import pypdfium2
from chassis.confinement.model import Job, JsonValue, Refused

from materials.deposit.archive import members
from materials.deposit.crosscheck import compare, declared_versions
from materials.deposit.layout import read_layout
from materials.deposit.model import SourceFile, SourceOptions
from materials.deposit.secrets import by_kind, masked
from materials.deposit.tree import read_tree
from materials.inspect import filetype, image, photo
from materials.inspect.image import ImageFacts, ImageUnreadable
from materials.inspect.media import read_facts as read_media_facts
from materials.inspect.pdf import open_with_qpdf
from materials.inspect.pdf import read_facts as read_pdf_facts
from materials.inspect.pdf_pages import read_pages
from materials.inspect.pdf_resources import read_resources
from materials.precheck.mendable import obstacle
from materials.precheck.model import Context, Finding
from materials.precheck.profiles import profile_named
from materials.precheck.profiles.base import Profile, Reader
from materials.precheck.proof_reading import judge_proof, prepare
from materials.repair.image import size_as_jpeg
from materials.repair.shrink import promises

_PAGE_SECONDS = 30.0
_RESOURCE_SECONDS = 6.0
_FIRST_RESOURCE_SECONDS = 0.15
_CONVERTIBLE_IMAGES = ("gif", "avif", "psd", "jp2", "webp", "tiff", "bmp", "ico")
_SHRINKABLE = ("pdf", "jpeg", "png", *_CONVERTIBLE_IMAGES)
_SET_FROM_TEXT = ("text_pdf", "proof_pdf", "score")
"""Profiles for which one's own plain text may be set on pages."""

_SECRET_SECONDS = 8.0
_MAX_VIEW_BYTES = 60 * 2**20

Facts = dict[str, Any]


def prepare_confined() -> None:
    """Called once in the template process, while the disk can still be read."""
    image.prepare()
    prepare()


def inspect_file(job: Job) -> JsonValue:
    """``args``: profile, context, stage (full | first | least). Returns facts, findings and whether all was read."""
    profile = profile_named(job.args["profile"])
    context: Context = job.args["context"]
    stage: str = job.args["stage"]
    facts = _identify(job.source, context, stage)
    findings, readable = _judge_type(facts, profile, context)
    complete = True
    if readable:
        complete = _READERS[profile.reader](job, facts, context, stage)
        findings += profile.check(facts, context)
        if stage == "full":
            findings += judge_proof(job.source, facts, context)
        findings = [_as_promised(finding, job, facts, profile, context) for finding in findings]
    return {"facts": facts, "findings": [finding.to_json() for finding in findings], "complete": complete}


def _as_promised(finding: Finding, job: Job, facts: Facts, profile: Profile, context: Context) -> Finding:
    """A file of the wrong kind or size can be repaired only if the repair's own conditions are met."""
    if finding.code == "image_convertible" and obstacle(_image_of(facts)):
        params = {**finding.params, "accepted": "/".join(profile.accepts)}
        return Finding("wrong_type", "error", params=params)
    if finding.code == "too_large" and not _shrinks(job, facts, profile, context):
        return replace(finding, repairable=False)
    return finding


def _image_of(facts: Facts) -> ImageFacts | None:
    return ImageFacts(**facts["image"]) if "image" in facts else None


def _shrinks(job: Job, facts: Facts, profile: Profile, context: Context) -> bool:
    """Whether the file can be made small enough and is good enough then: tried out. In the quick check: believed."""
    limit = _limit(profile, context)
    if job.args["stage"] != "full":
        return True
    if facts["type"] == "pdf":
        try:
            with open_with_qpdf(job.source, context.get("password", "")) as document:
                return promises(document, facts["size"], limit)
        except pikepdf.PikepdfError:
            return False
    image = _image_of(facts)
    if image is None or obstacle(image):
        return False
    size = size_as_jpeg(job.source, image, limit)
    if size is None:
        return False
    smaller = {**facts, "image": {**facts["image"], "width": size[0], "height": size[1], "orientation": 1}}
    return not any(found.severity == "error" and not found.repairable for found in profile.check(smaller, context))


def _limit(profile: Profile, context: Context) -> int:
    """Bytes that the file may have."""
    return min(profile.max_bytes, int(context.get("max_bytes") or profile.max_bytes))


def _identify(stream: BufferedReader, context: Context, stage: str) -> Facts:
    facts: Facts = {"size": stream.seek(0, 2), "type": filetype.detect(stream)}
    if context.get("sha256"):
        facts["sha256"] = context["sha256"]
    elif stage == "full":
        stream.seek(0)
        facts["sha256"] = hashlib.file_digest(stream, "sha256").hexdigest()
    return facts


def _judge_type(facts: Facts, profile: Profile, context: Context) -> tuple[list[Finding], bool]:
    """Findings about size and type, and whether the profile's reader should go on."""
    size, kind, name = facts["size"], facts["type"], context.get("file_name", "")
    if size == 0:
        return [Finding("empty_file", "error")], False
    findings: list[Finding] = []
    limit = _limit(profile, context)
    if size > limit:
        numbers: dict[str, str | int | float] = {"megabytes": round(size / 2**20, 1), "limit": round(limit / 2**20, 1)}
        findings.append(Finding("too_large", "error", params=numbers, repairable=kind in _SHRINKABLE))
    misleading = filetype.contradicts(kind, name)
    params: dict[str, str | int | float] = {"type": kind, "extension": filetype.extension_of(name)}
    if kind in profile.accepts:
        if misleading:
            findings.append(Finding("extension_misleading", "warning", params=params))
        return findings, True
    params["accepted"] = "/".join(profile.accepts)
    code = "wrong_type_renamed" if misleading else "wrong_type"
    if kind in _CONVERTIBLE_IMAGES and "jpeg" in profile.accepts:
        return [*findings, Finding("image_convertible", "error", params=params, repairable=True)], True
    if kind == "text" and profile.name in _SET_FROM_TEXT and not misleading:
        findings.append(Finding("text_convertible", "error", params=params, repairable=True))
    else:
        findings.append(Finding(code, "error", params=params))
    return findings, False


def _read_pdf(job: Job, facts: Facts, context: Context, stage: str) -> bool:
    password = context.get("password", "")
    pdf, document = read_pdf_facts(
        job.source,
        password,
        second_reader=stage != "least",
        seconds=_RESOURCE_SECONDS if stage == "full" else _FIRST_RESOURCE_SECONDS,
    )
    facts["pdf"] = pdf.to_json()
    complete = not pdf.active_unread
    if document is not None and pdf.pages:
        seconds = _RESOURCE_SECONDS if stage == "full" else _FIRST_RESOURCE_SECONDS
        resources = read_resources(document, seconds)
        facts["resources"] = resources.to_json()
        complete = complete and resources.checked >= (pdf.listed_pages or 0)
    if stage == "full" and pdf.pages_by_reader.get("pdfium"):
        try:
            pages = read_pages(
                job.source,
                password,
                _PAGE_SECONDS,
                job.progress,
                context.get("title", ""),
                document,
                recovered=pdf.damaged == "recovered",
            )
        except pypdfium2.PdfiumError:
            return False
        facts["content"] = pages.to_json()
        complete = complete and pages.checked >= (pdf.listed_pages or 0)
    return complete


def _read_image(job: Job, facts: Facts, context: Context, stage: str) -> bool:
    try:
        facts["image"] = image.read_facts(job.source, decode=stage == "full").to_json()
    except ImageUnreadable as error:
        facts["image_error"] = str(error)
    return True


def _read_photo(job: Job, facts: Facts, context: Context, stage: str) -> bool:
    """An image whose quality matters as well."""
    if stage != "full":
        return _read_image(job, facts, context, stage)
    try:
        read, picture = image.read_picture(job.source, photo.EDGE)
    except ImageUnreadable as error:
        facts["image_error"] = str(error)
        return True
    facts["image"] = read.to_json()
    if picture is not None:
        facts["quality"] = photo.measure(picture).to_json()
    return True


def _read_source(job: Job, facts: Facts, context: Context, stage: str) -> bool:
    """An archive or file of source code; its own findings are kept as statements for the profile."""
    try:
        tree = read_tree(job.source, facts["type"], context.get("file_name", ""), SourceOptions())
    except Refused as refusal:
        facts["source_refusal"] = {"code": refusal.code, "params": refusal.params}
        return True
    facts["source"] = tree.statistics.to_json()
    facts["statements"] = tree.statements
    facts["secrets"], all_read = _secrets_in(tree.files)
    facts["statements"] += declared_versions(tree.files, context.get("version", ""))
    return all_read


def _secrets_in(files: Sequence[SourceFile]) -> tuple[list[dict[str, str | int]], bool]:
    """Secrets by kind, and whether there was time to look into every file."""
    deadline = time.monotonic() + _SECRET_SECONDS
    found: list[tuple[str, int, str]] = []
    for file in files:
        if time.monotonic() > deadline:
            return by_kind(found), False
        found += [(file.path, secret.line, secret.kind) for secret in masked(file.text.split("\n"), file.lexer)[1]]
    return by_kind(found), True


def _read_document(job: Job, facts: Facts, context: Context, stage: str) -> bool:
    """A PDF whose pages, header and names matter: a manual, or a deposit of source code made elsewhere."""
    complete = _read_pdf(job, facts, context, stage)
    if stage != "full" or not facts["pdf"]["pages_by_reader"].get("pdfium"):
        return complete
    try:
        layout = read_layout(job.source, context.get("password", ""), _PAGE_SECONDS)
    except pypdfium2.PdfiumError:
        return False
    role = profile_named(job.args["profile"]).role
    facts["layout"] = [[page.lines, page.number, page.figures] for page in layout.pages]
    title, version = context.get("title", ""), context.get("version", "")
    if title or version:
        facts["statements"] = compare(role, layout, title, context.get("short_name", ""), version)
    return complete and layout.complete


def _read_media(job: Job, facts: Facts, context: Context, stage: str) -> bool:
    facts["media"] = read_media_facts(job.source, facts["type"]).to_json()
    return True


def _read_mixed(job: Job, facts: Facts, context: Context, stage: str) -> bool:
    reader = _read_pdf if facts["type"] == "pdf" else _read_image
    return reader(job, facts, context, stage)


def _read_mixed_photo(job: Job, facts: Facts, context: Context, stage: str) -> bool:
    reader = _read_pdf if facts["type"] == "pdf" else _read_photo
    return reader(job, facts, context, stage)


def _read_views(job: Job, facts: Facts, context: Context, stage: str) -> bool:
    """An archive of images, each read by itself."""
    if facts["type"] == "pdf":
        return _read_pdf(job, facts, context, stage)
    facts["images"] = {}
    try:
        for path, content in members(job.source, facts["type"], max_file_bytes=_MAX_VIEW_BYTES):
            with io.BytesIO(content or b"") as view:
                if filetype.detect(view) in photo.ACCEPTED:
                    facts["images"][path] = _view(view, stage, hashlib.sha256(content or b"").hexdigest())
    except Refused as refusal:
        facts["archive_refusal"] = {"code": refusal.code, "params": refusal.params}
    return True


def _view(view: io.BytesIO, stage: str, sha256: str) -> Facts | None:
    try:
        return image.read_facts(view, decode=stage == "full").to_json() | {"sha256": sha256}
    except ImageUnreadable:
        return None


_READERS: dict[Reader, Callable[[Job, Facts, Context, str], bool]] = {
    "pdf": _read_pdf,
    "image": _read_image,
    "photo": _read_photo,
    "source": _read_source,
    "document": _read_document,
    "media": _read_media,
    "mixed": _read_mixed,
    "mixed_photo": _read_mixed_photo,
    "views": _read_views,
}
