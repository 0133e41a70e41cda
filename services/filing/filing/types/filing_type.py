"""What a filing type is: everything that differs between one thing that can be filed and another.

A type is a room beside this module with the same files: ``rules.py`` (what keeps a form from being filed),
``materials.py`` (which files its form needs), ``effects.py`` (what filing and registering it says to other services),
``fields.toml`` (what the form asks for, in both languages). All of it is pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from contracts.base import Model
from contracts.filing import FieldProblem
from contracts.forms import FilingType as FilingTypeName
from contracts.forms import Kind

from filing.forms.applicant import Applicant
from filing.forms.policy import FormPolicy

FormT = TypeVar("FormT", bound=Model)


@dataclass(frozen=True)
class Situation:
    """What rules stand on besides the form itself.

    ``policy`` is the one in force on the day of filing, whatever the day is now; ``applicant`` is None for a check
    without an account.
    """

    policy: FormPolicy
    today: date
    applicant: Applicant | None = None


@dataclass(frozen=True)
class Need:
    """A role of material, as a form stands: whether and how many files must be there, and how they are pre-checked.

    The words are the type's ``fields.toml``'s.
    """

    role: str
    needed: bool
    least: int = 1
    profile: str = ""


@dataclass(frozen=True)
class FilingType(Generic[FormT]):
    """One thing that can be filed.

    - *begin*: the top-level fields of a new form for a verified applicant, over what they sent.
    - *with_applicant*: the applicant's own entry, taken from the verified identity whatever was sent.
    - *check*: everything that keeps a form from being filed, in the order of the form; warnings too.
    - *materials*: every role of material, in the order of the page.
    - *title*: what the case is called in lists and on notices.
    - *fee_basis*: what the tariff needs to know (:class:`contracts.filing.ApplicationSubmitted`).
    """

    name: FilingTypeName
    kind: Kind
    form: type[FormT]
    begin: Callable[[dict[str, Any], Applicant], dict[str, Any]]
    with_applicant: Callable[[FormT, Applicant], FormT]
    check: Callable[[FormT, Situation], Iterable[FieldProblem]]
    materials: Callable[[FormT, FormPolicy], list[Need]]
    title: Callable[[FormT], str]
    fee_basis: Callable[[FormT, FormPolicy, str], dict[str, str | int | bool]]
