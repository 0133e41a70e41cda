"""The real command line, for a stack of database and broker only: what the tests of start and stop are about."""

import sys

from registry_infra import processes
from registry_infra.cli import main

processes.PROCESSES = ()
processes.MIGRATED = ()
sys.exit(main())
