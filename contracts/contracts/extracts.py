"""What the archive says of a registration: to its owner as an extract (查询结果), to everybody as changes since."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from contracts.base import ACCOUNT, Identifier, Model, RpcMethod, staff
from contracts.dealings import Act, Territory
from contracts.forms.change import Registered
from contracts.objects import DocumentRef


class AskExtract(Model):
    """One of the caller's own registrations, by its number."""

    registration_number: str = Field(max_length=60)


class AskExtractForCase(Model):
    """Of the registration that a case is about, as its party would be told it today."""

    registration_number: str = Field(max_length=60)
    account_id: Identifier


ExtractToken = Annotated[str, Field(max_length=128 * 1024)]
"""An extract with the archive's signature, as its holder brings it: particulars may be as long as a form."""


class RegisterExtract(Model, personal=("registered",)):
    """What the register says on a day. ``token`` is all of it in the archive's own words, for this party: filing takes
    that from whoever brings it, and need not ask."""

    registered: Registered
    issued_on: date
    certificate: DocumentRef | None = Field(default=None, description="the certificate in force")
    token: ExtractToken


class ChangedItem(Model):
    """``field``: title, short_name, version, authors, owners or publication_date; persons are masked."""

    field: str
    before: str
    after: str


class RegisteredChange(Model):
    """变更或补充: by which proof, when, and what."""

    number: str
    on: date
    items: list[ChangedItem]


class RegisteredAct(Model):
    """What else happened: the certificate was *reissued*, an error of the office *corrected*, the registration
    *revoked*, the deposit *sealed* or *unsealed*; on what ``ground``. ``number``: of the proof of a revocation."""

    act: str
    on: date
    ground: str = ""
    number: str = ""
    items: list[ChangedItem] = []


class PublicDealing(Model):
    """合同登记、质权登记: what was done with the rights; persons are masked. ``released_on``: of a pledge that ended;
    ``in_force``: on the day it is told."""

    number: str
    act: Act
    on: date
    grantors: list[str]
    grantees: list[str]
    rights: list[str]
    territory: Territory
    begins: date
    ends: date | None = None
    released_on: date | None = None
    in_force: bool


AUDIENCE = "register-extract"
"""Of the token."""
REGISTER_EXTRACT = RpcMethod("archive", "register_extract", AskExtract, RegisterExtract, ACCOUNT)
REGISTER_EXTRACT_FOR_CASE = RpcMethod(
    "archive", "register_extract_for_case", AskExtractForCase, RegisterExtract, staff("examiner", "senior_examiner")
)
