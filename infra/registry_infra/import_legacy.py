"""`./registry import-legacy`: runs the bridge's own command with the bridge's own settings, on a running stack."""

import subprocess
import sys

from registry_infra.folders import Folders
from registry_infra.processes import Settings

LEGACY_USAGE = """./registry import-legacy SOURCE… [--mapping NAME] [--encoding NAME] [--table NAME]
           [--dry-run] [--resume] [--rate ROWS] [--rejects FOLDER] | --undo IMPORT | --verify IMPORT [SOURCE]
docs/runbooks/legacy-imports.md says what each means"""


def run_import(folders: Folders, words: list[str]) -> int:
    """The words are the bridge's to judge; its exit status is ours. Files are named as seen from here."""
    environment = Settings.load(folders.settings).environment("legacy_bridge")
    command = [sys.executable, "-W", "ignore", "-m", "legacy_bridge.command", *words]
    process = subprocess.Popen(command, env=environment)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
        raise
