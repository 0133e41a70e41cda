"""Sealing: what was altered, moved to another row or sealed under another key does not open."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from chassis.objects.sealing import SealBroken
from chassis.settings import SettingsError
from identity import sealing
from identity.sealing import Vault


@pytest.mark.requirement("I-12")
def test_a_sealed_value_opens_only_for_its_row_and_purpose() -> None:
    vault = Vault(bytes(32))
    sealed = vault.seal("id-number", b"11010519491231002X", "acc-1")
    assert vault.open("id-number", sealed, "acc-1") == b"11010519491231002X"
    assert vault.seal("id-number", b"11010519491231002X", "acc-1") != sealed
    for purpose, value, context, key in (
        ("id-number", sealed, "acc-2", bytes(32)),
        ("totp", sealed, "acc-1", bytes(32)),
        ("id-number", sealed[:-1] + bytes([sealed[-1] ^ 1]), "acc-1", bytes(32)),
        ("id-number", b"", "acc-1", bytes(32)),
        ("id-number", sealed, "acc-1", b"1" * 32),
    ):
        with pytest.raises(SealBroken):
            Vault(key).open(purpose, value, context)


def test_a_keyed_hash_finds_equal_values_of_one_purpose() -> None:
    vault = Vault(bytes(32))
    assert vault.index("id-number", "1") == vault.index("id-number", "1")
    assert len({vault.index("id-number", "1"), vault.index("otp", "1"), Vault(b"1" * 32).index("id-number", "1")}) == 3


def test_replicas_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: sealing._make(tmp_path / "identity-data.key"), range(16)))
    assert [file.name for file in tmp_path.iterdir()] == ["identity-data.key"]
    assert len(base64.b64decode((tmp_path / "identity-data.key").read_text())) == 32
    assert (tmp_path / "identity-data.key").stat().st_mode & 0o077 == 0


def test_production_makes_no_key_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="REGISTRY_DATA_KEY"):
        sealing._load(tmp_path, False)
    assert not list(tmp_path.iterdir())
