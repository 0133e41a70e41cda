"""质权注销: the pledgee states that the pledge is over (著作权质权登记办法)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from contracts.filing import FieldProblem
from contracts.forms import FilingType as FilingTypeName
from contracts.forms import Kind, Registered, Release

from filing.forms import checks
from filing.forms.checks import problem
from filing.forms.fields import fields_beside
from filing.forms.model import Need, Situation
from filing.forms.policy import FormPolicy
from filing.types import about
from filing.types.declaring import declared
from filing.types.filing_type import FilingType, RegisterEntry

FormT = TypeVar("FormT", bound=Release)
FIELDS = fields_beside(__package__, "release.toml")
REASONS = {"paid": "债务已经履行", "waived": "质权人放弃质权", "agreed": "双方协商解除", "realised": "质权已经实现"}
WARRANTIES = (
    "申请人是所列质权的质权人，质权消灭的事实真实。",
    "如上述内容不实，申请人自愿承担由此产生的一切法律责任，登记机构可依法撤销登记。",
)


def own_pledges(form: Release) -> list[str]:
    """Numbers of the pledges that whoever files has on the registration."""
    return _pledges(form.on_register)


def _pledges(register: Registered) -> list[str]:
    return [one.number for one in register.dealings if one.act == "pledged" and one.number in register.own]


def settle(form: FormT) -> FormT:
    """Of a single pledge nobody needs to type the number."""
    own = own_pledges(form)
    return form.model_copy(update={"pledge": own[0]}) if len(own) == 1 and not form.pledge else form


def check(form: Release, situation: Situation) -> list[FieldProblem]:
    """Everything that keeps this form from being filed today."""
    return [
        *about.registration(form),
        *_pledge(form),
        *checks.filing_problems(form.filing_mode, form.contact, situation),
    ]


def _pledge(form: Release) -> Iterator[FieldProblem]:
    if not form.pledge:
        yield problem("pledge", "required")
    elif form.pledge not in own_pledges(form):
        yield problem("pledge", "pledge_not_yours", number=form.pledge)
    if form.release_reason is None:
        yield problem("release_reason", "required")


def against(form: Release, register: Registered) -> list[FieldProblem]:
    """It is over by now."""
    over = form.pledge not in _pledges(register)
    return [problem("pledge", "pledge_not_yours", number=form.pledge)] if over else []


def needs(form: Release, policy: FormPolicy) -> list[Need]:
    """The pledgee's statement, signed or sealed."""
    return [Need("release_statement", needed=True), Need("other", needed=False)]


def declaration(form: Release, policy: FormPolicy) -> dict[str, Any]:
    """What the declaration says."""
    known = form.on_register
    return declared(
        "Declaration on the Release of a Copyright Pledge",
        "《著作权质权登记办法》",
        (
            ("登记号", "Registration number", known.registration_number),
            ("登记名称", "Registered title", known.title),
            ("质权登记编号", "Number of the pledge", form.pledge),
            ("注销的原因", "Reason", REASONS.get(form.release_reason or "", "")),
        ),
        (),
        WARRANTIES,
    )


def entry(form: Release) -> RegisterEntry:
    """The end of the pledge."""
    known = form.on_register.model_dump(mode="json")
    return RegisterEntry(
        form=form.model_dump(mode="json", exclude={"contact"}),
        owners=[{name: str(value) for name, value in owner.items()} for owner in known["owners"]],
        act="released",
        registration_number=form.on_register.registration_number,
        dealing={"number": form.pledge},
    )


def printed(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Nothing of its own words stands on its proof."""
    return iter(())


def release_type(name: FilingTypeName, kind: Kind, department: str, form: type[FormT]) -> FilingType[FormT]:
    """The release of pledges on one kind of registration."""
    return FilingType(
        name=name,
        kind=kind,
        department=department,
        form=form,
        fields=FIELDS,
        begin=about.begin,
        with_applicant=about.with_applicant,
        check=check,
        materials=needs,
        title=about.title,
        subject=about.subject,
        printed=printed,
        fee_basis=about.fee_basis,
        declaration_title="质权注销声明书",
        declaration=declaration,
        entry=entry,
        settle=settle,
        against=against,
    )
