"""质权注销、专有许可终止: who has a pledge or an exclusive licence states that it is over (著作权质权登记办法; 民法典
art. 557, 562). It is theirs to give up, and nobody else's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from contracts.dealings import Act
from contracts.filing import FieldProblem, RegisterAct
from contracts.forms import Ending, Kind, Registered
from contracts.forms import FilingType as FilingTypeName

from filing.forms import checks
from filing.forms.checks import problem
from filing.forms.fields import FormFields, fields_beside
from filing.forms.model import Need, Situation
from filing.forms.policy import FormPolicy
from filing.types import about
from filing.types.declaring import declared
from filing.types.filing_type import FilingType, RegisterEntry

FormT = TypeVar("FormT", bound=Ending)


@dataclass(frozen=True)
class Burden:
    """What lies on the rights, and may end: of which ``act`` its record is, and which act its ``end`` is; the fields of
    the form that have the ``number`` and the ``reason``, the problem of one that is not theirs, the role of their
    ``statement``; and the words of the declaration."""

    act: Act
    end: RegisterAct
    number: str
    reason: str
    not_yours: str
    statement: str
    fields: FormFields
    declaration: tuple[str, str]
    basis: str
    called: tuple[str, str]
    reasons: Mapping[str, str]
    warranty: str


PLEDGE = Burden(
    act="pledged",
    end="released",
    number="pledge",
    reason="release_reason",
    not_yours="pledge_not_yours",
    statement="release_statement",
    fields=fields_beside(__package__, "release.toml"),
    declaration=("质权注销声明书", "Declaration on the Release of a Copyright Pledge"),
    basis="《著作权质权登记办法》",
    called=("质权登记编号", "Number of the pledge"),
    reasons={
        "paid": "债务已经履行",
        "waived": "质权人放弃质权",
        "agreed": "双方协商解除",
        "realised": "质权已经实现",
    },
    warranty="申请人是所列质权的质权人，质权消灭的事实真实。",
)
LICENCE = Burden(
    act="licensed",
    end="terminated",
    number="licence_number",
    reason="termination_reason",
    not_yours="licence_not_yours",
    statement="termination_statement",
    fields=fields_beside(__package__, "termination.toml"),
    declaration=("专有许可终止声明书", "Declaration on the Termination of an Exclusive Licence"),
    basis="《中华人民共和国民法典》",
    called=("专有许可合同登记编号", "Number of the licence"),
    reasons={"agreed": "双方协商解除合同", "waived": "被许可人放弃专有许可"},
    warranty="申请人是所列专有许可的被许可人，专有许可终止的事实真实。",
)
UNTRUE = "如上述内容不实，申请人自愿承担由此产生的一切法律责任，登记机构可依法撤销登记。"


def own_numbers(form: Ending, burden: Burden) -> list[str]:
    """Numbers of what whoever files has on the registration, and can end."""
    return _own(form.on_register, burden)


def _own(register: Registered, burden: Burden) -> list[str]:
    return [one.number for one in register.dealings if one.act == burden.act and one.number in register.own]


def _number(form: Ending, burden: Burden) -> str:
    return str(getattr(form, burden.number))


def settle(form: FormT, burden: Burden) -> FormT:
    """Where there is a single one nobody needs to type the number."""
    own = own_numbers(form, burden)
    return form.model_copy(update={burden.number: own[0]}) if len(own) == 1 and not _number(form, burden) else form


def check(form: Ending, situation: Situation, burden: Burden) -> list[FieldProblem]:
    """Everything that keeps this form from being filed today."""
    return [
        *about.registration(form),
        *_ended(form, burden),
        *checks.filing_problems(form.filing_mode, form.contact, situation),
    ]


def _ended(form: Ending, burden: Burden) -> Iterator[FieldProblem]:
    number = _number(form, burden)
    if not number:
        yield problem(burden.number, "required")
    elif number not in own_numbers(form, burden):
        yield problem(burden.number, burden.not_yours, number=number)
    if getattr(form, burden.reason) is None:
        yield problem(burden.reason, "required")


def against(form: Ending, register: Registered, burden: Burden) -> list[FieldProblem]:
    """It is over by now."""
    number = _number(form, burden)
    over = number not in _own(register, burden)
    return [problem(burden.number, burden.not_yours, number=number)] if over else []


def declaration(form: Ending, policy: FormPolicy, burden: Burden) -> dict[str, Any]:
    """What the declaration says."""
    known = form.on_register
    return declared(
        burden.declaration[1],
        burden.basis,
        (
            ("登记号", "Registration number", known.registration_number),
            ("登记名称", "Registered title", known.title),
            (*burden.called, _number(form, burden)),
            ("原因", "Reason", burden.reasons.get(getattr(form, burden.reason) or "", "")),
        ),
        (),
        (burden.warranty, UNTRUE),
    )


def entry(form: Ending, burden: Burden) -> RegisterEntry:
    """The end of the pledge, or of the licence."""
    known = form.on_register.model_dump(mode="json")
    return RegisterEntry(
        form=form.model_dump(mode="json", exclude={"contact"}),
        owners=[{name: str(value) for name, value in owner.items()} for owner in known["owners"]],
        act=burden.end,
        registration_number=form.on_register.registration_number,
        dealing={"number": _number(form, burden)},
    )


def printed(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Nothing of its own words stands on its proof."""
    return iter(())


def ending_type(
    name: FilingTypeName, kind: Kind, department: str, form: type[FormT], burden: Burden
) -> FilingType[FormT]:
    """The end of what lies on one kind of registration: of pledges, or of exclusive licences."""
    return FilingType(
        name=name,
        kind=kind,
        department=department,
        form=form,
        fields=burden.fields,
        begin=about.begin,
        with_applicant=about.with_applicant,
        check=partial(check, burden=burden),
        materials=lambda form, policy: [Need(burden.statement, needed=True), Need("other", needed=False)],
        title=about.title,
        subject=about.subject,
        printed=printed,
        fee_basis=about.fee_basis,
        declaration_title=burden.declaration[0],
        declaration=partial(declaration, burden=burden),
        entry=partial(entry, burden=burden),
        settle=partial(settle, burden=burden),
        against=partial(against, burden=burden),
    )
