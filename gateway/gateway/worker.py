"""The gateway's gunicorn worker: threads, and no more connections than it has threads for."""

from __future__ import annotations

from typing import Any

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):
    """Takes a new connection only while one of its threads is free.

    gunicorn's own takes all that come: of sixteen that came together one worker had fifteen, which waited for each
    other while the second worker was idle. Here they wait where any worker finds them.
    """

    def accept(self, listener: Any) -> None:
        super().accept(listener)
        if not self._has_free_thread():
            self.set_accept_enabled(False)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Asked for after every event as long as there is room for connections at all."""
        super().set_accept_enabled(enabled and self._has_free_thread())

    def _has_free_thread(self) -> bool:
        waiting = len(self.keepalived_conns) + len(self.pending_conns)
        return bool(self.nr_conns - waiting < self.cfg.threads)
