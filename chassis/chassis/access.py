"""Who may do what for whom: the one access rule to what belongs to somebody (ADR 22).

Who acts is ``actor.subject``, for whom is ``actor.party``. What belongs to somebody names its party (``account_id``,
``owner``), and only this module compares the two.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from chassis.actor import OWN_RIGHTS, Actor, Kind, Right
from chassis.errors import Problem


def may(actor: Actor, party: str, right: Right, *, office: Set[str] = frozenset()) -> bool:
    """Whether ``actor`` has ``right`` to what belongs to ``party``.

    So has who acts for that party with that right, and staff in one of the roles ``office``, whose work needs what is
    others'. A visitor or a service acts for nobody, and what belongs to nobody (``""``) is not to be had by this rule.
    """
    if actor.is_staff and actor.roles & office:
        return True
    return bool(party) and actor.party == party and right in rights_of(actor)


def rights_of(actor: Actor) -> frozenset[Right]:
    """Every right for oneself; for another party those that the token names."""
    return OWN_RIGHTS if actor.party == actor.subject else actor.rights


def acting_for(actor: Actor, right: Right) -> str:
    """The party of what the actor makes, or lists as theirs: the value of an owner column or its filter.

    Problems ``not_signed_in`` for visitors and services, ``forbidden`` without the right.
    """
    if not actor.party:
        raise Problem("not_signed_in")
    if right not in rights_of(actor):
        raise Problem("forbidden")
    return actor.party


def is_self(actor: Actor, *subjects: str | None) -> bool:
    """Whether the actor is one of these people: for sign-in sessions, and for who is in charge of what (an examiner of
    a case), which are somebody's own, whomever they act for."""
    return actor.subject in subjects


def left_by(visitor: str, owner: str) -> bool:
    """Whether a visitor or sign-up, by the name that the gateway gave it, left what ``owner`` owns."""
    return bool(visitor) and owner == visitor


def signer_in(evidence: Mapping[str, Any]) -> Actor:
    """Who signed and for whom, by the verified claims of identity's evidence. Without ``party``: for themselves."""
    subject = str(evidence.get("sub", ""))
    party = str(evidence.get("party") or subject)
    kind: Kind = "organisation" if evidence.get("kind") == "organisation" else "natural_person"
    return Actor(subject, kind, party=party, rights=frozenset({"sign"}))
