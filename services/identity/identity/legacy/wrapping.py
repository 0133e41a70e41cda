"""The worker's part: argon2id is laid over the old hashes of those who have not come yet, as fast as idle time allows.

A hash costs some 30 ms of a processor, a million of them eight hours: so an import does not wait for it. While others
want the processors the hand rests before each hash, at most a quarter of a second: no MD5 lies bare for long because a
machine is never quiet. (A queue of leased pieces would write each row three times; the index of what is left is the
queue, and what two hands do is done once.)
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from chassis.idle import rest_while_crowded
from chassis.runtime import Runtime
from chassis.telemetry import logger

from identity.accounts.passwords import hash_password
from identity.legacy import store
from identity.legacy.model import OLD_HASH
from identity.sealing import vault
from identity.settings import wraps_per_second

CHANNEL = "legacy-passwords"
"""What the hand that wraps listens on; it looks by itself every two seconds."""
AT_ONCE = 20
"""Hashes that are written together: a worker that dies has made so many in vain."""
LONGEST_REST = 0.25
TELL_EVERY = 1000
"""Passwords after which it says how many are left."""

_log = logger("identity.legacy")


class Wrapping:
    """Wraps some, and writes them in one transaction. Nothing is locked meanwhile: whoever signs in does not wait."""

    def __init__(self, rest: Callable[[float], object] = time.sleep) -> None:
        self._rest = rest
        self._done = 0

    def step(self, runtime: Runtime) -> bool:
        """Whether there was anything to wrap. A worker that dies leaves the old hashes of this step as they were."""
        rate, begun, seals = wraps_per_second(), time.monotonic(), vault(runtime.settings)
        with runtime.unit_of_work() as uow:
            # Each hand begins somewhere else, so that two seldom do the same.
            rows = store.next_to_wrap(uow.session, AT_ONCE, f"leg-{secrets.token_hex(8)}")
        made = []
        for row in rows:
            rest_while_crowded(LONGEST_REST)
            old = seals.open(OLD_HASH, row.sealed_password, row.record_id).decode()
            made.append((row.record_id, row.sealed_password, hash_password(old)))
        if made:
            with runtime.unit_of_work() as uow:
                store.wrap(uow.session, made)
            self._tell(runtime, len(made))
            if rate:
                self._rest(max(0.0, len(made) / rate - (time.monotonic() - begun)))
        return bool(made)

    def _tell(self, runtime: Runtime, wrapped: int) -> None:
        before, self._done = self._done, self._done + wrapped
        if before // TELL_EVERY == self._done // TELL_EVERY and before:
            return
        with runtime.unit_of_work() as uow:
            _log.info("legacy_passwords_wrapped", wrapped=self._done, left=store.left_to_wrap(uow.session))
