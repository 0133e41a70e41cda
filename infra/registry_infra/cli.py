"""The command line behind ./registry. Exit status 0 only when it worked; errors are one sentence and what to do."""

import argparse
import errno
import importlib
import io
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import NoReturn

from registry_infra import processes
from registry_infra.bench import run_bench
from registry_infra.events import dead_letters, event_boxes, replay, republished, summary
from registry_infra.folders import default_data_folder, find_folders
from registry_infra.import_legacy import LEGACY_USAGE, run_import
from registry_infra.lifecycle import bring_down, migrate_databases, start_detached
from registry_infra.logs import show_logs
from registry_infra.plan import Options
from registry_infra.private import UMASK
from registry_infra.problems import StackProblem, StopRequested
from registry_infra.progress import say
from registry_infra.sandbox import announce, announce_address, show_staff
from registry_infra.stack import run_stack
from registry_infra.state import load_state, supervisor_of
from registry_infra.status import health_of
from registry_infra.testrun import run_tests
from registry_infra.work import ACTIONS, told


def main(words: list[str] | None = None) -> int:
    words = sys.argv[1:] if words is None else words
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal without Chinese shows question marks, and goes on
            stream.reconfigure(errors="replace")
    pytest_words: list[str] = []
    if "--" in words:
        cut = words.index("--")
        words, pytest_words = words[:cut], words[cut + 1 :]
    arguments = _parse(words)
    arguments.pytest = pytest_words
    try:
        return int(arguments.run(arguments) or 0)
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


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the words of a call."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"registry: {message}. See {self.prog} --help.\n")


def _parse(words: list[str]) -> argparse.Namespace:
    """--data may stand anywhere, also before the command and among the words of `bench`."""
    anywhere = _Parser(prog="./registry", add_help=False, allow_abbrev=False)
    anywhere.add_argument("--data", type=Path, default=default_data_folder())
    found, others = anywhere.parse_known_args(words)
    theirs: list[str] = []
    if others[:1] == ["import-legacy"] and not {"-h", "--help"} & set(others):
        others, theirs = others[:1], others[1:]  # the bridge's own command knows what they mean
    arguments = _parser().parse_args(others)
    arguments.data, arguments.theirs = found.data, theirs
    return arguments


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; a number from 1 to 65535 is")
    return int(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="./registry", description="Runs, tests and operates the registration system.")
    common = _Parser(add_help=False)
    common.add_argument(
        "--data", type=Path, default=default_data_folder(), help="the stack's data folder (default: %(default)s)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text, parents=[common], allow_abbrev=False)
        added.set_defaults(run=run)
        return added

    up = command("up", _up, "prepare everything and run the whole system on this machine")
    up.add_argument("--detach", action="store_true", help="return as soon as it is up")
    up.add_argument("--port", type=_port, default=8000, help="the gateway's port (default: %(default)s)")
    up.add_argument("--profile", choices=["sandbox", "production"], default="sandbox")
    up.add_argument("--logged", action="store_true", help=argparse.SUPPRESS)  # what it says is kept: no passwords
    command("down", _down, "stop the stack")
    status = command("status", _status, "health of every part, in words")
    status.add_argument("--json", action="store_true")
    logs = command("logs", _logs, "logs of all parts or of one")
    logs.add_argument("service", nargs="?")
    logs.add_argument("-f", "--follow", action="store_true")
    test = command("test", _test, "run the tests against a stack of their own (pytest arguments after --)")
    test.add_argument("extent", nargs="?", choices=["quick", "all", "lint", "types"], default="all")
    demo = command("demo", _demo, "drive the main job against the running stack")
    demo.add_argument("--output", type=Path, help="folder for the certificate (default: demo in the data folder)")
    demo.add_argument("--url", help="a sandbox that runs elsewhere, in containers for instance (default: this stack's)")
    demo.add_argument("--type", choices=("work", "software", "all"), default="all", help="what is filed")
    demo.add_argument("--root", type=Path, help="with --url: that sandbox's root certificate, to verify offline")
    verify = command(
        "verify", _verify, "verify a certificate or a signed document offline; --log: against the public log"
    )
    verify.add_argument("file", type=Path)
    verify.add_argument("--log", metavar="URL")
    verify.add_argument("--root", type=Path, help="the office's root certificate (default: the stack's own)")
    check = command("check", _check, "what a deployment misses, one line each; status 0 when nothing")
    check.add_argument("--profile", choices=["sandbox", "production"], help="default: that of the data folder")
    command("migrate", _migrate, "bring the databases to this version")
    events = command("events", _events, "events that wait or failed; handle failed ones, or publish lost ones, again")
    events.add_argument(
        "action", nargs="?", choices=["summary", "dead-letters", "replay", "republish"], default="summary"
    )
    events.add_argument("service", nargs="?", help="one service (default: all)")
    events.add_argument("ids", nargs="*", type=int, help="replay: numbers of dead letters (default: all of them)")
    work = command("work", _work, "work that waits, is in hands, or was parked; have parked work tried again")
    work.add_argument("action", nargs="?", choices=ACTIONS, default="summary")
    work.add_argument("service", nargs="?", help="one service (default: all)")
    work.add_argument("keys", nargs="*", help="release: names of parked pieces (default: all of them)")
    backup = command("backup", _backup, "one consistent moment of databases, objects and keys, while it runs or not")
    backup.add_argument("folder", type=Path, help="an empty folder, or that of earlier backups")
    backup.add_argument("--secrets", type=Path, help="keep keys and passwords apart, in this folder")
    backup.add_argument("--keep", type=_count, help="how many complete backups stay (default: all)")
    restore = command("restore", _restore, "a stack from a backup, into an empty data folder (--data)")
    restore.add_argument("folder", type=Path)
    restore.add_argument("--secrets", type=Path, help="where keys and passwords were kept apart")
    restore.add_argument("--point", help="which backup of that folder (default: the newest)")
    objects = command("objects", _objects, "files and references: what the daily rounds found; check now")
    objects.add_argument("action", nargs="?", choices=["summary", "check"], default="summary")
    bench = command("bench", _bench, "measure, or run the crash campaign in full (bench faults)")
    bench.add_argument("words", nargs=argparse.REMAINDER, metavar="MEASUREMENT", help="default: all of them")
    legacy = command("import-legacy", _import_legacy, "import from the old system; undo and verify imports")
    legacy.usage = LEGACY_USAGE
    return parser


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
    return int(run(arguments.file, arguments.log, root=arguments.root, data=arguments.data))


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


def _import_legacy(arguments: argparse.Namespace) -> int:
    folders = find_folders(arguments.data)
    running_url(arguments.data)
    return run_import(folders, arguments.theirs)


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
