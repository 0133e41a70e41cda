"""Asking for a copy, following it, and fetching it with the password."""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import Any

from chassis.access import may
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.uow import UnitOfWork
from chassis.work import enter, sender_of
from contracts.base import Empty
from contracts.identity.exports import (
    AskExport,
    ExportPiece,
    Exports,
    ExportView,
    OpenedExport,
    OpenExport,
    ReadExportPiece,
)

from identity.accounts.handlers import own_account
from identity.exports import store
from identity.exports.model import MOST, PERIOD, TICKET_LIFE
from identity.exports.store import DataExport
from identity.sealing import vault
from identity.sessions.model import token_hash
from identity.sessions.proving import prove_password

SHOWN = 5
AT_ONCE = 20


def ask_export(request: AskExport, uow: UnitOfWork) -> ExportView:
    """Problems ``export_running``; ``export_too_many`` (``most`` in a day)."""
    account = own_account(uow, lock=True)
    mine = store.of_account(uow.session, account.account_id, SHOWN)
    if any(row.state == "running" for row in mine):
        raise Problem("export_running")
    if store.asked_since(uow.session, account.account_id, uow.now() - PERIOD) >= MOST:
        raise Problem("export_too_many", most=MOST)
    export = DataExport(
        export_id=new_id("exp"),
        account_id=account.account_id,
        language=request.language,
        state="running",
        asked_at=uow.now(),
    )
    enter(uow, export, sender_of(uow.actor, "", verified=account.verification == "approved"))
    uow.audit("account.ask_export", subject=account.account_id, export_id=export.export_id)
    return _view(export)


def list_exports(request: Empty, uow: UnitOfWork) -> Exports:
    """The latest copies of the account that signed in."""
    mine = store.of_account(uow.session, own_account(uow).account_id, SHOWN)
    return Exports(items=[_view(row) for row in mine])


def open_export(request: OpenExport, uow: UnitOfWork) -> OpenedExport:
    """A ticket for the pieces, to the account alone and for its password.

    Problems ``export_unknown`` (also for another's), ``export_not_ready``, ``export_gone``; ``password_wrong``,
    ``sign_in_slowed``.
    """
    _there(uow, request.export_id)
    prove_password(uow, "password", request.password, request.client, request.device)
    export = _there(uow, request.export_id, lock=True)
    ticket = secrets.token_urlsafe(32)
    export.ticket_hash, export.ticket_until = token_hash(ticket), uow.now() + TICKET_LIFE
    export.fetched_at = uow.now()
    uow.audit("account.fetch_export", subject=export.account_id, export_id=export.export_id)
    name = f"my-data-{export.asked_at:%Y-%m-%d}.zip"
    return OpenedExport(ticket=ticket, pieces=export.pieces, size=export.size, file_name=name)


def read_export_piece(request: ReadExportPiece, uow: UnitOfWork) -> ExportPiece:
    """Problems as :func:`open_export`; ``export_unknown`` for a wrong or old ticket."""
    export = _there(uow, request.export_id)
    known = export.ticket_hash is not None and hmac.compare_digest(export.ticket_hash, token_hash(request.ticket))
    if not known or export.ticket_until is None or uow.now() >= export.ticket_until:
        raise Problem("export_unknown")
    piece = uow.session.get(store.DataExportPiece, (export.export_id, request.number))
    if piece is None:
        raise Problem("export_unknown")
    context = store.piece_context(export.export_id, request.number)
    plain = vault(uow.settings).open(store.SEALED, piece.sealed, context)
    return ExportPiece(content=base64.b64encode(plain).decode())


def _there(uow: UnitOfWork, export_id: str, *, lock: bool = False) -> DataExport:
    export = store.get(uow.session, export_id, lock=lock)
    if export is None or not may(uow.actor, export.account_id, "manage"):
        raise Problem("export_unknown")
    if export.state == "expired" or (export.expires_at is not None and export.expires_at <= uow.now()):
        raise Problem("export_gone")
    if export.state != "ready":
        raise Problem("export_not_ready")
    return export


def forget_all(uow: UnitOfWork, account_id: str) -> None:
    """The account is closed: none of its copies can be fetched, and one that is being made comes to nothing."""
    for export in store.lock_alive(uow.session, account_id):
        store.forget_pieces(uow.session, export.export_id)
        if export.state == "running":
            export.finished_at = export.expires_at = uow.now()
        store.end(export, "expired")
    uow.session.flush()


def forget_exports(uow: UnitOfWork) -> int:
    """Sweeper: copies that were not fetched in time, or were, are destroyed. How many."""
    rows = store.outlived(uow.session, uow.now(), AT_ONCE)
    for export in rows:
        store.forget_pieces(uow.session, export.export_id)
        store.end(export, "expired")
        uow.audit("account.forget_export", subject=export.account_id, export_id=export.export_id)
    return len(rows)


def _view(export: DataExport) -> ExportView:
    facts: dict[str, Any] = {
        "export_id": export.export_id,
        "state": export.state,
        "asked_at": export.asked_at,
        "progress": export.progress or 0.0,
        "finished_at": export.finished_at,
        "expires_at": export.expires_at,
        "fetched_at": export.fetched_at,
        "size": export.size or 0,
        "sha256": export.sha256,
    }
    return ExportView.model_validate(facts)
