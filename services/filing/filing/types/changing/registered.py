"""What the register says, put into the form of a change."""

from __future__ import annotations

from typing import Any, TypeVar

from contracts.forms import ChangedOwner, ChangeForm

FormT = TypeVar("FormT", bound=ChangeForm[Any])


def settle(form: FormT) -> FormT:
    """Each owner in the register has a row, with the registered name. Rows that are more or fewer stay, for the rules
    to refuse."""
    stated = form.on_register.owners
    rows = form.owners or [ChangedOwner()] * len(stated)
    if len(rows) != len(stated):
        return form
    owners = [row.model_copy(update={"was": owner.name}) for row, owner in zip(rows, stated, strict=False)]
    return form.model_copy(update={"owners": owners})
