"""A TCP proxy that can be cut, black-holed or held up, in place of a network that fails."""

from __future__ import annotations

import selectors
import socket
import threading
from contextlib import suppress


class Proxy:
    """Forwards to ``host:port``. Faults act at once, on open connections and new ones.

    ``cut``: every connection is reset and no new one accepted. ``hole``: bytes are swallowed, connections stay open
    and new ones are accepted. ``hold``: bytes wait, and go on at ``heal``. ``heal`` ends the fault; connections whose
    bytes were swallowed are reset, as they would be by a real network's end points.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._mode = "forward"
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)
        self._thread.start()

    def cut(self) -> None:
        self._set("cut")

    def hole(self) -> None:
        self._set("hole")

    def hold(self) -> None:
        self._set("hold")

    def heal(self) -> None:
        self._set("forward")

    def close(self) -> None:
        self._closing = True
        self._thread.join()
        self._drop_all()
        self._listener.close()

    def _set(self, mode: str) -> None:
        with self._lock:
            if mode == "cut" or self._mode == "hole":
                self._drop_all()
            self._mode = mode

    def _drop_all(self) -> None:
        for end in list(self._pairs):
            self._drop(end)

    def _drop(self, end: socket.socket) -> None:
        other = self._pairs.pop(end, None)
        for each in (end, other):
            if each is not None:
                self._pairs.pop(each, None)
                with suppress(KeyError, ValueError):
                    self._selector.unregister(each)
                with suppress(OSError):
                    each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
                each.close()

    def _run(self) -> None:
        while not self._closing:
            ready = self._selector.select(timeout=0.1)
            with self._lock:
                for key, _ in ready:
                    if key.fileobj is self._listener:
                        self._accept()
                    elif key.fileobj in self._pairs:
                        self._forward(key.fileobj)  # type: ignore[arg-type]  # only sockets are registered
                waits = self._mode == "hold"
            if waits and ready:
                threading.Event().wait(0.02)

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        if self._mode == "cut":
            near.close()
            return
        try:
            far = socket.create_connection(self._target, timeout=5)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._pairs[one] = other
            self._selector.register(one, selectors.EVENT_READ)

    def _forward(self, end: socket.socket) -> None:
        if self._mode == "hold":
            return
        try:
            data = end.recv(65536)
            if data and self._mode == "forward":
                self._pairs[end].sendall(data)
        except OSError:
            data = b""
        if not data:
            self._drop(end)
