"""Commands of a runbook's page, run as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from registry_infra.folders import CHECKOUT


class Page:
    """A page of docs/runbooks. Its shell blocks are found by a word that stands in one of them only."""

    def __init__(self, name: str) -> None:
        text = (CHECKOUT / "docs" / "runbooks" / name).read_text("utf-8")
        self.blocks: list[str] = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)

    def block(self, word: str) -> str:
        found = [block for block in self.blocks if word in block]
        assert len(found) == 1, f"{len(found)} blocks have {word!r}"
        return found[0]

    def follow(self, word: str, **variables: str | Path) -> str:
        """What the block's commands say; each must succeed. The variables are those that the page explains."""
        script = f"set -eu\n{self.block(word)}"
        environment = os.environ | {name: str(value) for name, value in variables.items()}
        done = subprocess.run(["sh", "-c", script], cwd=CHECKOUT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{script}\n{done.stdout}\n{done.stderr}"
        return done.stdout
