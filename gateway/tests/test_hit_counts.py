"""Hits that are counted in the process while the database is away."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from gateway.web import hit_counts
from gateway.web.hit_counts import HitCounts
from registry_infra.portal import wait_for
from sqlalchemy import create_engine

pytestmark = pytest.mark.requirement("S-04")


def test_an_outage_is_said_once_and_nobody_goes_on_when_nothing_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(hit_counts, "_log", SimpleNamespace(warning=lambda event, **facts: said.append(event)))
    counts = HitCounts(create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing"))
    assert counts.count_here("a", 1.2, 1).hits == 1
    assert counts.count_here("a", 1.2, 2).hits == 3, "people are counted all the same"
    wait_for("the window's end", lambda: counts._thread is None or None)
    assert said == ["rate_limits_not_shared"]
    counts.count_here("b", 0.6, 1)
    wait_for("the next window's end", lambda: counts._thread is None or None)
    assert said == ["rate_limits_not_shared"] * 2
