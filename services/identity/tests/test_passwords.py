"""Passwords are refused with every reason at once."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from identity.accounts import passwords
from identity.accounts.passwords import MINIMUM, hash_password, needs_rehash, reasons_against, verify_password
from zxcvbn.frequency_lists import FREQUENCY_LISTS

pytestmark = pytest.mark.usefixtures("full_cost")


@pytest.mark.parametrize(
    ("password", "reasons"),
    [
        ("Ink-stone 27", []),
        ("correct horse battery staple", []),
        ("墨石文化二零二六年登记系统口令长", []),
        ("Sh0rt!", ["password_too_short"]),
        ("12345678", ["password_too_common", "password_too_simple"]),
        ("Password123", ["password_too_common"]),
        ("kfjwmqzpt", []),
        ("83920175", []),
        ("dragonfly", ["password_too_common"]),
        ("Banquan2026!", ["password_too_common"]),
        ("abababab", ["password_too_simple"]),
        ("aaaaaaaa1", ["password_too_common", "password_too_simple"]),
        ("x13800138000", ["password_personal"]),
        ("", ["password_too_short", "password_too_simple"]),
    ],
)
def test_a_password_is_refused_with_all_its_reasons(password: str, reasons: list[str]) -> None:
    assert reasons_against(password, ("13800138000",)) == reasons


def test_thousands_of_breached_passwords_that_are_long_enough_are_known() -> None:
    known = [word for word in FREQUENCY_LISTS["passwords"] if len(word) >= MINIMUM]
    assert len(known) > 3000
    assert all(reasons_against(word) for word in known[:500])


@pytest.mark.requirement("I-01")
def test_passwords_are_kept_as_argon2id() -> None:
    stored = hash_password("Ink-stone 27")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert verify_password(stored, "Ink-stone 27")
    assert not verify_password(stored, "ink-stone 27")
    assert not verify_password(None, "Ink-stone 27")
    assert not verify_password("no hash", "Ink-stone 27")
    assert not needs_rehash(stored)


@pytest.mark.requirement("I-04")
def test_no_more_hashes_are_made_at_once_than_processors_have_caches_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty who sign in at the same moment are served one after the other, and not all of them at the end."""
    at_work, most, lock = 0, 0, threading.Lock()

    class Slow:
        def hash(self, password: str) -> str:
            nonlocal at_work, most
            with lock:
                at_work += 1
                most = max(most, at_work)
            time.sleep(0.01)
            with lock:
                at_work -= 1
            return password

    monkeypatch.setattr(passwords, "_HASHER", Slow())
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(hash_password, [f"password {n}" for n in range(20)]))
    assert len(set(made)) == 20
    assert most <= (os.cpu_count() or 1)
