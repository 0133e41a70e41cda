"""The worker's part: asks every service what is under way, and closes the account or opens it again.

With exports it is all that identity calls others for (docs/adr/0037, 0040). The account has been locked for longer than
any access token lives, so what is not under way now does not begin any more.
"""

from __future__ import annotations

from collections.abc import Callable

from chassis.actor import issue_access_token
from chassis.errors import Problem
from chassis.failpoints import failpoint
from chassis.rpc.client import RpcClient
from chassis.runtime import Runtime
from chassis.uow import UnitOfWork
from chassis.work import ALONE, LeaseLost, put_off
from contracts.identity.events import ACCOUNT_CLOSED, AccountClosed
from contracts.ties import ACCOUNT_TIES, ASKED, ReadTies, Tie, Ties

from identity.accounts.store import Account
from identity.base import lock_name
from identity.closures import store
from identity.closures.erasing import erase
from identity.closures.handlers import act, held
from identity.closures.store import AccountClosure
from identity.closures.ties import own_ties
from identity.messages import notices

Ask = Callable[[str, ReadTies], Ties]
"""(service, whose) → what it has under way."""
AWAY = ("service_unavailable", "deadline_exceeded")
"""Problems of a service that is not there: the account waits for it, locked, and no attempt is counted."""
TOKEN_LIFE = 60
PATIENCE = 30.0


class Closing:
    """Carries out one request after the other. ``ask``: how other services are asked; over the broker unless given."""

    def __init__(self, ask: Ask | None = None) -> None:
        self._ask = ask
        self._client: RpcClient | None = None

    def step(self, runtime: Runtime) -> bool:
        """Whether there was one to be carried out, or the bytes of a seal to be deleted."""
        with ALONE.piece(runtime, AccountClosure) as row:
            if row is None:
                return _delete_seal(runtime)
            try:
                ties = [tie for service in ASKED for tie in self._tell(runtime, service, row.account_id).items]
            except Problem as problem:
                if problem.code not in AWAY:
                    raise
                put_off(runtime, row, problem, counted=False)
                return True
            failpoint("closing.asked")
            with runtime.unit_of_work() as uow:
                _settle(uow, row, ties)
        return True

    def close(self) -> None:
        """Gives the broker's connections back."""
        if self._client is not None:
            self._client.close()

    def _tell(self, runtime: Runtime, service: str, account_id: str) -> Ties:
        request = ReadTies(account_id=account_id)
        if self._ask is not None:
            return self._ask(service, request)
        if self._client is None:
            self._client = RpcClient(runtime.settings.amqp_url, "identity")
        token = issue_access_token(runtime.signer, runtime.own_actor, TOKEN_LIFE)
        return self._client.call(ACCOUNT_TIES[service], request, token=token, timeout=PATIENCE)


def _settle(uow: UnitOfWork, row: AccountClosure, others: list[Tie]) -> None:
    """All of it or nothing. The office, which decides recoveries, is kept out until the transaction ends."""
    lock_name(uow.session, f"recovery of {row.account_id}")
    account, closure = held(uow, row)
    if account is None or closure is None or closure.state != "checking" or closure.lease != row.lease:
        raise LeaseLost
    closure.lease = closure.leased_until = None
    ties = [*own_ties(uow, account.account_id), *others]
    if ties:
        _keep(uow, account, closure, ties)
    else:
        _close(uow, account, closure)


def _keep(uow: UnitOfWork, account: Account, closure: AccountClosure, ties: list[Tie]) -> None:
    closure.ties = [tie.model_dump(mode="json") for tie in ties]
    act(uow, closure, account, "keep")
    kinds: list[str] = list(dict.fromkeys(tie.kind for tie in ties))
    notices.notify(uow, account, "closure_kept", f"{closure.closure_id}:kept", {"reasons": kinds})


def _close(uow: UnitOfWork, account: Account, closure: AccountClosure) -> None:
    """The last word goes to the number that it had, as to somebody without an account."""
    mobile, language = account.mobile, account.language
    closure.seal_left = erase(uow, account)
    act(uow, closure, account, "close")
    uow.emit(ACCOUNT_CLOSED, AccountClosed(account_id=account.account_id, closed_at=closure.ended_at or uow.now()))
    if mobile and notices.reaches_people(uow):
        notices.send_text(uow, "sms", mobile, "closure_done", f"{closure.closure_id}:done", language)


def _delete_seal(runtime: Runtime) -> bool:
    with runtime.unit_of_work() as uow:
        closure = store.seal_left(uow.session)
        if closure is None or closure.seal_left is None:
            return False
        runtime.sealed_objects.delete(closure.seal_left)
        closure.seal_left = None
        uow.audit("account.remove_seal", subject=closure.account_id)
        return True
