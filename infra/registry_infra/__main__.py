import sys

from registry_infra.cli import main

sys.exit(main())
