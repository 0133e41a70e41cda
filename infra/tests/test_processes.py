"""Each process gets what it needs to know and no secret of another."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from registry_infra.broker_definitions import SERVICES, definitions
from registry_infra.keys import ISSUERS, prepare_keys
from registry_infra.ports import choose_ports, is_free
from registry_infra.processes import GATEWAY, PROCESSES, Settings

ALL = (*SERVICES, "gateway")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        stack_id="abc",
        profile="sandbox",
        public_url="http://127.0.0.1:8000",
        gateway_port=8000,
        database_urls={name: f"postgresql://{name}_app:s@h/{name}" for name in ALL},
        owner_database_urls={name: f"postgresql://{name}_owner:s@h/{name}" for name in ALL},
        amqp_urls={name: f"amqp://{name}:s@h/registry" for name in ALL},
        topology_amqp_url="amqp://topology:s@h/registry",
        object_store_url="file:///objects",
        keys=tmp_path / "keys",
        pki=tmp_path / "pki",
        folder=tmp_path,
        ports={"provider": 1, **{f"{process.name} health": 2 for process in PROCESSES}},
    )


def test_a_process_knows_its_own_database_broker_user_and_keys(settings: Settings) -> None:
    environment = settings.environment("filing")

    assert environment["REGISTRY_DATABASE_URL"] == "postgresql://filing_app:s@h/filing"
    assert environment["REGISTRY_AMQP_URL"] == "amqp://filing:s@h/registry"
    assert environment["REGISTRY_KEYS_DIR"].endswith("keys/filing")
    assert not [value for value in environment.values() if "_owner:" in value or "topology:" in value]


def test_administrators_addresses_are_not_passed_on(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTGRES_URI", "postgresql://root@h/")
    monkeypatch.setenv("REGISTRY_TYPO", "x")
    monkeypatch.setenv("AWS_REGION", "cn-north-1")

    environment = settings.environment("payment")

    assert "POSTGRES_URI" not in environment
    assert "REGISTRY_TYPO" not in environment
    assert environment["AWS_REGION"] == "cn-north-1"


def test_only_migrations_act_as_owner_and_only_the_seal_s_holder_knows_the_pki(settings: Settings) -> None:
    assert settings.migration("archive").program.environment["REGISTRY_OWNER_DATABASE_URL"].endswith("/archive")
    assert "REGISTRY_PKI_DIR" in settings.environment("archive")
    assert "REGISTRY_PKI_DIR" not in settings.environment("gateway")


def test_production_has_no_simulated_provider(settings: Settings) -> None:
    real = Settings(**{**vars(settings), "profile": "production"})

    assert "REGISTRY_PROVIDER_URL" in settings.environment("payment")
    assert "REGISTRY_PROVIDER_URL" not in real.environment("payment")


def test_settings_survive_being_kept(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    settings.save(file)

    assert Settings.load(file) == settings
    assert file.stat().st_mode & 0o077 == 0


def test_the_gateway_listens_where_it_was_told(settings: Settings) -> None:
    assert settings.part(GATEWAY).program.environment["REGISTRY_BIND"] == "127.0.0.1:8000"


@pytest.mark.requirement("I-12")
def test_each_folder_of_keys_holds_one_private_key_and_everybodys_public_ones(tmp_path: Path) -> None:
    prepare_keys(tmp_path)
    before = (tmp_path / "filing" / "filing.pem").read_bytes()
    prepare_keys(tmp_path)

    assert (tmp_path / "filing" / "filing.pem").read_bytes() == before
    for issuer in ISSUERS:
        for_identity = ["identity-images.pub.pem"]
        seals = {"identity": ["identity-images.pem"], "gateway": for_identity, "legacy_bridge": for_identity}
        own = seals.get(issuer, [])
        assert sorted(file.name for file in (tmp_path / issuer).glob("*.pem")) == sorted([f"{issuer}.pem", *own])
        assert (tmp_path / issuer / "trust.json").exists()
        assert (tmp_path / issuer / f"{issuer}.pem").stat().st_mode & 0o077 == 0
    sealing = {service: (tmp_path / service / f"{service}-sealing.key").read_bytes() for service in SERVICES}
    assert len(set(sealing.values())) == len(SERVICES), "each its own"
    assert len(list(tmp_path.rglob("*-sealing.key"))) == len(SERVICES)


def test_ports_are_remembered_and_replaced_only_when_taken(tmp_path: Path) -> None:
    import socket

    file = tmp_path / "ports.json"
    first = choose_ports(["amqp", "epmd"], file)
    assert choose_ports(["amqp", "epmd"], file) == first
    with socket.socket() as other:
        other.bind(("127.0.0.1", first["amqp"]))
        other.listen()
        assert not is_free(first["amqp"])
        second = choose_ports(["amqp", "epmd"], file)
    assert second["epmd"] == first["epmd"]
    assert second["amqp"] != first["amqp"]


def test_of_two_that_remember_the_same_ports_each_gets_its_own_before_either_listens(tmp_path: Path) -> None:
    """A stack and its copy, started together."""
    file = tmp_path / "ports.json"
    names = ["amqp", "epmd", "identity health"]
    mine = choose_ports(names, file)
    chooses = (
        "import sys, pathlib; from registry_infra.ports import choose_ports;"
        "print(choose_ports(sys.argv[2:], pathlib.Path(sys.argv[1])))"
    )
    theirs = subprocess.run(
        [sys.executable, "-c", chooses, file, *names], check=True, capture_output=True, text=True
    ).stdout
    assert not set(mine.values()) & set(ast.literal_eval(theirs).values())


def test_definitions_hold_no_password_in_clear() -> None:
    users = (*SERVICES, "gateway", "topology")
    text = str(definitions({user: f"secret-of-{user}" for user in users}))

    assert "secret-of" not in text
    assert definitions(dict.fromkeys(users, "x")) == definitions(dict.fromkeys(users, "x"))
