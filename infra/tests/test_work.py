"""`./registry work`: what is parked is seen, and released by name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from chassis.testing import Harness
from chassis.testing.sample.database import Piece
from chassis.testing.sample.worker import work_off
from chassis.work import Rank, Sender, enter
from registry_infra.events import EventBoxes
from registry_infra.work import told


@pytest.mark.requirement("S-04")
def test_what_was_parked_is_listed_with_its_reason_and_released(service_harness: Callable[..., Harness]) -> None:
    sample = service_harness("chassis.testing.sample")
    boxes = [EventBoxes("sample", sample.runtime.settings.database_url)]
    assert list(told(boxes, "parked", [])) == ["Nothing is parked."]
    with sample.uow() as uow:
        for name in ("pie-1", "pie-2"):
            enter(uow, Piece(id=name, state="running", steps=1), Sender(Rank.OFFICE, "acc-1"))
    sample.as_owner(
        "UPDATE pieces SET parked_at = now(), attempts = 3, last_error = 'OSError: no seal' WHERE id = 'pie-1'"
    )
    assert list(told(boxes, "summary", []))[1].split() == ["sample", "pieces", "1", "0", "1"]
    line, reason, advice = told(boxes, "parked", [])
    assert line.startswith("sample pie-1: of pieces, sent ")
    assert "3 attempts" in line
    assert reason == "    OSError: no seal"
    assert "./registry work release" in advice
    assert list(told(boxes, "release", ["pie-2"])) == ["sample: 0 pieces will be tried again."]
    assert list(told(boxes, "release", ["pie-1"])) == ["sample: 1 pieces will be tried again."]
    assert work_off(sample.runtime)
    assert work_off(sample.runtime)
    assert list(told(boxes, "summary", []))[1].split() == ["sample", "pieces", "0", "0", "0"]
