"""The words of ./registry: its commands, and what may be said to each. What they do is ``cli``'s."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from registry_infra.folders import default_data_folder
from registry_infra.service_commands import USAGE
from registry_infra.work import ACTIONS

Add = Callable[[str, str], argparse.ArgumentParser]
"""Of a command's name and what it is for, the parser of its words."""


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with the words of a call."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"registry: {message}. See {self.prog} --help.\n")


def parsed(words: list[str]) -> argparse.Namespace:
    """What was said, to which ``command``.

    --data may stand anywhere, also before the command and among the words of `bench`.
    """
    anywhere = _Parser(prog="./registry", add_help=False, allow_abbrev=False)
    anywhere.add_argument("--data", type=Path, default=default_data_folder())
    found, others = anywhere.parse_known_args(words)
    theirs: list[str] = []
    if others and others[0] in USAGE and not {"-h", "--help"} & set(others):
        others, theirs = others[:1], others[1:]  # the service's own command knows what they mean
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
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, help=text, description=text, parents=[common], allow_abbrev=False)

    for add in (_running, _trying, _operating, _keeping, _measuring, _moving, _staffing):
        add(command)
    return parser


def _running(command: Add) -> None:
    up = command("up", "prepare everything and run the whole system on this machine")
    up.add_argument("--detach", action="store_true", help="return as soon as it is up")
    up.add_argument("--port", type=_port, default=8000, help="the gateway's port (default: %(default)s)")
    up.add_argument("--profile", choices=["sandbox", "production"], default="sandbox")
    up.add_argument("--logged", action="store_true", help=argparse.SUPPRESS)  # what it says is kept: no passwords
    command("down", "stop the stack")
    status = command("status", "health of every part, in words")
    status.add_argument("--json", action="store_true")
    logs = command("logs", "logs of all parts or of one")
    logs.add_argument("service", nargs="?")
    logs.add_argument("-f", "--follow", action="store_true")


def _trying(command: Add) -> None:
    test = command("test", "run the tests against a stack of their own (pytest arguments after --)")
    test.add_argument("extent", nargs="?", choices=["quick", "all", "lint", "types"], default="all")
    demo = command("demo", "drive the main job against the running stack")
    demo.add_argument("--output", type=Path, help="folder for the certificate (default: demo in the data folder)")
    demo.add_argument("--url", help="a sandbox that runs elsewhere, in containers for instance (default: this stack's)")
    demo.add_argument("--type", choices=("work", "software", "all"), default="all", help="what is filed")
    demo.add_argument("--root", type=Path, help="with --url: that sandbox's root certificate, to verify offline")
    verify = command("verify", "verify a certificate or a signed document offline; --log: against the public log")
    verify.add_argument("file", type=Path)
    verify.add_argument("--log", metavar="URL")
    verify.add_argument("--check", metavar="URL", help="also ask the register there what it says of the file today")
    verify.add_argument("--root", type=Path, help="the office's root certificate (default: the stack's own)")


def _operating(command: Add) -> None:
    check = command("check", "what a deployment misses, one line each; status 0 when nothing")
    check.add_argument("--profile", choices=["sandbox", "production"], help="default: that of the data folder")
    command("migrate", "bring the databases to this version")
    events = command("events", "events that wait or failed; handle failed ones, or publish lost ones, again")
    events.add_argument(
        "action", nargs="?", choices=["summary", "dead-letters", "replay", "republish"], default="summary"
    )
    events.add_argument("service", nargs="?", help="one service (default: all)")
    events.add_argument("ids", nargs="*", type=int, help="replay: numbers of dead letters (default: all of them)")
    work = command("work", "work that waits, is in hands, or was parked; have parked work tried again")
    work.add_argument("action", nargs="?", choices=ACTIONS, default="summary")
    work.add_argument("service", nargs="?", help="one service (default: all)")
    work.add_argument("keys", nargs="*", help="release: names of parked pieces (default: all of them)")
    objects = command("objects", "files and references: what the daily rounds found; check now")
    objects.add_argument("action", nargs="?", choices=["summary", "check"], default="summary")


def _keeping(command: Add) -> None:
    backup = command("backup", "one consistent moment of databases, objects and keys, while it runs or not")
    backup.add_argument("folder", type=Path, help="an empty folder, or that of earlier backups")
    backup.add_argument("--secrets", type=Path, help="keep keys and passwords apart, in this folder")
    backup.add_argument("--keep", type=_count, help="how many complete backups stay (default: all)")
    restore = command("restore", "a stack from a backup, into an empty data folder (--data)")
    restore.add_argument("folder", type=Path)
    restore.add_argument("--secrets", type=Path, help="where keys and passwords were kept apart")
    restore.add_argument("--point", help="which backup of that folder (default: the newest)")


def _measuring(command: Add) -> None:
    bench = command("bench", "measure, or run the crash campaign in full (bench faults)")
    bench.add_argument("words", nargs=argparse.REMAINDER, metavar="MEASUREMENT", help="default: all of them")


def _moving(command: Add) -> None:
    command("import-legacy", "import from the old system; undo and verify imports").usage = USAGE["import-legacy"]


def _staffing(command: Add) -> None:
    command("first-administrators", "make the first two staff accounts of an office").usage = USAGE[
        "first-administrators"
    ]
