"""Passwords: what is refused and why, and their hashes (argon2id, m = 19 MiB, t = 2, p = 1, OWASP's second choice)."""

from __future__ import annotations

import os
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Literal, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from chassis.green import offload
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from contracts import text as typed

Reason = Literal["password_too_short", "password_too_simple", "password_too_common", "password_personal"]

MINIMUM = 8
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_TURNS = threading.BoundedSemaphore(os.cpu_count() or 1)
"""One hash for each processor: each works in 19 MiB of its own, and more at once push each other out of the caches. So
whoever comes first is done first, too, and not all of them at the end."""
Made = TypeVar("Made")


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """zxcvbn's 30,000 most frequent of breached passwords, those of Chinese breaches, and words of this office."""
    text = resources.files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(text.split()) | frozenset(FREQUENCY_LISTS["passwords"])


def reasons_against(password: str, personal: tuple[str, ...] = ()) -> list[Reason]:
    """Everything that is wrong with a new password; ``personal`` are values that it must not contain.

    Eight characters of any kind; not one of the usual ones, nor one with a date or so behind it; not a run or a
    repetition. Which classes of characters it has is nobody's business: such rules make passwords alike
    (NIST SP 800-63B, ASVS 6.2.5).
    """
    reasons: list[Reason] = []
    password = typed.password(password)
    folded = password.lower()
    if len(password) < MINIMUM:
        reasons.append("password_too_short")
    if folded in _common() or re.sub(r"[^a-z]{1,8}$", "", folded) in _common():
        reasons.append("password_too_common")
    if len(set(password)) < 4 or _is_run(folded):
        reasons.append("password_too_simple")
    if any(len(value) >= 4 and value.lower() in folded for value in personal):
        reasons.append("password_personal")
    return reasons


def _is_run(text: str) -> bool:
    """``12345678`` and ``hgfedcba``: every character follows the one before."""
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return len(text) > 2 and steps in ({1}, {-1}, {0})


def hash_password(password: str) -> str:
    """The hash of a password in its one form."""
    return _in_turn(_HASHER.hash, typed.password(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is right. Takes the same time when there is no account (``stored`` is None).

    Older hashes were made of what was typed, so that this is tried too where it differs.
    """
    return verify_one_of(stored, typed_forms(password))


def typed_forms(password: str) -> list[str]:
    """The forms of which a hash may have been made."""
    return list(dict.fromkeys((typed.password(password), password)))


def verify_one_of(stored: str | None, forms: Sequence[str]) -> bool:
    """Whether the hash is of one of ``forms``: one comparison for each while none is right, also of no hash at all."""
    right = any(_in_turn(_verify, stored or _decoy(), form) for form in forms)
    return right and stored is not None


def needs_rehash(stored: str, password: str = "") -> bool:
    """Whether the hash was made with other costs than today's, or of another form of this password."""
    if _HASHER.check_needs_rehash(stored):
        return True
    return typed.password(password) != password and not _in_turn(_verify, stored, typed.password(password))


def _in_turn(work: Callable[..., Made], *values: str) -> Made:
    with _TURNS:
        return offload(work, *values)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _HASHER.hash(secrets.token_hex(16))
