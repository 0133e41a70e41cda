"""An import on a running stack, as an operator does it: tried, killed, gone on with, compared again, undone."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest
from registry_infra.folders import find_folders
from registry_infra.processes import Settings
from registry_infra.testing import Stack

from tests.legacy.files import write_csv, write_sql
from tests.legacy.rows import password, registration, rows

pytestmark = [pytest.mark.stack, pytest.mark.requirement("L-04")]

ROWS = 12_000


def expected(table: str, count: int) -> str:
    found = {"loaded": 0, "duplicate": 0, "rejected": 0}
    for made in rows(table, count):
        found[made.outcome] += 1
    return f"{count} rows = " + " + ".join(f"{number} {outcome}" for outcome, number in found.items())


def test_an_import_is_killed_and_gone_on_with(stack: Stack, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "dump.csv", "registrations", ROWS)
    words = ["import-legacy", str(file), "--rejects", str(tmp_path)]
    dry = stack.command(*words, "--dry-run")
    assert expected("registrations", ROWS) in dry.stdout
    killed_half_way(stack, [*words, "--rate", "3000"])
    refused = stack.command(*words)
    assert refused.returncode == 1
    assert "Go on with it: --resume" in refused.stderr
    done = stack.command(*words, "--resume")
    assert (done.returncode, done.stderr) == (0, "")
    assert expected("registrations", ROWS) in done.stdout
    [import_id] = re.findall(r"^(imp-\w+):", done.stdout, re.MULTILINE)
    assert (tmp_path / f"{import_id}-rejects.csv").exists()
    checked = stack.command("import-legacy", "--verify", import_id)
    assert (checked.returncode, "0 differences" in checked.stdout) == (0, True)
    undone = stack.command("import-legacy", "--undo", import_id)
    assert (undone.returncode, "taken out" in undone.stdout) == (0, True)


def killed_half_way(stack: Stack, words: list[str]) -> None:
    """By SIGKILL, between its second batch and its third."""
    command = [sys.executable, "-m", "registry_infra", *words, "--data", str(stack.data)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    url = Settings.load(find_folders(stack.data).settings).database_urls["legacy_bridge"]
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        query = "SELECT rows FROM imports WHERE NOT dry_run AND state = 'reading'"
        while (connection.execute(query).fetchone() or (0,))[0] < ROWS // 2:
            assert process.poll() is None
            time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_old_accounts_go_to_identity_and_to_nobody_else(stack: Stack, tmp_path: Path) -> None:
    file = write_sql(tmp_path / "dump.sql", "accounts", 300)
    done = stack.command("import-legacy", str(file), "--rejects", str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert expected("accounts", 300) in done.stdout
    assert "DIFFERS" not in done.stdout
    assert "not stored" not in done.stdout


@pytest.mark.requirement("I-04")
@pytest.mark.requirement("L-01")
def test_many_old_accounts_sign_in_at_once_while_an_import_runs_and_find_their_history(
    stack: Stack, tmp_path: Path
) -> None:
    """How long it takes is measured by ``./registry bench``, not here."""
    accounts = write_csv(tmp_path / "accounts.csv", "accounts", 80)
    assert stack.command("import-legacy", str(accounts), "--rejects", str(tmp_path)).returncode == 0
    registrations = write_csv(tmp_path / "registrations.csv", "registrations", 4000)
    comers = [n for n, made in enumerate(rows("accounts", 80), 1) if made.outcome == "loaded"][:50]
    with ThreadPoolExecutor(51) as pool:
        running = pool.submit(
            stack.command, "import-legacy", str(registrations), "--rate", "1000", "--rejects", str(tmp_path)
        )
        answers = list(pool.map(lambda n: signed_in(stack, n), comers))
        assert running.result().returncode == 0
    assert [answer.status_code for answer in answers] == [201] * len(comers), answers
    found = {answer.json()["account"]["account_id"] for answer in answers}
    assert len(found) == len(comers)
    filer = next(n for n in comers if registration(n).outcome == "loaded")
    token = answers[comers.index(filer)].json()["access_token"]
    number = registration(filer).values[0]
    with httpx.Client(base_url=stack.url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        deadline = time.monotonic() + 60
        while number not in (page := client.get("/account/history")).text:
            assert time.monotonic() < deadline, page.text
            time.sleep(0.2)
        assert number in client.get("/account/history/old").text
        assert f"user{filer}" in client.get("/account/history/old?lang=en").text


def signed_in(stack: Stack, n: int) -> httpx.Response:
    """An old account, by its old name and password."""
    body = {"login": f"user{n}", "password": password(n)}
    return httpx.post(f"{stack.url}/api/v1/sessions", json=body, timeout=60)
