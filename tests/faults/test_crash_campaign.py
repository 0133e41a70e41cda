"""Journeys in flight while every process is killed at random and events come again, late and out of order.

Short here; ``./registry bench faults`` runs it in full (50 journeys, two minutes). The numbers come from
``REGISTRY_CAMPAIGN=journeys,seconds,seed``.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from registry_infra.folders import Folders, find_folders
from registry_infra.processes import Settings
from registry_infra.status import health_of
from registry_infra.testing import start_stack

from tests.faults.audit_of_books import Books
from tests.faults.chaos import Killer, Rogue, wait_until
from tests.faults.journey import Journey, Office

pytestmark = pytest.mark.stack
SHORT = "5,30,1"
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


@pytest.mark.requirement("S-01")
def test_whatever_is_killed_every_journey_ends_once(folders: Folders) -> None:
    journeys, seconds, seed = (int(word) for word in os.environ.get("REGISTRY_CAMPAIGN", SHORT).split(","))
    settings = Settings.load(folders.settings)
    office, books = Office(settings), Books(settings.owner_database_urls)
    end = time.monotonic() + seconds
    under_way = [Journey(office, number, end + SECONDS_TO_END) for number in range(journeys)]
    killer = Killer(folders, max(1.2, seconds / 60), random.Random(seed))
    rogue = Rogue(settings, random.Random(seed))
    try:
        with ThreadPoolExecutor(journeys) as pool:
            # Journeys begin all through the campaign, so that some are at each step whenever something dies.
            begun = [
                pool.submit(_begin, journey, seconds * 0.8 * place / journeys)
                for place, journey in enumerate(under_way)
            ]
            killer.start()
            rogue.start()
            time.sleep(seconds)
            killer.stop()
            rogue.stop()
            wait(begun, timeout=SECONDS_TO_END)
            for journey in under_way:
                journey.stopping.set()
        moving = books.wait_for_rest(90)
        report(under_way, killer, rogue)
        assert [journey.failure for journey in under_way if journey.failure] == []
        assert moving == {}
        assert books.complaints([journey.application_id for journey in under_way]) == []
        assert killer.killed.total() >= seconds / 4
        assert rogue.published > 0
        wait_until(lambda: health_of(folders).healthy, 60, "a healthy stack")
    finally:
        office.close()


def _begin(journey: Journey, after: float) -> None:
    time.sleep(after)
    journey.run()


def report(journeys: list[Journey], killer: Killer, rogue: Rogue) -> None:
    """For whoever reads the output of the full campaign."""
    times = sorted(journey.seconds for journey in journeys)
    sys.stdout.write(
        f"{len(journeys)} journeys, {killer.killed.total()} kills {dict(killer.killed)}, {rogue.published} events"
        f" published again, journey median {times[len(times) // 2]:.1f} s, longest {times[-1]:.1f} s\n"
    )
