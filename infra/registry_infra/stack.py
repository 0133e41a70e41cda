"""Brings one stack up in the order its parts need each other, keeps it running, and takes it down."""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from registry_infra import processes
from registry_infra.fitness import of_settings
from registry_infra.folders import CHECKOUT, RESTORING, Folders, claim_servers, prepare_folders
from registry_infra.fonts import font_path
from registry_infra.keys import prepare_keys
from registry_infra.parts import Job, NotReady
from registry_infra.plan import Options, planned_settings, settings_of
from registry_infra.ports import require_free
from registry_infra.postgres import (
    PostgresCheck,
    PostgresServer,
    prepare_server,
    provide_databases,
)
from registry_infra.private import UMASK, open_log, write_whole
from registry_infra.problems import StackProblem, StopRequested
from registry_infra.progress import Say
from registry_infra.rabbitmq import Broker, BrokerCheck, prepare_broker
from registry_infra.state import PartState, StackState, end_leftovers, load_state, own_state, supervisor_of
from registry_infra.supervisor import Supervisor


def run_stack(options: Options, say: Say, announce: Callable[[str, str], None], *, in_foreground: bool) -> None:
    """Brings everything up, calls `announce` with the address and how to stop it, and returns when a signal asked to
    stop and all has ended."""
    os.umask(UMASK)
    refuse_sandbox_in_production(options.profile)
    folders = prepare_folders(options.data)
    refuse_half_restored(folders)
    refuse_other_profile(folders, options.profile)
    if options.profile == "production":
        _refuse_unfit(options, folders, say)
    with only_one(folders):
        leftovers = end_leftovers(folders.stack_id)
        if leftovers:
            say(f"Ended {leftovers} processes that an earlier run left behind.")
        require_free(options.port)
        state = own_state(options.url)
        supervisor = Supervisor(folders.logs)
        supervisor.handle_signals()
        supervisor.changed = lambda records: _save(state, folders, records)
        try:
            _bring_up(options, folders, supervisor, say)
            # Said before the state says so: `up --detach` returns at that moment, and has shown everything by then.
            by_keyboard = "Ctrl-C or " if in_foreground else ""
            announce(
                options.url,
                f"stop: {by_keyboard}./registry down{folders.option}; see: ./registry status{folders.option}",
            )
            state.phase = "running"
            _save(state, folders, state.parts)
            supervisor.keep_alive()
        except StopRequested:
            say("Stopping …")
        finally:
            state.phase = "stopping"
            supervisor.stop()
            end_leftovers(folders.stack_id)
            state.phase = "stopped"
            _save(state, folders, state.parts)
    say("Everything has stopped.")


def _save(state: StackState, folders: Folders, records: list[PartState]) -> None:
    state.parts = records
    state.save(folders.state)


def refuse_sandbox_in_production(profile: str) -> None:
    """StackProblem where the environment says production and the command says sandbox."""
    if profile == "sandbox" and os.environ.get("REGISTRY_PROFILE") == "production":
        raise StackProblem(
            "REGISTRY_PROFILE=production refuses the sandbox profile, whose staff passwords and messages are public. "
            "Unset it, or start with --profile production."
        )


def refuse_other_profile(folders: Folders, profile: str) -> None:
    """A sandbox's passwords are public and its payments nobody's money; an office's data are not to play with."""
    kept = folders.data / "profile"
    before = kept.read_text().strip() if kept.exists() else profile
    if before != profile:
        raise StackProblem(
            f"{folders.data} belongs to the profile {before}, and its data are not for {profile}. Name another folder "
            "with --data."
        )
    write_whole(kept, profile)


def _refuse_unfit(options: Options, folders: Folders, say: Say) -> None:
    """Says at once all that services would miss, instead of waiting for the first that is never ready."""
    say("Checking what production needs …")
    wrong = [finding.line() for finding in of_settings(planned_settings(options, folders)) if finding.wrong]
    if wrong:
        raise StackProblem("\n".join(["this is not fit for production:", *wrong]))


def refuse_half_restored(folders: Folders) -> None:
    """StackProblem for a folder in which a restore was broken off: its parts are of different moments."""
    if (folders.data / RESTORING).exists():
        raise StackProblem(f"./registry restore did not finish in {folders.data}. Empty that folder and restore again.")


@contextmanager
def only_one(folders: Folders) -> Iterator[None]:
    """Holds the data folder's lock. StackProblem when another stack has it."""
    with open(open_log(folders.data / "lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise already_runs(folders) from None
        yield


def already_runs(folders: Folders) -> StackProblem:
    """What to say of a stack that is there already, and where it is."""
    state = load_state(folders.state)
    where = f" at {state.url}" if state and supervisor_of(state) else ""
    return StackProblem(
        f"this stack already runs{where}. Stop it with ./registry down{folders.option}, or use another --data."
    )


def _bring_up(options: Options, folders: Folders, supervisor: Supervisor, say: Say) -> None:
    say(f"Data folder: {folders.data}")
    claim_servers(folders)
    if folders.server_user:
        say(f"Database and broker run as user {folders.server_user.name}, their files are in {folders.servers}")
    broker = _start_broker(folders, supervisor, say)
    server = _start_postgres(folders, supervisor, say)
    databases = provide_databases(server.uri, folders.data / "credentials.json")
    settings = replace(settings_of(options, folders, broker, databases), font_path=font_path(folders.cache, say))
    settings.save(folders.settings)
    prepare_keys(folders.keys)
    _empty(folders.data / "gateway-metrics")
    _prepare_pki(folders, options.profile)
    _migrate(settings, folders, supervisor, say, embedded=server.part is not None)
    sandbox = options.profile == "sandbox"
    present = [process for process in processes.PROCESSES if process.exists and (sandbox or not process.sandbox_only)]
    say(f"Starting {len(present)} processes: {', '.join(process.name for process in present)} …")
    early = [process for process in present if not process.talks_to_broker]
    for process in early:  # while the broker boots
        supervisor.start(settings.part(process))
    if broker:
        supervisor.wait_until_ready([part.name for part in broker.parts])
        say("RabbitMQ is up.")
    if processes.topology_exists():
        say("Declaring exchanges, queues and bindings …")
        supervisor.run_jobs([settings.topology()])
    for process in present:
        if process not in early:
            supervisor.start(settings.part(process))
    supervisor.wait_until_ready([process.name for process in present])


def _start_broker(folders: Folders, supervisor: Supervisor, say: Say) -> Broker | None:
    """Returns before the node is up: it boots while the database is prepared. None when RABBITMQ_URI names one."""
    if uri := os.environ.get("RABBITMQ_URI"):
        _require("RABBITMQ_URI", BrokerCheck(uri))
        say("Using the broker of RABBITMQ_URI; every service signs in there as its user.")
        return None
    broker = prepare_broker(folders, say)
    say(f"Starting a private RabbitMQ node on port {broker.port} …")
    for part in broker.parts:
        supervisor.start(part)
    return broker


def _start_postgres(folders: Folders, supervisor: Supervisor, say: Say) -> PostgresServer:
    if uri := os.environ.get("POSTGRES_URI"):
        _require("POSTGRES_URI", PostgresCheck(uri))
        say("Using the PostgreSQL server of POSTGRES_URI.")
        return PostgresServer(uri, None)
    server = prepare_server(folders, say)
    if server.part:
        say("Starting PostgreSQL …")
        supervisor.start(server.part)
        supervisor.wait_until_ready([server.part.name])
    return server


def _require(variable: str, check: BrokerCheck | PostgresCheck) -> None:
    try:
        check()
    except NotReady as reason:
        raise StackProblem(f"{variable} is set, but {reason}. Correct or unset it.") from None


def _empty(folder: Path) -> None:
    """For counters that the gateway's workers share while it runs, and that mean nothing afterwards."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def _prepare_pki(folders: Folders, profile: str) -> None:
    """The sandbox makes its own certificate authority, seal and timestamp keys; an office brings its own."""
    if profile == "sandbox":
        # Half a second to import, which the other commands need not pay.
        from chassis.signing.pki import create_sandbox_pki

        create_sandbox_pki(folders.pki)


def _migrate(
    settings: processes.Settings, folders: Folders, supervisor: Supervisor, say: Say, *, embedded: bool
) -> None:
    """Brings each database's schema to this version. Skipped when this very code already did so here."""
    packages = [package for package in processes.MIGRATED if processes.migrations_exist(package)]
    stamp = folders.servers / "migrated"
    version = json.dumps({package: _source_hash(package) for package in ("chassis", *packages)})
    if embedded and stamp.exists() and stamp.read_text() == version:
        return
    if packages:
        say(f"Migrating the databases: {', '.join(packages)} …")
        supervisor.run_jobs(migrations(settings))
    write_whole(stamp, version)


def migrations(settings: processes.Settings) -> list[Job]:
    """The jobs that bring the databases up to date, one for each package that has migrations."""
    return [settings.migration(package) for package in processes.MIGRATED if processes.migrations_exist(package)]


def _source_hash(package: str) -> str:
    """Of a package's Python files: tables and grants may follow from any of them."""
    digest = hashlib.sha256()
    for folder in sorted(CHECKOUT.glob(f"*/{package}")) + sorted(CHECKOUT.glob(f"services/*/{package}")):
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
