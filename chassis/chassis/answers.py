"""The memory of answered commands: one that comes again acts once and gets its first answer.

Nothing in it tells what was asked. The digest is keyed, since a request may hold a password, a code of six digits and
an ID number, all of which a plain hash would let one guess; and a reply about a person is sealed under a key that
takes both the service's key and the request itself. Replies with secrets are not kept at all (``keep_reply``).
"""

from __future__ import annotations

import hmac
import json
import zlib
from dataclasses import dataclass
from typing import Any

from contracts.base import Model, RpcMethod
from contracts.contents import is_personal
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.db import run
from chassis.errors import Problem
from chassis.receipts import without_signatures
from chassis.sealing import Sealing, open_under, seal_under

_REMEMBER = """
    INSERT INTO answered_requests (request_id, method, asked_by, digest)
    VALUES (%(request_id)s, %(method)s, %(asked_by)s, %(digest)s) ON CONFLICT DO NOTHING RETURNING method
"""
_RECALL = """
    SELECT digest, reply, sealed_reply FROM answered_requests
    WHERE request_id = %(request_id)s AND method = %(method)s AND asked_by = %(asked_by)s
"""


@dataclass(frozen=True)
class Asked:
    """A command as the memory knows it.

    ``asked_by``: the subject, or a visitor by all of what they ask: requests of different people never meet, whatever
    they are called. ``reply_key`` seals the reply, when that is about a person.
    """

    request_id: str
    method: str
    asked_by: str
    digest: str
    reply_key: bytes | None

    @property
    def _known(self) -> dict[str, str]:
        return {"request_id": self.request_id, "method": self.method, "asked_by": self.asked_by}

    def recall(self, session: Session) -> dict[str, Any] | None:
        """None for a new command, which is registered now. A repeated one waits for the first, and gets its reply.

        Problem ``idempotency_key_reused`` when the same person used the id for something else, or for another party.
        """
        if run(session, _REMEMBER, {**self._known, "digest": self.digest}):
            return None
        [(digest, reply, sealed)] = run(session, _RECALL, self._known)
        if not hmac.compare_digest(digest, self.digest):
            raise Problem("idempotency_key_reused")
        if sealed is not None and self.reply_key is not None:
            reply = json.loads(zlib.decompress(open_under(self.reply_key, bytes(sealed), self.request_id)))
        answered: dict[str, Any] | None = reply
        return answered

    def keep(self, reply: dict[str, Any]) -> dict[str, Any]:
        """The values under which the reply is remembered."""
        plain = json.dumps(reply, ensure_ascii=False)
        if self.reply_key is None:
            return {**self._known, "reply": plain, "sealed_reply": None}
        packed = zlib.compress(plain.encode(), 1)
        return {**self._known, "reply": None, "sealed_reply": seal_under(self.reply_key, packed, self.request_id)}


def asked(sealing: Sealing, method: RpcMethod[Any, Any], request: Model, actor: Actor, request_id: str) -> Asked:
    """``request`` as asked by ``actor``. What the gateway added to it, and when it signed a receipt, is left out.

    Visitors all have the same name, and so are told apart by all of what they ask: a stranger who uses the id of
    another visitor for anything else neither learns nor changes what became of it.
    """
    said = without_signatures(request.model_dump(mode="json", exclude=set(request.added_fields)))
    told = [method.name, request_id, actor.subject, actor.party, said]
    whole = json.dumps(told, sort_keys=True, ensure_ascii=False).encode()
    digest = sealing.digest("request", whole).hex()
    reply: type[Model] = method.reply
    return Asked(
        request_id=request_id,
        method=method.name,
        asked_by=f"anonymous {digest}" if actor.kind == "anonymous" else actor.subject,
        digest=digest,
        reply_key=sealing.digest("reply", whole) if is_personal(reply) else None,
    )
