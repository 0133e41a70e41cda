"""Which files a software's application needs (办法 art. 9 to 12)."""

from __future__ import annotations

from contracts.forms import SoftwareForm

from filing.forms.model import Need
from filing.forms.policy import FormPolicy

PROGRAM, DOCUMENT = "program", "document"


def needs(form: SoftwareForm, policy: FormPolicy) -> list[Need]:
    """The deposit of the program and of each kind of document; what proves whose the software is.

    A contract or task book unless it was developed by its owner alone, and the licence of whoever owns what was
    modified: two proofs, if both. For a work made for hire the employment contract and the employer's sealed statement
    (F-05); the proof of an assignment, a succession or an inheritance.
    """
    shared = {"title": form.full_name, "short_name": form.short_name, "version": form.version}
    developed_with_others = form.development_mode in ("joint", "commissioned", "assigned")
    licensed = form.modified_owner == "other"
    return [
        Need(
            PROGRAM,
            needed=True,
            profile="source_deposit",
            context={**shared, "deposit_mode": form.exceptional_kind or "general"},
            asked_of=("deposit_kind", "exceptional_kind"),
        ),
        Need(DOCUMENT, needed=True, least=documents(form), profile="software_document", context=shared),
        Need("ownership_proof", needed=developed_with_others or licensed, least=developed_with_others + licensed),
        *(Need(role, needed=True) for role in ("employment_contract", "creation_proof") if form.work_for_hire),
        Need("acquisition_proof", needed=form.acquisition not in (None, "original")),
        Need("other", needed=False),
    ]


def documents(form: SoftwareForm) -> int:
    """How many kinds of document are deposited."""
    return (form.document_count or 2) if form.document_kinds == "several" else 1
