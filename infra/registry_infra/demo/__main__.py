"""``python -m registry_infra.demo``, with the arguments of ``./registry demo``."""

from registry_infra.demo.command import main

raise SystemExit(main())
