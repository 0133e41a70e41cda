"""An import on a running stack for pages to show: loaded rows, rejects, both sides, papers, a verification."""

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
        out.writerow([*TABLES["registrations"][0], "附件"])
        out.writerows([*registration(n).values, scans(n)] for n in range(begin, begin + ROWS))
    (folder / "scans").mkdir(exist_ok=True)
    (folder / "scans" / "certificate.pdf").write_bytes(b"%PDF-1.4 of an old certificate")
    words = ["--rejects", str(folder), "--scans", str(folder / "scans")]
    done = stack.command("import-legacy", str(file), *words)
    assert done.returncode == 0, done.stderr
    [import_id] = re.findall(r"^(imp-\w+):", done.stdout, re.MULTILINE)
    assert stack.command("import-legacy", "--verify", import_id).returncode == 0
    return str(import_id)


def scans(n: int) -> str:
    """One that is there and one that is not, of every fortieth row."""
    return "D:\\certificate.pdf;D:\\lost.tif" if n % 40 == 0 else ""
