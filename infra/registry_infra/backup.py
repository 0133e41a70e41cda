"""`./registry backup`: one consistent moment of a stack, while it works or while it is stopped.

The order is what makes it consistent. Objects never change and are there before a database refers to them, so whatever
was copied *after* the databases' moment is complete for it; a first pass before it keeps that second one short. What is
deleted in between is held until the end. The broker is left out: what it carries is in an outbox.
"""

import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from registry_infra.backup_folder import (
    DATABASE_FILES,
    SECRETS,
    BackupFolder,
    Manifest,
    Point,
    open_for_writing,
    sha256_of,
)
from registry_infra.backup_objects import ObjectCopy, deletions_held
from registry_infra.cluster import cluster_version, copy_cluster, refuse_foreign_server, running_cluster
from registry_infra.folders import Folders
from registry_infra.postgres import databases_of
from registry_infra.processes import Settings
from registry_infra.progress import Say
from registry_infra.revisions import revisions_of

LEFT_OUT = (
    "cache",
    "demo",
    "gateway-metrics",
    "lock",
    "logs",
    "objects",
    "place",
    "ports.json",
    "servers",
    "settings.json",
    "stack-id",
    "state.json",
)
"""Of a data folder: what is made anew at the next start, belongs to this place, or is copied in another way. Everything
else in it is taken as a secret."""


def make_backup(folders: Folders, target: Path, secrets: Path | None, keep: int | None, say: Say) -> list[str]:
    """Adds a point to the backup folder and returns what is wrong with what was copied: empty when nothing is.

    `secrets`: a folder of their own for keys and passwords. `keep`: how many complete points stay. Raises StackProblem.
    """
    refuse_foreign_server(folders)
    backup = open_for_writing(target)
    with backup.exclusively(), running_cluster(folders) as uri:
        known = next((p.listed_objects() for p in reversed(backup.points()) if p.is_complete), {})
        point = backup.begin()
        manifest, copy = _copy(folders, uri, backup, point, known, say)
        _pack_secrets(folders, secrets_file(point, secrets))
        manifest.secrets_apart = secrets is not None
        manifest.data_key_elsewhere = _data_key_is_elsewhere(folders)
        manifest.files = _digests(point, secrets)
        point.finish(manifest)
        gone = backup.forget(keep)
        _forget_secrets(gone, secrets)
    if gone:
        say(f"Removed {len(gone)} earlier points (interrupted ones, and what --keep leaves out).")
    say(_summary(manifest, copy, point, secrets))
    return [f"object {path} no longer has the checksum of its name: the store damaged it" for path in copy.damaged]


def secrets_file(point: Point, secrets: Path | None) -> Path:
    """Beside the databases, or under the point's name in a folder of its own."""
    return secrets.expanduser().absolute() / f"{point.name}.tar" if secrets else point.folder / SECRETS


def _forget_secrets(gone: list[Point], secrets: Path | None) -> None:
    for point in gone if secrets else ():
        secrets_file(point, secrets).unlink(missing_ok=True)


def _copy(
    folders: Folders, uri: str, backup: BackupFolder, point: Point, known: dict[str, str], say: Say
) -> tuple[Manifest, ObjectCopy]:
    begun = _now()
    source, bucket = _objects_of(folders)
    copy = ObjectCopy(source, backup.objects, known)
    if bucket:
        say(f"The objects are in {bucket} and are left there: its own versions and copies must protect them.")
    else:
        say("Copying new objects …")
        copy.run()
    with deletions_held(source):
        say("Copying the databases …")
        not_before = _now()
        copy_cluster(folders, uri, point.database)
        not_after = _now()
        if not bucket:
            copy.run()
            copy.run_kept()
    point.list_objects(copy.digests)
    databases = databases_of(uri, folders.data / "credentials.json")
    manifest = Manifest(
        begun=begun,
        not_before=not_before,
        not_after=not_after,
        postgresql=cluster_version(folders),
        revisions=revisions_of({name: database.owner_url for name, database in databases.items()}),
        objects=len(copy.digests),
        objects_bytes=copy.bytes,
        objects_elsewhere=bucket,
    )
    return manifest, copy


def _objects_of(folders: Folders) -> tuple[Path, str]:
    """The folder of the stack's objects, or the bucket."""
    url = os.environ.get("OBJECT_STORE_URL") or (
        Settings.load(folders.settings).object_store_url if folders.settings.exists() else folders.objects.as_uri()
    )
    parts = urlsplit(url)
    return (Path(unquote(parts.path)), "") if parts.scheme == "file" else (folders.objects, url.split("?")[0])


def _pack_secrets(folders: Folders, target: Path) -> None:
    """Keys, certificates, passwords: everything of the data folder that is not copied otherwise or made anew."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (
        os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream,
        tarfile.open(fileobj=stream, mode="w") as packed,
    ):
        for place in sorted(folders.data.iterdir()):
            if place.name not in LEFT_OUT and not place.name.endswith(".partial"):
                packed.add(place, arcname=place.name)


def _data_key_is_elsewhere(folders: Folders) -> bool:
    """Whether an operator gives it: then it is not in the folder of identity's keys."""
    return not (folders.keys / "identity" / "identity-data.key").exists()


def _digests(point: Point, secrets: Path | None) -> dict[str, str]:
    files = [point.database / name for name in DATABASE_FILES] + [point.objects_list]
    digests = {str(file.relative_to(point.folder)): sha256_of(file) for file in files}
    return digests | {SECRETS: sha256_of(secrets_file(point, secrets))}


def _summary(manifest: Manifest, copy: ObjectCopy, point: Point, secrets: Path | None) -> str:
    place = f"apart in {secrets_file(point, secrets)}" if secrets else f"in {secrets_file(point, None)}"
    key = " The data key is not among them: it comes from REGISTRY_DATA_KEY, keep it yourself." * (
        manifest.data_key_elsewhere
    )
    return (
        f"Complete: {point.folder}, {manifest.objects} objects ({copy.copied} new). The moment lies between "
        f"{manifest.not_before} and {manifest.not_after}. Keys and passwords are {place}: whoever has them and the "
        f"rest can do everything that this office can. Keep them as such.{key}"
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
