"""Who a visitor is by address: behind proxies whom the outermost trusted one saw."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chassis.networks import parse_address

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def visitor_address(peer: str, forwarded_for: str, proxies: int) -> str:
    """The visitor's address when ``proxies`` stand before us: each has appended whom it saw, so it is counted from the
    right, and what a visitor wrote there stands further left. The peer's own where nothing usable is said."""
    said = forwarded_for.split(",")
    if proxies and len(said) >= proxies and (address := parse_address(said[-proxies])):
        return str(address)
    return peer


class Visitors:
    """WSGI middleware: ``REMOTE_ADDR`` is the visitor's address, not the nearest proxy's."""

    def __init__(self, application: WSGIApplication, proxies: int) -> None:
        self._application = application
        self._proxies = proxies

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        said = environ.get("HTTP_X_FORWARDED_FOR", "")
        environ["REMOTE_ADDR"] = visitor_address(environ.get("REMOTE_ADDR", ""), said, self._proxies)
        return self._application(environ, start_response)
