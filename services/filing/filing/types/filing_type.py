"""What a filing type is: everything that differs between one thing that can be filed and another.

A type is a room beside this module with the same files: ``rules.py`` (what keeps a form from being filed),
``materials.py`` (which files its form needs), ``effects.py`` (what filing and registering it says to other services),
``fields.toml`` (what the form asks for, in both languages). All of it is pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from contracts.base import Model
from contracts.filing import FieldProblem, RegisterAct
from contracts.forms import FilingType as FilingTypeName
from contracts.forms import Kind, Registered
from contracts.mailing import PostalAddress

from filing.forms.applicant import Applicant, named
from filing.forms.fields import FormFields
from filing.forms.model import Comparison, Deposited, Need, Situation
from filing.forms.policy import FormPolicy
from filing.forms.reading import Reading, read_form

__all__ = ["FilingType", "Need", "RegisterEntry", "Situation"]
FormT = TypeVar("FormT", bound=Model)


@dataclass(frozen=True)
class RegisterEntry:
    """What of a form the register and the certificate are told: no word in them about how to reach anybody. Beside
    them, ``delivery``: where the paper certificate goes.

    ``act``: what is to be recorded. Of a change: of which registration, what it stated ``before``, and what it
    ``states`` from now on, by the register's own names. ``ground``: why, of an act that says so. Of what is done with
    its rights: the ``dealing``.
    """

    form: dict[str, Any]
    owners: list[dict[str, str]]
    act: RegisterAct = "registered"
    registration_number: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    states: Mapping[str, Any] = field(default_factory=dict)
    ground: str = ""
    dealing: Mapping[str, Any] = field(default_factory=dict)
    delivery: PostalAddress | None = None


def as_it_is(form: Any) -> Any:
    """Of a type whose form needs nothing put into it."""
    return form


def nothing_to_compare(form: Any, materials: Sequence[Deposited]) -> Comparison:
    """Of a type whose files say nothing that its form says, too."""
    return Comparison()


def nothing_against(form: Any, register: Registered) -> Iterable[FieldProblem]:
    """Of a type of which the register only has to state what it did."""
    return ()


@dataclass(frozen=True)
class FilingType(Generic[FormT]):
    """One thing that can be filed.

    - *fields*: its description, as written.
    - *department*: who examines it, in Chinese, on what is issued.
    - *begin*: the top-level fields of a draft's form for a verified applicant, over what they sent.
    - *with_applicant*: the applicant's own entry, taken from the verified identity whatever was sent.
    - *check*: everything that keeps a form from being filed, in the order of the form; warnings too.
    - *materials*: every role of material that the form may have, needed or not.
    - *compare*: how the form agrees with the files that count.
    - *title*: what the case is called in lists and on notices.
    - *subject*: what it is, on notices, after the title of the form; nothing to add without.
    - *printed*: the texts of a stored form that its certificate shows, with the field each stands in.
    - *fee_basis*: what the tariff needs to know (:class:`contracts.filing.ApplicationSubmitted`).
    - *declaration_title*: what the declaration is called: 作品创作声明书.
    - *declaration*: what it says, of the form alone (:mod:`filing.types.declaring`).
    - *entry*: what is registered.
    - *settle*: a form that was read, with what follows from what the register says.
    - *against*: what the register as it stands now has against a form that was filed earlier.
    """

    name: FilingTypeName
    kind: Kind
    department: str
    form: type[FormT]
    fields: FormFields
    begin: Callable[[Mapping[str, Any], Applicant], dict[str, Any]]
    with_applicant: Callable[[FormT, Applicant], FormT]
    check: Callable[[FormT, Situation], Iterable[FieldProblem]]
    materials: Callable[[FormT, FormPolicy], Sequence[Need]]
    title: Callable[[FormT], str]
    subject: Callable[[Mapping[str, Any], FormPolicy], str]
    printed: Callable[[Mapping[str, Any]], Iterable[tuple[str, str]]]
    fee_basis: Callable[[FormT, FormPolicy, str], dict[str, str | int | bool]]
    declaration_title: str
    declaration: Callable[[FormT, FormPolicy], dict[str, Any]]
    entry: Callable[[FormT], RegisterEntry]
    compare: Callable[[FormT, Sequence[Deposited]], Comparison] = nothing_to_compare
    settle: Callable[[FormT], FormT] = as_it_is
    against: Callable[[FormT, Registered], Iterable[FieldProblem]] = nothing_against

    @property
    def sample(self) -> str:
        """The role of files of which nothing says what they are: the first copy of the work itself."""
        return next((material.role for material in self.fields.material if material.sample), "")

    def read(self, data: Mapping[str, Any], applicant: Applicant | None) -> Reading[FormT]:
        """Checks the shape, brings texts into form, and fills the applicant's own entry from the verified identity."""
        reading = read_form(self.form, data if applicant is None else named(data, self.fields.own, applicant))
        if reading.form is None:
            return reading
        form = self.settle(reading.form)
        return Reading(form if applicant is None else self.with_applicant(form, applicant), [])

    def start(self, data: Mapping[str, Any], applicant: Applicant | None) -> Reading[FormT]:
        """As :meth:`read` for a draft, in which who files stands as owner as soon as their identity is verified."""
        return self.read(data if applicant is None else self.begin(data, applicant), applicant)
