"""The object store's files into a backup and out of it. They never change, so what is there already stays."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chassis.objects.folder import KEPT_FOR_BACKUP, kept_address

from registry_infra.backup_folder import BLOCK, sha256_of
from registry_infra.problems import StackProblem

UNFINISHED = ("incoming", "uploads", "locks")
"""Folders of files that no database refers to, yet or at all."""


class ObjectCopy:
    """Copies new objects into `target` and knows the SHA-256 of all that were seen, by their path below `source`."""

    def __init__(self, source: Path, target: Path, known: dict[str, str]) -> None:
        self._source, self._target, self._known = source, target, known
        self.digests: dict[str, str] = {}
        self.copied = self.bytes = 0
        self.damaged: list[str] = []
        """Objects that no longer have the SHA-256 under which they are stored."""

    def run(self) -> None:
        """One pass. What is deleted meanwhile is no longer needed, unless it was kept for us."""
        for file in _files(self._source):
            self._take(file, str(file.relative_to(self._source)))

    def run_kept(self) -> None:
        """Objects whose deletion has only moved them aside since the backup began."""
        for folder in _kept_folders(self._source):
            for file in sorted(folder.iterdir()):
                path = folder.parent.relative_to(self._source) / kept_address(file.name)
                self._take(file, str(path))

    def _take(self, file: Path, path: str) -> None:
        if path in self.digests:
            return
        target = self._target / path
        try:
            size = file.stat().st_size
            if target.exists() and target.stat().st_size == size:
                digest = self._known.get(path) or sha256_of(target)
            else:
                digest = copy_with_digest(file, target)
                self.copied += 1
        except FileNotFoundError:
            return
        self.digests[path] = digest
        self.bytes += size
        name = Path(path).name
        if len(name) == len(digest) and name != digest:
            self.damaged.append(path)


@contextmanager
def deletions_held(source: Path) -> Iterator[None]:
    """While this lasts, what the store deletes is moved aside instead: a database copy from before the deletion still
    refers to it."""
    for folder in list(_kept_folders(source)):  # of a backup that was killed
        shutil.rmtree(folder)
    for incoming in _store_roots(source):
        (incoming.parent / KEPT_FOR_BACKUP).mkdir(exist_ok=True)
    try:
        yield
    finally:
        for folder in list(_kept_folders(source)):
            shutil.rmtree(folder)


def restore_objects(source: Path, target: Path, digests: dict[str, str]) -> None:
    """Copies a point's objects; raises StackProblem at the first that is not what it was."""
    target = target.resolve()
    for path, expected in digests.items():
        file = source / path
        if target not in (target / path).resolve().parents:
            raise StackProblem(f"the list of objects names {path!r}, which is not inside the object folder.")
        try:
            found = copy_with_digest(file, target / path)
        except FileNotFoundError:
            raise StackProblem(f"{file} is missing from the backup.") from None
        if found != expected:
            raise StackProblem(f"{file} is not what was backed up: its SHA-256 is {found}, not {expected}.")
        (target / path).chmod(0o400)


def copy_with_digest(file: Path, target: Path) -> str:
    """Copies and returns the SHA-256 of what was copied; the target appears when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    digest = hashlib.sha256()
    with file.open("rb", buffering=0) as source, partial.open("wb") as copy:
        while block := source.read(BLOCK):
            digest.update(block)
            copy.write(block)
    os.replace(partial, target)
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for folder, names, files in os.walk(root):
        names[:] = sorted(set(names) - {*UNFINISHED, KEPT_FOR_BACKUP})
        yield from (Path(folder) / name for name in sorted(files))


def _store_roots(root: Path) -> Iterator[Path]:
    """Every store below the folder has a place for files that are not complete yet."""
    yield from root.glob("incoming")
    yield from root.glob("*/incoming")


def _kept_folders(root: Path) -> Iterator[Path]:
    yield from root.glob(KEPT_FOR_BACKUP)
    yield from root.glob(f"*/{KEPT_FOR_BACKUP}")
