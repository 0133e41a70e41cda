"""An import whose process, now and then the archive's, is killed at random and gone on with: the same, byte by byte.

On one running system: an undisturbed import, undone again; the same file with twenty deaths; the same file once more,
which changes nothing.

    python -m tests.load.import kills 200000 20 1
"""

from __future__ import annotations

import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from registry_infra.folders import find_folders
from registry_infra.processes import Settings
from registry_infra.state import processes_of
from registry_infra.testing import start_stack

from tests.legacy.files import write_csv
from tests.load.servers import show

KEPT = {
    "archive": "SELECT to_jsonb(l) - 'import_id' FROM legacy_registrations l ORDER BY record_id",
    "legacy_bridge": "SELECT number, place, outcome, reason, field, key, digest, other_row FROM import_rows"
    " WHERE import_id = {import_id} ORDER BY number",
    "batches": "SELECT batch, first_row, last_row, handed_over, sums, owner_sums FROM import_batches"
    " WHERE import_id = {import_id} ORDER BY batch",
}
"""What is compared of an import, in the databases of these services (batches: of the bridge)."""


class Campaign:
    """Imports of one file on one stack."""

    def __init__(self, file: Path, stack_id: str, settings: Settings) -> None:
        self._file, self._stack_id, self._settings = file, stack_id, settings
        self._environment = settings.environment("legacy_bridge")
        self._folder = file.parent

    def run(self, *options: str) -> str:
        """One call of the command to its end; what it said."""
        done = subprocess.run(self._command(*options), env=self._environment, stdout=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit(f"an import ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def die(self, seconds: float, *options: str, archive: bool) -> str:
        """One call that is killed after so many seconds of reading; its import. ``archive``: that dies just before."""
        process = subprocess.Popen(self._command(*options), env=self._environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        import_id = process.stdout.readline().split(":")[0]
        time.sleep(seconds)
        if archive:
            for each in processes_of(self._stack_id):
                if each.cmdline()[-2:] == ["chassis.run", "archive"]:
                    os.kill(each.pid, signal.SIGKILL)
        if process.poll() is not None:
            raise SystemExit("an import came to its end before it was killed: take more rows")
        process.kill()
        process.communicate()
        return import_id

    def undo(self, import_id: str) -> None:
        command = [sys.executable, "-W", "ignore", "-m", "legacy_bridge.command", "--undo", import_id]
        subprocess.run(command, env=self._environment, check=True, stdout=subprocess.DEVNULL)

    def _command(self, *options: str) -> list[str]:
        words = [str(self._file), "--rejects", str(self._folder), *options]
        return [sys.executable, "-W", "ignore", "-m", "legacy_bridge.command", *words]

    def kept(self, import_id: str) -> dict[str, str]:
        """A SHA-256 over each kind of row that there is of an import."""
        found = {}
        for name, query in KEPT.items():
            service = "legacy_bridge" if name == "batches" else name
            url = self._settings.owner_database_urls[service].replace("+psycopg", "")
            digest = hashlib.sha256()
            with psycopg.connect(url) as connection, connection.cursor() as cursor:
                statement = psycopg.sql.SQL(query).format(import_id=psycopg.sql.Literal(import_id))
                with cursor.copy(psycopg.sql.SQL("COPY ({}) TO STDOUT").format(statement)) as copy:
                    for block in copy:
                        digest.update(block)
            found[name] = digest.hexdigest()
        return found


def main(rows: int = 200_000, kills: int = 20, seed: int = 1) -> None:
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, start_stack(Path(name) / "stack") as stack:
        folders = find_folders(stack.data)
        campaign = Campaign(
            write_csv(Path(name) / "dump.csv", "registrations", rows), folders.stack_id, Settings.load(folders.settings)
        )
        began = time.monotonic()
        undisturbed = campaign.run().split(":")[0]
        longest_life = (time.monotonic() - began) / kills
        expected = campaign.kept(undisturbed)
        campaign.undo(undisturbed)
        killed = set()
        for number in range(kills):
            resume = ["--resume"] if number else []
            killed.add(campaign.die(chance.uniform(0, longest_life), *resume, archive=number % 4 == 3))
        killed.add(campaign.run("--resume").split(":")[0])
        [import_id] = killed
        found = campaign.kept(import_id)
        again = campaign.run()
        after = campaign.kept(import_id)
    same = {kind: found[kind] == expected[kind] for kind in expected}
    unchanged = "= 0 loaded" in again and after == found
    show(bench="import kills", rows=rows, kills=kills, of_them_archive=kills // 4, same=same, unchanged=unchanged)
    if not all(same.values()) or not unchanged:
        raise SystemExit("an import that was killed came to something else, or a second one changed something")
