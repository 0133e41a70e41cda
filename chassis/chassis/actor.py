"""Who acts and for whom: taken from a signed access token that every service verifies itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from contracts.base import Access

from chassis.errors import Problem
from chassis.tokens import TokenError, TokenSigner, Trust

AUDIENCE = "registry"
Kind = Literal["anonymous", "natural_person", "organisation", "staff", "service"]
Right = Literal["read", "file", "pay", "sign", "manage"]
"""To see what is a party's; to file for it and answer; to pay; to sign in its name; to manage its account."""
OWN_RIGHTS: frozenset[Right] = frozenset(get_args(Right))
"""What everybody may do for themselves."""
_NOBODY = ("anonymous", "service")


@dataclass(frozen=True)
class Actor:
    """``subject`` acts: an account id, ``service:<name>`` or ``anonymous``.

    ``party`` is for whom: an account id, by default the subject's own; ``""`` of visitors and services, which act for
    nobody. ``rights`` are those for another's party; for their own people have all (:func:`chassis.access.may`).
    ``name``: of staff alone, as 办理人 on the notices that they issue.
    """

    subject: str
    kind: Kind
    roles: frozenset[str] = frozenset()
    session_id: str = ""
    party: str = ""
    rights: frozenset[Right] = frozenset()
    name: str = ""

    def __post_init__(self) -> None:
        party = "" if self.kind in _NOBODY else self.party or self.subject
        object.__setattr__(self, "party", party)

    @property
    def signed_in_as(self) -> str:
        """The account that signed in: of its sessions, password and second factor. Problem ``not_signed_in``."""
        if self.kind in _NOBODY:
            raise Problem("not_signed_in")
        return self.subject

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    @property
    def by(self) -> Literal["applicant", "staff", "system"]:
        """In whose role the history of a case says that something was done."""
        if self.kind in ("natural_person", "organisation"):
            return "applicant"
        return "staff" if self.kind == "staff" else "system"


ANONYMOUS = Actor("anonymous", "anonymous")


def service_actor(name: str) -> Actor:
    """A service itself: what no person triggers, and calls from one service to another."""
    return Actor(f"service:{name}", "service")


def issue_access_token(signer: TokenSigner, actor: Actor, ttl: float) -> str:
    """The access token of an actor. Identity issues those of people; a service only its own."""
    claims: dict[str, Any] = {
        "sub": actor.subject,
        "kind": actor.kind,
        "roles": sorted(actor.roles),
        "sid": actor.session_id,
    }
    if actor.party:
        claims["party"] = actor.party
    if actor.rights:
        claims["rights"] = sorted(actor.rights)
    if actor.is_staff and actor.name:
        claims["name"] = actor.name
    return signer.sign(claims, audience=AUDIENCE, ttl=ttl)


def authenticate(trust: Trust, token: str | None) -> Actor:
    """The actor of a call. No token: anonymous. Only identity may speak for people.

    A token without a party, as an earlier release issued them, is for its subject. Rights of a later release that this
    one does not know are nobody's here. Problems ``not_signed_in``, ``token_expired``.
    """
    if not token:
        return ANONYMOUS
    try:
        claims = trust.verify(token, audience=AUDIENCE)
    except TokenError as error:
        raise Problem("token_expired" if error.expired else "not_signed_in") from error
    kind, subject, issuer = claims.get("kind"), str(claims.get("sub", "")), claims["iss"]
    if kind == "service":
        if subject != f"service:{issuer}":
            raise Problem("not_signed_in")
        return service_actor(issuer)
    if issuer != "identity" or kind not in ("natural_person", "organisation", "staff") or not subject:
        raise Problem("not_signed_in")
    return Actor(
        subject,
        kind,
        frozenset(claims.get("roles", ())),
        str(claims.get("sid", "")),
        party=str(claims.get("party") or subject),
        rights=OWN_RIGHTS & frozenset(claims.get("rights", ())),
        name=str(claims.get("name", "")) if kind == "staff" else "",
    )


def authorise(access: Access, actor: Actor) -> None:
    """Problem ``not_signed_in`` or ``forbidden`` unless the method's access lets the actor in."""
    allowed = {
        "anonymous": access.anonymous,
        "natural_person": access.accounts,
        "organisation": access.accounts,
        "staff": bool(access.roles & actor.roles) or access.anonymous,
        "service": actor.subject.removeprefix("service:") in access.services,
    }[actor.kind]
    if not allowed:
        raise Problem("not_signed_in" if actor.kind == "anonymous" else "forbidden")
