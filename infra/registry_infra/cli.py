"""The command line behind ./registry. Exit status 0 only when it worked; errors are one sentence and what to do."""

import argparse
import errno
import importlib
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from registry_infra import processes
from registry_infra.bench import run_bench
from registry_infra.command_words import parsed
from registry_infra.events import dead_letters, event_boxes, replay, republished, summary
from registry_infra.folders import default_data_folder, find_folders
from registry_infra.lifecycle import bring_down, migrate_databases, start_detached
from registry_infra.logs import show_logs
from registry_infra.plan import Options
from registry_infra.private import UMASK
from registry_infra.problems import StackProblem, StopRequested
from registry_infra.progress import say
from registry_infra.sandbox import announce, announce_address, show_staff
from registry_infra.service_commands import USAGE, run_command
from registry_infra.stack import run_stack
from registry_infra.state import load_state, supervisor_of
from registry_infra.status import health_of
from registry_infra.testrun import run_tests
from registry_infra.work import told


def main(words: list[str] | None = None) -> int:
    words = sys.argv[1:] if words is None else words
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Chinese shows question marks, and goes on
            stream.reconfigure(errors="replace")
    pytest_words: list[str] = []
    if "--" in words:
        cut = words.index("--")
        words, pytest_words = words[:cut], words[cut + 1 :]
    arguments = parsed(words)
    arguments.pytest = pytest_words
    try:
        return int(RUN[arguments.command](arguments) or 0)
    except StackProblem as problem:
        print(f"registry: {problem}", file=sys.stderr)
    except (KeyboardInterrupt, StopRequested):
        print("registry: stopped before it was done.", file=sys.stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        print(f"registry: {_about_files(error)}", file=sys.stderr)
    return 1


def _about_files(error: OSError) -> str:
    """What a person can do about a file or a disk; anything else is a fault of ours and keeps its traceback."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full. Free some space and try again."
    if error.filename is None:
        raise error
    return (
        f"{os.fsdecode(error.filename)} cannot be used ({error.strerror}). "
        "Try as the user that it belongs to, or name another place."
    )


def _up(arguments: argparse.Namespace) -> None:
    options = Options(arguments.data.expanduser().absolute(), arguments.port, arguments.profile)
    if arguments.detach:
        start_detached(options)
        show_staff(running_url(options.data))
    else:
        told = announce_address if arguments.logged else announce
        run_stack(options, say, told, in_foreground=sys.stdin.isatty())


def _down(arguments: argparse.Namespace) -> None:
    bring_down(find_folders(arguments.data), say)


def _status(arguments: argparse.Namespace) -> int:
    health = health_of(find_folders(arguments.data))
    print(health.as_json() if arguments.json else health.in_words())
    return 0 if health.healthy else 1


def _logs(arguments: argparse.Namespace) -> None:
    show_logs(find_folders(arguments.data), arguments.service, arguments.follow)


def _test(arguments: argparse.Namespace) -> int:
    return run_tests(arguments.extent, arguments.pytest)


def _demo(arguments: argparse.Namespace) -> int:
    module = _provided("demo")
    if arguments.url:
        folder = arguments.output or Path("demo")
        return int(module.run(arguments.url.rstrip("/"), folder, None, arguments.root, arguments.type))
    data = find_folders(arguments.data).data
    return int(module.run(running_url(arguments.data), arguments.output, data, kind=arguments.type))


def _verify(arguments: argparse.Namespace) -> int:
    run = _provided("verify").run
    chosen = {"root": arguments.root, "data": arguments.data, "check": arguments.check}
    return int(run(arguments.file, arguments.log, **chosen))


def _events(arguments: argparse.Namespace) -> None:
    folders = find_folders(arguments.data)
    running_url(arguments.data)
    settings = processes.Settings.load(folders.settings)
    boxes = event_boxes(settings, arguments.service)
    if arguments.action == "republish":
        print("\n".join(republished(settings.database_urls)))
    elif arguments.action == "replay":
        print("\n".join(replay(boxes, arguments.ids)))
    else:
        print("\n".join(dead_letters(boxes) if arguments.action == "dead-letters" else summary(boxes)))


def _work(arguments: argparse.Namespace) -> None:
    folders = find_folders(arguments.data)
    running_url(arguments.data)
    boxes = event_boxes(processes.Settings.load(folders.settings), arguments.service)
    print("\n".join(told(boxes, arguments.action, arguments.keys)))


def _check(arguments: argparse.Namespace) -> int:
    found = _provided("fitness").check(arguments.data.expanduser().absolute(), arguments.profile)
    print("\n".join(finding.line() for finding in found))
    wrong = sum(1 for finding in found if finding.wrong)
    print(f"{wrong} of {len(found)} are not as they must be." if wrong else "Nothing is missing.")
    return 1 if wrong else 0


def _objects(arguments: argparse.Namespace) -> int:
    folders = find_folders(arguments.data)
    running_url(arguments.data)
    settings = processes.Settings.load(folders.settings)
    # Imported here: reading every service's tables takes a second, which the other commands need not pay.
    from registry_infra.objects import ObjectBooks

    books, problems = ObjectBooks(settings.database_urls, settings.object_store_url), list[str]()
    for line in books.check(problems) if arguments.action == "check" else books.rounds():
        print(line)
    return 1 if problems else 0


def _migrate(arguments: argparse.Namespace) -> None:
    migrate_databases(find_folders(arguments.data), say)


def _backup(arguments: argparse.Namespace) -> int:
    module = _provided("backup")
    os.umask(UMASK)
    folders = find_folders(arguments.data)
    wrong: list[str] = module.make_backup(folders, arguments.folder, arguments.secrets, arguments.keep, say)
    for sentence in wrong:
        print(f"registry: {sentence}.", file=sys.stderr)
    return 1 if wrong else 0


def _restore(arguments: argparse.Namespace) -> None:
    os.umask(UMASK)
    _provided("restore").restore(arguments.folder, arguments.data, arguments.point, arguments.secrets, say)


def _bench(arguments: argparse.Namespace) -> int:
    return run_bench(arguments.words, arguments.data if arguments.data != default_data_folder() else None)


def _service_command(arguments: argparse.Namespace) -> int:
    folders = find_folders(arguments.data)
    running_url(arguments.data)
    return run_command(folders, arguments.command, arguments.theirs)


RUN: dict[str, Callable[[argparse.Namespace], int | None]] = {
    "up": _up,
    "down": _down,
    "status": _status,
    "logs": _logs,
    "test": _test,
    "demo": _demo,
    "verify": _verify,
    "check": _check,
    "migrate": _migrate,
    "events": _events,
    "work": _work,
    "backup": _backup,
    "restore": _restore,
    "objects": _objects,
    "bench": _bench,
    **dict.fromkeys(USAGE, _service_command),
}
"""What each command does; its exit status, 0 for None."""


def _provided(name: str) -> ModuleType:
    if not processes.importable(f"registry_infra.{name}"):
        raise StackProblem(f"{name} is not available in this version. CHANGELOG.md lists what is.")
    return importlib.import_module(f"registry_infra.{name}")


def running_url(data: Path) -> str:
    """The address of the running stack in a data folder; raises StackProblem when it does not run."""
    folders = find_folders(data)
    state = load_state(folders.state)
    if state is None or supervisor_of(state) is None or state.phase != "running":
        raise StackProblem(f"the stack in {folders.data} does not run. Start it with ./registry up{folders.option}.")
    return state.url
