"""`./registry check`: what a deployment still misses, one line each with what to do."""

import json
import os
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from chassis.calendar import coverage_until

from registry_infra import processes
from registry_infra.folders import prepare_folders
from registry_infra.plan import Options, planned_settings
from registry_infra.state import StackState, load_state, supervisor_of

DEFAULT_PORT = 8000
NO_MESSAGES = (
    "this version sends no SMS and no e-mail: people cannot get the codes to sign up, and notices reach them on their "
    "pages only"
)
ENOUGH_CALENDAR = timedelta(days=180)
"""So long before the calendar's end its next year must be entered."""
CHECKED = (*processes.SERVICES, processes.GATEWAY)


@dataclass(frozen=True)
class Finding:
    """`wrong` is a sentence that says what to do, empty when it is well."""

    part: str
    name: str
    wrong: str

    def line(self) -> str:
        """As `./registry check` prints it."""
        return f" {'✘' if self.wrong else '✔'} {self.part} {self.name}{f': {self.wrong}' if self.wrong else ''}"


def check(data: Path, profile: str | None) -> list[Finding]:
    """Asks the running stack, or without one what settings and files tell; and what no process can see of itself."""
    folders = prepare_folders(data)
    kept = folders.data / "profile"
    profile = profile or (kept.read_text().strip() if kept.exists() else "sandbox")
    state = load_state(folders.state)
    if state and supervisor_of(state):
        settings = processes.Settings.load(folders.settings)
        found = list(_of_running(state))
    else:
        settings = planned_settings(Options(data, DEFAULT_PORT, profile), folders)
        found = list(of_settings(settings))
    if profile == "production" and settings.profile != profile:
        found.append(_advice("profile", False, f"{data} is a {settings.profile}: production needs its own folder"))
    return [*found, *(_of_the_office(settings) if profile == "production" else ())]


def of_settings(settings: processes.Settings) -> Iterator[Finding]:
    """Of each service by itself, in the environment that `up` would give it."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        told = list(pool.map(lambda process: _told(process.service, settings), CHECKED))
    for process, done in zip(CHECKED, told, strict=True):
        if done.returncode:
            said = (done.stderr.strip() or f"it ended with status {done.returncode}").splitlines()[-1]
            yield Finding(process.name, "settings", said)
            continue
        made = (settings.keys / process.service / f"{process.service}.pem").exists()
        for name, answer in json.loads(done.stdout).items():
            if name in ("keys", "image_key") and not made:
                continue  # at the first start they are
            yield Finding(process.name, name, "" if answer == "ok" else answer)


def _told(service: str, settings: processes.Settings) -> "subprocess.CompletedProcess[str]":
    command = [processes.PYTHON, "-m", "chassis.readiness", service]
    environment = settings.environment(service)
    return subprocess.run(command, env=environment, cwd=settings.folder, capture_output=True, text=True)


def _of_running(state: StackState) -> Iterator[Finding]:
    for part in state.parts:
        if part.health_port is None:
            continue
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{part.health_port}/readyz", timeout=10) as answer:
                body = answer.read()
        except urllib.error.HTTPError as error:
            body = error.read()
        except OSError as error:
            yield Finding(part.name, "health", f"it does not answer ({error})")
            continue
        for name, word in json.loads(body).get("parts", {}).items():
            yield Finding(part.name, name, "" if word == "ok" else word)


def _of_the_office(settings: processes.Settings) -> Iterator[Finding]:
    """What no process can see of itself, and `up` therefore does not refuse."""
    address = urlsplit(settings.public_url)
    public = address.scheme == "https" and address.hostname not in ("localhost", "127.0.0.1")
    proxies = settings.environment("gateway").get("REGISTRY_TRUSTED_PROXIES", "0")
    stamped = "REGISTRY_TSA_URL" in settings.environment("archive")
    left = coverage_until() - datetime.now(UTC).date()
    yield _advice("address", public, f"people would use {settings.public_url}: set REGISTRY_PUBLIC_URL (https)")
    yield _advice("proxy", proxies != "0", "set REGISTRY_TRUSTED_PROXIES, else all visitors count as one")
    yield _advice("timestamps", stamped, "the office would stamp for itself: set REGISTRY_TSA_URL to an authority")
    yield _advice("calendar", left >= ENOUGH_CALENDAR, f"it ends on {coverage_until()} (docs/runbooks/calendar.md)")
    yield _advice("messages", False, NO_MESSAGES)


def _advice(name: str, well: bool, otherwise: str) -> Finding:
    return Finding("office", name, "" if well else otherwise)
