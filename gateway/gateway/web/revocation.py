"""Ended sessions, as the gateway hears of them: what it serves by itself is refused as soon as what services answer.

Identity says ``session_revoked``; one of all the workers takes the event from the queue that they share and writes it
into the gateway's table, which each of them reads again every second. A message taken twice changes nothing.
"""

from __future__ import annotations

from chassis.actor import Actor
from chassis.errors import Problem
from chassis.revocation import revoke
from chassis.rpc.listener import Listener
from chassis.runtime import Runtime
from chassis.telemetry import logger
from contracts.envelope import Envelope
from contracts.identity import SESSION_REVOKED, SessionRevoked
from contracts.reading import read, read_json
from sqlalchemy.exc import SQLAlchemyError

QUEUE = SESSION_REVOKED.queue("gateway")
_log = logger("gateway.revocation")


def refuse_ended(runtime: Runtime, actor: Actor) -> None:
    """Problem ``session_expired`` for the token of a session that was ended.

    While the database is away it goes by what is known: what needs no database then is answered by services, which
    look for themselves.
    """
    if not actor.session_id:
        return
    try:
        ended = actor.session_id in runtime.revoked_sessions
    except SQLAlchemyError as error:
        _log.warning("revocations_not_read", error=str(error)[:300])
        return
    if ended:
        raise Problem("session_expired")


class Revocations:
    """What one process does to hear of them."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._listener = Listener(runtime.settings.amqp_url, QUEUE, self.receive, client_name="gateway revocations")

    def start(self) -> None:
        """Begins to listen for ended sessions; without, only expiry ends a token."""
        self._listener.start()

    def close(self) -> None:
        self._listener.close()

    def receive(self, body: bytes) -> None:
        """Takes one event; committed when this returns. One that nobody can read is told and left."""
        try:
            data = read(SessionRevoked, read_json(Envelope, body).data)
        except ValueError as error:
            _log.error("revocation_unreadable", error=str(error)[:300])
            return
        with self._runtime.sessions.begin() as session:
            revoke(session, data.session_id, data.until)
