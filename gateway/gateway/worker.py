"""The gateway's gunicorn worker: an event loop that waits for clients, so that no thread has to."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import struct
import time
from collections import Counter, deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from chassis.networks import network_of
from gunicorn.workers.gthread import ThreadWorker

from gateway.front.arrival import Arrival, forwarded_for
from gateway.front.connection import Connection, Stage
from gateway.front.incoming import full, too_slow
from gateway.front.pace import Patience
from gateway.front.places import Places, Room
from gateway.front.serving import Outcome, Server, refuse
from gateway.web.networks import visitor_address

LINGER_LIMIT = 8 << 20
"""Bytes that are read and thrown away from somebody who was answered before all was sent."""
GIVE_WAY = (Stage.IDLE, Stage.END, Stage.HEAD, Stage.BODY, Stage.ANSWER)
"""What a connection may be waiting for when a newcomer needs its room."""
ORPHANED = 60.0
"""Seconds for which a worker goes on without its master, until the next one is there and ends it."""


class Worker(ThreadWorker):
    """Plain HTTP/1 only: who speaks TLS or HTTP/2 stands before it.

    A connection is waited for here, and has one of ``threads`` only while there is something to do for it: when its
    request has come, as far as a small one goes, and while its answer can be written. Those who send large bodies get
    threads of their own (:class:`Places`), so that slow ones never keep anybody else from being answered.
    """

    def init_process(self) -> None:
        self.patience = Patience.from_environment()
        self.room = Room.from_environment(self.cfg.threads)
        self.places: Places[Connection] = Places(self.room.transfers, -(-self.room.transfers // 3))
        self.transfers = ThreadPoolExecutor(self.room.transfers, thread_name_prefix="transfer")
        self.parked: dict[Connection, None] = {}
        self.queue: deque[Connection] = deque()
        self.networks: Counter[str] = Counter()
        self.busy = 0
        self.turned = self.swept = time.monotonic()
        self.orphaned_since: float | None = None
        super().init_process()

    # The loop

    def run(self) -> None:
        self.server = Server(self.wsgi, self.cfg)
        self.poller.register(self.method_queue.fileno(), selectors.EVENT_READ, self.method_queue.run_callbacks)
        while self.alive and self._has_master():
            self.notify()
            self._turn()
        self.server.stopping = True
        self.set_accept_enabled(False)
        soon = time.monotonic() + self.patience.linger
        for connection in self.parked:
            if connection.stage in (Stage.IDLE, Stage.HEAD):
                connection.deadline = min(connection.deadline, soon)
        while self.nr_conns and time.monotonic() < soon + self.cfg.graceful_timeout:
            self.notify()
            self._turn()
            if time.monotonic() > soon:
                for sender in self.places.taken():
                    sender.incoming.give_up()  # what they have sent is kept
        self.tpool.shutdown(wait=False)
        self.transfers.shutdown(wait=False)
        for listener in self.sockets:
            listener.close()
        self.poller.close()
        self.method_queue.close()

    def _turn(self) -> None:
        self.set_accept_enabled(self.alive and self.busy < self.cfg.threads)
        for key, _ in self.poller.select(1.0):
            key.data(key.fileobj)
        self.turned = now = time.monotonic()
        if now - self.swept >= 0.5:
            self.swept = now
            for connection in [each for each in self.parked if each.deadline <= now]:
                self._expire(connection)
            self._seat_those_who_wait()

    def _has_master(self) -> bool:
        """With a socket that was handed to us, a successor takes over without a gap; with one of our own, it could not
        begin before we let go of it."""
        if self.ppid == os.getppid():
            return True
        if self.orphaned_since is None:
            self.orphaned_since = time.monotonic()
            self.log.info("The master is gone; pid %s waits for its successor", self.pid)
        handed_over = os.environ.get("REGISTRY_BIND", "").startswith("fd://")
        return handed_over and time.monotonic() - self.orphaned_since < ORPHANED

    # Connections come

    def accept(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._make_room(self.networks.most_common(1)[0][0] if self.networks else "")
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        client.setblocking(False)
        network = network_of(address[0])
        if not self.room.proxies and self.networks[network] >= self.room.connections:
            self._make_room(network)
        elif self.nr_conns >= self.worker_connections:
            self._make_room(self.networks.most_common(1)[0][0])
        self.nr_conns += 1
        self.networks[network] += 1
        connection = Connection(client, address, listener.getsockname(), network, self.patience)
        self._go_on(connection, connection.receive())
        if self.busy >= self.cfg.threads:
            self.set_accept_enabled(False)

    def _make_room(self, network: str) -> None:
        """Ends the connection of ``network`` that has waited longest, and best one that wants nothing."""
        theirs = [each for each in self.parked if each.peer_network == network and each.stage in GIVE_WAY]
        if theirs:
            self._unpark(chosen := min(theirs, key=lambda each: GIVE_WAY.index(each.stage)))
            self._close(chosen)

    def _go_on(self, connection: Connection, arrival: Arrival) -> None:
        if arrival is Arrival.WHOLE:
            self._hand_over(connection)
        elif arrival is Arrival.LARGE:
            self._seat(connection)
        elif arrival is Arrival.TOO_LONG:
            self._end(connection, refuse(connection, "431 Request Header Fields Too Large", "a head without end"))
        elif connection.incoming.ended:
            self._close(connection)
        else:
            connection.wait_for(arrival)
            self._park(connection, selectors.EVENT_READ, self._readable)

    # Connections wait

    def _park(self, connection: Connection, event: int, then: Any) -> None:
        """Until there is something to do for it. What ended while its event was under way has no business any more."""
        self.parked[connection] = None
        self.poller.register(connection.socket, event, lambda _: connection in self.parked and then(connection))

    def _unpark(self, connection: Connection) -> None:
        del self.parked[connection]
        self.poller.unregister(connection.socket)

    def _readable(self, connection: Connection) -> None:
        self._unpark(connection)
        if connection.stage is Stage.IDLE:
            self._hand_over(connection)  # usually all of it is there: the thread looks, and gives back what is not
        else:
            self._go_on(connection, connection.receive())

    def _writable(self, connection: Connection) -> None:
        try:
            if not connection.out.flush():
                connection.deadline = connection.out.deadline
                return
        except OSError:
            self._unpark(connection)
            self._close(connection)
            return
        self._unpark(connection)
        self._hand_over(connection)

    def _expire(self, connection: Connection) -> None:
        stage = connection.stage
        if stage is Stage.PLACE:
            self.queue.remove(connection)
            del self.parked[connection]
        else:
            self._unpark(connection)
        if stage is Stage.IDLE and (arrival := connection.receive()) is not Arrival.NOTHING:
            self._go_on(connection, arrival)  # the next request came while we looked at the others
        elif stage in (Stage.BODY, Stage.PLACE):
            connection.refusal = too_slow() if stage is Stage.BODY else full()
            self._hand_over(connection)
        elif stage is Stage.HEAD:
            self._end(connection, refuse(connection, "408 Request Timeout", "a head that does not end"))
        else:
            if stage is Stage.ANSWER:  # nor shall the kernel go on offering it
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._close(connection)

    # Threads

    def _hand_over(self, connection: Connection) -> None:
        """To one of the threads that answer, which never waits for the client."""
        connection.judged = connection.judged or connection.refusal is not None
        connection.stage = Stage.WORK
        self.busy += 1
        self.tpool.submit(self._work, connection)

    def _seat(self, connection: Connection) -> None:
        """To one of the threads that wait for bodies, as soon as there is one."""
        if proxies := self.room.proxies:
            said = visitor_address(connection.client[0], forwarded_for(connection.incoming.waiting()), proxies)
            connection.network = network_of(said)
        if not self._take_place(connection):
            connection.stage, connection.deadline = Stage.PLACE, time.monotonic() + self.patience.place
            self.parked[connection] = None
            self.queue.append(connection)

    def _take_place(self, connection: Connection) -> bool:
        if not self.places.enter(connection):
            return False
        connection.seated = True
        connection.stage = Stage.WORK
        connection.incoming.admit(self.patience)
        self.transfers.submit(self._work, connection)
        return True

    def _seat_those_who_wait(self) -> None:
        for connection in list(self.queue):
            if self._take_place(connection):
                self.queue.remove(connection)
                del self.parked[connection]
            elif slow := self.places.to_give_way(connection, time.monotonic()):
                slow.incoming.give_up()

    def _work(self, connection: Connection) -> None:
        self.method_queue.defer(self._done, connection, self.server.work(connection))

    def _done(self, connection: Connection, outcome: Outcome | Arrival) -> None:
        if connection.seated:
            connection.seated = False
            self.places.leave(connection)
            if self.queue:
                self._seat_those_who_wait()
        else:
            self.busy -= 1
        if isinstance(outcome, Arrival):
            self._go_on(connection, outcome)
        elif outcome is Outcome.NEXT:
            connection.begin_anew()
            self._go_on(connection, connection.look())
        elif outcome is Outcome.BLOCKED:
            connection.stage, connection.deadline = Stage.ANSWER, connection.out.deadline
            self._park(connection, selectors.EVENT_WRITE, self._writable)
        else:
            self._end(connection, outcome)

    # Connections end

    def _end(self, connection: Connection, _: Outcome) -> None:
        """Says that no more will come, and hears the client out for a moment: a connection closed before its last bytes
        were read takes the answer with it."""
        try:
            connection.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(connection)
            return
        if connection.incoming.ended:
            self._close(connection)
            return
        connection.stage, connection.deadline = Stage.END, time.monotonic() + self.patience.linger
        self._park(connection, selectors.EVENT_READ, self._drop)

    def _drop(self, connection: Connection) -> None:
        with suppress(BlockingIOError):
            try:
                size = len(connection.socket.recv(1 << 18))
            except ConnectionError:
                size = 0
            connection.dropped += size
            if not size or connection.dropped > LINGER_LIMIT:
                self._unpark(connection)
                self._close(connection)

    def _close(self, connection: Connection) -> None:
        self.nr_conns -= 1
        self.networks[connection.peer_network] -= 1
        if not self.networks[connection.peer_network]:
            del self.networks[connection.peer_network]
        connection.close()
