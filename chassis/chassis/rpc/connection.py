"""AMQP connections with time limits on everything: a black-holed broker must not hold a caller."""

from __future__ import annotations

import select
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp
from amqp.exceptions import UnexpectedFrame
from amqp.transport import TCPTransport

_HEAD = struct.Struct(">BHI")
_CHUNK = 1 << 16
_FRAME_END = 0xCE


class BufferedTransport(TCPTransport):
    """py-amqp's transport, reading what there is at once.

    py-amqp asks the socket for each frame's head, content and end: nine calls for a message, which under eventlet were
    a quarter of a request's processor time. Here it is one. What is written under :meth:`corked` leaves in one call
    too: an acknowledgement and the reply beside it.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._received = b""
        self._at = 0
        self._held: bytearray | None = None

    @property
    def has_buffered(self) -> bool:
        return self._at < len(self._received)

    @property
    def has_input(self) -> bool:
        """Whether bytes wait in the buffer or at the socket."""
        return self.has_buffered or bool(select.select([self.sock], [], [], 0)[0])

    def read_frame(self, *_: Any) -> tuple[int, int, bytes]:
        """The next frame's type, channel and content. A time-out loses nothing of a frame that has come in part."""
        while True:
            if frame := self._take():
                return frame
            try:
                chunk = self.sock.recv(_CHUNK)
            except BlockingIOError as error:
                raise TimeoutError from error
            except OSError as error:
                if isinstance(error, TimeoutError) and error.errno is None:  # ours; the kernel's has a number
                    raise
                self.connected = False
                raise
            if not chunk:
                self.connected = False
                raise ConnectionResetError("the broker closed the connection")
            self._received, self._at = self._received[self._at :] + chunk, 0

    def _take(self) -> tuple[int, int, bytes] | None:
        received, at = self._received, self._at
        if len(received) - at < _HEAD.size:
            return None
        kind, channel, size = _HEAD.unpack_from(received, at)
        end = at + _HEAD.size + size
        if len(received) <= end:
            return None
        if received[end] != _FRAME_END:
            raise UnexpectedFrame(f"frame ends with {received[end]:#04x}")
        if end + 1 == len(received):
            self._received, self._at = b"", 0
        else:
            self._at = end + 1
        return kind, channel, received[at + _HEAD.size : end]

    def write(self, data: Any) -> None:
        if self._held is not None:
            self._held += data
        else:
            super().write(data)

    @contextmanager
    def corked(self) -> Iterator[None]:
        """Holds back what is written in the block, and sends it at the end. Nothing in the block may wait."""
        self._held = bytearray()
        try:
            yield
        finally:
            held, self._held = self._held, None
            if held:
                super().write(held)


class Connection(amqp.Connection):
    """A connection over :class:`BufferedTransport` (with TLS: over py-amqp's own)."""

    def Transport(self, host: str, connect_timeout: Any, ssl: Any = False, *times: Any, **options: Any) -> Any:
        if ssl:
            return super().Transport(host, connect_timeout, ssl, *times, **options)
        return BufferedTransport(host, connect_timeout, *times, **options)

    def blocking_read(self, timeout: float | None = None) -> Any:
        if timeout is None:  # py-amqp enters and leaves a context for each frame
            return self.on_inbound_frame(self.transport.read_frame())
        return super().blocking_read(timeout)

    @property
    def has_input(self) -> bool:
        """Whether something can be read without waiting."""
        transport = self.transport
        if isinstance(transport, BufferedTransport):
            return transport.has_input
        return bool(select.select([self.sock], [], [], 0)[0])

    @property
    def has_buffered(self) -> bool:
        """Whether something has been read from the socket that nobody has looked at."""
        return isinstance(self.transport, BufferedTransport) and self.transport.has_buffered

    @contextmanager
    def corked(self) -> Iterator[None]:
        """What is published and acknowledged in the block leaves together."""
        transport = self.transport
        if isinstance(transport, BufferedTransport):
            with transport.corked():
                yield
        else:
            yield


def connect(
    url: str,
    *,
    heartbeat: int,
    timeout: float,
    client_name: str = "registry",
    blocked_notices: bool = False,
    read_timeout: float | None = None,
) -> Connection:
    """A connected py-amqp connection; ``timeout`` bounds connecting, writing and the handshake (seconds).

    ``blocked_notices`` asks the broker to say when it takes no more messages; somebody has to read from the connection
    then. ``read_timeout`` is kept by the kernel: reads without a time-out of their own end with TimeoutError after so
    long (not under eventlet, where sockets never block).
    """
    parts = urlsplit(url)
    connection = Connection(
        host=f"{parts.hostname or '127.0.0.1'}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path[1:]) if len(parts.path) > 1 else "/",
        heartbeat=heartbeat,
        connect_timeout=timeout,
        read_timeout=read_timeout,
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
    # It has been asked for. As long as it stands here, py-amqp reads from the connection before each publish: under
    # the feet of whoever else reads from it (frames were torn apart, replies lost).
    connection.client_properties.get("capabilities", {}).pop("connection.blocked", None)
    return connection
