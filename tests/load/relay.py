"""Empties an outbox as a service does, under eventlet, and says how fast: ``relay DATABASE_URL BROKER_URL``."""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

from chassis.db import connect  # noqa: E402
from chassis.hub_waits import let_database_wait_on_the_hub  # noqa: E402
from chassis.outbox.relay import Relay  # noqa: E402

if __name__ == "__main__":
    let_database_wait_on_the_hub()
    relay = Relay(connect(sys.argv[1]), "sample", sys.argv[2])
    started, cpu = time.perf_counter(), time.process_time()
    events = relay.run_once()
    seconds = time.perf_counter() - started
    facts = {"rate": events / seconds, "cpu_us": (time.process_time() - cpu) / events * 1e6}
    sys.stdout.write(json.dumps(facts) + "\n")
