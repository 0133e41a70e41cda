"""Which files a work's application needs."""

from __future__ import annotations

from contracts.forms import WorkForm

from filing.forms.model import Need
from filing.forms.policy import FormPolicy

_SEARCHED_FOR_TITLE = "text_pdf"
"""The profile whose check looks for the title of the work in the text."""


def needs(form: WorkForm, policy: FormPolicy) -> list[Need]:
    """A sample; proof of ownership unless the owner is the author by original acquisition (F-05). A work made for hire
    is proved by the employment contract and the organisation's sealed statement."""
    profile = policy.profile_of(form.category)
    for_hire = form.ownership == "work_for_hire"
    proof = form.ownership not in (None, "individual", "work_for_hire") or form.acquisition not in (None, "original")
    named = [Need("employment_contract", needed=True), Need("creation_proof", needed=True)] if for_hire else []
    context = {"title": form.title} if profile == _SEARCHED_FOR_TITLE else {}
    return [
        Need("sample", needed=True, profile=profile, context=context),
        *named,
        Need("ownership_proof", needed=proof),
        Need("other", needed=False),
    ]
