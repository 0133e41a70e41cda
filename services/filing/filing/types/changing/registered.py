"""What the register says, put into the form of a change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from contracts.forms import ChangedOwner, ChangeForm, Registered

from filing.forms.applicant import Applicant

FormT = TypeVar("FormT", bound=ChangeForm[Any])
AnyFormT = TypeVar("AnyFormT")


class AboutRegistration(Protocol):
    """The form of any type that is about a registration."""

    @property
    def on_register(self) -> Registered: ...


def begin(data: Mapping[str, Any], applicant: Applicant) -> dict[str, Any]:
    """A new draft: all that is known of it the register says."""
    return dict(data)


def with_applicant(form: AnyFormT, applicant: Applicant) -> AnyFormT:
    """Who files is not among the fields: the register says whose it is."""
    return form


def settle(form: FormT) -> FormT:
    """Each owner in the register has a row, with the registered name. Rows that are more or fewer stay, for the rules
    to refuse."""
    stated = form.on_register.owners
    rows = form.owners or [ChangedOwner()] * len(stated)
    if len(rows) != len(stated):
        return form
    owners = [row.model_copy(update={"was": owner.name}) for row, owner in zip(rows, stated, strict=False)]
    return form.model_copy(update={"owners": owners})
