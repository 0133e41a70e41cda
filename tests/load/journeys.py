"""Complete journeys a second, from sign-up to a checked certificate, through the whole system over HTTP.

So many applicants at once, each of whom begins anew when the certificate is there; staff decide at once. With
``--known`` they have signed up and been verified before, and file one work after the other. Beside the rate stands
what a journey costs: processor time by part of the system, taken from the kernel.

    python -m tests.load.journeys 16 60 --known
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import count, cycle
from pathlib import Path

import psutil
from registry_infra.demo.job import Demo, Filing
from registry_infra.demo.people import Applicant as Somebody
from registry_infra.demo.people import handheld, id_back, id_front, new_applicant
from registry_infra.demo.software import SoftwareFiling
from registry_infra.demo.work import WorkFiling, essay
from registry_infra.folders import find_folders
from registry_infra.portal import Portal
from registry_infra.state import processes_of
from registry_infra.testing import Stack, start_stack

from tests.load.servers import median, percentile, show
from tests.staff import Staff

WARM_UP = 10
APPLICANTS = "these applicants"
PARTS = {
    "beam.smp": "broker",
    "erl_child_setup": "broker",
    "inet_gethost": "broker",
    "rabbit_disk_monitor": "broker",
    "epmd": "broker",
    "postgres": "database",
    "gunicorn": "gateway",
    "chassis.confinement": "sandboxes",
}
"""What a process belongs to, by a word of its command line; the services and workers are named by their package."""


class Papers:
    """What applicants send: drawn once, and different each time by a comment in the file."""

    def __init__(self) -> None:
        somebody = new_applicant()
        self._images = {"id_front": id_front(somebody), "id_back": id_back(), "handheld": handheld(somebody)}
        self._work = essay(somebody.name)
        self._numbers = count(1)

    def images(self) -> dict[str, bytes]:
        return {role: image[:2] + self._comment() + image[2:] for role, image in self._images.items()}

    def filing(self, kind: str) -> Filing:
        """A text or a software that nobody filed before."""
        return Text(self._work + b"%% copy %d\n" % next(self._numbers)) if kind == "work" else SoftwareFiling()

    def _comment(self) -> bytes:
        """A segment that JPEG readers pass over."""
        text = b"copy %d" % next(self._numbers)
        return b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text


class Text(WorkFiling):
    """A text that was drawn before."""

    def __init__(self, pdf: bytes) -> None:
        self._pdf = pdf

    def pdf(self, person: Somebody) -> bytes:
        return self._pdf


class Applicant(Demo):
    """The demonstration's applicant, who prints nothing and keeps nothing.

    What is not there yet is looked for as often as our pages do so by themselves: every one to three seconds.
    """

    pause = 1.5

    def __init__(self, stack: Stack, staff: Staff, papers: Papers) -> None:
        super().__init__(stack.url, stack.data, data=None)
        self.staff = staff
        self.images = papers.images  # type: ignore[method-assign]

    def step(self, text: str) -> None:
        pass

    def _save(self, name: str, content: bytes) -> Path:
        return self.folder / name


class Load:
    """So many applicants at once, until told to stop. ``known``: the same ones file again and again."""

    def __init__(self, stack: Stack, applicants: int, *, known: bool = False, kinds: Sequence[str] = ("work",)) -> None:
        self._stack, self._papers, self._known = stack, Papers(), known
        self._kinds = cycle(kinds)
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._apply) for _ in range(applicants)]
        self._staff = Staff(Portal(stack.url))
        self.ended: list[tuple[float, float]] = []
        self.failed: list[str] = []
        for role in ("reviewer", "intake", "examiner"):
            self._staff(role)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()
            time.sleep(WARM_UP / len(self._threads) / 2)  # not all at the same step

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _apply(self) -> None:
        applicant: Applicant | None = None
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                if applicant is None or not self._known:
                    applicant = Applicant(self._stack, self._staff, self._papers)
                    applicant.arrive()
                applicant.file(self._papers.filing(next(self._kinds)))
            except Exception as failure:
                self.failed.append(f"{type(failure).__name__}: {failure}")
            else:
                self.ended.append((time.monotonic(), time.monotonic() - began))


def spent(stack_id: str) -> dict[str, float]:
    """Seconds of processor time so far, by part; those of children that have ended count for who started them."""
    found: dict[str, float] = {}
    for process in {*everybody(stack_id), psutil.Process()}:
        with suppress(psutil.NoSuchProcess):
            part, times = part_of(process.cmdline()), process.cpu_times()
            cost = times.user + times.system + times.children_user + times.children_system
            found[part] = found.get(part, 0.0) + cost
    return found


def everybody(stack_id: str) -> Iterator[psutil.Process]:
    """The stack's processes and what they started, of which some carry no mark."""
    for process in processes_of(stack_id):
        yield process
        with suppress(psutil.NoSuchProcess):
            yield from process.children(recursive=True)


def part_of(words: Iterable[str]) -> str:
    line = " ".join(words)
    if "tests.load.journeys" in line:
        return APPLICANTS
    if not line:
        return "sandboxes"  # what they have become can no longer be read
    for word, part in PARTS.items():
        if word in line:
            return part
    package = next((word for word in reversed(line.split()) if not word.startswith("-")), "?")
    return f"{package} worker" if "chassis.worker" in line else package


def main(applicants: int = 16, seconds: int = 60, *, known: bool = False, kinds: Sequence[str] = ("work",)) -> None:
    with tempfile.TemporaryDirectory() as name, start_stack(Path(name)) as stack:
        Path(name).chmod(0o755)
        stack_id = find_folders(stack.data).stack_id
        load = Load(stack, applicants, known=known, kinds=kinds)
        load.start()
        time.sleep(WARM_UP)
        before, began, idle = spent(stack_id), time.monotonic(), psutil.cpu_times().idle
        time.sleep(seconds)
        after, ended, idled = spent(stack_id), time.monotonic(), psutil.cpu_times().idle - idle
        load.stop()
    took = [lasted for at, lasted in load.ended if began < at <= ended]
    each = {part: (seen - before.get(part, 0.0)) / len(took) * 1000 for part, seen in after.items()}
    for part, cost in sorted(each.items(), key=lambda found: -found[1]):
        show(bench="journeys", part=part, ms_each=cost)
    show(
        bench="journeys",
        applicants=applicants,
        known=known,
        type="+".join(kinds),
        rate=len(took) / (ended - began),
        seconds_median=median(took),
        seconds_p99=percentile(took, 0.99),
        ms_each=sum(each.values()),
        without_applicants=sum(each.values()) - each[APPLICANTS],
        cores_idle=idled / (ended - began),
        of=psutil.cpu_count(),
        failed=len(load.failed),
    )
    for failure, times in Counter(load.failed).most_common(5):
        show(failed=failure, times=times)


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:] if word.isdigit()]
    named = sys.argv[sys.argv.index("--type") + 1] if "--type" in sys.argv else "work"
    main(*numbers, known="--known" in sys.argv, kinds=("work", "software") if named == "all" else (named,))
