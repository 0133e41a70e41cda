"""What filing and approving a cancellation says to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.forms import CancellationForm

from filing.forms.policy import FormPolicy
from filing.types.declaring import declared
from filing.types.filing_type import RegisterEntry

WARRANTIES = (
    "撤销该项登记是全体著作权人的真实意思，没有隐瞒其他权利人。",
    "知悉登记撤销以后，登记证书不再有效，撤销不能收回。",
    "如上述内容不实，申请人自愿承担由此产生的一切法律责任。",
)


def printed(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The proof says what the register said last: no text of this form."""
    yield from ()


def entry(form: CancellationForm) -> RegisterEntry:
    """That the registration is revoked: what was examined belongs to those who gave it up, and is called so."""
    known = form.on_register.model_dump(mode="json")
    return RegisterEntry(
        form=form.model_dump(mode="json", exclude={"contact"}),
        owners=[],
        act="revoked",
        registration_number=form.on_register.registration_number,
        before={name: known[name] for name in ("title", "owners")},
        ground="own_request",
    )


def declaration(form: CancellationForm, policy: FormPolicy, *, note: str) -> dict[str, Any]:
    """What is declared; ``note``: the regulation it is made under."""
    known = form.on_register
    return declared(
        "Declaration on the Cancellation of a Registration",
        note,
        (
            ("登记号", "Registration number", known.registration_number),
            ("登记名称", "Registered title", known.title),
            ("著作权人", "Copyright owners", [owner.name for owner in known.owners]),
        ),
        (("申请撤销的理由", "Reasons", form.cancellation_statement),),
        WARRANTIES,
    )
