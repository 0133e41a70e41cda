"""An import on a running stack for pages to show: loaded rows, rejects, both sides, and a verification."""

from __future__ import annotations

import csv
import re
from pathlib import Path

from registry_infra.testing import Stack

from tests.legacy.rows import TABLES, registration

ROWS = 240


def import_some(stack: Stack, folder: Path, begin: int) -> str:
    """Registrations from row ``begin`` of the stand-in on, which no other test may import; the import's id."""
    file = folder / f"old-registrations-{begin}.csv"
    with file.open("w", encoding="gb18030", errors="surrogateescape", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(TABLES["registrations"][0])
        out.writerows(registration(n).values for n in range(begin, begin + ROWS))
    done = stack.command("import-legacy", str(file), "--rejects", str(folder))
    assert done.returncode == 0, done.stderr
    [import_id] = re.findall(r"^(imp-\w+):", done.stdout, re.MULTILINE)
    assert stack.command("import-legacy", "--verify", import_id).returncode == 0
    return str(import_id)
