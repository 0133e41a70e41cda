"""How large, how many and how long: by who uploads, and by what for. The numbers are in ``policy.toml``."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from chassis.actor import Actor
from chassis.settings import SettingsError

MIB = 1 << 20
PRIVATE = ("id_image", "seal")
"""Purposes of uploads that are sealed for identity as soon as they are complete."""
_SHORT = (*PRIVATE, "photo_check")
"""Purposes whose uploads show people and their papers."""
_FACES = ("id_image", "handheld_photo")
"""Profiles of checks that such pictures are sent for, whatever purpose was named when they came."""
_ROLES = ("anonymous", "natural_person", "organisation", "staff")
_NUMBERS = ("largest", "open_uploads", "total", "unfinished_life", "finished_life")


@dataclass(frozen=True)
class UploadPolicy:
    """Limits of one kind of uploader. Sizes in bytes; ``open_uploads`` and ``total_size`` count what has neither
    expired nor been deleted: of an account, or of all visitors of one network together."""

    max_size: int
    open_uploads: int
    total_size: int
    unfinished_life: timedelta
    finished_life: timedelta


@dataclass(frozen=True)
class Policies:
    """``purposes``: largest size in bytes by purpose. ``lives``: how long at most, of purposes that are cut short."""

    purposes: Mapping[str, int]
    lives: Mapping[str, timedelta]
    roles: Mapping[str, UploadPolicy]


def read_policies(text: str) -> Policies:
    """Raises ``SettingsError`` for a file that leaves something open."""
    try:
        data: dict[str, Any] = tomllib.loads(text)
        purposes = {name: int(size) * MIB for name, size in data["purposes"].items()}
        lives = {name: timedelta(hours=data["lives"][name]) for name in _SHORT}
        roles = {name: _policy({key: data["roles"][name][key] for key in _NUMBERS}) for name in _ROLES}
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise SettingsError(f"the upload policy is not complete: {error}") from error
    if "material" not in purposes:
        raise SettingsError("the upload policy does not say how large a material may be")
    return Policies(purposes, lives, roles)


def _policy(numbers: Mapping[str, int]) -> UploadPolicy:
    return UploadPolicy(
        max_size=int(numbers["largest"]) * MIB,
        open_uploads=int(numbers["open_uploads"]),
        total_size=int(numbers["total"]) * MIB,
        unfinished_life=timedelta(hours=numbers["unfinished_life"]),
        finished_life=timedelta(hours=numbers["finished_life"]),
    )


@cache
def policies() -> Policies:
    """The deployment's policy, read once."""
    own = os.environ.get("REGISTRY_UPLOAD_POLICY_FILE", "")
    text = Path(own).read_text("utf-8") if own else (files("gateway.uploads") / "policy.toml").read_text("utf-8")
    return read_policies(text)


def policy_for(actor: Actor) -> UploadPolicy:
    """A service that acts for itself uploads as staff does."""
    return policies().roles["staff" if actor.kind == "service" else actor.kind]


def purpose_limit(purpose: str) -> int:
    """Bytes that anybody may upload for ``purpose``."""
    purposes = policies().purposes
    return purposes.get(purpose, purposes["material"])


def life(usual: timedelta, purpose: str) -> timedelta:
    """How long an upload for ``purpose`` is kept where others are for ``usual``."""
    return min(usual, policies().lives.get(purpose, usual))


def known(purpose: str) -> str:
    """``purpose`` if it is one, else the purpose of everything."""
    return purpose if purpose in policies().purposes else "material"


def purpose_of_check(profile: str) -> str:
    """What a file that is checked by ``profile`` is taken to be for from then on."""
    return "photo_check" if profile in _FACES else "material"


def is_private(purpose: str) -> bool:
    """Whether only identity may read what is uploaded for ``purpose``."""
    return purpose in PRIVATE


def size_limit(actor: Actor, purpose: str) -> int:
    """Bytes that ``actor`` may upload for ``purpose``."""
    return min(policy_for(actor).max_size, purpose_limit(purpose))
