"""Runs a service with a broken variant: ``python -m tests.faults.broken no_inbox_key chassis.testing.sample``."""

from __future__ import annotations

import importlib
import sys

from chassis import run  # patches for eventlet as it is imported: all else is imported after it

if __name__ == "__main__":
    getattr(importlib.import_module("tests.faults.variants"), sys.argv[1])()
    run.main(sys.argv[2])
