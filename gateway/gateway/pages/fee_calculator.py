"""What something would cost, filed today: for everybody, before there is a draft. By the rule that makes the order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, get_args

from chassis.errors import FieldError, Problem
from contracts.base import Empty
from contracts.expedite import Tier
from contracts.fees import FeeQuestion
from contracts.forms import REGISTRATIONS, Kind
from contracts.payment import RECKON_FEE, TARIFF, FeeEstimate, ReckonFee
from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from pydantic import ValidationError

from gateway.api.expedites import offered
from gateway.forms.descriptions import describe, procedures
from gateway.guides import GUIDES
from gateway.web.api import invalid_request
from gateway.web.calls import call
from gateway.web.forms import PageForm
from gateway.web.limits import query_limiter

pages = Blueprint("fee_calculator", __name__)
OF_CATEGORY = {"A": ("word_count",), "M": ("word_count",), "B": ("with_lyrics",), "H": ("episodes",), "I": ("length",)}
"""What the fee of a category depends on, beside the parts of a series and whether it is a compilation."""
OF_SOFTWARE = ("documents", "exceptional")


@dataclass(frozen=True)
class Subject:
    """Something that can be filed. ``code``: a category of works, *software*, or a filing type after registration."""

    code: str
    title: str
    by_category: bool = False
    """Whether the tariff has another fee for some categories of what is registered."""

    @property
    def depends_on(self) -> tuple[str, ...]:
        """The questions that make a difference."""
        if len(self.code) == 1:
            return ("applicant_kind", *OF_CATEGORY.get(self.code, ()), "compilation", "parts")
        if self.code == "software":
            return ("applicant_kind", *OF_SOFTWARE)
        return ("category",) if self.by_category else ()

    @property
    def filing_type(self) -> str:
        """As it is filed."""
        kinds = {str(kind): str(filing_type) for kind, filing_type in REGISTRATIONS.items()}
        return kinds["work"] if len(self.code) == 1 else kinds.get(self.code, self.code)

    @property
    def fixed(self) -> dict[str, str]:
        """What the subject itself says."""
        if len(self.code) == 1:
            return {"kind": "work", "category": self.code}
        return {"kind": "software"} if self.code == "software" else {"type": self.code}


@pages.get("/guides/fees/calculator")
@query_limiter.limit("60 per minute")
def calculator() -> str | tuple[str, int]:
    """First what it is, then what makes a difference; the fee is there at once and follows what is said."""
    groups = _subjects()
    subject = next((one for _title, group in groups for one in group if one.code == request.args.get("what")), None)
    form, fee, status = PageForm(request.args), None, 200
    if subject is not None:
        subject = replace(subject, by_category=_is_by_category(subject.code))
        try:
            fee = _reckoned(subject)
        except Problem as problem:
            if problem.code != "request_invalid":
                raise
            form, status = form.refused(problem, field="what"), problem.status
    guide = next(one for one in GUIDES if one.name == "fees")
    shown = render_template(
        "guides/calculator.html",
        guide=guide,
        guides=GUIDES,
        offered=[(title, [(one.code, one.title) for one in group]) for title, group in groups],
        categories=[(one.code, one.title) for one in groups[0][1] if len(one.code) == 1] if groups else [],
        hurried=_hurried(subject) if subject and fee else [],
        subject=subject,
        form=form,
        fee=fee,
    )
    return shown, status


def _is_by_category(code: str) -> bool:
    return any(line.code[:-1] == f"{code}_" for line in call(TARIFF, Empty()).lines)


def _hurried(subject: Subject) -> list[tuple[Tier, int]]:
    """The tiers of expediting that it could be hurried by, and the fen of each."""
    offer, fees = offered()
    return [(tier, fees[tier.code]) for tier in offer.items if subject.filing_type in tier.types]


def _subjects() -> list[tuple[str, list[Subject]]]:
    """What can be filed today, in groups with their titles."""
    works = describe(REGISTRATIONS["work"])
    begins = works.field(works.description.begins_with)
    categories = [Subject(choice.value, choice.label) for choice in (begins.choices if begins else ())]
    software = describe(REGISTRATIONS["software"]).description.title
    later = [Subject(one.type, one.title) for kind in get_args(Kind) for one in procedures(kind)]
    groups = [
        (works.description.title, categories),
        (software, [Subject("software", software)]),
        (str(_("登记之后")), later),
    ]
    return [(title, group) for title, group in groups if group]


def _reckoned(subject: Subject) -> FeeEstimate:
    """Problem ``request_invalid`` for an answer that is none."""
    answers: dict[str, Any] = {
        name: value for name in subject.depends_on if (value := request.args.get(name, "").strip()) and name != "length"
    }
    if "length" in subject.depends_on:
        answers["seconds"] = 60 * _number("minutes") + _number("seconds")
    try:
        question = FeeQuestion.model_validate(answers | subject.fixed)
    except ValidationError as error:
        raise invalid_request(error) from None
    return call(RECKON_FEE, ReckonFee(facts=question.facts()))


def _number(name: str) -> int:
    text = request.args.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 7):
        raise Problem("request_invalid", errors=[FieldError(name, "not_a_number")])
    return int(text)
