"""The worker of payment (``python -m chassis.worker payment``): bank statements, which strangers' banks have made."""

from __future__ import annotations

from chassis.worker import Hand, Worker

from payment.statements.importing import close_confined, read_next
from payment.statements.store import CHANNEL

WORKER = Worker([Hand(CHANNEL, read_next)], close=close_confined)
