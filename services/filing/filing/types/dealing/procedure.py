"""A type of dealing, put together of what all of them share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from contracts.dealings import Act
from contracts.forms import DealingForm, Kind
from contracts.forms import FilingType as FilingTypeName

from filing.forms.fields import FormFields, fields_beside
from filing.forms.policy import FormPolicy
from filing.types import about
from filing.types.dealing import effects, materials, rules
from filing.types.filing_type import FilingType

FormT = TypeVar("FormT", bound=DealingForm)


@dataclass(frozen=True)
class Procedure:
    """What is done with the rights: ``act`` in the register, ``fields`` of the form, its declaration, and what the
    parties are called, in both languages: who grants, who receives."""

    act: Act
    fields: FormFields
    declaration: tuple[str, str]
    roles: tuple[tuple[str, str], tuple[str, str]]


ASSIGNMENT = Procedure(
    "assigned",
    fields_beside(__package__, "assignment.toml"),
    ("著作权转让声明书", "Declaration on an Assignment of Copyright"),
    (("转让方（TRC）", "Assignor (TRC)"), ("受让方（TEC）", "Assignee (TEC)")),
)
LICENCE = Procedure(
    "licensed",
    fields_beside(__package__, "licence.toml"),
    ("著作权专有许可声明书", "Declaration on an Exclusive Licence"),
    (("许可方（LCR）", "Licensor (LCR)"), ("被许可方（LCE）", "Licensee (LCE)")),
)
PLEDGE = Procedure(
    "pledged",
    fields_beside(__package__, "pledge.toml"),
    ("著作权出质声明书", "Declaration on a Copyright Pledge"),
    (("出质人", "Pledgor"), ("质权人", "Pledgee")),
)


def dealing_type(
    name: FilingTypeName, kind: Kind, department: str, form: type[FormT], procedure: Procedure, basis: str
) -> FilingType[FormT]:
    """``basis``: the regulation that its declaration is made under."""
    title, title_en = procedure.declaration
    asked = procedure.fields.of("rights")
    rights = {choice.value: choice.label.zh for choice in asked.choices} if asked else {}

    def declaration(form: FormT, policy: FormPolicy) -> dict[str, Any]:
        return effects.declaration(form, title_en, procedure.roles, rights, basis)

    return FilingType(
        name=name,
        kind=kind,
        department=department,
        form=form,
        fields=procedure.fields,
        begin=about.begin,
        with_applicant=about.with_applicant,
        check=partial(rules.check, act=procedure.act),
        materials=lambda form, policy: materials.needs(form, procedure.act),
        title=about.title,
        subject=about.subject,
        printed=effects.printed,
        fee_basis=about.fee_basis,
        declaration_title=title,
        declaration=declaration,
        entry=partial(effects.entry, act=procedure.act),
        against=partial(rules.against, act=procedure.act),
    )
