"""著作权登记变更或补充申请: what of a registration may be stated anew, beside what the register says."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import Field

from contracts.base import Model
from contracts.dealings import OWNER, Dealing, Grantee
from contracts.forms.parts import Contact, Kind, Place
from contracts.text import Day, Line, Name, Paragraphs, Title

WorkChangeItem = Literal["title", "authors", "owners", "publication", "completion", "expression", "rights"]
"""What somebody may want to change. Which of it may be changed is policy's; the rest is told and refused."""
SoftwareChangeItem = Literal[
    "title", "short_name", "version", "owners", "publication", "completion", "expression", "rights"
]
ItemT = TypeVar("ItemT")


class RegisteredAuthor(Model, personal=("name", "pseudonym")):
    """An author as the register has it."""

    name: str
    signed_as: Literal["real_name", "pseudonym", "anonymous"] = "real_name"
    pseudonym: str = ""
    organisation: bool = False


class RegisteredOwner(Model, personal=("name",)):
    """A copyright owner as the register has it."""

    name: str
    kind: Literal["natural_person", "organisation"] = "natural_person"
    nationality: str = ""


class Registered(Model, personal=("authors", "owners", "holders", "dealings")):
    """登记事项: what the register states of a registration, not masked; ``record`` counts what happened to it;
    ``certificate_outdated``: it says something else than the certificate in force.

    ``stated_on``: the day on which it is said. ``role``: what whoever asks is to it, ``own`` by which records
    (:data:`contracts.dealings.OWNER` for the registration itself), ``holders`` as whom they deal. ``rights``: what can
    be dealt in; ``dealings``: what was, in order, but for those that are over.
    """

    registration_number: str = ""
    certificate_number: str | None = None
    kind: Kind | None = None
    record: int = 0
    status: Literal["valid", "replaced", "revoked"] = "valid"
    title: str = ""
    short_name: str = ""
    version: str = ""
    category: str | None = None
    authors: list[RegisteredAuthor] = []
    owners: list[RegisteredOwner] = []
    completion_date: date | None = None
    publication_date: date | None = None
    registered_on: date | None = None
    certificate_outdated: bool = False
    stated_on: date | None = None
    role: Literal["owner", "holder", "pledgee", "licensee"] = "owner"
    own: list[str] = [OWNER]
    holders: list[Grantee] = []
    rights: list[str] = []
    dealings: list[Dealing] = []


class ChangedAuthor(Model, personal=("was", "name", "was_pseudonym", "pseudonym")):
    """An author; empty texts leave what is registered. ``was`` and the like are the register's."""

    was: str = ""
    name: Annotated[str, Name(200)] = ""
    signed_as: Literal["real_name", "pseudonym", "anonymous"] = "real_name"
    was_pseudonym: str = ""
    pseudonym: Annotated[str, Line(200)] = ""


class ChangedOwner(Model, personal=("was", "name")):
    """An owner; an empty name leaves what is registered."""

    was: str = ""
    name: Annotated[str, Name(200)] = ""


class ChangeForm(Model, Generic[ItemT]):
    """What the changes of works and software ask alike."""

    on_register: Registered = Registered()
    change_items: list[ItemT] = Field(default=[], max_length=20)
    title: Annotated[str, Title(200)] = ""
    owners: list[ChangedOwner] = Field(default=[], max_length=100)
    name_reason: Literal["renamed", "misspelt", "transferred"] | None = None
    publication_date: Day | None = None
    publication_place: Place | None = None
    change_reason: Annotated[str, Paragraphs(1000)] = ""
    filing_mode: Literal["applicant", "agent"] = "applicant"
    contact: Contact = Contact()


class WorkChangeForm(ChangeForm[WorkChangeItem]):
    """作品登记变更或补充申请."""

    authors: list[ChangedAuthor] = Field(default=[], max_length=100)


class SoftwareChangeForm(ChangeForm[SoftwareChangeItem]):
    """计算机软件著作权登记变更或补充申请; ``title`` is the full name (软件全称)."""

    short_name: Annotated[str, Line(60)] = ""
    version: Annotated[str, Line(40)] = ""
