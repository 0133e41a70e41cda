"""``./registry import-legacy``: imports, checks and undoes, with progress, and a report at the end.

Runs with the bridge's own settings, beside the sources: ``python -m legacy_bridge.command SOURCE…``. Exit status 0 only
when every row is accounted for and both sides agree.
"""

from __future__ import annotations

import argparse
import gc
import getpass
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from chassis.runtime import Runtime
from chassis.settings import Settings
from chassis.telemetry import configure_logging
from contracts.legacy import TARGETS

from legacy_bridge.imports import handlers, store
from legacy_bridge.imports.checking import answer_of, compare, read_again, rows_again
from legacy_bridge.imports.model import ImportRefused
from legacy_bridge.imports.order import order_for
from legacy_bridge.imports.reading import work_off
from legacy_bridge.imports.report import report_of, write_rejects
from legacy_bridge.imports.store import Import
from legacy_bridge.imports.telling import lines_of, lines_of_scans, progress_line, sentence
from legacy_bridge.mappings import mapping_names
from legacy_bridge.scans.handlers import tally_of
from legacy_bridge.scans.taking import take_over
from legacy_bridge.sources import Asked, SourceRefused
from legacy_bridge.sources.statements import in_english

LOOK_SECONDS = 0.5
SAY_SECONDS = 10.0
"""How often progress is said where it does not stay on one line."""


def main(words: Sequence[str]) -> int:
    arguments = _parse(words)
    settings = Settings.from_environment()
    configure_logging("legacy-imports", "WARNING")
    gc.freeze()
    sys.setswitchinterval(0.0005)  # whoever waits for the database goes on at once when it answers
    gc.set_threshold(100_000, 20, 50)  # rows are tuples in no circle: looking for some cost a third of the time
    runtime = Runtime(settings)
    try:
        if arguments.take_scans:
            return _take_scans(runtime, arguments.take_scans, arguments.scans)
        if arguments.undo:
            return _undo(runtime, arguments.undo, arguments.because)
        if arguments.verify:
            source = Asked(_place(arguments.source[0])) if arguments.source else None
            return _verify(runtime, arguments.verify, source)
        return max([_import(runtime, source, arguments) for source in arguments.source])
    except (SourceRefused, ImportRefused) as refused:
        print(f"registry: {sentence(refused.code, refused.params)}", file=sys.stderr)
        return 1
    finally:
        runtime.close()


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./registry import-legacy", allow_abbrev=False)
    parser.add_argument("source", nargs="*", help="CSV, TSV, DBF or SQL file, or the address of a database")
    parser.add_argument("--mapping", default="", choices=["", *mapping_names()], help="default: the one that fits")
    parser.add_argument("--encoding", default="", help="of a file (default: found out, and said)")
    parser.add_argument("--table", default="", help="of a dump or database")
    parser.add_argument("--dry-run", action="store_true", help="judge every row, load none")
    parser.add_argument("--resume", action="store_true", help="go on with an import that did not come to its end")
    parser.add_argument("--rate", type=int, default=0, help="rows a second at most")
    parser.add_argument("--rejects", type=Path, help="folder for the files of rejected rows (default: here)")
    parser.add_argument("--undo", metavar="IMPORT", help="take out what an import brought")
    parser.add_argument("--because", metavar="WHY", default="", help="why it is undone; stays with the import")
    parser.add_argument("--verify", metavar="IMPORT", help="read both sides again and compare them")
    parser.add_argument(
        "--scans", type=Path, action="append", default=[], metavar="FOLDER", help="where the scans lie that rows name"
    )
    parser.add_argument("--take-scans", metavar="IMPORT", help="look for those of an import that is done, in --scans")
    arguments = parser.parse_args(words)
    if not (arguments.source or arguments.undo or arguments.verify or arguments.take_scans):
        parser.error("name a source, or an import to --undo, to --verify or to --take-scans of")
    if arguments.take_scans and not arguments.scans:
        parser.error("name the folder: --scans FOLDER")
    for folder in arguments.scans:
        if not folder.is_dir():
            parser.error(f"{folder} is no folder")
    return arguments


def _place(source: str) -> str:
    return source if "://" in source else str(Path(source).absolute())


def _import(runtime: Runtime, source: str, arguments: argparse.Namespace) -> int:
    asked = Asked(_place(source), arguments.encoding, table=arguments.table)
    order = replace(order_for(asked, arguments.mapping), dry_run=arguments.dry_run, rate=max(arguments.rate, 0))
    with runtime.unit_of_work() as uow:
        import_id = handlers.begin(order, uow, resume=arguments.resume, by=_operator()).import_id
    print(f"{import_id}: {order.shown}, {in_english(order.reading)}, as {order.mapping}.", flush=True)
    with _hand(runtime, import_id) as read:
        row = _follow(runtime, import_id, ("reading", "loading"), read.wait)
    if row.state == "failed":
        print(f"registry: {import_id} failed: {row.failure}. Mend it and go on with a new import.", file=sys.stderr)
        return 1
    status = _report(runtime, row, arguments.rejects or Path())
    if arguments.scans and row.state == "done" and not row.dry_run:
        _take_scans(runtime, import_id, arguments.scans)
    return status


def _operator() -> str:
    """Who sits at this machine; a container may not know its user by name."""
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


@contextmanager
def _hand(runtime: Runtime, import_id: str) -> Iterator[threading.Event]:
    """Reads imports beside the block, until this one is read to its end: then what it gives is set."""
    done, read = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def work() -> None:
        while not done.is_set() and _look(runtime, import_id).state == "reading":
            try:
                if not work_off(runtime):
                    done.wait(LOOK_SECONDS)
            except Exception as error:
                failed.append(error)
                done.wait(LOOK_SECONDS)
        read.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield read
    finally:
        done.set()
    thread.join()
    for error in failed[-1:]:
        print(f"registry: on the way there was {type(error).__name__}; it was tried again.", file=sys.stderr)


def _look(runtime: Runtime, import_id: str) -> Import:
    with runtime.unit_of_work() as uow:
        row = store.get(uow.session, import_id)
        if row is None:
            raise ImportRefused("import_unknown", import_id=import_id)
        return row


def _follow(
    runtime: Runtime, import_id: str, states: Sequence[str], read: Callable[[float], object] = time.sleep
) -> Import:
    """Says how far it is until it is in none of these states. ``read``: waits so long, or until it is read."""
    row = _look(runtime, import_id)
    tell, began, at_first = _teller(), time.monotonic(), row.rows
    while row.state in states:
        tell(progress_line(row, row.rows - at_first, time.monotonic() - began))
        if row.state == "reading":
            read(LOOK_SECONDS)
        else:
            time.sleep(0.1)
        row = _look(runtime, import_id)
    tell("")
    return row


def _teller() -> Callable[[str], None]:
    """One line that changes on a terminal, a line now and then elsewhere."""
    on_terminal, last = sys.stdout.isatty(), 0.0

    def tell(line: str) -> None:
        nonlocal last
        if on_terminal:
            print(f"\r\x1b[K{line}", end="", flush=True)
        elif line and time.monotonic() - last > SAY_SECONDS:
            last = time.monotonic()
            print(line, flush=True)

    return tell


def _report(runtime: Runtime, row: Import, folder: Path) -> int:
    with runtime.unit_of_work() as uow:
        report = report_of(uow.session, row)
        print("\n".join(lines_of(report)))
        if report.counts["rejected"]:
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{row.import_id}-rejects.csv"
            with file.open("w", encoding="utf-8-sig", newline="") as stream:
                again = rows_again(runtime, row) if TARGETS[row.target].secret else None
                count = write_rejects(uow.session, row, runtime.sealing, stream, again)
            print(f"{count} rejected rows are in {file}: correct them there and import that file.")
    return 0 if report.agrees else 1


def _take_scans(runtime: Runtime, import_id: str, folders: Sequence[Path]) -> int:
    """A scan that cannot be taken is told, and is no failure of the import: its row is loaded."""
    row = _look(runtime, import_id)
    if row.state != "done" or row.dry_run:
        raise ImportRefused("import_not_done", import_id=import_id)
    tell = _teller()
    take_over(runtime, import_id, row.target, folders, lambda looked: tell(f"{looked} scans looked for"))
    tell("")
    with runtime.unit_of_work() as uow:
        tally = tally_of(uow, import_id)
    print("\n".join(lines_of_scans(tally, import_id)))
    return 1 if tally.refused else 0


def _undo(runtime: Runtime, import_id: str, because: str) -> int:
    with runtime.unit_of_work() as uow:
        handlers.withdraw(import_id, uow, by=_operator(), because=because)
    row = _follow(runtime, import_id, ("withdrawing",))
    if row.state != "withdrawn":
        print(f"registry: {sentence(row.failure, {})}", file=sys.stderr)
        return 1
    print(f"{import_id}: what it brought is taken out. Its rows and their originals are kept.")
    return 0


def _verify(runtime: Runtime, import_id: str, source: Asked | None) -> int:
    again = read_again(runtime, import_id, source)
    with runtime.unit_of_work() as uow:
        check_id = handlers.ask_sums(import_id, uow)
    while True:
        with runtime.unit_of_work() as uow:
            answer = answer_of(uow, check_id)
        if answer is not None:
            break
        time.sleep(0.1)
    checked = compare(_look(runtime, import_id), again, answer)
    with runtime.unit_of_work() as uow:
        handlers.note_found(check_id, checked, uow)
    for difference in checked.differences:
        what = f"field {difference.field}" if difference.field else "rows"
        where = f"the {difference.where} have {difference.found}"
        print(f"{what}: the source has {difference.expected}, {where}, or other values")
    if checked.not_compared:
        print(f"not compared, the owner has it no more as it came: {', '.join(checked.not_compared)}")
    print(f"{import_id}: {checked.rows} rows read again, {len(checked.differences)} differences.")
    return 1 if checked.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
