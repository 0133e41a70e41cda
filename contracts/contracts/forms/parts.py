"""What the forms of all filing types are made of: how large one may be, places, authors, owners, contact, delivery."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Strict
from pydantic_core import PydanticCustomError

from contracts.base import Model
from contracts.text import Bounded, Compact, Email, Line, Masked, Mobile, Name

Kind = Literal["work", "software"]
"""What is filed about: the subject. With a procedure it makes a :data:`FilingType`."""
FilingType = Literal[
    "work_registration",
    "software_registration",
    "work_change",
    "software_change",
    "work_reissue",
    "software_reissue",
    "work_cancellation",
    "software_cancellation",
    "work_assignment",
    "software_assignment",
    "work_licence",
    "software_licence",
    "work_pledge",
    "software_pledge",
    "work_release",
    "software_release",
    "work_termination",
    "software_termination",
]
"""Subject and procedure. Everything that depends on either is asked of the type and of nothing else."""
Procedure = Literal[
    "registration",
    "change",
    "assignment",
    "licence",
    "pledge",
    "release",
    "termination",
    "reissue",
    "cancellation",
]
"""What is done, whatever the subject: the second word of a :data:`FilingType`."""
REGISTRATIONS: Mapping[Kind, FilingType] = {"work": "work_registration", "software": "software_registration"}
"""The type by which each kind of subject is first registered."""
FORM_BYTES = 64 * 1024
"""What a whole form may have as JSON in UTF-8. The descriptions at their longest take 27 KB in Chinese."""
FORM_DEPTH = 8
"""What the register says of a pledge among other things, as a program may send it back, is this deep."""
FormData = Annotated[dict[str, Any], Bounded(FORM_BYTES, FORM_DEPTH)]
"""A form, or some of its top-level fields, as somebody sends it: bounded here, read by filing's rules."""


def _no_other(value: Any) -> Any:
    """Neither ``true`` nor a text stands for a number: forms are read as their JSON Schema says."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "not a number")
    return value


NUMBER = BeforeValidator(_no_other)
"""Behind the bounds of an integer, which its JSON Schema would lose otherwise."""
Flag = Annotated[bool, Strict()]


class Place(Model):
    country: Annotated[str, Line(60)] = "中国"
    province: Annotated[str, Line(60)] = ""
    city: Annotated[str, Line(60)] = ""


class Author(Model, personal=("name", "pseudonym")):
    name: Annotated[str, Name(200)]
    signed_as: Literal["real_name", "pseudonym", "anonymous"] = "real_name"
    pseudonym: Annotated[str, Line(200)] = ""


class Owner(Model, personal=("name", "masked_id_number")):
    """A copyright owner. The applicant's own entry is filled from the verified identity."""

    name: Annotated[str, Name(200)]
    kind: Literal["natural_person", "organisation"] = "natural_person"
    nationality: Annotated[str, Line(60)] = "中国"
    province: Annotated[str, Line(60)] = ""
    city: Annotated[str, Line(60)] = ""
    id_type: Annotated[str, Line(40)] = ""
    masked_id_number: Annotated[str, Masked(40)] = ""
    applicant: Flag = False


class Contact(Model, personal=("name", "mobile", "email", "address", "postcode")):
    name: Annotated[str, Name(100)] = ""
    mobile: Annotated[str, Mobile(30)] = ""
    email: Annotated[str, Email(200)] = ""
    address: Annotated[str, Line(300)] = ""
    postcode: Annotated[str, Compact(12)] = ""


Collection = Literal["electronic", "ems"]
"""领取方式: the certificate is downloaded, or comes on paper by EMS, too."""


class Delivery(Model, personal=("recipient", "telephone", "province", "city", "street", "postcode")):
    """Where a paper certificate goes; complete, a :class:`contracts.mailing.PostalAddress`."""

    recipient: Annotated[str, Name(60)] = ""
    telephone: Annotated[str, Mobile(20)] = ""
    province: Annotated[str, Line(30)] = ""
    city: Annotated[str, Line(60)] = ""
    street: Annotated[str, Line(200)] = ""
    postcode: Annotated[str, Compact(6)] = ""
