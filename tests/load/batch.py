"""A batch of artworks with real pictures, or of programs with their deposits, from its upload to its acceptance
numbers, and what others feel of it.

Seconds of each step as its organisation waits for them, the public query's times meanwhile, and how much memory the
gateway and the filing processes have grown.

    python -m tests.load.batch 1000
    python -m tests.load.batch 1000 software
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
from registry_infra.folders import find_folders
from registry_infra.portal import Portal
from registry_infra.testing import Stack, start_stack

from tests.batch_sheets import archive, deposits, fill, picture, program, proof, work
from tests.journeys.test_organisation import NAME, Organisation
from tests.load.journeys import everybody, part_of
from tests.load.servers import median, percentile, show
from tests.staff import Staff

PATIENCE = 600
MIB = 1 << 20


class Meanwhile:
    """A visitor who asks for the progress of a case all the time."""

    def __init__(self, url: str, number: str) -> None:
        self._portal, self._number = Portal(url), number
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.took: list[float] = []

    def _ask(self) -> None:
        while not self._stopping.is_set():
            began = time.monotonic()
            answer = self._portal.send("GET", f"/progress/{self._number}")
            if not answer.is_error:
                self.took.append(time.monotonic() - began)
            time.sleep(0.05)

    def __enter__(self) -> Meanwhile:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._thread.join()


def memory(stack: Stack) -> dict[str, int]:
    """Resident bytes of the gateway and of filing, by part; confined processes come and go and are left out."""
    found: dict[str, int] = {}
    for process in everybody(find_folders(stack.data).stack_id):
        with suppress(psutil.NoSuchProcess):
            part = part_of(process.cmdline())
            if part in ("gateway", "filing", "filing worker"):
                found[part] = found.get(part, 0) + process.memory_info().rss
    return found


@contextmanager
def timed(step: str, works: int) -> Iterator[None]:
    began = time.monotonic()
    yield
    seconds = time.monotonic() - began
    show(bench="batch", step=step, seconds=seconds, ms_a_work=seconds / works * 1000)


def until(me: Portal, batch_id: str, state: str) -> dict[str, Any]:
    """The batch in a state; not asked more often than a page asks."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found: dict[str, Any] = me.get(f"/batches/{batch_id}")
        if found["state"] == state and (state != "filed" or found["order"]):
            return found
        time.sleep(0.25)
    raise TimeoutError(f"the batch is not {state}")


def artworks(works: int) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Rows and the files that they name."""
    rows = [work(number, authors__0__name=NAME) for number in range(1, works + 1)]
    pictures = {f"{row['key']}.jpg": picture(number) for number, row in enumerate(rows, 1)}
    return rows, pictures | {"权属/创作证明.pdf": proof()}


def programs(works: int) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """As :func:`artworks`: two deposits each."""
    rows = [program(number) for number in range(1, works + 1)]
    return rows, {name: data for row in rows for name, data in deposits(row).items()}


MADE = {"work_registration": artworks, "software_registration": programs}


def file_batch(company: Organisation, works: int, filing_type: str) -> None:
    """From upload to acceptance."""
    rows, files = MADE[filing_type](works)
    packed, me = archive(files), company.me
    sheet = fill(me.fetch(f"/batch-templates/{filing_type}"), rows)
    with timed("uploaded", works):
        uploads = me.upload(sheet, "作品.xlsx", "batch_sheet"), me.upload(packed, "材料.zip", "batch_archive")
    with timed("checked", works):
        body = {"type": filing_type, "spreadsheet": uploads[0], "archive": uploads[1]}
        batch_id = me.post("/batches", body)["batch_id"]
        seen = until(me, batch_id, "checked")
    assert seen["counts"]["complete"] == works, seen["counts"]
    with timed("prepared", works):
        company.me.post(f"/batches/{batch_id}/declaration", {})
        until(company.me, batch_id, "prepared")
    code = company.code("sign")
    with timed("filed after the signature", works):
        company.me.post(f"/batches/{batch_id}/submission", {"otp": code})
        until(company.me, batch_id, "filed")
    first = company.me.get(f"/batches/{batch_id}/rows?limit=1")["items"][0]["application_id"]
    payment = company.start_payment(first, "alipay")
    with timed("accepted after the payment", works):
        company.provider(payment["payment_id"])
        until(company.me, batch_id, "accepted")


def main(works: int = 200, filing_type: str = "work_registration") -> None:
    with tempfile.TemporaryDirectory() as name, start_stack(Path(name)) as stack:
        Path(name).chmod(0o755)
        visitor = Portal(stack.url)
        company = Organisation(visitor, Staff(visitor))
        company.sign_up().verify()
        file_batch(company, 2, filing_type)  # everything is warm from here on
        number = company.me.get("/applications?limit=1")["items"][0]["serial_number"]
        before = memory(stack)
        with Meanwhile(stack.url, number) as meanwhile:
            file_batch(company, works, filing_type)
        show(
            bench="batch",
            step="public query meanwhile",
            asked=len(meanwhile.took),
            seconds_median=median(meanwhile.took),
            seconds_p99=percentile(meanwhile.took, 0.99),
        )
        for part, size in memory(stack).items():
            show(bench="batch", part=part, mib_before=before.get(part, 0) / MIB, mib_after=size / MIB)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    main(*numbers, filing_type="software_registration" if "software" in sys.argv else "work_registration")
