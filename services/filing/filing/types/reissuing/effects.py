"""What filing and approving another certificate says to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from contracts.forms import ReissueForm

from filing.forms.policy import FormPolicy
from filing.types.declaring import declared
from filing.types.filing_type import RegisterEntry

REASONS = {"lost": "遗失（补发）", "damaged": "损毁（补发）", "outdated": "登记事项已经变更（换发）"}
WARRANTIES = (
    "所述情况真实，本人（单位）是该项登记现在的著作权人。",
    "知悉新证书发出以后，以前的证书不再有效；找回的旧证书不再使用。",
    "如上述内容不实，申请人自愿承担由此产生的一切法律责任。",
)


def printed(form: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The certificate says what the register says: no text of this form."""
    yield from ()


def entry(form: ReissueForm) -> RegisterEntry:
    """That the certificate is issued again, and why."""
    return RegisterEntry(
        form=form.model_dump(mode="json", exclude={"contact"}),
        owners=[],
        act="reissued",
        registration_number=form.on_register.registration_number,
        ground=form.reissue_reason or "",
    )


def declaration(form: ReissueForm, policy: FormPolicy, *, note: str) -> dict[str, Any]:
    """What is declared; ``note``: the regulation it is made under."""
    known = form.on_register
    return declared(
        "Declaration on the Reissue of a Certificate",
        note,
        (
            ("登记号", "Registration number", known.registration_number),
            ("登记名称", "Registered title", known.title),
            ("著作权人", "Copyright owners", [owner.name for owner in known.owners]),
            ("原因", "Why", REASONS.get(form.reissue_reason or "", "")),
        ),
        (("情况说明", "What happened", form.reissue_statement),) if form.reissue_statement else (),
        WARRANTIES,
    )
