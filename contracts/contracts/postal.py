"""Postal addresses, as parcels go to them."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contracts.base import Model
from contracts.text import Compact, Line, Mobile, Name

_TELEPHONE = r"^\+?[0-9][0-9 -]{5,18}[0-9]$"
_POSTCODE = r"^[0-9]{6}$"
"""Looked at after the text was brought into form, so the schema has to be told of them."""


class PostalAddress(Model, personal=("recipient", "telephone", "province", "city", "street", "postcode")):
    """Where a parcel goes, within China. ``city`` with its district, ``street`` down to the door."""

    recipient: Annotated[str, Name(60), Field(min_length=1)]
    telephone: Annotated[str, Mobile(20), Field(pattern=_TELEPHONE, json_schema_extra={"pattern": _TELEPHONE})]
    province: Annotated[str, Line(30), Field(min_length=1)]
    city: Annotated[str, Line(60), Field(min_length=1)]
    street: Annotated[str, Line(200), Field(min_length=1)]
    postcode: Annotated[str, Compact(6), Field(pattern=_POSTCODE, json_schema_extra={"pattern": _POSTCODE})]
