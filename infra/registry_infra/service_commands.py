"""Commands that are a service's own: run with its settings on a running stack. What the words mean is its to judge."""

import subprocess
import sys

from registry_infra.folders import Folders
from registry_infra.processes import Settings

USAGE = {
    "import-legacy": """./registry import-legacy SOURCE… [--mapping NAME] [--encoding NAME] [--table NAME]
           [--dry-run] [--resume] [--rate ROWS] [--rejects FOLDER] | --undo IMPORT [--because WHY] |
           --verify IMPORT [SOURCE]
docs/runbooks/legacy-imports.md says what each means""",
    "first-administrators": """./registry first-administrators LOGIN=NAME LOGIN=NAME…
makes the office's first administrators, at least two, and prints a code for each
docs/runbooks/production.md says what they do with it""",
}
_OF = {"import-legacy": "legacy_bridge", "first-administrators": "identity"}


def run_command(folders: Folders, name: str, words: list[str]) -> int:
    """Its exit status is ours. Files are named as seen from here."""
    service = _OF[name]
    environment = Settings.load(folders.settings).environment(service)
    process = subprocess.Popen([sys.executable, "-W", "ignore", "-m", f"{service}.command", *words], env=environment)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise
