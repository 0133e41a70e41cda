"""Which files a dealing needs: the contract, and the consent of everybody whom it touches."""

from __future__ import annotations

from contracts.dealings import Act
from contracts.forms import DealingForm, SecuredForm

from filing.forms.model import Need
from filing.types.dealing.proposing import proposed


def needs(form: DealingForm, act: Act) -> list[Need]:
    """Owners in common deal together (著作权法 art. 14); what is pledged takes consent (民法典 art. 444)."""
    dealing, owners = proposed(form, act), [one.name for one in form.on_register.holders]
    pledges = [one for one in form.on_register.dealings if dealing and one.number in dealing.consents]
    pledged = {
        "pledgees": list(dict.fromkeys(who.name for one in pledges for who in one.grantees)),
        "pledges": [one.number for one in pledges],
    }
    found = [
        Need("contract", needed=True),
        Need("co_owner_consent", needed=len(owners) > 1, because={"owners": owners}),
        Need("pledgee_consent", needed=bool(pledges), because=pledged),
        Need("other", needed=False),
    ]
    return [*found, Need("main_contract", needed=True)] if isinstance(form, SecuredForm) else found
