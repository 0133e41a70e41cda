"""A million registrations of the old system through a whole running system, against a bare COPY of the same rows.

Parsed, validated, mapped, staged, loaded by the archive and compared on both sides, by the command that people use.
Beside it, before and after in the same run, ``COPY … write_row`` of psycopg puts the same parsed rows into a table
without an index. What is held against it is the share of that speed, and the most memory that the import came to hold.

    python -m tests.load.import 1000000

``kills`` and ``sign-ins``, with sizes, are campaigns of their own.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql
from registry_infra.folders import find_folders
from registry_infra.processes import Settings
from registry_infra.testing import start_stack

from tests.legacy.files import write_csv
from tests.legacy.rows import TABLES
from tests.load import import_kills, import_sign_ins
from tests.load.journeys import spent
from tests.load.memory import Memory
from tests.load.servers import show

LEAST_SHARE = 0.15
MOST_BYTES = 200 << 20


def bare(file: Path, table: str, url: str) -> float:
    """Rows a second of nothing but parsing and COPY."""
    columns = [sql.SQL("{} text").format(sql.Identifier(name)) for name in TABLES[table][0]]
    with psycopg.connect(url) as connection, file.open(encoding="gb18030", errors="replace", newline="") as stream:
        connection.execute(sql.SQL("CREATE TEMPORARY TABLE bare ({})").format(sql.SQL(", ").join(columns)))
        rows = csv.reader(stream)
        next(rows)
        started, count = time.perf_counter(), 0
        with connection.cursor().copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        connection.commit()
        return count / (time.perf_counter() - started)


def imported(file: Path, settings: Settings, rows: int) -> tuple[float, int]:
    """Rows a second of the whole import, and the most bytes that its process held."""
    command = [sys.executable, "-m", "legacy_bridge.command", str(file), "--rejects", str(file.parent)]
    environment = settings.environment("legacy_bridge")
    started = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    with Memory(process.pid) as memory:
        told, _ = process.communicate()
    seconds = time.perf_counter() - started
    print(told)
    if process.returncode or f"{rows} rows = " not in told:
        raise SystemExit("the import did not account for every row")
    return rows / seconds, memory.own


def show_parts(before: dict[str, float], after: dict[str, float], rows: int) -> None:
    """Where the processor's time went, in microseconds a row; the import's own stands under the bench's words."""
    for part, seconds in sorted(after.items(), key=lambda found: -found[1]):
        if (cost := (seconds - before.get(part, 0.0)) / rows * 1e6) >= 0.1:
            show(bench="import", part=part, us_each=round(cost, 1))


def main(rows: int = 1_000_000, table: str = "registrations") -> None:
    with tempfile.TemporaryDirectory() as name, start_stack(Path(name) / "stack") as stack:
        file = write_csv(Path(name) / "dump.csv", table, rows)
        settings = Settings.load(find_folders(stack.data).settings)
        stack_id = find_folders(stack.data).stack_id
        url = settings.owner_database_urls["legacy_bridge"].replace("postgresql+psycopg://", "postgresql://")
        before = bare(file, table, url)
        idle = spent(stack_id)
        whole, held = imported(file, settings, rows)
        show_parts(idle, spent(stack_id), rows)
        after = bare(file, table, url)
        share = whole / ((before + after) / 2)
        show(bench="import", rows=rows, bare=[round(before), round(after)], whole=round(whole), share=round(share, 3))
        show(bench="import memory", megabytes=held >> 20, most=MOST_BYTES >> 20)
    if share < LEAST_SHARE or held > MOST_BYTES:
        raise SystemExit(f"less than {LEAST_SHARE:.0%} of a bare COPY, or more than {MOST_BYTES >> 20} MB")


CAMPAIGNS = {"kills": import_kills.main, "sign-ins": import_sign_ins.main}

if __name__ == "__main__":
    campaign = CAMPAIGNS.get(next(iter(sys.argv[1:]), ""))
    if campaign:
        campaign(*map(int, sys.argv[2:]))
    else:
        main(*(int(word) for word in sys.argv[1:2]))
