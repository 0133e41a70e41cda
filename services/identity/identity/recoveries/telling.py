"""What the holder of an account is told of a request for it, wherever they may read it."""

from __future__ import annotations

from typing import Any

from chassis.uow import UnitOfWork

from identity.messages import notices
from identity.recoveries.behind import Behind, OldAccount, elsewhere
from identity.recoveries.store import Recovery


def tell_holder(
    uow: UnitOfWork,
    recovery: Recovery,
    account: Behind,
    template: str,
    what: str,
    *,
    sealed: bool = False,
    **params: Any,
) -> None:
    """In the account's messages and at its addresses, and wherever else it could be reached
    (:func:`identity.recoveries.behind.elsewhere`). Who asked is told otherwise. ``sealed``: there is a code in it."""
    event_id = f"{recovery.recovery_id}:{what}"
    params = {"receipt": recovery.receipt, **params}
    if not isinstance(account, OldAccount):
        notices.notify(uow, account, template, event_id, params, sealed=sealed)
    tell_elsewhere(uow, recovery, account, template, what, sealed=sealed, **params)


def tell_elsewhere(
    uow: UnitOfWork,
    recovery: Recovery,
    account: Behind,
    template: str,
    what: str,
    *,
    sealed: bool = False,
    **params: Any,
) -> None:
    """Only where the account's own messages do not go."""
    if not notices.reaches_people(uow):
        return
    language = "zh" if isinstance(account, OldAccount) else account.language
    params = {"receipt": recovery.receipt, **params}
    addresses = [address for address in elsewhere(uow, account) if address != recovery.contact]
    for number, address in enumerate(addresses):
        event_id, channel = f"{recovery.recovery_id}:{what}:elsewhere:{number}", notices.channel_to(address)
        notices.send_text(uow, channel, address, template, event_id, language, sealed=sealed, **params)
