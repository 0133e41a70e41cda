"""Reads imports (``python -m chassis.worker legacy_bridge``), for a deployment with a worker beside the old system's
files; ``./registry import-legacy`` does it itself."""

from __future__ import annotations

from chassis.worker import Hand, Worker

from legacy_bridge.imports.model import CHANNEL
from legacy_bridge.imports.reading import work_off

WORKER = Worker([Hand(CHANNEL, work_off)])
