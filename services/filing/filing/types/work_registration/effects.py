"""What filing and registering a work says to others: the tariff, what is signed and printed, the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.forms import Place, WorkForm

from filing.forms.policy import FormPolicy
from filing.types.filing_type import RegisterEntry

CREATION_NATURES = {
    "original": "原创",
    "adaptation": "改编",
    "translation": "翻译",
    "compilation": "汇编",
    "annotation": "注释",
    "arrangement": "整理",
    "other": "其他",
}


def title(form: WorkForm) -> str:
    return form.title


def subject(form: Mapping[str, Any], policy: FormPolicy) -> str:
    """``文字作品``; empty before there is a category."""
    category = policy.categories.get(form.get("category") or "")
    return category.zh if category else ""


def printed(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts of a stored form that the certificate shows, with the field each stands in."""
    yield "title", form.get("title", "")
    for index, author in enumerate(form.get("authors", ())):
        if author["signed_as"] != "anonymous":
            part = "pseudonym" if author["signed_as"] == "pseudonym" else "name"
            yield f"authors.{index}.{part}", author[part]
    for index, owner in enumerate(form.get("owners", ())):
        yield f"owners.{index}.name", owner["name"]
        yield f"owners.{index}.nationality", owner["nationality"]


def fee_basis(form: WorkForm, policy: FormPolicy, applicant_kind: str) -> dict[str, str | int | bool]:
    """What the tariff needs to know about a works form."""
    return {
        "kind": "work",
        "form_code": policy.code,
        "category": form.category or "",
        "word_count": form.word_count or 0,
        "applicant_kind": applicant_kind,
        "parts": max(1, len(form.parts)),
        "expedite": False,
    }


def declaration(form: WorkForm, policy: FormPolicy) -> dict[str, Any]:
    """What the declaration says of the work."""
    return {
        "category": subject({"category": form.category}, policy),
        "authors": [author.name for author in form.authors],
        "owners": [owner.name for owner in form.owners],
        "completed_on": form.completion_date.isoformat() if form.completion_date else "",
        "completed_at": _place(form.completion_place),
        "published_on": form.publication_date.isoformat() if form.publication_date else "",
        "creation_nature": CREATION_NATURES[form.creation_nature or "other"],
        "purpose": form.description.purpose,
        "process": form.description.process,
        "originality": form.description.originality,
    }


def entry(form: WorkForm) -> RegisterEntry:
    """The form as it is registered. How to reach the applicant is nobody's business but filing's."""
    return RegisterEntry(
        form=form.model_dump(mode="json", exclude={"contact"}),
        owners=[
            {name: str(value) for name, value in owner.model_dump(mode="json", exclude={"applicant"}).items()}
            for owner in form.owners
        ],
    )


def _place(place: Place) -> str:
    return "".join(dict.fromkeys(part for part in (place.country, place.province, place.city) if part))
