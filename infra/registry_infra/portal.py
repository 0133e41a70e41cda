"""The portal as a program sees it: the public API over HTTP, with resumable uploads and waiting that ends.

Used by `./registry demo` and by the journey tests; a partner's client would look the same.
"""

from __future__ import annotations

import base64
import hashlib
import ssl
import time
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import httpx

T = TypeVar("T")
API = "/api/v1"
TUS = {"Tus-Resumable": "1.0.0"}
CHUNK = 1 << 20
PASSING = (408, 423, 502, 503, 504)
"""Answers of a system of which a part is being started again, or that still holds what a lost connection sent."""


@cache
def _authorities() -> ssl.SSLContext:
    """Read once: for each client by itself they take 20 ms, even where nothing is encrypted."""
    return httpx.create_ssl_context()


class Refused(Exception):
    """The portal's answer was a problem (RFC 9457)."""

    def __init__(self, method: str, path: str, response: httpx.Response) -> None:
        is_problem = response.headers.get("Content-Type", "").startswith("application/problem+json")
        self.problem: dict[str, Any] = response.json() if is_problem else {}
        self.status = response.status_code
        self.headers = response.headers
        self.code = str(self.problem.get("code", ""))
        fields = "; ".join(f"{error['field']}: {error['message']}" for error in self.problem.get("errors", ()))
        said = self.problem.get("detail") or response.text[:200]
        super().__init__(f"{method} {path} → {self.status} {self.code}: {said} {fields}".rstrip())


class TooLate(Exception):
    """What was awaited did not happen in time."""


class Portal:
    """One caller: a visitor, or with ``token`` the person it belongs to.

    With ``patience`` (seconds) a call that gets no answer, or none that lasts, is repeated under its key for so long.
    """

    def __init__(self, url: str, token: str | None = None, language: str = "zh", patience: float = 0) -> None:
        self.url = url
        self.token = token
        self.patience = patience
        headers = {"Accept-Language": language} | ({"Authorization": f"Bearer {token}"} if token else {})
        self._http = httpx.Client(base_url=url, headers=headers, timeout=30, verify=_authorities())

    def as_account(self, token: str) -> Portal:
        """The same portal, for whoever has this access token."""
        return Portal(self.url, token, self._http.headers["Accept-Language"], self.patience)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "",
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """The answer, whatever it is. ``path`` below /api/v1 unless it begins with /sandbox. ``key``: idempotency."""
        changes = method in ("POST", "PATCH", "DELETE")
        sent = {"Idempotency-Key": key or uuid.uuid4().hex} if changes else {}
        target = path if path.startswith("/sandbox") else API + path
        extra: dict[str, Any] = {"content": content} if content is not None else {}
        if body is not None:
            extra["json"] = body
        elif method == "POST" and content is None:
            sent["Content-Type"] = "application/json"
        deadline = time.monotonic() + self.patience
        while True:
            try:
                answer = self._http.request(method, target, headers=sent | (headers or {}), **extra)
            except httpx.TransportError:
                if time.monotonic() > deadline:
                    raise
            else:
                if answer.status_code not in PASSING or time.monotonic() > deadline:
                    return answer
            time.sleep(0.3)

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        """The answer's content. Raises :class:`Refused`."""
        response = self.send(method, path, body, **options)
        if response.is_error:
            raise Refused(method, path, response)
        return response.json() if response.content else None

    def get(self, path: str) -> Any:
        """The JSON of a resource below `/api/v1`. Raises as `call` does."""
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """What the portal answers to a JSON body below `/api/v1`. Raises as `call` does."""
        return self.call("POST", path, body, **options)

    def fetch(self, path: str) -> bytes:
        """Bytes of a document."""
        response = self.send("GET", path)
        if response.is_error:
            raise Refused("GET", path, response)
        return response.content

    def upload(self, data: bytes, file_name: str, purpose: str = "material", *, break_at: int = 0) -> str:
        """Uploads by tus 1.0 and gives the upload's id.

        ``break_at``: as if the connection broke after so many bytes; the rest follows from where the server is.
        """
        metadata = f"filename {_b64(file_name)},purpose {_b64(purpose)}"
        created = self.send(
            "POST",
            "/uploads",
            headers={**TUS, "Upload-Length": str(len(data)), "Upload-Metadata": metadata},
            content=b"",
        )
        if created.is_error:
            raise Refused("POST", "/uploads", created)
        upload_id = created.headers["Location"].rstrip("/").rpartition("/")[2]
        offset = 0
        if break_at:
            self._append(upload_id, 0, data[:break_at])
            offset = self._arrived(upload_id)
        while offset < len(data):
            offset = self._append(upload_id, offset, data[offset : offset + CHUNK])
        return upload_id

    def _arrived(self, upload_id: str) -> int:
        head = self.send("HEAD", f"/uploads/{upload_id}", headers=TUS)
        if head.is_error:
            raise Refused("HEAD", f"/uploads/{upload_id}", head)
        return int(head.headers["Upload-Offset"])

    def _append(self, upload_id: str, offset: int, chunk: bytes) -> int:
        checksum = base64.b64encode(hashlib.sha256(chunk).digest()).decode()
        headers = {
            **TUS,
            "Upload-Offset": str(offset),
            "Upload-Checksum": f"sha256 {checksum}",
            "Content-Type": "application/offset+octet-stream",
        }
        answer = self.send("PATCH", f"/uploads/{upload_id}", headers=headers, content=chunk)
        if answer.status_code == 409 and self.patience:
            return self._arrived(upload_id)  # a repeated chunk that had arrived
        if answer.is_error:
            raise Refused("PATCH", f"/uploads/{upload_id}", answer)
        return int(answer.headers["Upload-Offset"])

    def close(self) -> None:
        """Gives the connections back."""
        self._http.close()


def wait_for(what: str, look: Callable[[], T | None], seconds: float = 60, pause: float = 0.05) -> T:
    """Looks again and again until there is something, after ``pause`` seconds the second time and less and less often
    from then on. Raises :class:`TooLate` with ``what``."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise TooLate(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(pause)
        pause = min(pause * 1.5, max(1.0, pause))


def unless(code: str, ask: Callable[[], T]) -> T | None:
    """What was asked for, or None while the portal answers with the problem ``code``."""
    try:
        return ask()
    except Refused as refused:
        if refused.code != code:
            raise
        return None


def newest_code(portal: Portal, mobile: str) -> str:
    """The six digits of the newest SMS code that the sandbox "sent" to a number."""
    for message in portal.get(f"/sandbox/messages?to={mobile}&limit=20")["items"]:
        if message["code"]:
            return str(message["code"])
    raise TooLate(f"no code was sent to {mobile}")


def staff_member(portal: Portal, role: str, number: int = 0) -> Portal:
    """Signs in a staff account of the sandbox that has the role, with password and TOTP."""

    def sign_in() -> Portal | None:
        having = [account for account in portal.get("/sandbox/staff")["items"] if role in account["roles"]]
        account = having[number]
        names = {name: account[name] for name in ("login", "password", "totp")}
        tokens = unless("totp_used", lambda: portal.post("/sessions", names))
        return portal.as_account(tokens["access_token"]) if tokens else None

    return wait_for(f"sign-in of a {role}", sign_in, 40)


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
