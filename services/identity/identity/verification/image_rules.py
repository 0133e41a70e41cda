"""What the images of a real-name verification must be, checked as far as a machine can (requirement I-05).

Pure, and run in confinement: ``pool.run("identity.verification.image_rules:inspect_id_image", path=…,
args={"role": "id_front"})``. Blur, light and background are estimates for the reviewer, never a decision.
"""

from __future__ import annotations

from typing import Any

from chassis.confinement.model import Job, JsonValue
from materials.inspect import filetype, image, pdf, photo, seal
from materials.precheck import proof_reading

MAX_BYTES = 20 * 2**20
_PDF_ROLES = ("business_licence", "authorisation_letter", "seal_statement", "name_proof")
_PROOFS = ("authorisation_letter", "seal_statement")
"""Looked at as proofs of ownership are (``materials/precheck/proofs.toml``): sealed, signed, no empty form of ours."""
_SEALS = ("seal", "new_seal")
"""Pictures of a seal alone, of the sign-up and in its place: no photographs of a paper."""
_OF_SEALS = {"none": "seal_not_seen", "grey": "seal_colourless"}

RULES: dict[str, photo.PhotoRules] = {
    "id_front": photo.ID_SIDE,
    "id_back": photo.ID_SIDE,
    "handheld": photo.HAND_HELD,
    "legal_representative_id": photo.ID_SIDE,
    "photo": photo.ID_SIDE,
    "business_licence": photo.DOCUMENT,
    "authorisation_letter": photo.DOCUMENT,
    "seal_statement": photo.DOCUMENT,
    "name_proof": photo.DOCUMENT,
}


def prepare_confined() -> None:
    """Called once in the template process, while the disk can still be read."""
    image.prepare()
    proof_reading.prepare()


def inspect_id_image(job: Job) -> JsonValue:
    """``args``: ``role`` (key of ``RULES``, or a seal). Returns {facts, findings, acceptable}; a finding is
    {code, severity, params}.

    ``acceptable`` is False only when no reviewer could work with the file. Sealed documents may also be PDFs; a
    letter of authorisation is looked at for its seal, too, and so is the statement about another seal.
    """
    role: str = job.args["role"]
    if role in _SEALS:
        return _look_at_seal(job)
    rules = RULES[role]
    kind = filetype.detect(job.source)
    size = job.source.seek(0, 2)
    facts: dict[str, Any] = {"type": kind, "size": size}
    if size == 0:
        return _report(facts, [_error("photo_empty")])
    if size > MAX_BYTES:
        return _report(facts, [_error("photo_file_too_large", megabytes=round(size / 2**20, 1), limit=MAX_BYTES >> 20)])
    if kind == "pdf" and role in _PDF_ROLES:
        return _report(facts, _read_pdf(job, facts) or _judge_proof(job, facts))
    if kind not in photo.ACCEPTED:
        return _report(facts, [_error("photo_wrong_type", type=kind.upper())])
    try:
        read, picture = image.read_picture(job.source, photo.EDGE)
    except image.ImageUnreadable:
        return _report(facts, [_error("photo_damaged")])
    facts["image"] = read.to_json()
    quality = None
    if picture is not None:
        quality = photo.measure(picture)
        facts["quality"] = quality.to_json()
    return _report(facts, [*photo.judge(read, quality, rules), *_judge_proof(job, facts)])


def _look_at_seal(job: Job) -> JsonValue:
    """Whether it is round and red: a hint, for there are oval ones, and pale ones."""
    try:
        seen = seal.look_alone(image.thumbnail(job.source, seal.EDGE))
    except image.ImageUnreadable:
        return _report({}, [_error("photo_damaged")])
    code = _OF_SEALS.get(seen)
    return _report({"seal": seen}, [{"code": code, "severity": "warning", "params": {}}] if code else [])


def _read_pdf(job: Job, facts: dict[str, Any]) -> list[dict[str, Any]]:
    read, _ = pdf.read_facts(job.source)
    facts["pdf"] = read.to_json()
    return [] if read.opens and read.listed_pages else [_error("photo_damaged")]


def _judge_proof(job: Job, facts: dict[str, Any]) -> list[dict[str, Any]]:
    role: str = job.args["role"]
    if role not in _PROOFS:
        return []
    found = proof_reading.judge_proof(job.source, facts, {"proof": role})
    return [{"code": one.code, "severity": one.severity, "params": dict(one.params)} for one in found]


def _error(code: str, **params: str | int | float) -> dict[str, Any]:
    return {"code": code, "severity": "error", "params": params}


def _report(facts: dict[str, Any], findings: list[dict[str, Any]]) -> JsonValue:
    acceptable = all(finding["severity"] != "error" for finding in findings)
    return {"facts": facts, "findings": findings, "acceptable": acceptable}
