"""``./registry`` with all services of a broken variant: ``python -m tests.faults.broken_stack VARIANT up --data …``."""

from __future__ import annotations

import sys
from dataclasses import replace

from registry_infra import processes
from registry_infra.cli import main

if __name__ == "__main__":
    command = (processes.PYTHON, "-m", "tests.faults.broken", sys.argv[1])
    processes.SERVICES = tuple(replace(each, command=(*command, each.service)) for each in processes.SERVICES)
    processes.PROCESSES = (*processes.SERVICES, *processes.WORKERS, processes.PROVIDER, processes.GATEWAY)
    sys.exit(main(sys.argv[2:]))
