"""Each thing that a service needs is asked for, and what is missing or wrong is named with what to do."""

from __future__ import annotations

import base64
import datetime as dt
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import registry_infra.fitness
from chassis.health import HealthServer, need_checks
from chassis.readiness import NotFit, answer, by_settings, needs
from chassis.runtime import Runtime
from chassis.settings import SettingsError
from chassis.signing import create_sandbox_pki, fitness, pki
from chassis.signing.fitness import seal_is_unfit
from chassis.testing import Harness
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from filing.forms import policy
from identity import sealing
from identity.images import opening_keys
from payment.readiness import require_a_way_of_paying
from registry_infra.cli import main
from registry_infra.fitness import Finding
from registry_infra.folders import CHECKOUT
from registry_infra.given import FOR, FOR_ALL, IN_PRODUCTION, given_settings

from chassis import readiness

pytestmark = pytest.mark.requirement("S-04")
Harnesses = Callable[..., Harness]
KEY, OTHER = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))


def parts(harness: Harness, package: str) -> dict[str, str]:
    """As /readyz shows them."""
    return HealthServer(0, need_checks(needs(package), harness.runtime)).report()


@pytest.fixture
def own_keys(keys: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(keys, tmp_path / "keys"))


@pytest.mark.parametrize("package", ["identity", "filing", "payment", "archive", "legacy_bridge", "gateway"])
def test_a_service_that_has_all_is_ready(service_harness: Harnesses, databases: Any, keys: Path, package: str) -> None:
    create_sandbox_pki(keys / "pki")
    if package == "gateway":
        with databases.database("gateway") as database:
            runtime = SimpleNamespace(
                settings=SimpleNamespace(service="gateway", keys_dir=keys, sandbox=True, pki_dir=keys / "pki"),
                reading_engine=readiness_engine(database.application_url),
            )
            assert {answer(need, runtime) for need in needs("gateway").values()} == {"ok"}  # type: ignore[arg-type]
            return
    found = parts(service_harness(package), package)
    assert set(found) >= {"keys", "calendar", "schema", "clock"}
    assert {name: said for name, said in found.items() if said != "ok"} == {}


def readiness_engine(url: str) -> Any:
    from chassis.db import connect

    return connect(url, reading=True)


def test_the_data_key_must_be_the_one_that_the_database_was_made_with(
    service_harness: Harnesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness = service_harness("identity", profile="production")
    for key, expected in ((KEY, "ok"), (OTHER, "is not the one that this database was made with"), (KEY, "ok")):
        monkeypatch.setenv("REGISTRY_DATA_KEY", key)
        sealing._load.cache_clear()
        assert expected in parts(harness, "identity")["data_key"]
    monkeypatch.setenv("REGISTRY_DATA_KEY", "c2hvcnQ=")
    sealing._load.cache_clear()
    assert "must be 32 bytes" in parts(harness, "identity")["data_key"]
    sealing._load.cache_clear()


def test_a_production_without_its_data_key_is_not_ready(
    service_harness: Harnesses, own_keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness = service_harness("identity", profile="production")
    (own_keys / "identity-data.key").unlink(missing_ok=True)
    settings = harness.runtime.settings
    object.__setattr__(settings, "keys_dir", own_keys)
    monkeypatch.delenv("REGISTRY_DATA_KEY", raising=False)
    sealing._load.cache_clear()
    assert "setting REGISTRY_DATA_KEY is missing" in parts(harness, "identity")["data_key"]
    sealing._load.cache_clear()


@pytest.mark.parametrize("lost", ["payment.pem", "trust.json"])
def test_a_lost_key_is_named(service_harness: Harnesses, own_keys: Path, lost: str) -> None:
    harness = service_harness("payment")
    object.__setattr__(harness.runtime.settings, "keys_dir", own_keys)
    assert parts(harness, "payment")["keys"] == "ok"
    (own_keys / lost).unlink()
    assert "holds no usable payment.pem" in parts(harness, "payment")["keys"]


def test_a_service_without_its_sealing_key_is_told_how_to_make_one(service_harness: Harnesses, own_keys: Path) -> None:
    """And one that is no key is refused: nothing would be sealed under it."""
    harness = service_harness("filing")
    for content, said in ((None, "openssl rand -out"), (b"", "32 random bytes"), (b"short", "32 random bytes")):
        key = own_keys / "filing-sealing.key"
        key.unlink() if content is None else key.write_bytes(content)
        runtime = Runtime(replace(harness.runtime.settings, keys_dir=own_keys))
        assert said in answer(by_settings("filing")["keys"], runtime)


def test_the_keys_of_identity_images_are_needed_on_both_sides(
    service_harness: Harnesses, databases: Any, own_keys: Path
) -> None:
    harness = service_harness("identity")
    object.__setattr__(harness.runtime.settings, "keys_dir", own_keys)
    gateway = SimpleNamespace(settings=SimpleNamespace(keys_dir=own_keys))
    need = by_settings("gateway")["image_key"]
    assert (parts(harness, "identity")["image_key"], answer(need, gateway)) == ("ok", "ok")  # type: ignore[arg-type]
    for file in own_keys.glob("identity-images*"):
        file.unlink()
    opening_keys.cache_clear()
    assert "identity-images" in parts(harness, "identity")["image_key"]
    assert "identity-images.pub.pem" in answer(need, gateway)  # type: ignore[arg-type]  # it looks at no more


def test_a_key_that_nobody_trusts_is_named(service_harness: Harnesses, own_keys: Path) -> None:
    harness = service_harness("payment")
    object.__setattr__(harness.runtime.settings, "keys_dir", own_keys)
    shutil.copy(own_keys / "filing.pem", own_keys / "payment.pem")
    assert "holds no usable payment.pem" in parts(harness, "payment")["keys"]


def test_a_schema_that_is_behind_is_named_and_one_that_is_ahead_is_fine(
    databases: Any, service_harness: Harnesses
) -> None:
    harness = service_harness("filing")
    for revision, expected in (("0001", "run the migration job"), ("0099", "ok")):
        with psycopg.connect(harness._owner_url) as owner:
            owner.execute("UPDATE alembic_version SET version_num = %s", [revision])
        assert expected in parts(harness, "filing")["schema"]
    with psycopg.connect(harness._owner_url) as owner:
        owner.execute("DELETE FROM alembic_version")
    assert "at nothing of alembic_version" in parts(harness, "filing")["schema"]


def test_a_clock_that_is_wrong_and_a_calendar_that_ended_are_named(
    service_harness: Harnesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness, now = service_harness("payment"), readiness.time.time
    monkeypatch.setattr(readiness, "time", SimpleNamespace(time=lambda: now() - 3600))
    monkeypatch.setattr(readiness, "coverage_until", lambda: date(2026, 1, 1))
    found = parts(harness, "payment")
    assert re.match(r"this machine's clock is -3[56]\d\d s from the database server's", found["clock"])
    assert "the working-day calendar ended on 2026-01-01" in found["calendar"]


def test_an_object_store_that_is_away_stops_workers(service_harness: Harnesses, tmp_path: Path) -> None:
    harness = service_harness("filing")
    assert answer(readiness.objects, harness.runtime) == "ok"
    shutil.rmtree(tmp_path / "objects")
    assert "the object store cannot be written" in answer(readiness.objects, harness.runtime)


def test_a_policy_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FILING_POLICY_FILE", str(tmp_path / "none.toml"))
    policy.policies.cache_clear()
    assert "correct FILING_POLICY_FILE" in answer(by_settings("filing")["policy"], SimpleNamespace())  # type: ignore[arg-type]
    monkeypatch.delenv("FILING_POLICY_FILE")
    policy.policies.cache_clear()


def without(folder: Path, name: str) -> None:
    (folder / name).unlink()


def with_key_of_another(folder: Path) -> None:
    shutil.copy(folder / "tsa.key", folder / "seal.key")


def revoked(folder: Path) -> None:
    root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
    seal = x509.load_pem_x509_certificate((folder / "seal.pem").read_bytes())
    key = serialization.load_pem_private_key((folder / "root.key").read_bytes(), password=None)
    now = dt.datetime.now(dt.UTC)
    gone = x509.RevokedCertificateBuilder().serial_number(seal.serial_number).revocation_date(now).build()
    builder = x509.CertificateRevocationListBuilder().issuer_name(root.subject).last_update(now)
    signed = builder.next_update(now + dt.timedelta(days=9)).add_revoked_certificate(gone).sign(key, hashes.SHA256())  # type: ignore[arg-type]
    (folder / "new.crl").write_bytes(signed.public_bytes(serialization.Encoding.DER))


def of_another_root(folder: Path) -> None:
    create_sandbox_pki(folder / "other")
    for name in ("seal.pem", "seal.key"):
        shutil.copy(folder / "other" / name, folder / name)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda folder: without(folder, "seal.pem"), "seal.pem cannot be read"),
        (lambda folder: without(folder, "seal.key"), "seal.key cannot be read"),
        (lambda folder: without(folder, "root.pem"), "root.pem cannot be read"),
        (lambda folder: without(folder, "tsa.key"), "tsa.key cannot be read"),
        (lambda folder: without(folder, "root.crl"), "holds no revocation list"),
        (lambda folder: (folder / "seal.pem").write_text("nonsense"), "is not what its name says"),
        (with_key_of_another, "does not belong to seal.pem"),
        (of_another_root, "was not issued by the root"),
        (revoked, "is revoked"),
    ],
)
def test_a_seal_that_cannot_sign_or_will_not_be_believed_is_named(
    tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    create_sandbox_pki(tmp_path / "pki")
    assert seal_is_unfit(tmp_path / "pki", sandbox=True) == ""
    spoil(tmp_path / "pki")
    assert reason in seal_is_unfit(tmp_path / "pki", sandbox=True)


def test_a_seal_is_believed_between_its_dates_and_a_sandbox_s_in_no_office(tmp_path: Path) -> None:
    create_sandbox_pki(tmp_path / "pki")
    now = dt.datetime.now(dt.UTC)
    assert "begins on" in seal_is_unfit(tmp_path / "pki", now - dt.timedelta(days=3), sandbox=True)
    assert "ended on" in seal_is_unfit(tmp_path / "pki", now + dt.timedelta(days=3660), sandbox=True)
    assert "one that a sandbox made" in seal_is_unfit(tmp_path / "pki")


BANK = {"REGISTRY_BANK_PAYEE": "版权登记机构", "REGISTRY_BANK_NAME": "银行", "REGISTRY_BANK_ACCOUNT": "1"}
WECHAT = {
    "REGISTRY_WECHATPAY_URL": "https://provider.example",
    "REGISTRY_WECHATPAY_APPID": "wx1",
    "REGISTRY_WECHATPAY_MCHID": "1",
    "REGISTRY_WECHATPAY_CERT_SERIAL": "1",
    "REGISTRY_WECHATPAY_KEY": "none",
    "REGISTRY_WECHATPAY_APIV3_KEY": "x" * 32,
    "REGISTRY_WECHATPAY_PUBLIC_KEY": "none",
    "REGISTRY_WECHATPAY_PUBLIC_KEY_ID": "1",
}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "there is no way of paying"),
        (BANK, ""),
        (WECHAT, "a key of WeChat Pay is not what it should be"),
        ({**WECHAT, "REGISTRY_WECHATPAY_MCHID": None}, "setting REGISTRY_WECHATPAY_MCHID is missing"),
        ({**WECHAT, "REGISTRY_WECHATPAY_KEY_FILE": "/none"}, "cannot be read (/none"),
        ({"REGISTRY_BANK_ACCOUNT": "1"}, "setting REGISTRY_BANK_PAYEE is missing"),
        ({**BANK, "REGISTRY_ALIPAY_URL": "https://p.example"}, "setting REGISTRY_ALIPAY_APP_ID is missing"),
    ],
)
def test_payment_needs_a_way_of_paying_with_usable_keys(
    given: Mapping[str, str | None], reason: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, value in given.items():
        if value is not None:
            monkeypatch.setenv(name, value)
    settings = SimpleNamespace(sandbox=False, keys_dir=tmp_path, public_url="https://office.example")
    monkeypatch.setattr("payment.readiness.payment_settings", lambda found: payment_settings(found))
    if not reason:
        require_a_way_of_paying(SimpleNamespace(settings=settings))  # type: ignore[arg-type]  # all that is asked
        return
    with pytest.raises((NotFit, SettingsError)) as found:
        require_a_way_of_paying(SimpleNamespace(settings=settings))  # type: ignore[arg-type]
    assert reason in str(found.value)


def payment_settings(settings: Any) -> Any:
    """Not remembered from one test to the next."""
    from payment.settings import PaymentSettings

    return PaymentSettings.load(settings)


def test_each_service_is_given_its_own_settings_and_no_other_s_secrets(tmp_path: Path) -> None:
    given = {
        "REGISTRY_DATA_KEY": KEY,
        "REGISTRY_ALIPAY_KEY_FILE": "keys/alipay.pem",
        "REGISTRY_MAX_WORKERS": "8",
        "REGISTRY_FAILPOINT": "x",
    }
    assert given_settings("identity", "production", given) == {"REGISTRY_DATA_KEY": KEY, "REGISTRY_MAX_WORKERS": "8"}
    payment = given_settings("payment", "production", given)
    assert payment["REGISTRY_ALIPAY_KEY_FILE"] == str(Path("keys/alipay.pem").absolute())
    assert set(payment) == {"REGISTRY_ALIPAY_KEY_FILE", "REGISTRY_MAX_WORKERS"}
    for service in ("filing", "archive", "legacy_bridge", "gateway"):
        assert set(given_settings(service, "production", given)) == {"REGISTRY_MAX_WORKERS"}
    assert set(given_settings("identity", "sandbox", given)) == {"REGISTRY_MAX_WORKERS"}


def test_every_setting_of_a_service_reaches_it() -> None:
    """As docs/settings.md groups them; what `up` sets by itself is for nobody to give."""
    page = (CHECKOUT / "docs" / "settings.md").read_text("utf-8")
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    set_by_up = {"REGISTRY_BIND", "REGISTRY_PKI_DIR", "FILING_POLICY_FILE"}
    wanted = {
        "gateway": "Gateway",
        "identity": "Identity",
        "filing": "Filing",
        "archive": "Archive and documents",
        "payment": "Payment",
    }
    elsewhere = {*FOR["filing"], *FOR_ALL}
    for service, title in wanted.items():
        rows = re.findall(r"^\| (`.*?) \|", sections[title], re.MULTILINE)
        names = {name for row in rows for name in re.findall(r"`((?:REGISTRY|FILING)_[A-Z0-9_]+)`", row)}
        names = {name for name in names if not name.startswith("REGISTRY_PROVIDER_")} - set_by_up
        assert names or service == "filing", title
        passed = {*FOR.get(service, ()), *IN_PRODUCTION.get(service, ())}
        assert names - passed - elsewhere == set(), title


def test_up_for_production_names_everything_that_is_missing_and_is_not_ready(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (*BANK, "REGISTRY_DATA_KEY"):
        monkeypatch.delenv(name, raising=False)
    words = ["--profile", "production", "--data", str(tmp_path / "office")]

    assert main(["up", *words]) == 1

    said = capsys.readouterr()
    assert "Ready" not in said.out
    assert "identity data_key: setting REGISTRY_DATA_KEY is missing" in said.err
    assert "payment providers: there is no way of paying" in said.err
    assert "archive seal:" in said.err
    assert not (tmp_path / "office" / "servers").exists(), "nothing was started"

    monkeypatch.setattr(registry_infra.fitness, "of_settings", lambda _settings: [Finding("filing", "policy", "")])
    assert main(["check", *words]) == 1
    checked = capsys.readouterr().out
    for line in ("✔ filing policy", "✘ office address", "✘ office proxy", "✘ office timestamps", "✘ office messages"):
        assert line in checked


def test_the_data_of_a_sandbox_are_not_for_production_nor_an_office_s_for_a_sandbox(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for before, after in (("sandbox", "production"), ("production", "sandbox")):
        (tmp_path / before).mkdir()
        (tmp_path / before / "profile").write_text(before)
        assert main(["up", "--profile", after, "--data", str(tmp_path / before)]) == 1
        assert f"belongs to the profile {before}" in capsys.readouterr().err


def test_the_sandbox_s_authority_is_known_by_its_name(tmp_path: Path) -> None:
    create_sandbox_pki(tmp_path / "pki")
    assert pki.is_sandbox(fitness._certificate(tmp_path / "pki" / "root.pem"))
