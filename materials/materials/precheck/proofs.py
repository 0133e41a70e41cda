"""Whether a proof bears what it must (``proofs.toml``): sealed, signed, filled in.

Hints: a machine sees a red seal in a colour scan and checks a digital signature; it cannot tell handwriting from print,
nor a seal in a grey scan. Only a form of our own that came back as it was downloaded is an error, for nothing is on it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from materials.precheck.model import LIST_SIGN, Context, Finding, Param

Bears = Literal["seal", "seal_or_signature", "nothing"]
_MAKER_OF_FORMS = "Typst"
_NAMED = 3


@dataclass(frozen=True)
class OwnForm:
    """A form of the office, to be filled in."""

    title: str
    known_by: str
    unfilled: tuple[str, ...]


@dataclass(frozen=True)
class Matrix:
    """``proofs.toml``."""

    proofs: Mapping[str, Bears]
    checklist: str
    forms: Sequence[OwnForm]

    def phrases(self) -> list[str]:
        """All that a text is searched for."""
        own = [phrase for form in self.forms for phrase in (form.title, form.known_by, *form.unfilled)]
        return list(dict.fromkeys([self.checklist, *own]))


@cache
def matrix() -> Matrix:
    """Read once. Raises what is wrong with the file."""
    data = tomllib.loads(files("materials.precheck").joinpath("proofs.toml").read_text(encoding="utf-8"))
    forms = [OwnForm(form["title"], form["known_by"], tuple(form["unfilled"])) for form in data["form"]]
    return Matrix(data["proof"], data["checklist"]["known_by"], forms)


def looked_at(context: Context) -> bool:
    """Whether the file is a proof that must bear something."""
    return matrix().proofs.get(context.get("proof", ""), "nothing") != "nothing"


def check(marks: Mapping[str, Any], context: Context) -> list[Finding]:
    """What :class:`materials.inspect.marks.Marks` say of a proof; at most two findings."""
    blank = _blank(marks)
    if blank is not None:
        return [blank]
    signed, whole = _digital(marks["signatures"])
    found = [signed] if signed else []
    if not whole:
        found += _places(marks)
        found += _seal(marks, matrix().proofs[context["proof"]], pointed_out=bool(found))
    return found


def _blank(marks: Mapping[str, Any]) -> Finding | None:
    """A checklist, which is not for uploading, or a form that nobody filled in."""
    there = set(marks["phrases"])
    if matrix().checklist in there and not marks["added"]:
        return Finding("proof_is_checklist", "error")
    form = _form(there)
    if form is None or marks["added"] or not there.issuperset(form.unfilled):
        return None
    as_downloaded = marks["made_by"].startswith(_MAKER_OF_FORMS)
    return Finding("proof_form_empty", "error" if as_downloaded else "warning", params={"title": form.title})


def _form(there: set[str]) -> OwnForm | None:
    return next((form for form in matrix().forms if {form.title, form.known_by} <= there), None)


def _digital(signatures: Sequence[Mapping[str, Any]] | None) -> tuple[Finding | None, bool]:
    """What to say of the digital signatures, and whether there is a sound one."""
    if signatures is None:
        return Finding("proof_signature_unreadable", "warning"), False
    broken = [item["signer"] for item in signatures if not item["whole"]]
    if broken:
        return Finding("proof_signature_broken", "warning", params=_names(broken)), False
    if not signatures:
        return None, False
    signers = _names([item["signer"] for item in signatures])
    if not any(item["to_the_end"] for item in signatures):
        return Finding("proof_signed_then_added", "warning", params=signers), False
    return Finding("proof_signed", "info", params=signers), True


def _names(names: Sequence[str]) -> dict[str, Param]:
    return {"signers": LIST_SIGN.join(name or "?" for name in names[:_NAMED])}


def _places(marks: Mapping[str, Any]) -> list[Finding]:
    """Places of one of our forms beside which there is nothing."""
    if _form(set(marks["phrases"])) is None or not marks["empty"]:
        return []
    labels = LIST_SIGN.join(dict.fromkeys(marks["empty"]))
    return [Finding("proof_places_empty", "warning", params={"labels": labels})]


def _seal(marks: Mapping[str, Any], bears: Bears, *, pointed_out: bool) -> list[Finding]:
    """``pointed_out``: something to look at is said already."""
    if marks["seal"] == "seal":
        return [Finding("proof_seal_seen", "info", page=marks["page"])]
    if pointed_out:
        return []
    if bears == "seal_or_signature":
        return [Finding("proof_look_for_signatures", "info")]
    if marks["seal"] == "grey":
        return [Finding("proof_seal_unclear", "info")]
    return [Finding("proof_seal_not_seen", "warning")]
