"""To whom the servers' files belong: where root starts the servers, to the unprivileged user that they run as."""

import os
from pathlib import Path

from registry_infra.folders import Folders


def give_to_server_user(folders: Folders, place: Path) -> None:
    """Everything in it; nothing to do where the servers run as ourselves."""
    user = folders.server_user
    if user is None:
        return
    for folder, names, files in os.walk(place):
        for name in (".", *names, *files):
            os.chown(Path(folder) / name, user.uid, user.gid, follow_symlinks=False)


def claim_for_server_user(folders: Folders, place: Path) -> None:
    """For a data folder that another user's stack was in before."""
    if folders.server_user and place.exists() and place.stat().st_uid != folders.server_user.uid:
        give_to_server_user(folders, place)
