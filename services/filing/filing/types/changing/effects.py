"""What filing and registering a change says to others: the tariff, what is signed and printed, the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.forms import ChangeForm

from filing.forms.policy import FormPolicy
from filing.types.changing.registered import AboutRegistration
from filing.types.declaring import day, declared
from filing.types.filing_type import RegisterEntry

NAME_REASONS = {"renamed": "更名", "misspelt": "登记时书写有误"}
WARRANTIES = (
    "所提交的申请表及证明文件真实、完整、一致，变更或补充的内容与事实相符。",
    "本次申请不改变作品（软件）的内容，不改变创作（开发）完成日期，不涉及著作权的转让。",
    "如上述内容不实，申请人自愿承担由此产生的一切法律责任，登记机构可依法撤销登记。",
)


def title(form: AboutRegistration) -> str:
    """What it is registered as."""
    return form.on_register.title


def subject(form: Mapping[str, Any], policy: FormPolicy) -> str:
    """The registration that it is about."""
    return str((form.get("on_register") or {}).get("registration_number") or "")


def fee_basis(form: AboutRegistration, policy: FormPolicy, applicant_kind: str) -> dict[str, str | int | bool]:
    """One fee, whatever is changed: the tariff calls it by the name of the type."""
    return {
        "kind": policy.type.partition("_")[0],
        "form_code": policy.code,
        "applicant_kind": applicant_kind,
        "charge": policy.type,
    }


def printed(form: Mapping[str, Any], texts: tuple[str, ...], rows: Mapping[str, tuple[str, ...]]) -> Iterator[Any]:
    """The texts of a stored form that its proof shows, with the field each stands in."""
    for field in texts:
        yield field, form.get(field) or ""
    for field, parts in rows.items():
        for index, row in enumerate(form.get(field) or ()):
            for part in parts:
                yield f"{field}.{index}.{part}", row.get(part) or ""


def owners(form: ChangeForm[Any]) -> list[dict[str, Any]]:
    """As they are registered from now on."""
    stated = form.on_register.owners
    return [
        owner.model_copy(update={"name": row.name or owner.name}).model_dump(mode="json")
        for row, owner in zip(form.owners, stated, strict=False)
    ]


def publication(form: ChangeForm[Any]) -> str | None:
    """The day to be added, as the register keeps it."""
    return form.publication_date.isoformat() if form.publication_date else None


def entry(form: ChangeForm[Any], states: Mapping[str, Any]) -> RegisterEntry:
    """The change, and the form as it is kept beside it, without how to reach the applicant."""
    known = form.on_register.model_dump(mode="json")
    return RegisterEntry(
        form=form.model_dump(mode="json", exclude={"contact"}),
        owners=[{name: str(value) for name, value in owner.items()} for owner in owners(form)],
        act="changed",
        registration_number=form.on_register.registration_number,
        before={name: known[name] for name in states},
        states=states,
    )


def declaration(form: ChangeForm[Any], of_type: tuple[tuple[str, str, str], ...], note: str) -> dict[str, Any]:
    """What the declaration says; ``of_type``: what is to be changed, of this kind of registration alone."""
    rows = zip(form.owners, form.on_register.owners, strict=False)
    names = [f"{owner.name} → {row.name}" for row, owner in rows if row.name] if "owners" in form.change_items else []
    return declared(
        "Declaration on a Change or Supplement",
        note,
        (
            ("登记号", "Registration number", form.on_register.registration_number),
            ("登记名称", "Registered title", form.on_register.title),
            *of_type,
            ("著作权人名称", "Copyright owners", names),
            ("名称变更的原因", "Why a name is another", NAME_REASONS.get(form.name_reason or "", "")),
            ("补充首次发表日期", "First published", day(form.publication_date)),
        ),
        (("变更或补充的理由", "Reasons", form.change_reason),),
        WARRANTIES,
    )


def arrow(before: str, after: str) -> str:
    """``前 → 后``; nothing where nothing is to be changed."""
    return f"{before or '（无）'} → {after}" if after else ""
