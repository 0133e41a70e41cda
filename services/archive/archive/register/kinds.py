"""What the register holds, by kind: the one table that tells works and software apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CATEGORIES = frozenset("ABCDEFGHIJKLMNOP")
"""Letters of works registration numbers, each the category that it stands for (国版函[2016]1号)."""


@dataclass(frozen=True)
class RegisterKind:
    """``numbers``, ``old_numbers`` (of cases that the old system began) and ``certificate_numbers`` are series of
    ``numbers.toml``; works' certificates have no number of their own. ``change_numbers`` is the series of proofs of a
    change, ``revocation_numbers`` that of proofs of a revocation. ``categories`` are those that a number names, if it
    does. The template draws it."""

    numbers: str
    old_numbers: str
    certificate_numbers: str | None
    change_numbers: str
    revocation_numbers: str
    categories: frozenset[str]
    template: str


KINDS: Mapping[str, RegisterKind] = {
    "work": RegisterKind(
        numbers="work",
        old_numbers="old_work",
        certificate_numbers=None,
        change_numbers="work_change",
        revocation_numbers="work_revocation",
        categories=CATEGORIES,
        template="work_certificate",
    ),
    "software": RegisterKind(
        numbers="software",
        old_numbers="old_software",
        certificate_numbers="software_certificate",
        change_numbers="software_change",
        revocation_numbers="software_revocation",
        categories=frozenset(),
        template="software_certificate",
    ),
}
