"""Starting a stack in the background, stopping one from another shell, and migrating one that runs."""

import subprocess
import sys
import time
from pathlib import Path

import psutil

from registry_infra.folders import Folders, prepare_folders
from registry_infra.plan import Options
from registry_infra.private import open_log
from registry_infra.problems import StackProblem
from registry_infra.processes import Settings
from registry_infra.progress import Say
from registry_infra.stack import already_runs, migrations, refuse_sandbox_in_production
from registry_infra.state import StackState, end_leftovers, load_state, supervisor_of
from registry_infra.supervisor import Supervisor

STOP_PATIENCE = 60.0
"""Seconds that a stack may take to stop before its processes are killed."""


def start_detached(options: Options) -> None:
    """Starts `up` in a session of its own, shows what it says, and returns when the stack runs."""
    refuse_sandbox_in_production(options.profile)
    folders = prepare_folders(options.data)
    if supervisor_of(load_state(folders.state)):
        raise already_runs(folders)
    log = folders.logs / "up.log"
    words = ["up", "--logged", "--data", str(options.data), "--port", str(options.port), "--profile", options.profile]
    with open(open_log(log, anew=True), "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "registry_infra", *words],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=options.data,
            start_new_session=True,
        )
    try:
        _show_until_it_runs(folders, process, log)
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise


def _show_until_it_runs(folders: Folders, process: "subprocess.Popen[bytes]", log: Path) -> None:
    with log.open(encoding="utf-8", errors="replace") as said:
        while True:
            ended = process.poll() is not None
            sys.stdout.write(said.read())
            sys.stdout.flush()
            if ended:
                raise StackProblem("the stack did not come up; the lines above say why.")
            if _runs(folders, process.pid):
                sys.stdout.write(said.read())
                return
            time.sleep(0.1)


def _runs(folders: Folders, pid: int) -> bool:
    state = load_state(folders.state)
    return state is not None and state.pid == pid and state.phase == "running"


def bring_down(folders: Folders, say: Say) -> None:
    """Stops a stack, also one whose supervisor was killed: afterwards none of its processes lives."""
    state = load_state(folders.state)
    supervisor = supervisor_of(state)
    if supervisor is not None:
        say("Stopping …")
        _terminate(supervisor)
        if not _ends(state, STOP_PATIENCE):
            say("It does not stop by itself; its processes are killed.")
            supervisor.kill()
            _ends(state, 5)
    left = end_leftovers(folders.stack_id, patience=15)
    if left and supervisor is None:
        say(f"Its supervisor was gone; ended the {left} processes that were left.")
    elif supervisor is None:
        say("It does not run.")
        return
    say("Everything has stopped.")


def _terminate(supervisor: psutil.Process) -> None:
    try:
        supervisor.terminate()
    except psutil.AccessDenied:
        raise StackProblem(f"the stack was started by {supervisor.username()}. Stop it as that user.") from None


def _ends(state: StackState | None, seconds: float) -> bool:
    """Whether the supervisor ends in time. One that nobody has waited for yet (a zombie) has ended."""
    deadline = time.monotonic() + seconds
    while supervisor_of(state) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def migrate_databases(folders: Folders, say: Say) -> None:
    """Runs the migration jobs of a running stack now; `up` runs them by itself when the code has changed."""
    state = load_state(folders.state)
    if supervisor_of(state) is None or not folders.settings.exists():
        raise StackProblem(
            f"the stack in {folders.data} does not run; its databases are migrated when it starts: "
            f"./registry up{folders.option}."
        )
    jobs = migrations(Settings.load(folders.settings))
    say(f"Migrating {len(jobs)} databases …")
    supervisor = Supervisor(folders.logs)
    supervisor.handle_signals()
    try:
        supervisor.run_jobs(jobs)
    finally:
        supervisor.stop()
    say("The databases are at this version.")
