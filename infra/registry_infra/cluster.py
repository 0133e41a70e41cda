"""The embedded database for backups: copied while it runs, put back, and started for a moment by itself."""

import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from registry_infra.folders import Folders
from registry_infra.ownership import give_to_server_user
from registry_infra.parts import NotReady
from registry_infra.postgres import (
    PostgresCheck,
    cluster_folder,
    find_programs,
    major_version,
    prepare_server,
    server_environment,
    server_uri,
)
from registry_infra.problems import StackProblem
from registry_infra.processes import Settings
from registry_infra.progress import silent
from registry_infra.stack import only_one
from registry_infra.state import end_leftovers, load_state, supervisor_of
from registry_infra.supervisor import Supervisor


def refuse_foreign_server(folders: Folders) -> None:
    """Raises StackProblem when the stack's databases are in a server that is not its own."""
    ports = folders.data / "ports.json"
    own = json.loads(ports.read_text()).get("postgresql") if ports.exists() else None
    urls = Settings.load(folders.settings).database_urls.values() if folders.settings.exists() else ()
    if os.environ.get("POSTGRES_URI") or any(urlsplit(url).port != own for url in urls):
        raise StackProblem(
            "this stack's databases are in the server of POSTGRES_URI, which is backed up by whoever runs it. "
            "docs/runbooks/backup-and-restore.md says how, and in which order with the files and the secrets."
        )


@contextmanager
def running_cluster(folders: Folders) -> Iterator[str]:
    """The superuser's address of the stack's database, which is started for this alone when the stack is stopped."""
    if supervisor_of(load_state(folders.state)):
        uri = server_uri(folders)
        try:
            PostgresCheck(uri)()
        except NotReady as reason:
            raise StackProblem(f"{reason}. Wait until the stack is up: ./registry status{folders.option}.") from None
        yield uri
        return
    with only_one(folders):
        end_leftovers(folders.stack_id)
        if not (cluster_folder(folders) / "PG_VERSION").exists():
            raise StackProblem(f"the stack in {folders.data} has no database yet. Start it once: ./registry up.")
        with started_cluster(folders) as uri:
            yield uri


@contextmanager
def started_cluster(folders: Folders) -> Iterator[str]:
    """The stack's database without anything else, until the end of the block."""
    server = prepare_server(folders, silent)
    supervisor = Supervisor(folders.logs)
    try:
        for part in [server.part] if server.part else []:
            supervisor.start(part)
            supervisor.wait_until_ready([part.name])
        yield server.uri
    finally:
        supervisor.stop()


def copy_cluster(folders: Folders, uri: str, target: Path) -> None:
    """Copies the whole running cluster to one consistent moment, with the WAL that leads there, as compressed archives
    that `pg_verifybackup` can check."""
    address = urlsplit(uri)
    command = [str(find_programs(folders) / "pg_basebackup"), "--pgdata", str(target), "--format=tar"]
    command += ["--gzip", "--compress=client-gzip:1", "--wal-method=stream", "--checkpoint=fast", "--no-password"]
    command += ["--host", address.hostname or "", "--port", str(address.port), "--username", address.username or ""]
    environment = server_environment(folders, target) | {"PGPASSWORD": unquote(address.password or "")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr.strip() or f"status {done.returncode}").splitlines()[-1]
        raise StackProblem(f"the databases could not be copied: {said}. This backup is not complete.")


def put_cluster(folders: Folders, source: Path) -> None:
    """Unpacks a copied cluster where the stack's database belongs, and checks every file of it."""
    programs, cluster = find_programs(folders), cluster_folder(folders)
    partial = cluster.with_name(f"{cluster.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    for archive, place in (("base.tar.gz", partial), ("pg_wal.tar.gz", partial / "pg_wal")):
        with tarfile.open(source / archive) as packed:
            packed.extractall(place, filter="tar")
    shutil.copy(source / "backup_manifest", partial / "backup_manifest")
    checked = subprocess.run(
        [str(programs / "pg_verifybackup"), "--quiet", "--no-parse-wal", str(partial)],
        env=server_environment(folders, partial),
        capture_output=True,
        text=True,
    )
    if checked.returncode:
        said = (checked.stderr.strip() or checked.stdout.strip()).splitlines()[0]
        raise StackProblem(f"the copy of the databases is damaged ({said}). Restore another point.")
    (partial / "backup_manifest").unlink()
    give_to_server_user(folders, partial)
    partial.rename(cluster)


def cluster_version(folders: Folders) -> str:
    """Major version of the embedded PostgreSQL: a copied cluster runs on the same only."""
    return major_version(find_programs(folders))
