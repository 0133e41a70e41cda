"""What an account has chosen of its messages: by which channels they go out, in which language."""

from __future__ import annotations

from chassis.errors import FieldError, Problem
from chassis.uow import UnitOfWork
from contracts.base import Empty
from contracts.identity.choices import ChooseMessages, KindChoice, MessageChoices

from identity.accounts import store as accounts
from identity.accounts.store import Account
from identity.messages.channels import KINDS, NEEDS, OUTSIDE
from identity.messages.notices import notify, reached_by


def get_message_choices(request: Empty, uow: UnitOfWork) -> MessageChoices:
    """Of the account that signed in: messages go to its number and address."""
    return _shown(_own(uow, lock=False))


def choose_messages(request: ChooseMessages, uow: UnitOfWork) -> MessageChoices:
    """From the next message on. The account is told by every channel, so that nobody quietly stops its messages.

    Problem ``message_channel_required`` at each kind of which something has to go out and both channels are off; of
    what guards the account nothing can be turned off.
    """
    account = _own(uow, lock=True)
    if errors := _errors(request):
        raise Problem("message_channel_required", errors=errors)
    muted = set(account.muted)
    for item in request.items:
        off = {"sms": not item.sms, "email": not item.email}
        muted -= {f"{item.kind}.{channel}" for channel in OUTSIDE}
        muted |= {f"{item.kind}.{channel}" for channel in OUTSIDE if off[channel]}
    language = request.message_language or account.language
    if (sorted(muted), language) == (account.muted, account.language):
        return _shown(account)
    account.muted, account.language = sorted(muted), language
    account.version += 1
    uow.session.flush()
    uow.audit("account.choose_messages", subject=account.account_id, muted=" ".join(account.muted), language=language)
    notify(uow, account, "messages_chosen", f"{account.account_id}:messages:{uow.request_id}", {})
    return _shown(account)


def _errors(request: ChooseMessages) -> list[FieldError]:
    """Of what must go out all or one is needed."""
    lacking = []
    for place, item in enumerate(request.items):
        left, need = [item.sms, item.email].count(True), NEEDS[item.kind]
        if (need == "one" and not left) or (need == "all" and left < len(OUTSIDE)):
            lacking.append(FieldError(f"items.{place}", "message_channel_required"))
    return lacking


def _own(uow: UnitOfWork, *, lock: bool) -> Account:
    account = accounts.get(uow.session, uow.actor.signed_in_as, lock=lock)
    if account is None:
        raise Problem("not_signed_in")
    return account


def _shown(account: Account) -> MessageChoices:
    reached, muted = reached_by(account), set(account.muted)
    items = [
        KindChoice(kind=kind, sms=f"{kind}.sms" not in muted, email=f"{kind}.email" not in muted, need=NEEDS[kind])
        for kind in KINDS
    ]
    facts = {"message_language": account.language, "items": items}
    return MessageChoices.model_validate(facts | {"sms_reaches": "sms" in reached, "email_reaches": "email" in reached})
