"""What filing and recording a dealing says to others: what is signed and printed, and the register."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contracts.dealings import Act
from contracts.forms import DealingForm, SecuredForm

from filing.types.dealing.proposing import proposed, rights_of
from filing.types.declaring import Particular, day, declared
from filing.types.filing_type import RegisterEntry

WARRANTIES = (
    "所提交的合同和材料真实、完整，合同各方意思表示真实，申请人依法享有所处分的权利。",
    "所处分的权利没有在相同的地域和期限内转让、专有许可他人，未经质权人同意没有处分已出质的权利。",
    "著作权共有的，已经取得全体共有人的同意。如上述内容不实，申请人自愿承担由此产生的一切法律责任，登记机构可依法撤销登记。",
)


def printed(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts of a stored form that its certificate shows, with the field each stands in."""
    for index, row in enumerate(form.get("grantees") or ()):
        yield f"grantees.{index}.name", row.get("name") or ""


def entry(form: DealingForm, act: Act) -> RegisterEntry:
    """The dealing, and the form as it is kept beside it: neither price nor how to reach the applicant."""
    dealing, known = proposed(form, act), form.on_register.model_dump(mode="json")
    return RegisterEntry(
        form=form.model_dump(mode="json", exclude={"contact", "price"}),
        owners=[{name: str(value) for name, value in owner.items()} for owner in known["owners"]],
        act=act,
        registration_number=form.on_register.registration_number,
        before={"owners": known["owners"]},
        dealing=dealing.model_dump(mode="json", exclude={"number", "on"}) if dealing else {},
    )


def declaration(
    form: DealingForm,
    title_en: str,
    roles: Sequence[tuple[str, str]],
    rights: Mapping[str, str],
    note: str,
) -> dict[str, Any]:
    """What the declaration says. ``roles``: what who grants and who receives is called; ``rights``: by code."""
    (granting, granting_en), (receiving, receiving_en) = roles
    known, places = form.on_register, form.where
    where = {"world": "全世界", "china": "中国"}.get(places.extent, "、".join(places.provinces))
    ends = f"至{day(form.ends)}" if form.ends else "长期"
    return declared(
        title_en,
        note,
        (
            ("登记号", "Registration number", known.registration_number),
            ("登记名称", "Registered title", known.title),
            (granting, granting_en, [one.name for one in known.holders]),
            (receiving, receiving_en, [f"{one.name}（{one.masked_id_number}）" for one in form.grantees]),
            ("权利种类", "Rights", "、".join(rights.get(right, right) for right in rights_of(form))),
            ("地域范围", "Territory", where),
            ("期限", "Term", f"自{day(form.begins)}起，{ends}"),
            ("合同编号", "Contract number", form.contract_number),
            ("合同签订日期", "Contract dated", day(form.contract_date)),
            *_secured(form),
        ),
        (),
        WARRANTIES,
    )


def _secured(form: DealingForm) -> list[Particular]:
    if not isinstance(form, SecuredForm):
        return []
    return [
        ("担保的债权", "Secured claim", f"{form.claim_amount}元"),
        ("债务履行期限", "Term of the debt", f"{day(form.claim_begins)}至{day(form.claim_ends)}"),
    ]
