"""Shows and follows the logs of a stack's parts."""

import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from registry_infra.folders import Folders
from registry_infra.problems import StackProblem

LAST_LINES = 200


def show_logs(folders: Folders, service: str | None, follow: bool) -> None:
    """The last lines of one service or all; `follow` goes on until Ctrl-C."""
    files = _files(folders, service)
    positions = {}
    for file in files:
        text = file.read_bytes()
        positions[file] = len(text)
        _print(file, text.decode(errors="replace").splitlines()[-LAST_LINES:], alone=service is not None)
    with suppress(KeyboardInterrupt):  # the way to end it
        while follow:
            for file in _files(folders, service):
                lines = list(_new_lines(file, positions))
                _print(file, lines, alone=service is not None)
            time.sleep(0.3)


def _files(folders: Folders, service: str | None) -> list[Path]:
    found = sorted(folders.logs.glob("*.log"))
    if service is None:
        return found
    names = [file.stem for file in found]
    if service not in names:
        raise StackProblem(f"there is no log of {service!r}. There are: {', '.join(names) or 'none yet'}.")
    return [file for file in found if file.stem == service]


def _new_lines(file: Path, positions: dict[Path, int]) -> Iterator[str]:
    """Complete lines only; a log that was set aside is read from its start."""
    start = positions.get(file, 0)
    if file.stat().st_size < start:
        start = 0
    with file.open("rb") as log:
        log.seek(start)
        fresh = log.read()
    complete = fresh[: fresh.rfind(b"\n") + 1]
    positions[file] = start + len(complete)
    yield from complete.decode(errors="replace").splitlines()


def _print(file: Path, lines: list[str], *, alone: bool) -> None:
    for line in lines:
        sys.stdout.write(f"{line}\n" if alone else f"{file.stem:<18} {line}\n")
    sys.stdout.flush()
