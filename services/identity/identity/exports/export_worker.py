"""The worker's part: gathers what every service keeps of an account, and seals the copy piece by piece.

This process alone calls other services, for this alone: the broker lets identity send nothing but ``own_data``
(docs/adr/0037).
"""

from __future__ import annotations

import hashlib

from chassis.actor import issue_access_token
from chassis.catalogues import Language
from chassis.errors import Problem
from chassis.rpc.client import RpcClient
from chassis.runtime import Runtime
from chassis.telemetry import logger
from chassis.work import ALONE, LeaseLost, progress_of, put_off
from contracts.own_data import OWN_DATA, OwnData, ReadOwnData
from sqlalchemy.orm import Session

from identity.accounts import store as accounts
from identity.exports import own, store
from identity.exports.model import LIFE, Pieces
from identity.exports.store import DataExport
from identity.exports.writing import Ask, Copy, write
from identity.messages.notices import notify
from identity.sealing import vault

AWAY = ("service_unavailable", "deadline_exceeded")
"""Problems of a service that is not there: the copy waits for it, and no attempt is counted."""
TOKEN_LIFE = 60
PATIENCE = 30.0

_log = logger("identity.exports")


class Exporting:
    """Makes one copy after the other. ``ask``: how other services are asked; over the broker unless given."""

    def __init__(self, ask: Ask | None = None) -> None:
        self._ask = ask
        self._client: RpcClient | None = None

    def step(self, runtime: Runtime) -> bool:
        """Whether there was one to be made. After five attempts its holder is told that it failed."""
        with ALONE.piece(runtime, DataExport) as held:
            if held is None:
                return False
            if held.attempts > DataExport.TERMS.attempts:
                _give_up(runtime, held)
                return True
            try:
                self._make(runtime, held)
            except Problem as problem:
                if problem.code not in AWAY:
                    raise
                put_off(runtime, held, problem, counted=False)
        return True

    def close(self) -> None:
        """Gives the broker's connections back."""
        if self._client is not None:
            self._client.close()

    def _make(self, runtime: Runtime, held: DataExport) -> None:
        seals, size, whole = vault(runtime.settings), 0, hashlib.sha256()

        def keep(number: int, plain: bytes) -> None:
            nonlocal size
            size += len(plain)
            whole.update(plain)
            sealed = seals.seal(store.SEALED, plain, store.piece_context(held.export_id, number))
            store.keep_piece(runtime.ask, held, number, sealed)

        def ask(service: str, request: ReadOwnData) -> OwnData:
            if service in OWN_DATA:
                return self._ask(service, request) if self._ask else self._call(runtime, service, request)
            with runtime.unit_of_work() as uow:
                return own.own_data(request, uow)

        language: Language = "en" if held.language == "en" else "zh"
        pieces = Pieces(keep)
        copy = Copy(held.account_id, language, held.asked_at, runtime.settings.public_url.rstrip("/"))
        write(copy, pieces, ask, progress_of(runtime, held))
        _finish(runtime, held, pieces.count, size, whole.hexdigest())

    def _call(self, runtime: Runtime, service: str, request: ReadOwnData) -> OwnData:
        if self._client is None:
            self._client = RpcClient(runtime.settings.amqp_url, "identity")
        token = issue_access_token(runtime.signer, runtime.own_actor, TOKEN_LIFE)
        return self._client.call(OWN_DATA[service], request, token=token, timeout=PATIENCE)


def _finish(runtime: Runtime, held: DataExport, pieces: int, size: int, sha256: str) -> None:
    with runtime.unit_of_work() as uow:
        export, account = _still_held(uow.session, held), accounts.get(uow.session, held.account_id)
        store.forget_pieces(uow.session, held.export_id, since=pieces)
        export.finished_at, export.expires_at = uow.now(), uow.now() + LIFE
        export.pieces, export.size, export.sha256, export.progress = pieces, size, sha256, 1.0
        store.end(export, "ready")
        uow.audit("account.make_export", subject=held.account_id, export_id=held.export_id, size=size)
        if account is not None:
            notify(uow, account, "export_ready", held.export_id, {"until": export.expires_at})


def _give_up(runtime: Runtime, held: DataExport) -> None:
    _log.error("data_export_failed", export=held.export_id, error=held.last_error)
    with runtime.unit_of_work() as uow:
        export, account = _still_held(uow.session, held), accounts.get(uow.session, held.account_id)
        store.forget_pieces(uow.session, held.export_id)
        export.finished_at = uow.now()
        store.end(export, "failed")
        if account is not None:
            notify(uow, account, "export_failed", held.export_id, {})


def _still_held(session: Session, held: DataExport) -> DataExport:
    export = store.get(session, held.export_id, lock=True)
    if export is None or export.state != "running" or export.lease != held.lease:
        raise LeaseLost
    return export
