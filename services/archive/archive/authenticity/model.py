"""What the answer to an authenticity check says. Pure rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from contracts.dealings import Dealing, Grantee
from contracts.extracts import ChangedItem, PublicDealing, RegisteredAct, RegisteredChange

from archive.register.model import Owner, Particulars, mask_person, public_author, public_owner
from archive.register.records import Act, Altered, Status

MAX_BYTES = 32 * 1024 * 1024
"""An issued certificate has about 80 KB; more than this is not even read."""

UNREADABLE = ("too_large", "not_a_pdf", "encrypted", "damaged")
"""Findings that say nothing about a signature, because the file cannot be read."""

CHANNEL = "checking"
"""What the hands that check files listen on: not those that make certificates."""

NOT_CHECKED = "not_checked"
"""Finding of a check that could not be done, by no fault of the file. Never used for a later caller."""

PATIENCE_SECONDS = 8.0
"""How long a caller waits for the worker. A file that nobody waits for any more is not checked."""

FRESH = timedelta(minutes=10)
"""How long findings are used again for the same bytes: a key may be revoked meanwhile."""


@dataclass(frozen=True)
class Findings:
    """What the confined process found in a file. ``registration_number`` only when its content is as signed;
    ``evidence``: the token of an applicant's signature that is in it, whatever became of the rest; anybody may have
    written it."""

    problems: list[str]
    registration_number: str | None = None
    evidence: str = ""

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Findings:
        """As they are kept; another release may have kept more of them, or less."""
        return cls(**{field.name: found[field.name] for field in fields(cls) if field.name in found})

    @property
    def unreadable(self) -> str | None:
        """Why the file cannot be read at all."""
        return next((code for code in UNREADABLE if code in self.problems), None)


def problems_of(findings: Findings, *, number_known: bool) -> list[str]:
    """What is wrong with a file that is not byte for byte an issued one. Never empty: then it is ``not_issued``."""
    problems: Sequence[str] = findings.problems
    if problems:
        return list(problems)
    return ["not_issued"] if number_known else ["number_unknown"]


_GRAVEST = ("altered", "appended", "signature_invalid", "signer_untrusted", "no_signature", "several_signatures")
"""What explains the other problems of a signed document that came to harm, first things first."""


def first_problem(findings: Findings) -> str:
    """The one reason why a file is no signed document; ``not_issued``: it is whole, but not as it was sealed."""
    found = findings.problems
    return next((code for code in (*_GRAVEST, *found) if code in found), "not_issued")


def public_signer(name: str, kind: str) -> str:
    """Who signed: persons masked, organisations as they are."""
    return name if kind == "organisation" else mask_person(name)


OTHER_ACTS: tuple[Act, ...] = ("reissued", "corrected", "revoked", "sealed", "unsealed")
"""Acts that anybody is told of, beside changes."""


def public_change(change: Altered) -> RegisteredChange:
    """What a change changed, as anybody may see it."""
    return RegisteredChange(number=change.record.number, on=change.record.on, items=_items(change))


def public_act(done: Altered) -> RegisteredAct:
    """What else was done, and why."""
    record = done.record
    return RegisteredAct(act=record.act, on=record.on, ground=record.ground, number=record.number, items=_items(done))


def _items(change: Altered) -> list[ChangedItem]:
    return [
        ChangedItem(field=name, before=_public(change.before, name), after=_public(change.after, name))
        for name in change.fields
    ]


def _public(of: Particulars, name: str) -> str:
    match name:
        case "authors":
            return "、".join(public_author(author) for author in of.authors)
        case "owners":
            return "、".join(public_owner(owner) for owner in of.owners)
        case _:
            value = getattr(of, name)
            return str(value) if value else ""


def public_dealing(dealing: Dealing, status: Status, today: date) -> PublicDealing:
    """What was done with the rights, as anybody may see it: neither documents of persons, contract nor price. Nothing
    is in force of a registration that does not hold any more; ``status``: of that."""
    return PublicDealing(
        number=dealing.number,
        act=dealing.act,
        on=dealing.on or dealing.begins,
        grantors=[_party(one) for one in dealing.grantors],
        grantees=[_party(one) for one in dealing.grantees],
        rights=dealing.rights,
        territory=dealing.territory,
        begins=dealing.begins,
        ends=dealing.ends,
        released_on=dealing.released_on,
        in_force=status == "valid" and dealing.holds_on(today),
    )


def _party(of: Grantee) -> str:
    return public_owner(Owner(name=of.name, kind=of.kind))
