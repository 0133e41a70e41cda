"""合同登记、质权登记与注销: what is asked of an assignment, an exclusive licence, a pledge and its release."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Model
from contracts.dealings import Territory
from contracts.forms.change import Registered
from contracts.forms.parts import Contact
from contracts.forms.work import Right
from contracts.text import Day, Line, Masked, Name


class Party(Model, personal=("name", "masked_id_number")):
    """Who receives: 受让方 (TEC), 被许可方 (LCE), 质权人."""

    name: Annotated[str, Name(200)] = ""
    kind: Literal["natural_person", "organisation"] = "natural_person"
    id_type: Annotated[str, Line(40)] = ""
    masked_id_number: Annotated[str, Masked(40)] = ""
    nationality: Annotated[str, Line(60)] = "中国"


class DealingForm(Model, personal=("price",)):
    """What every dealing asks. ``rights`` where ``rights_scope`` is *partial*; ``price`` is never public."""

    on_register: Registered = Registered()
    grantees: list[Party] = Field(default=[], max_length=20)
    rights_scope: Literal["all", "partial"] = "all"
    rights: list[Right] = Field(default=[], max_length=100)
    contract_number: Annotated[str, Line(60)] = ""
    contract_date: Day | None = None
    price: Annotated[str, Line(60)] = ""
    filing_mode: Literal["applicant", "agent"] = "applicant"
    contact: Contact = Contact()

    @property
    def begins(self) -> date | None:
        """The first day on which it holds."""
        return self.contract_date

    @property
    def ends(self) -> date | None:
        """The last one; none for good."""
        return None

    @property
    def where(self) -> Territory:
        return Territory()


class TermForm(DealingForm):
    """Of what holds somewhere for some time."""

    territory: Territory = Territory()
    term_begins: Day | None = None
    term_ends: Day | None = None

    @property
    def begins(self) -> date | None:
        return self.term_begins

    @property
    def ends(self) -> date | None:
        return self.term_ends

    @property
    def where(self) -> Territory:
        return self.territory

    @property
    def limited(self) -> bool:
        """Whether it has a last day."""
        return True


class AssignmentForm(TermForm):
    """著作权转让合同登记."""

    term: Literal["permanent", "limited"] = "permanent"

    @property
    def ends(self) -> date | None:
        return self.term_ends if self.limited else None

    @property
    def limited(self) -> bool:
        return self.term == "limited"


class LicenceForm(TermForm):
    """著作权专有许可合同登记."""


class SecuredForm(DealingForm):
    """Of what secures a claim. ``claim_amount`` in yuan: ``1200000.50``."""

    claim_amount: Annotated[str, Line(20)] = ""
    claim_begins: Day | None = None
    claim_ends: Day | None = None

    @property
    def begins(self) -> date | None:
        """With its record (民法典 art. 444), not before today."""
        return self.on_register.stated_on


class PledgeForm(SecuredForm):
    """著作权质权登记."""


class Ending(Model):
    """The end of what lies on the rights of a registration, filed by whoever has it."""

    on_register: Registered = Registered()
    filing_mode: Literal["applicant", "agent"] = "applicant"
    contact: Contact = Contact()


class PledgeReleaseForm(Ending):
    """著作权质权注销登记; ``pledge`` is the number of its record."""

    pledge: Annotated[str, Line(60)] = ""
    release_reason: Literal["paid", "waived", "agreed", "realised"] | None = None


class TerminationForm(Ending):
    """专有许可终止登记, before its term is over; ``licence_number`` is that of its record."""

    licence_number: Annotated[str, Line(60)] = ""
    termination_reason: Literal["agreed", "waived"] | None = None
