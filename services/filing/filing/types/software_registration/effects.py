"""What filing and registering software says to others: the tariff, what is signed and printed, the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.forms import SoftwareForm

from filing.forms.delivery import address_of
from filing.forms.policy import FormPolicy
from filing.types.declaring import day, declared
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
    }


_ORIGINS = {"original": "原创", "modified": "修改"}
_CLASSES = {
    "application": "应用软件",
    "embedded": "嵌入式软件",
    "middleware": "中间件",
    "operating_system": "操作系统",
}
_MODES = {"own": "单独开发", "joint": "合作开发", "commissioned": "委托开发", "assigned": "下达任务开发"}


WARRANTIES = (
    "所提交的源程序、文档、申请表及证明文件真实、完整、一致，软件由上述著作权人开发或者依法取得。",
    "申请人依法享有所申请登记的软件著作权，软件不侵犯他人的著作权、专利权、商业秘密等合法权益。",
    "软件不含法律、行政法规禁止的内容；使用他人程序的部分，均已取得许可或者遵守其许可条件。",
    "如上述内容不实，申请人自愿承担由此产生的一切法律责任，登记机构可依法撤销登记。",
)


def declaration(form: SoftwareForm, policy: FormPolicy) -> dict[str, Any]:
    """What the declaration says of the software."""
    name = f"{form.full_name}（简称：{form.short_name}）" if form.short_name else form.full_name
    return declared(
        "Declaration of Software Copyright and Warranty of Rights",
        "《计算机软件著作权登记办法》",
        (
            ("软件名称", "Name of the software", name),
            ("版本号", "Version", form.version),
            ("软件分类", "Class", _CLASSES[form.classification or "application"]),
            ("著作权人", "Copyright owners", [owner.name for owner in form.owners]),
            ("软件说明", "Nature", _ORIGINS[form.origin or "original"]),
            ("开发方式", "Developed", _MODES[form.development_mode or "own"]),
            ("开发完成", "Completed", day(form.completion_date)),
            ("首次发表", "First published", day(form.publication_date) or "未发表"),
        ),
        (
            ("开发目的", "Purpose", form.purpose),
            *((("修改说明", "What was modified", form.modification_note),) if form.modification_note else ()),
        ),
        WARRANTIES,
    )


def entry(form: SoftwareForm) -> RegisterEntry:
    """The form as it is registered. How to reach the applicant is nobody's business but filing's."""
    return RegisterEntry(
        form=form.model_dump(mode="json", exclude={"contact", "delivery"}),
        owners=[
            {name: str(value) for name, value in owner.model_dump(mode="json", exclude={"applicant"}).items()}
            for owner in form.owners
        ],
        delivery=address_of(form.collection, form.delivery),
    )
