"""Where a stack was when it started last. A data folder that was moved or copied since gets an identity of its own: two
with the same one would end each other's processes and share one database."""

import json
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from registry_infra.problems import StackProblem

GONE_PATIENCE = 3600.0
"""Seconds for which a database stays whose data folder is nowhere: it may be on its way to another place."""


@dataclass(frozen=True)
class Place:
    """What the file `place` of a data folder says: where both were when the stack started last."""

    data: Path
    servers: Path

    @classmethod
    def load(cls, data: Path) -> "Place | None":
        """None for a folder of before places were kept, and for what cannot be read."""
        try:
            kept = json.loads((data / "place").read_text())
            return cls(Path(kept["data"]), Path(kept["servers"]))
        except (OSError, ValueError, LookupError):
            return None

    def as_text(self) -> str:
        """As `load` reads it."""
        return json.dumps({"data": str(self.data), "servers": str(self.servers)})

    def has_servers_outside(self) -> bool:
        """Whether database and broker lie elsewhere: a copy of the data folder is then not all."""
        return self.data not in self.servers.parents


def is_elsewhere(data: Path) -> bool:
    """Whether the stack in this folder started last in another."""
    place = Place.load(data)
    if place is None:
        return False
    try:
        return not place.data.samefile(data)
    except OSError:
        return True


def original_of(data: Path) -> Path | None:
    """The folder of which this one is a copy that did not start yet; None when it is none, or the original is gone."""
    place = Place.load(data)
    if place is None or not is_elsewhere(data):
        return None
    try:
        same = (place.data / "stack-id").read_text() == (data / "stack-id").read_text()
    except OSError:
        return None
    return place.data if same else None


def refuse_without_database(data: Path, servers: Path) -> None:
    """Raises StackProblem for a folder whose database was outside it and has not come along."""
    place = Place.load(data)
    if place and place.has_servers_outside() and not servers.exists() and not place.servers.exists():
        raise _not_along(data, place)


def refuse_copy_without_database(data: Path) -> None:
    """StackProblem for a copied data folder whose database has stayed behind."""
    place = Place.load(data)
    if place and place.has_servers_outside():
        raise _not_along(data, place)


def _not_along(data: Path, place: Place) -> StackProblem:
    return StackProblem(
        f"{data} came from {place.data} without its database, which is in {place.servers}. "
        "Use ./registry backup there and ./registry restore here."
    )


def bring_servers(data: Path, servers: Path) -> None:
    """Moves the servers' files to where they belong now, when the data folder was moved to a place that the server user
    can reach, or from one."""
    place = Place.load(data)
    outside = [place.servers] if place and place.has_servers_outside() else []
    for old in (data / "servers", *outside):
        if old != servers and old.is_dir() and not servers.exists():
            servers.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(old, servers)


def is_abandoned(servers: Path) -> bool:
    """Whether the data folder of these servers has been nowhere for long enough."""
    gone = servers / "gone-since"
    try:
        owner = Path((servers / "data-folder").read_text())
        if _is_of(servers, owner):
            gone.unlink(missing_ok=True)
            return False
        if not gone.exists():
            gone.touch()
        return time.time() - gone.stat().st_mtime > GONE_PATIENCE
    except FileNotFoundError:  # another start is taking them away
        return False


def _is_of(servers: Path, data: Path) -> bool:
    try:
        return (data / "stack-id").read_text().strip() == servers.name
    except OSError:
        return False
