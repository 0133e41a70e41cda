"""Server-side sessions: a random cookie, and a row that only that cookie can decrypt.

The row is found by the cookie's SHA-256 and encrypted with a key derived from the cookie, so that the database alone
opens no session and yields no access token.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from werkzeug.datastructures import CallbackDict

from gateway.tables import WebSessionRow

ANONYMOUS_LIFE = timedelta(hours=4)
SIGNED_IN_LIFE = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=5)
SWEEP_ONE_IN = 50


class WebSession(CallbackDict[str, Any], SessionMixin):
    """A visitor's session. Empty until something is put into it; then it gets a cookie and a row.

    ``by_itself``: a part of a page that waits asks again, and nobody did anything: the session ends when it would have.
    """

    def __init__(
        self,
        cookie: str = "",
        content: dict[str, Any] | None = None,
        seen_at: datetime | None = None,
        by_itself: bool = False,
    ) -> None:
        def changed(session: WebSession) -> None:
            session.modified = True

        super().__init__(content or {}, changed)
        self.cookie = cookie
        self.seen_at = seen_at
        self.by_itself = by_itself
        self.replaces = ""
        self.new = not cookie
        self.modified = False

    @property
    def public_id(self) -> str:
        """Names this browser elsewhere (owner of anonymous uploads) without revealing its cookie; empty when new."""
        if kept := self.get("visitor"):
            return str(kept)
        return hashlib.sha256(b"owner\0" + self.cookie.encode()).hexdigest()[:32] if self.cookie else ""

    def renew(self) -> None:
        """A new cookie for the same content: at sign-in, against fixation. Earlier uploads stay this visitor's."""
        if self.cookie:
            self["visitor"] = self.public_id
        self.replaces = self.replaces or self.cookie
        self.cookie = secrets.token_urlsafe(32)
        self.modified = True


class SessionTable(SessionInterface):
    """Flask's session interface over the table of :class:`WebSessionRow`."""

    def __init__(self, engine: Engine, https: bool) -> None:
        self._engine = engine
        self._reading = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._https = https
        self.cookie_name = "__Host-registry" if https else "registry"

    def open_session(self, app: Flask, request: Request) -> WebSession:
        cookie = request.cookies.get(self.cookie_name, "")
        if not cookie or len(cookie) > 100:
            return WebSession()
        with self._reading.connect() as connection:
            row = connection.execute(
                select(WebSessionRow.content, WebSessionRow.seen_at).where(
                    WebSessionRow.session_id == _row_id(cookie), WebSessionRow.expires_at > datetime.now(UTC)
                )
            ).one_or_none()
        if row is None:
            return WebSession()
        try:
            return WebSession(cookie, _decrypt(cookie, row.content), row.seen_at, asks_by_itself(request))
        except (InvalidTag, ValueError):
            return WebSession()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, WebSession)
        if session.accessed:
            response.vary.add("Cookie")
        if session.modified:
            self._store(session, response)
        elif (
            session.cookie
            and session.seen_at
            and not session.by_itself
            and datetime.now(UTC) - session.seen_at > TOUCH_AFTER
        ):
            self._touch(session)

    def end_sessions_of(self, account: str) -> None:
        """Sign-out everywhere: forget every browser of the account."""
        with self._engine.begin() as connection:
            connection.execute(delete(WebSessionRow).where(WebSessionRow.account == account))

    def change_alone(self, session: WebSession, change: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
        """Applies ``change`` to the stored content while no other request of this browser does; the new content."""
        row_id = _row_id(session.cookie)
        with self._engine.begin() as connection:
            stored = connection.execute(
                select(WebSessionRow.content).where(WebSessionRow.session_id == row_id).with_for_update()
            ).scalar()
            content = change(_decrypt(session.cookie, stored) if stored else dict(session))
            connection.execute(
                update(WebSessionRow)
                .where(WebSessionRow.session_id == row_id)
                .values(content=_encrypt(session.cookie, content))
            )
        return content

    def _store(self, session: WebSession, response: Response) -> None:
        session.cookie = session.cookie or secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        values = {
            "content": _encrypt(session.cookie, dict(session)),
            "account": session.get("account_id"),
            "seen_at": now,
            "expires_at": now + _life(session),
        }
        lasting = {"content", "account"} if session.by_itself and not session.replaces else values.keys()
        changed = {name: values[name] for name in lasting}
        with self._engine.begin() as connection:
            if session.replaces:
                connection.execute(delete(WebSessionRow).where(WebSessionRow.session_id == _row_id(session.replaces)))
            connection.execute(
                insert(WebSessionRow)
                .values(session_id=_row_id(session.cookie), **values)
                .on_conflict_do_update(index_elements=["session_id"], set_=changed)
            )
            if secrets.randbelow(SWEEP_ONE_IN) == 0:
                connection.execute(delete(WebSessionRow).where(WebSessionRow.expires_at < now))
        response.set_cookie(
            self.cookie_name, session.cookie, secure=self._https, httponly=True, samesite="Lax", path="/"
        )

    def _touch(self, session: WebSession) -> None:
        now = datetime.now(UTC)
        with self._engine.begin() as connection:
            connection.execute(
                update(WebSessionRow)
                .where(WebSessionRow.session_id == _row_id(session.cookie))
                .values(seen_at=now, expires_at=now + _life(session))
            )


def asks_by_itself(request: Request) -> bool:
    """Whether a part of a page asks again by itself (see ``components/waiting.html``); people send no such ``GET``."""
    return request.method == "GET" and "HX-Request" in request.headers


def _life(session: WebSession) -> timedelta:
    return SIGNED_IN_LIFE if session.get("account_id") else ANONYMOUS_LIFE


def _row_id(cookie: str) -> bytes:
    return hashlib.sha256(b"row\0" + cookie.encode()).digest()


def _key(cookie: str) -> bytes:
    return hashlib.sha256(b"key\0" + cookie.encode()).digest()


def _encrypt(cookie: str, content: dict[str, Any]) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(_key(cookie)).encrypt(nonce, json.dumps(content, ensure_ascii=False).encode(), None)


def _decrypt(cookie: str, stored: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(AESGCM(_key(cookie)).decrypt(stored[:12], stored[12:], None))
    return content
