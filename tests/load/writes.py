"""What outbox, action row and audit cost: the same business writes with and without them, turn by turn, in one process.

The business part is what a real command of a case writes: a row read and locked, a row changed, a row added.
"""

from __future__ import annotations

import sys
import time

from chassis.ids import new_id
from chassis.runtime import Runtime
from chassis.testing.harness import settings_for
from chassis.testing.sample.contracts import ADDED, Added
from chassis.testing.sample.database import Counter, Heard
from chassis.uow import UnitOfWork
from sqlalchemy import func, select, text

from tests.load.servers import bench, median, show


def business(work: UnitOfWork, name: str) -> None:
    counter = work.session.execute(select(Counter).where(Counter.name == name).with_for_update()).scalar_one_or_none()
    if counter is None:
        counter = Counter(name=name, total=0, heard=0)
        work.session.add(counter)
    counter.total += 1
    work.session.flush()
    work.session.add(Heard(counter=name, sequence=counter.total))
    work.session.execute(select(func.count()).select_from(Heard).where(Heard.number == -1)).scalar_one()
    work.session.flush()


def rate(runtime: Runtime, writes: int, *, full: bool) -> float:
    started = time.perf_counter()
    for number in range(writes):
        with runtime.unit_of_work(request_id=new_id("req")) as work:
            name = f"c-{number % 50}"
            business(work, name)
            if full:
                work.audit("sample.add", subject=name, amount=1)
                work.emit(ADDED, Added(counter=name, amount=1))
    return writes / (time.perf_counter() - started)


def main(rounds: int = 7, writes: int = 300) -> None:
    with bench() as servers, servers.databases.database("chassis.testing.sample") as database:
        runtime = Runtime(settings_for("sample", database.application_url, servers.keys, servers.folder))
        with runtime.unit_of_work() as work:
            work.session.execute(text("SELECT 1"))
        rate(runtime, 100, full=True)
        turns = [(rate(runtime, writes, full=False), rate(runtime, writes, full=True)) for _ in range(rounds)]
        show(bench="writes", bare=median([turn[0] for turn in turns]), full=median([turn[1] for turn in turns]))
        show(bench="writes ratio", ratio=median([full / bare for bare, full in turns]))
        runtime.engine.dispose()


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:2]))
