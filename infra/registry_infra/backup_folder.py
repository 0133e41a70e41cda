"""What lies in a backup folder, and whether it may be believed.

    objects/…                       files of the object store; they never change, so all points share them
    points/20261128T093012Z/        one consistent moment of everything else
        database/                   base.tar.gz, pg_wal.tar.gz, backup_manifest: made by pg_basebackup
        secrets.tar                 keys, PKI, passwords (or in a folder of its own, see `--secrets`)
        objects.sha256              the objects of this point, as `sha256sum -c` reads them
        manifest.json               what this is, from when, made by which version; SHA-256 of every file above
        complete                    written last: SHA-256 of manifest.json

A point without `complete` was interrupted, or is being made now.
"""

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from registry_infra.private import write_whole
from registry_infra.problems import StackProblem

FORMAT = 1
BLOCK = 1 << 20
DATABASE_FILES = ("base.tar.gz", "pg_wal.tar.gz", "backup_manifest")
SECRETS = "secrets.tar"


@dataclass
class Manifest:
    """`not_before` and `not_after` (UTC, ISO 8601) enclose the moment: what was committed before the first is in it,
    what was committed after the second is not. `files` are SHA-256s by name, without the objects."""

    begun: str
    not_before: str
    not_after: str
    postgresql: str
    revisions: dict[str, dict[str, str]]
    """Of each database: revision by version table."""
    objects: int
    objects_bytes: int
    objects_elsewhere: str = ""
    """The bucket that holds them instead of this folder."""
    secrets_apart: bool = False
    data_key_elsewhere: bool = False
    files: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT


@dataclass(frozen=True)
class Point:
    """One moment in a backup folder."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def database(self) -> Path:
        return self.folder / "database"

    @property
    def objects_list(self) -> Path:
        return self.folder / "objects.sha256"

    @property
    def is_complete(self) -> bool:
        return (self.folder / "complete").exists()

    def finish(self, manifest: Manifest) -> None:
        """Says that everything is there, once everything is on the disk."""
        write_whole(self.folder / "manifest.json", json.dumps(asdict(manifest), indent=1))
        os.sync()
        write_whole(self.folder / "complete", sha256_of(self.folder / "manifest.json"))
        os.sync()

    def manifest(self) -> Manifest:
        """Raises StackProblem when it is not what was written when the backup ended, or not for this version."""
        file = self.folder / "manifest.json"
        try:
            content, expected = file.read_bytes(), (self.folder / "complete").read_text().strip()
        except FileNotFoundError as error:
            raise StackProblem(f"{error.filename} is missing: this backup cannot be restored.") from None
        if hashlib.sha256(content).hexdigest() != expected:
            raise StackProblem(f"{file} was changed after the backup was made: this backup cannot be believed.")
        kept = json.loads(content)
        if kept.get("format") != FORMAT:
            raise StackProblem(
                f"{self.folder} was made by another version of ./registry (format {kept.get('format')}, this one reads "
                f"{FORMAT}). Restore it with the version that made it."
            )
        return Manifest(**kept)

    def listed_objects(self) -> dict[str, str]:
        """SHA-256 by path below the object store's folder."""
        if not self.objects_list.exists():
            return {}
        lines = self.objects_list.read_text().splitlines()
        return {path.removeprefix("../../objects/"): digest for digest, path in (line.split("  ", 1) for line in lines)}

    def list_objects(self, digests: dict[str, str]) -> None:
        """So that `sha256sum -c objects.sha256`, called in the point's folder, checks them."""
        lines = [f"{digest}  ../../objects/{path}\n" for path, digest in sorted(digests.items())]
        write_whole(self.objects_list, "".join(lines))


@dataclass(frozen=True)
class BackupFolder:
    """Points of several moments and the objects that they share."""

    folder: Path

    @property
    def objects(self) -> Path:
        return self.folder / "objects"

    def points(self) -> list[Point]:
        """Oldest first."""
        folder = self.folder / "points"
        return [Point(place) for place in sorted(folder.iterdir()) if place.is_dir()] if folder.is_dir() else []

    def begin(self) -> Point:
        """A new, empty point."""
        for name in ("objects", "points"):
            _private(self.folder / name)
        point = Point(self.folder / "points" / datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ"))
        _private(point.folder)
        _private(point.database)
        return point

    def chosen(self, name: str | None) -> Point:
        """The newest point, or the one of that name; raises StackProblem unless it is complete."""
        points = self.points()
        if not points:
            raise StackProblem(f"there is no backup in {self.folder}. Make one with ./registry backup {self.folder}.")
        point = next((point for point in points if point.name == name), None) if name else points[-1]
        complete = [point.name for point in points if point.is_complete]
        instead = f"Name a complete one with --point: {', '.join(complete)}." if complete else "None here is complete."
        if point is None:
            raise StackProblem(f"there is no point {name!r} in {self.folder}. {instead}")
        if not point.is_complete:
            state = "is being made now" if self.is_in_use() else "was interrupted before it was complete"
            raise StackProblem(f"the backup {point.name} in {self.folder} {state}. {instead}")
        return point

    def is_in_use(self) -> bool:
        """Whether a backup or restore is at it now; the answer may be old when it is read."""
        try:
            with self.exclusively():
                return False
        except StackProblem:
            return True

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Raises StackProblem while another backup is written here."""
        with (self.folder / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StackProblem(f"another backup is being written into {self.folder}. Wait for its end.") from None
            yield

    def forget(self, keep: int | None) -> list[Point]:
        """Removes interrupted points and, of the complete ones, all but the newest `keep`, with objects that no other
        point has; returns the points that went."""
        complete = [point for point in self.points() if point.is_complete]
        kept = complete[-keep:] if keep else complete
        gone = [point for point in self.points() if point not in kept]
        for point in gone:
            (point.folder / "complete").unlink(missing_ok=True)
            shutil.rmtree(point.folder)
        if gone:
            needed = {path for point in kept for path in point.listed_objects()}
            for file in sorted(self.objects.rglob("*")):
                if file.is_file() and str(file.relative_to(self.objects)) not in needed:
                    file.unlink()
        return gone


def sha256_of(file: Path) -> str:
    """Of the file's content, in constant memory."""
    digest = hashlib.sha256()
    with file.open("rb", buffering=0) as stream:
        while block := stream.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _private(folder: Path) -> None:
    """Personal data and keys lie there: nobody but the owner looks in."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def open_for_writing(folder: Path) -> BackupFolder:
    """Makes it when it is missing; raises StackProblem when it is used for something else."""
    folder = folder.expanduser().absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    strange = {place.name for place in folder.iterdir()} - {"objects", "points", "lock"}
    if strange:
        raise StackProblem(
            f"{folder} holds other things ({', '.join(sorted(strange)[:3])}). Name an empty folder or that of an "
            "earlier backup."
        )
    return BackupFolder(folder)


def open_for_reading(folder: Path) -> BackupFolder:
    """StackProblem where no backup was ever made."""
    folder = folder.expanduser().absolute()
    if not (folder / "points").is_dir():
        raise StackProblem(f"there is no backup in {folder}. Make one with ./registry backup {folder}.")
    return BackupFolder(folder)
