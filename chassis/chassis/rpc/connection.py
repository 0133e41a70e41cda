"""AMQP connections with time limits on everything: a black-holed broker must not hold a caller."""

from __future__ import annotations

import socket
from urllib.parse import unquote, urlsplit

import amqp


def connect(
    url: str, *, heartbeat: int, timeout: float, client_name: str = "registry", blocked_notices: bool = False
) -> amqp.Connection:
    """A connected py-amqp connection; ``timeout`` bounds connecting, writing and the handshake (seconds).

    ``blocked_notices`` asks the broker to say when it takes no more messages. py-amqp then reads from the connection
    before each publish: never where another greenthread reads from it too (frames were torn apart, replies lost).
    """
    parts = urlsplit(url)
    connection = amqp.Connection(
        host=f"{parts.hostname or '127.0.0.1'}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) if len(parts.path) > 1 else "/",
        heartbeat=heartbeat,
        connect_timeout=timeout,
        read_timeout=None,
        write_timeout=timeout,
        ssl=parts.scheme == "amqps",
        client_properties={"connection_name": client_name},
        socket_settings={socket.TCP_NODELAY: 1, socket.TCP_USER_TIMEOUT: int(timeout * 1000)},
    )
    connection.negotiate_capabilities = {
        **amqp.Connection.negotiate_capabilities,
        "connection.blocked": blocked_notices,
    }
    connection.connect()
    return connection
