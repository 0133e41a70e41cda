"""One connection of a client, and how far it has come. Belongs to the event loop or to one thread, never to both."""

from __future__ import annotations

import socket
import time
from collections.abc import Generator
from enum import Enum, auto
from typing import Any

from gateway.front.arrival import Arrival, judge
from gateway.front.incoming import Incoming
from gateway.front.outgoing import Outgoing
from gateway.front.pace import Pace, Patience
from gateway.web.problems import HttpProblem


class Stage(Enum):
    """What a connection that no thread has waits for; ``WORK``: a thread has it, or will."""

    IDLE = auto()
    HEAD = auto()
    BODY = auto()
    PLACE = auto()
    WORK = auto()
    ANSWER = auto()
    END = auto()


class Connection:
    """``network`` is the peer's until a request says for whom a trusted proxy stands; ``peer_network`` stays."""

    def __init__(self, connection: socket.socket, client: Any, server: Any, network: str, patience: Patience) -> None:
        self.socket = connection
        self.client = client
        self.server = server
        self.network = self.peer_network = network
        self.patience = patience
        self.incoming = Incoming(connection)
        self.out = Outgoing(connection, patience)
        self.stage = Stage.IDLE
        self.deadline = 0.0
        self.seated = False
        self.judged = False
        self.requests = 0
        self.dropped = 0
        self.body_pace: Pace | None = None
        self.refusal: HttpProblem | None = None
        self.answer: Generator[None, None, bool] | None = None

    @property
    def pace(self) -> Pace | None:
        """Of the body that a thread waits for, unless it has been told to give up."""
        return None if self.incoming.given_up else self.incoming.pace

    def receive(self) -> Arrival:
        """What has come, after one look that waits for nothing."""
        return self._judge(self.incoming.receive())

    def look(self) -> Arrival:
        """The same of what has come already, behind an earlier request."""
        return self._judge(self.incoming.waiting())

    def _judge(self, data: bytes) -> Arrival:
        arrival = judge(data)
        if self.incoming.ended and arrival in (Arrival.PART, Arrival.BODY):
            arrival = Arrival.WHOLE  # no more will come: let the parser say so
        self.judged = arrival is Arrival.WHOLE
        if arrival is Arrival.BODY:
            now = time.monotonic()
            if self.body_pace is None:
                self.body_pace = Pace(self.patience, now)
            self.body_pace.count(len(data) - self.body_pace.moved, now)
        return arrival

    def wait_for(self, arrival: Arrival) -> None:
        """Until when what is missing must come."""
        now = time.monotonic()
        if arrival is Arrival.BODY and self.body_pace:
            self.stage, self.deadline = Stage.BODY, self.body_pace.deadline
        elif arrival is Arrival.PART and self.stage is not Stage.HEAD:
            self.stage, self.deadline = Stage.HEAD, now + self.patience.head
        elif arrival is Arrival.NOTHING:
            patience = self.patience.idle if self.requests else self.patience.head
            self.stage, self.deadline = Stage.IDLE, now + patience

    def begin_anew(self) -> None:
        """After an answer, for the next request."""
        self.stage = Stage.IDLE
        self.judged = False
        self.body_pace = self.out.pace = self.incoming.pace = None
        self.refusal = self.answer = None

    def close(self) -> None:
        """For good: also what the application was still making for it ends."""
        self.socket.close()
        if self.answer is not None:
            self.answer.close()
            self.answer = None
