"""What the rules of a form stand on, and which materials they ask for."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from contracts.filing import FieldProblem

from filing.forms.applicant import Applicant
from filing.forms.policy import FormPolicy


@dataclass(frozen=True)
class Situation:
    """What rules stand on besides the form itself.

    ``policy`` is the one in force on the day of filing, whatever the day is now, and ``today`` that day; of a draft,
    today's. ``applicant`` is None for a check without an account.
    """

    policy: FormPolicy
    today: date
    applicant: Applicant | None = None


@dataclass(frozen=True)
class Need:
    """A role of material, as a form stands: whether and how many files must be there, and how they are pre-checked.

    ``context`` is what the pre-check is told of the form (:class:`contracts.tools.CreatePrecheck`): when it changes,
    the files are checked again. Without a ``profile`` it goes by the file: a scan, a photograph. ``because`` is on
    account of whom or what it is needed. ``asked_of``: fields that say which profile it is; until they are right nobody
    knows what its files should be. The words are the type's ``fields.toml``'s.
    """

    role: str
    needed: bool
    least: int = 1
    profile: str = ""
    context: Mapping[str, str] = field(default_factory=dict)
    because: Mapping[str, Sequence[str]] = field(default_factory=dict)
    asked_of: Sequence[str] = ()


class DepositCheck(Protocol):
    """A pre-check of a deposit, with what it found."""

    @property
    def state(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def findings(self) -> Sequence[Mapping[str, Any]]: ...


class Deposited(Protocol):
    """A file of a case as far as it is compared with the form; ``made_of``: what it was built of, if it was."""

    @property
    def id(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def file_name(self) -> str: ...
    @property
    def made_of(self) -> Mapping[str, Any] | None: ...
    @property
    def precheck(self) -> DepositCheck: ...


@dataclass(frozen=True)
class Comparison:
    """How form and files agree; ``suggestions``: top-level fields of the form as the files have them, offered where
    the form has none."""

    problems: Sequence[FieldProblem] = ()
    suggestions: Mapping[str, Any] = field(default_factory=dict)


def merge(stored: Mapping[str, Any], changed: Mapping[str, Any], given: Collection[str] = ()) -> dict[str, Any]:
    """A draft with some top-level fields replaced, but for those ``given`` by the office, which stay."""
    return {**stored, **{name: value for name, value in changed.items() if name not in given}}
