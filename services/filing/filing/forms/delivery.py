"""领取方式: where a paper certificate goes, of the forms that ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from contracts.base import Model
from contracts.filing import FieldProblem
from contracts.forms import Collection, Delivery
from contracts.mailing import PostalAddress
from pydantic import ValidationError

from filing.forms.checks import problem

FormT = TypeVar("FormT", bound=Model)
_FORMATS: Mapping[str, str] = {"telephone": "telephone_format", "postcode": "postcode_format"}
"""The problem of a part that mailing would not take."""


def delivery_problems(collection: Collection, delivery: Delivery | None) -> Iterator[FieldProblem]:
    """A parcel needs an address, complete and as :class:`contracts.mailing.PostalAddress` takes it."""
    if collection != "ems":
        return
    given = (delivery or Delivery()).model_dump()
    try:
        PostalAddress.model_validate(given)
    except ValidationError as wrong:
        for error in wrong.errors(include_input=False, include_url=False):
            name = str(error["loc"][0])
            yield problem(f"delivery.{name}", _FORMATS.get(name, "required") if given[name] else "required")


def address_of(collection: Collection, delivery: Delivery | None) -> PostalAddress | None:
    """None where the certificate is downloaded, or a form gave no whole address: no registration fails for a parcel,
    which can be asked for afterwards."""
    if collection != "ems" or delivery is None:
        return None
    try:
        return PostalAddress.model_validate(delivery.model_dump())
    except ValidationError:
        return None


def without_needless(form: FormT) -> FormT:
    """No address is kept that nothing is sent to."""
    return form if getattr(form, "collection", "") == "ems" else form.model_copy(update={"delivery": None})
