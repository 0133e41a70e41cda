"""The worker's part: argon2id is laid over the old hashes of those who have not come yet, some each second.

A hash costs some 30 ms of a processor, a million of them eight hours: so an import does not wait for it, and the rate
leaves room for whoever signs in meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from chassis.runtime import Runtime
from chassis.telemetry import logger

from identity.accounts.passwords import hash_password
from identity.legacy import store
from identity.legacy.model import OLD_HASH
from identity.sealing import vault
from identity.settings import wraps_per_second

CHANNEL = "legacy-passwords"
"""What the hand that wraps listens on; it looks by itself every two seconds."""
TELL_EVERY = 1000
"""Passwords after which it says how many are left."""

_log = logger("identity.legacy")


class Wrapping:
    """Wraps a second's worth in one transaction, and rests until the second is over."""

    def __init__(self, rest: Callable[[float], None] = time.sleep) -> None:
        self._rest = rest
        self._done = 0

    def step(self, runtime: Runtime) -> bool:
        """Whether there was anything to wrap. A worker that dies leaves the old hashes of this second as they were."""
        rate, begun, seals = wraps_per_second(), time.monotonic(), vault(runtime.settings)
        with runtime.unit_of_work() as uow:
            rows = store.next_to_wrap(uow.session, rate)
            for row in rows:
                old = seals.open(OLD_HASH, row.sealed_password, row.record_id).decode()
                store.wrap(uow.session, row.record_id, hash_password(old))
        if rows:
            self._tell(runtime, len(rows))
            self._rest(max(0.0, len(rows) / rate - (time.monotonic() - begun)))
        return bool(rows)

    def _tell(self, runtime: Runtime, wrapped: int) -> None:
        before, self._done = self._done, self._done + wrapped
        if before // TELL_EVERY == self._done // TELL_EVERY and before:
            return
        with runtime.unit_of_work() as uow:
            _log.info("legacy_passwords_wrapped", wrapped=self._done, left=store.left_to_wrap(uow.session))
