"""The worker of payment (``python -m chassis.worker payment``): bank statements, which strangers' banks have made."""

from __future__ import annotations

from chassis.worker import Hand, Worker

from payment.statements.dropped import look_into_folder
from payment.statements.importing import close_confined, read_next
from payment.statements.store import CHANNEL

WORKER = Worker([Hand(CHANNEL, read_next), Hand(CHANNEL, look_into_folder)], close=close_confined)
