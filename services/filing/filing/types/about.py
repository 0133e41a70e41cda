"""What the types about a registration have in common: whose it is, and what it is called, the register says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol, TypeVar, get_args

from contracts.filing import FieldProblem
from contracts.forms import Category, Registered
from contracts.procedures import Obstacle, obstacles

from filing.forms.applicant import Applicant
from filing.forms.checks import problem
from filing.forms.policy import FormPolicy


class About(Protocol):
    """A form about a registration."""

    @property
    def on_register(self) -> Registered: ...


FormT = TypeVar("FormT", bound=About)


def begin(data: Mapping[str, Any], applicant: Applicant) -> dict[str, Any]:
    """A new draft: all that is known of it the register says."""
    return dict(data)


def with_applicant(form: FormT, applicant: Applicant) -> FormT:
    """Who files is not among the fields: the register says whose it is."""
    return form


def title(form: About) -> str:
    """What it is registered as."""
    return form.on_register.title


def subject(form: Mapping[str, Any], policy: FormPolicy) -> str:
    """The registration that it is about."""
    return str((form.get("on_register") or {}).get("registration_number") or "")


def fee_basis(form: About, policy: FormPolicy, applicant_kind: str) -> dict[str, str | int | bool]:
    """One fee, whatever it says: the tariff calls it by the name of the type, and may have another for some categories
    of works."""
    category = form.on_register.category
    return {
        "kind": policy.type.partition("_")[0],
        "form_code": policy.code,
        "applicant_kind": applicant_kind,
        "charge": policy.type,
        "category": category if category and category in get_args(Category) else "",
    }


def registration(form: About) -> Iterator[FieldProblem]:
    """It is about a registration that holds."""
    if not form.on_register.registration_number:
        yield problem("on_register.registration_number", "required")
    elif form.on_register.status != "valid":
        yield problem("on_register", "registration_not_valid", status=form.on_register.status)


def by_owner(form: About) -> Iterator[FieldProblem]:
    """Who holds some of the rights by a contract, or has a pledge, has no say in the registration itself."""
    if form.on_register.role != "owner":
        yield problem("on_register", "change_by_owner_only")


def barred(filing_type: str, register: Registered) -> list[FieldProblem]:
    """What keeps somebody from filing a type about a registration that no form could mend."""
    found = obstacles(filing_type.partition("_")[2], register)
    return [problem("on_register", one.code, **said(one)) for one in found]


def said(obstacle: Obstacle) -> dict[str, str]:
    """What the sentence of an obstacle needs."""
    told = {"number": obstacle.number, "rights": ",".join(obstacle.rights)}
    return told if obstacle.until is None else {**told, "last_day": obstacle.until.isoformat()}
