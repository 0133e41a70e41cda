"""What filing and registering a work says to others: the tariff, what is signed and printed, the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.forms import Author, Place, WorkForm

from filing.forms.delivery import address_of
from filing.forms.policy import FormPolicy
from filing.types.declaring import day, declared
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

OWNERSHIPS = {
    "individual": "个人作品",
    "joint": "合作作品",
    "legal_person": "法人作品",
    "work_for_hire": "职务作品",
    "commissioned": "委托作品",
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
        "seconds": form.duration.total if form.duration else 0,
        "with_lyrics": form.lyrics != "without",
        "episodes": form.episodes or 0,
        "compilation": form.creation_nature == "compilation",
        "applicant_kind": applicant_kind,
        "parts": max(1, len(form.parts)),
    }


WARRANTIES = (
    "所提交的作品样本、申请表及证明文件真实、完整、一致，作品由上述作者独立创作完成。",
    "申请人依法享有所申请登记的著作权，作品不侵犯他人的著作权、肖像权、名誉权、商标权等合法权益。",
    "作品不含法律、行政法规禁止出版、传播的内容，不属于《中华人民共和国著作权法》第五条所列不适用的对象。",
    "如上述内容不实，申请人自愿承担由此产生的一切法律责任，登记机构可依法撤销登记。",
)


def declaration(form: WorkForm, policy: FormPolicy) -> dict[str, Any]:
    """What the declaration says of the work."""
    completed = "，".join(part for part in (day(form.completion_date), _place(form.completion_place)) if part)
    return declared(
        "Declaration of Creation and Warranty of Rights",
        "《作品自愿登记试行办法》",
        (
            ("作品名称", "Title", form.title),
            ("作品类别", "Category", subject({"category": form.category}, policy)),
            ("作者", "Authors", [_signing(author) for author in form.authors]),
            ("著作权人", "Copyright owners", [owner.name for owner in form.owners]),
            ("权利归属方式", "Kind of ownership", OWNERSHIPS.get(form.ownership or "", "")),
            ("创作性质", "Nature of creation", CREATION_NATURES[form.creation_nature or "other"]),
            ("创作完成", "Completed", completed),
            ("首次发表", "First published", day(form.publication_date) or "未发表"),
        ),
        (
            ("创作目的", "Purpose of creation", form.description.purpose),
            ("创作过程", "Process of creation", form.description.process),
            ("独创性声明", "Statement of originality", form.description.originality),
        ),
        WARRANTIES,
    )


def entry(form: WorkForm) -> RegisterEntry:
    """The form as it is registered. How to reach the applicant is nobody's business but filing's."""
    return RegisterEntry(
        form=form.model_dump(mode="json", exclude={"contact", "delivery"}),
        owners=[
            {name: str(value) for name, value in owner.model_dump(mode="json", exclude={"applicant"}).items()}
            for owner in form.owners
        ],
        delivery=address_of(form.collection, form.delivery),
    )


def _signing(author: Author) -> str:
    """``赵文博（署名：江边客）``: who wrote it, and how the work names them."""
    if author.signed_as == "anonymous":
        return f"{author.name}（不署名）"
    return f"{author.name}（署名：{author.pseudonym}）" if author.signed_as == "pseudonym" else author.name


def _place(place: Place) -> str:
    """``中国上海``; a blank where a name in Latin letters meets another."""
    named = list(dict.fromkeys(part for part in (place.country, place.province, place.city) if part))
    latin = any(part[0].isascii() or part[-1].isascii() for part in named)
    return (" " if latin else "").join(named)
