"""`./registry restore`: a stack from a backup, in an empty data folder, wherever it is and whoever runs it."""

import os
import shutil
import tarfile
from pathlib import Path

from registry_infra.backup import secrets_file
from registry_infra.backup_folder import (
    DATABASE_FILES,
    SECRETS,
    BackupFolder,
    Manifest,
    Point,
    open_for_reading,
    sha256_of,
)
from registry_infra.backup_objects import restore_objects
from registry_infra.cluster import cluster_version, put_cluster, started_cluster
from registry_infra.events import republish
from registry_infra.folders import RESTORING, Folders, claim_servers, prepare_folders
from registry_infra.point_facts import told
from registry_infra.postgres import provide_databases
from registry_infra.problems import StackProblem
from registry_infra.progress import Say
from registry_infra.revisions import refuse_newer
from registry_infra.state import load_state, supervisor_of


def restore(source: Path, data: Path, name: str | None, secrets: Path | None, say: Say) -> None:
    """Makes a stack that `./registry up` starts. Raises StackProblem, and then leaves a folder that `up` refuses."""
    backup = open_for_reading(source)
    data = data.expanduser().absolute()
    _refuse_used(data)
    if os.environ.get("POSTGRES_URI"):
        raise StackProblem(
            "POSTGRES_URI is set, but a backup holds a whole database server, not databases for a shared one. Unset "
            "it, or restore that server by its own means (docs/runbooks/backup-and-restore.md)."
        )
    point = backup.chosen(name)
    manifest = point.manifest()
    packed = _secrets(point, manifest, secrets)
    say(f"Checking {point.folder} …")
    _check_files(point, manifest, packed)
    refuse_newer(manifest.revisions)
    data.mkdir(parents=True, exist_ok=True)
    (data / RESTORING).write_text(f"{point.folder}\n")
    _unpack_secrets(packed, data)
    folders = prepare_folders(data)
    claim_servers(folders)
    _refuse_other_server(folders, manifest)
    _restore_objects(backup, point, manifest, folders, say)
    say("Putting the databases back …")
    put_cluster(folders, point.database)
    _settle(folders, say)
    (data / RESTORING).unlink()
    say(f"Restored: the moment between {manifest.not_before} and {manifest.not_after}.")
    if manifest.data_key_elsewhere:
        say("The data key was not in the backup: set REGISTRY_DATA_KEY to the one of that office before the start.")
    say(f"Start it with ./registry up{folders.option}")


def _refuse_used(data: Path) -> None:
    if supervisor_of(load_state(data / "state.json")):
        raise StackProblem(
            f"a stack runs in {data}. Restore beside it (--data names an empty folder), look, and then stop that one."
        )
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise StackProblem(f"{data} is not empty. Name an empty folder with --data, or move that one away.")


def _secrets(point: Point, manifest: Manifest, secrets: Path | None) -> Path:
    if manifest.secrets_apart and secrets is None:
        raise StackProblem(
            "the keys and passwords of this backup were kept apart. Name their folder with --secrets; in it is "
            f"{point.name}.tar."
        )
    return secrets_file(point, secrets if manifest.secrets_apart else None)


def _check_files(point: Point, manifest: Manifest, packed: Path) -> None:
    """Everything but the objects, which are checked while they are copied."""
    places = {SECRETS: packed} | {name: point.folder / name for name in manifest.files if name != SECRETS}
    wanted = {SECRETS, point.objects_list.name, *(f"database/{name}" for name in DATABASE_FILES)}
    for name, place in places.items():
        if not place.exists():
            raise StackProblem(f"{place} is missing: this backup cannot be restored.")
        if name not in manifest.files or sha256_of(place) != manifest.files[name]:
            raise StackProblem(f"{place} is not what was backed up: its SHA-256 differs from the manifest's.")
    if missing := wanted - set(manifest.files):
        raise StackProblem(f"the manifest of {point.folder} does not name {', '.join(sorted(missing))}.")


def _unpack_secrets(packed: Path, data: Path) -> None:
    with tarfile.open(packed) as archive:
        archive.extractall(data, filter="data")


def _refuse_other_server(folders: Folders, manifest: Manifest) -> None:
    own = cluster_version(folders)
    if own != manifest.postgresql:
        raise StackProblem(
            f"the backup is of PostgreSQL {manifest.postgresql}, this version brings {own}. Restore it with the "
            "version that made it, and move the databases with pg_upgrade."
        )


def _restore_objects(backup: BackupFolder, point: Point, manifest: Manifest, folders: Folders, say: Say) -> None:
    if manifest.objects_elsewhere:
        say(f"The objects stayed in {manifest.objects_elsewhere}: set OBJECT_STORE_URL to it, or to its copy.")
        return
    say(f"Copying {manifest.objects} objects …")
    restore_objects(backup.objects, folders.objects, point.listed_objects())


def _settle(folders: Folders, say: Say) -> None:
    """Lets the database come to its moment, has events published again that only the broker had, and tells what the
    office must know. The database's log is no part of the new stack's."""
    with started_cluster(folders) as uri:
        databases = provide_databases(uri, folders.data / "credentials.json")
        again = republish({name: database.application_url for name, database in databases.items()})
        if sum(again.values()):
            say(f"{sum(again.values())} events that their receivers never had are published again at the start.")
        for sentence in told({name: database.owner_url for name, database in databases.items()}):
            say(sentence)
    shutil.rmtree(folders.logs)
