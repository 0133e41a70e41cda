"""Journeys over HTTP while every process is killed at random, the gateway's master and workers among them, and events
come again, late and out of order.

Short here; ``./registry bench faults`` runs it in full (50 journeys, two minutes). The numbers come from
``REGISTRY_CAMPAIGN=journeys,seconds,seed``.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from registry_infra.folders import CHECKOUT, Folders, find_folders, prepare_folders
from registry_infra.ports import choose_ports
from registry_infra.processes import Settings
from registry_infra.state import load_state
from registry_infra.status import health_of
from registry_infra.testing import start_stack

from tests.faults.audit_of_books import Books
from tests.faults.chaos import GATEWAY, Killer, Rogue, wait_until
from tests.faults.journey import Journey, Office

pytestmark = pytest.mark.stack
SHORT = "5,30,1"
VARIANT = os.environ.get("REGISTRY_CAMPAIGN_VARIANT", "")
SECONDS_TO_END = 240
"""After the last kill, for what is still under way."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folders]:
    """A stack of this module's own, unless REGISTRY_CAMPAIGN_DATA names a running one."""
    if data := os.environ.get("REGISTRY_CAMPAIGN_DATA"):
        yield find_folders(Path(data))
    else:
        with start_stack(tmp_path_factory.mktemp("campaign")) as stack:
            yield find_folders(stack.data)


@dataclass
class Campaign:
    """What came of one: ``wrong`` is empty when every journey ended once and the books are right."""

    wrong: list[str]
    kills: Counter[str]
    published_again: int


def campaign(folders: Folders, size: str, patience: float) -> Campaign:
    """``patience``: seconds after the last kill for what is still under way."""
    journeys, seconds, seed = (int(word) for word in size.split(","))
    settings = Settings.load(folders.settings)
    office, books = Office(settings.public_url), Books(settings.owner_database_urls)
    end = time.monotonic() + seconds
    under_way = [Journey(office, number, end + patience) for number in range(journeys)]
    killer = Killer(folders, max(1.2, seconds / 60), random.Random(seed))
    rogue = Rogue(settings, random.Random(seed))
    with ThreadPoolExecutor(journeys) as pool:
        # Journeys begin all through the campaign, so that some are at each step whenever something dies.
        begun = [
            pool.submit(_begin, journey, seconds * 0.8 * place / journeys) for place, journey in enumerate(under_way)
        ]
        killer.start()
        rogue.start()
        time.sleep(seconds)
        wait_until(lambda: all(killer.killed[name] for name in GATEWAY), patience, "the end of both of the gateway's")
        killer.stop()
        rogue.stop()
        wait(begun, timeout=patience)
        for journey in under_way:
            journey.stopping.set()
    moving = books.wait_for_rest(min(patience, 90))
    report(under_way, killer, rogue)
    wrong = [journey.failure for journey in under_way if journey.failure]
    wrong += [f"{service} does not come to rest: {counts}" for service, counts in moving.items()]
    wrong += books.complaints([journey.application_id for journey in under_way])
    return Campaign(wrong, killer.killed, rogue.published)


@pytest.mark.requirement("S-01")
def test_whatever_is_killed_every_journey_ends_once(folders: Folders) -> None:
    size = os.environ.get("REGISTRY_CAMPAIGN", SHORT)
    found = campaign(folders, size, SECONDS_TO_END)
    assert found.wrong == []
    assert found.kills.total() >= int(size.split(",")[1]) / 4
    assert found.published_again > 0
    wait_until(lambda: health_of(folders).healthy, 60, "a healthy stack")


@pytest.mark.skipif(not VARIANT, reason="a broken system is tried on demand: ./registry bench faults 20,60,1 VARIANT")
def test_a_broken_system_does_not_get_through(tmp_path: Path) -> None:
    """What ``test_crashes`` shows step by step is found by random kills too."""
    with broken_stack(tmp_path, VARIANT) as folders:
        found = campaign(folders, os.environ.get("REGISTRY_CAMPAIGN", SHORT), 45)
    sys.stdout.write("\n".join(found.wrong[:20]) + "\n")
    assert found.wrong


@contextmanager
def broken_stack(folder: Path, variant: str) -> Iterator[Folders]:
    """A stack whose services are all of one of the broken variants."""
    port = choose_ports(["gateway"], folder / "port.json")["gateway"]
    words = ["-m", "tests.faults.broken_stack", variant, "up", "--port", str(port), "--data", str(folder)]
    environment = os.environ | {"PYTHONPATH": str(CHECKOUT)}
    folders = prepare_folders(folder)
    process = subprocess.Popen([sys.executable, *words], cwd=CHECKOUT, env=environment)
    try:
        wait_until(lambda: (state := load_state(folders.state)) and state.phase == "running", 180, "the start")
        yield folders
    finally:
        process.terminate()
        process.wait(60)


def _begin(journey: Journey, after: float) -> None:
    time.sleep(after)
    journey.go()


def report(journeys: list[Journey], killer: Killer, rogue: Rogue) -> None:
    """For whoever reads the output of the full campaign."""
    times = sorted(journey.seconds for journey in journeys)
    sys.stdout.write(
        f"{len(journeys)} journeys, {killer.killed.total()} kills {dict(killer.killed)}, {rogue.published} events"
        f" published again, journey median {times[len(times) // 2]:.1f} s, longest {times[-1]:.1f} s\n"
    )
