"""Where a stack keeps its things, and as whom its servers run.

A stack is known by its data folder. PostgreSQL refuses to run as root, so root's servers (database and broker) run
as an existing unprivileged user; where that user cannot reach the data folder (a checkout under /root), their files
go to /var/lib/registry/<id> instead. Nobody but the stack's owner may read any of it, and the servers' user only the
servers' folder.
"""

import os
import pwd
import shlex
import shutil
import uuid
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from registry_infra.place import (
    Place,
    bring_servers,
    is_abandoned,
    is_elsewhere,
    original_of,
    refuse_copy_without_database,
    refuse_without_database,
)
from registry_infra.private import close_to_others, is_closed, readable_by_all, write_whole
from registry_infra.problems import StackProblem

CHECKOUT = Path(__file__).resolve().parents[2]
SYSTEM_SERVERS = Path("/var/lib/registry")
SYSTEM_CACHE = Path("/var/cache/registry")
_REMOVING = "removing-"
"""What a start was taking away; who dies over it leaves it to the next."""
RESTORING = "restore-under-way"
"""File in a data folder that `./registry restore` has not finished."""
FOLDERS = ("logs", "keys", "objects")
OURS = {*FOLDERS, "pki", "servers", "gateway-metrics", "demo", "state.json", "settings.json", "credentials.json"} | {
    "ports.json",
    "stack-id",
    "lock",
    "cache",
    "place",
    "profile",
    RESTORING,
}
"""What a stack makes in its data folder."""


@dataclass(frozen=True)
class ServerUser:
    """An existing unprivileged account under which root starts the database and the broker."""

    name: str
    uid: int
    gid: int

    def can_traverse(self, folder: Path) -> bool:
        """Whether this user may pass through every folder on the way to ``folder``."""
        return all(self._may_enter(place) for place in [folder, *folder.parents] if place.exists())

    def _may_enter(self, folder: Path) -> bool:
        status = folder.stat()
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return bool(status.st_mode >> shift & 1)


@dataclass(frozen=True)
class Folders:
    """The folders of one stack. `stack_id` marks every process of it (variable REGISTRY_STACK)."""

    data: Path
    servers: Path
    cache: Path
    stack_id: str
    server_user: ServerUser | None

    @property
    def option(self) -> str:
        """What a command about this stack needs besides its name."""
        return option_for(self.data)

    @property
    def state(self) -> Path:
        return self.data / "state.json"

    @property
    def settings(self) -> Path:
        return self.data / "settings.json"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def keys(self) -> Path:
        return self.data / "keys"

    @property
    def pki(self) -> Path:
        return self.data / "pki"

    @property
    def objects(self) -> Path:
        return self.data / "objects"

    def server_folder(self, name: str) -> Path:
        """A folder that the server user owns, made at first use."""
        folder = self.servers / name
        folder.mkdir(parents=True, exist_ok=True)
        give_to(self.server_user, folder)
        folder.chmod(0o700)
        return folder


def default_data_folder() -> Path:
    """`REGISTRY_DATA`, or `.registry` in the checkout."""
    configured = os.environ.get("REGISTRY_DATA")
    return Path(configured) if configured else CHECKOUT / ".registry"


def option_for(data: Path) -> str:
    """`--data` as one has to type it; nothing for the folder that is found without."""
    return "" if data == default_data_folder().absolute() else f" --data {shlex.quote(str(data))}"


def give_to(user: ServerUser | None, place: Path) -> None:
    """Makes the user the owner of what root has made for them; nothing to do without a user."""
    if user:
        os.chown(place, user.uid, user.gid)


def prepare_folders(data: Path) -> Folders:
    """Makes what is missing of a stack's folders, and closes to others what is there."""
    data = data.expanduser().absolute()
    try:
        if not data.exists():
            data.mkdir(mode=0o700, parents=True)
        for name in FOLDERS:
            (data / name).mkdir(mode=0o700, exist_ok=True)
        _close(data)
        identity = data / "stack-id"
        if original_of(data):
            refuse_copy_without_database(data)
        if is_elsewhere(data) or not identity.exists():
            write_whole(identity, uuid.uuid4().hex[:12])
    except OSError as error:
        why = "it is no folder" if data.is_file() else error.strerror
        raise StackProblem(f"the data folder {data} cannot be written ({why}). Name another with --data.") from error
    return find_folders(data)


def find_folders(data: Path) -> Folders:
    """The folders of an existing stack; raises StackProblem when there is none."""
    data = data.expanduser().absolute()
    try:
        stack_id = (data / "stack-id").read_text().strip()
    except OSError:
        raise StackProblem(f"there is no stack in {data}. Start one with ./registry up{option_for(data)}.") from None
    if original := original_of(data):
        raise StackProblem(
            f"{data} is a copy of {original} that was not started yet. Start it with ./registry up{option_for(data)}."
        )
    user = server_user()
    return Folders(data, _servers(data, stack_id, user), cache_folder(data, user), stack_id, user)


def _close(data: Path) -> None:
    """What is in the data folder, down to the last file where the entry was open so far; and the folder itself.

    A folder that holds other things too (somebody's home) keeps its rights: each entry of ours is closed by itself.
    """
    entries = [entry for entry in data.iterdir() if entry.name.removesuffix(".partial") in OURS]
    for entry in entries:
        if entry.name == "cache":  # programs, which the servers' user reads
            continue
        if entry.name == "keys" or not is_closed(entry):
            close_to_others(entry)
    if len(entries) < len(list(data.iterdir())):
        return
    user = server_user()
    if user:  # whose own folder in there is closed as well
        os.chown(data, -1, user.gid)
    data.chmod(0o710 if user else 0o700)


def server_user() -> ServerUser | None:
    """None unless this is root; then `REGISTRY_SERVER_USER`, or postgres, or nobody."""
    if os.geteuid() != 0:
        return None
    for name in (os.environ.get("REGISTRY_SERVER_USER"), "postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name or "")
        except KeyError:
            continue
        return ServerUser(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise StackProblem(
        "PostgreSQL refuses to run as root and no unprivileged user was found. Name one in REGISTRY_SERVER_USER."
    )


def cache_folder(data: Path, user: ServerUser | None) -> Path:
    """Downloads that several stacks share: the user's cache (root: /var/cache), else beside the data folder."""
    for candidate in (*_shared_caches(), data / "cache"):
        try:
            with readable_by_all():
                candidate.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(candidate, os.W_OK) and (user is None or user.can_traverse(candidate)):
            return candidate
    raise StackProblem(f"no folder for downloads can be written. Set XDG_CACHE_HOME, or make {data} writable.")


def _shared_caches() -> Iterator[Path]:
    if os.environ.get("XDG_CACHE_HOME"):
        yield Path(os.environ["XDG_CACHE_HOME"]) / "registry"
    yield SYSTEM_CACHE if os.geteuid() == 0 else Path.home() / ".cache" / "registry"


def _servers(data: Path, stack_id: str, user: ServerUser | None) -> Path:
    if user is None or user.can_traverse(data):
        return data / "servers"
    return SYSTEM_SERVERS / stack_id


def claim_servers(folders: Folders) -> None:
    """Makes the servers' folder or brings it along, and removes those under /var/lib whose data folder is gone."""
    refuse_without_database(folders.data, folders.servers)
    with readable_by_all():
        folders.servers.parent.mkdir(parents=True, exist_ok=True)
    bring_servers(folders.data, folders.servers)
    folders.servers.mkdir(mode=0o700, exist_ok=True)
    give_to(folders.server_user, folders.servers)
    if not is_closed(folders.servers):
        close_to_others(folders.servers)
    write_whole(folders.data / "place", Place(folders.data, folders.servers).as_text())
    if folders.servers.parent != SYSTEM_SERVERS:
        return
    write_whole(folders.servers / "data-folder", str(folders.data))
    for other in SYSTEM_SERVERS.iterdir():
        if other.name.startswith(_REMOVING) or ((other / "data-folder").exists() and is_abandoned(other)):
            _remove(other)


def _remove(servers: Path) -> None:
    """Another start may do the same at the same moment: one of them gives it the name under which it goes."""
    going = servers.with_name(f"{_REMOVING}{uuid.uuid4().hex}")
    with suppress(FileNotFoundError):
        servers.rename(going)
        shutil.rmtree(going, onerror=_gone_already)


def _gone_already(_: object, __: object, error: tuple[type[BaseException], BaseException, object]) -> None:
    if not issubclass(error[0], FileNotFoundError):
        raise error[1]
