"""What filing and registering software says to others: the tariff, what is signed and printed, the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.forms import SoftwareForm

from filing.forms.policy import FormPolicy
from filing.types.filing_type import RegisterEntry
from filing.types.software_registration.materials import documents


def title(form: SoftwareForm) -> str:
    return form.full_name


def subject(form: Mapping[str, Any], policy: FormPolicy) -> str:
    """Software is of one kind: nothing to add to what the form is called."""
    return ""


def printed(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts of a stored form that the certificate shows, with the field each stands in."""
    for field in ("full_name", "short_name", "version"):
        yield field, form.get(field, "")
    for index, owner in enumerate(form.get("owners", ())):
        yield f"owners.{index}.name", owner["name"]
        yield f"owners.{index}.nationality", owner["nationality"]


def fee_basis(form: SoftwareForm, policy: FormPolicy, applicant_kind: str) -> dict[str, str | int | bool]:
    """What the tariff needs to know: further documents and an exceptional deposit have fees of their own."""
    return {
        "kind": "software",
        "form_code": policy.code,
        "applicant_kind": applicant_kind,
        "documents": documents(form),
        "exceptional": form.deposit_kind == "exceptional",
        "parts": 1,
        "expedite": False,
    }


_ORIGINS = {"original": "原创", "modified": "修改"}
_CLASSES = {
    "application": "应用软件",
    "embedded": "嵌入式软件",
    "middleware": "中间件",
    "operating_system": "操作系统",
}
_MODES = {"own": "单独开发", "joint": "合作开发", "commissioned": "委托开发", "assigned": "下达任务开发"}


def declaration(form: SoftwareForm, policy: FormPolicy) -> dict[str, Any]:
    """What the declaration says of the software; who owns it at first has developed it, or had it developed."""
    owners = [owner.name for owner in form.owners]
    return {
        "category": _CLASSES[form.classification or "application"],
        "authors": owners,
        "owners": owners,
        "completed_on": form.completion_date.isoformat() if form.completion_date else "",
        "completed_at": "",
        "published_on": form.publication_date.isoformat() if form.publication_date else "",
        "creation_nature": _ORIGINS[form.origin or "original"],
        "purpose": form.purpose,
        "process": f"{_MODES[form.development_mode or 'own']}；编程语言：{'、'.join(form.languages)}；"
        f"源程序量：{form.source_lines or 0}行。",
        "originality": form.modification_note or form.functions,
    }


def entry(form: SoftwareForm) -> RegisterEntry:
    """The form as it is registered. How to reach the applicant is nobody's business but filing's."""
    return RegisterEntry(
        form=form.model_dump(mode="json", exclude={"contact"}),
        owners=[
            {name: str(value) for name, value in owner.model_dump(mode="json", exclude={"applicant"}).items()}
            for owner in form.owners
        ],
    )
