"""Which files a dealing needs: the contract, and the consent of everybody whom it touches."""

from __future__ import annotations

from contracts.dealings import Act
from contracts.forms import DealingForm, SecuredForm

from filing.forms.model import Need
from filing.types.dealing.proposing import proposed


def needs(form: DealingForm, act: Act) -> list[Need]:
    """Owners in common deal together (著作权法 art. 14); what is pledged takes consent (民法典 art. 444)."""
    dealing = proposed(form, act)
    found = [
        Need("contract", needed=True),
        Need("co_owner_consent", needed=len(form.on_register.holders) > 1),
        Need("pledgee_consent", needed=bool(dealing and dealing.consents)),
        Need("other", needed=False),
    ]
    return [*found, Need("main_contract", needed=True)] if isinstance(form, SecuredForm) else found
