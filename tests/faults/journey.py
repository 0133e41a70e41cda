"""The main job from sign-up to certificate over HTTP, as a careful client does it: no answer, or none that lasts, is
asked for again under the same ``Idempotency-Key`` until it comes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from registry_infra.demo.job import Demo, Filing
from registry_infra.demo.people import Applicant
from registry_infra.demo.software import SoftwareFiling
from registry_infra.demo.work import WorkFiling
from registry_infra.portal import Portal, TooLate

from tests.staff import Staff

T = TypeVar("T")
PATIENCE = 60.0
"""Seconds for which one request is repeated."""
NAME = "王小明"
ROLES = ("reviewer", "intake", "examiner")


class Office:
    """The staff of a running stack, who sign in before anything dies: each of their one-time codes works once."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._staff = Staff(Portal(url, patience=PATIENCE))
        self._lock = threading.Lock()
        for role in ROLES:
            self(role)

    def __call__(self, role: str) -> Portal:
        with self._lock:
            return self._staff(role)


class Text(WorkFiling):
    """A text that nobody else files."""

    def __init__(self, number: int) -> None:
        self.number = number

    def pdf(self, person: Applicant) -> bytes:
        return super().pdf(person) + b"%% copy %d\n" % self.number


class Journey(Demo):
    """One applicant's way, whose steps have until ``deadline``. ``failure`` says what went wrong after which step."""

    pause = 0.3

    def __init__(self, office: Office, number: int, deadline: float) -> None:
        super().__init__(office.url, Path(), data=None)
        self.visitor = self.me = Portal(office.url, patience=PATIENCE)
        self.staff = office
        self.number, self.deadline = number, deadline
        self.filing: Filing = SoftwareFiling() if number % 4 == 3 else Text(number)
        self.stopping = threading.Event()
        self.done = "not begun"
        self.seconds = 0.0
        self.failure = ""
        self.acceptance_number = ""

    def go(self) -> Path:
        """From sign-up to certificate; raises what went wrong."""
        started = time.monotonic()
        try:
            self.arrive()
            return self.file(self.filing)
        except Exception as error:
            self.failure = f"journey {self.number} after {self.done!r}: {type(error).__name__} {error}"
            raise
        finally:
            self.seconds = time.monotonic() - started

    def pay(self) -> str:
        self.acceptance_number = super().pay()
        return self.acceptance_number

    def step(self, text: str) -> None:
        self.done = text

    def wait(self, what: str, look: Callable[[], T | None], seconds: float = 60) -> T:
        while (found := look()) is None:
            if time.monotonic() > self.deadline or self.stopping.is_set():
                raise TooLate(f"{what} did not happen")
            time.sleep(self.pause)
        return found

    def _save(self, name: str, content: bytes) -> Path:
        return self.folder / name


def form(number: int) -> dict[str, Any]:
    """A complete form of a person's text work."""
    return {
        "title": f"长江边的石头 之{number}",
        "title_confirmed": True,
        "category": "A",
        "creation_nature": "original",
        "completion_date": "2026-03-01",
        "completion_place": {"country": "中国", "province": "湖北", "city": "宜昌"},
        "publication": "unpublished",
        "word_count": 12000,
        "authors": [{"name": NAME}],
        "owners": [{"name": NAME, "applicant": True}],
        "acquisition": "original",
        "ownership": "individual",
        "description": {"purpose": "记录长江", "process": "2025年冬天动笔", "originality": "独立创作"},
        "contact": {"name": NAME, "mobile": "13800138000"},
    }
