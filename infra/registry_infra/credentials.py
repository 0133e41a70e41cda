"""Passwords that a stack makes for itself at its first start: database roles, broker users, the gateway's sessions."""

import json
import secrets
from pathlib import Path

from registry_infra.private import write_whole


def load_credentials(file: Path, names: list[str]) -> dict[str, str]:
    """The secret of each name, made where missing and kept in `file`, readable by its owner only."""
    kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
    missing = [name for name in names if name not in kept]
    if missing:
        kept |= {name: secrets.token_urlsafe(24) for name in missing}
        write_whole(file, json.dumps(kept, indent=1))
    return kept
