"""`./registry demo` as a command: against which stack, which jobs, and one sentence when something went wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx

from registry_infra.demo.job import Demo, Filing
from registry_infra.demo.software import SoftwareFiling
from registry_infra.demo.work import WorkFiling
from registry_infra.folders import option_for
from registry_infra.portal import Refused, TooLate
from registry_infra.problems import StackProblem

T = TypeVar("T")
FILINGS: dict[str, type[Filing]] = {"work": WorkFiling, "software": SoftwareFiling}


def run(url: str, output: Path | None, data: Path | None, root: Path | None = None, kind: str = "all") -> int:
    """Runs the demonstration against the stack at ``url``; 0 when verified certificates came of it.

    ``kind`` is what is filed: one of ``FILINGS``, or all of them one after the other by the same applicant.

    Files go to ``output``, by default the folder ``demo`` of the stack's data folder. A stack that is not on this
    machine has no data folder here: its certificate is verified with ``root``, if given. Raises StackProblem.
    """
    if not url.startswith(("http://", "https://")):
        raise StackProblem(f"{url} is no address. Name it with its scheme, like http://127.0.0.1:8000.")
    if root is not None and not root.is_file():
        raise StackProblem(f"there is no root certificate at {root}. Copy it from that sandbox, or leave --root out.")
    folder = output or (data or Path()) / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Main jobs at {url}", flush=True)
    filings = [filing() for name, filing in FILINGS.items() if kind in (name, "all")]
    for path in _told(lambda: Demo(url, folder, data, root).run(filings), url, data):
        print(path.absolute())
    return 0


def _told(job: Callable[[], T], url: str, data: Path | None) -> T:
    """One sentence and what to do, whatever went wrong."""
    option = option_for(data) if data else ""
    look = f"See ./registry status{option} and ./registry logs{option}, then run the demo again."
    if data is None:
        look = f"See whether it is well ({url}/readyz) and what its logs say, then run the demo again."
    try:
        return job()
    except Refused as refused:
        if refused.status == 404 and "/sandbox/" in str(refused):
            raise StackProblem(
                f"there is no sandbox at {url}, and the demo needs one. ./registry up starts one."
            ) from None
        raise StackProblem(f"the portal refused a step: {str(refused).rstrip('.。')}. {look}") from None
    except TooLate as late:
        raise StackProblem(f"{late}. {look}") from None
    except httpx.HTTPError as error:
        raise StackProblem(f"the portal at {url} does not answer ({type(error).__name__}). {look}") from None


def main(words: list[str] | None = None) -> int:
    """The command by itself: ``python -m registry_infra.demo``, with the arguments of ``./registry demo``."""
    from registry_infra.cli import main as registry

    return registry(["demo", *(sys.argv[1:] if words is None else words)])
