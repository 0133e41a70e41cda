"""Databases of services: closed to each other, in C.UTF-8, provided as often as asked."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from registry_infra import postgres as module
from registry_infra.folders import claim_servers, prepare_folders
from registry_infra.postgres import DATABASES, Database, prepare_server, provide_databases
from registry_infra.progress import silent
from registry_infra.testing import start_postgres


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of its own: these tests change the passwords of roles that other tests use on the common one."""
    with start_postgres(tmp_path_factory.mktemp("own-postgres")) as uri:
        yield uri


@pytest.fixture(scope="module")
def provided(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Database]:
    return provide_databases(postgres, tmp_path_factory.mktemp("databases") / "credentials.json")


def test_every_service_has_a_database_of_its_own_in_c_utf_8(provided: dict[str, Database]) -> None:
    assert set(provided) == set(DATABASES)
    for database in provided.values():
        with psycopg.connect(database.application_url) as connection:
            query = (
                "SELECT current_database(), datcollate, datctype FROM pg_database WHERE datname = current_database()"
            )
            assert connection.execute(query).fetchone() == (database.name, "C.UTF-8", "C.UTF-8")


def test_a_service_cannot_connect_to_anothers_database(provided: dict[str, Database]) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(provided["payment"].application_url.removesuffix("payment") + "filing")


def test_the_application_role_cannot_make_tables(provided: dict[str, Database]) -> None:
    with (
        psycopg.connect(provided["filing"].application_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine ()")


def test_providing_again_sets_new_passwords_and_loses_nothing(
    postgres: str, provided: dict[str, Database], tmp_path: Path
) -> None:
    with psycopg.connect(provided["archive"].owner_url) as connection:
        connection.execute("CREATE TABLE kept ()")

    again = provide_databases(postgres, tmp_path / "credentials.json")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(provided["archive"].owner_url)
    with psycopg.connect(again["archive"].owner_url) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    provided |= again


@pytest.mark.requirement("S-03")
def test_a_cluster_whose_making_was_cut_off_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """initdb writes PG_VERSION first: a machine that is switched off then must not leave what looks like a cluster."""
    folders = prepare_folders(tmp_path)
    claim_servers(folders)
    run = subprocess.run

    def cut_off(command: list[str], **options: Any) -> "subprocess.CompletedProcess[Any]":
        if not str(command[0]).endswith("initdb"):
            return run(command, **options)
        begun = Path(command[command.index("-D") + 1])
        begun.mkdir()
        (begun / "PG_VERSION").touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(module.subprocess, "run", cut_off)
        with pytest.raises(KeyboardInterrupt):
            prepare_server(folders, silent)
    prepare_server(folders, silent)

    clusters = [file.parent for file in folders.server_folder("postgresql").glob("*/PG_VERSION")]
    assert [(cluster / "global").is_dir() for cluster in clusters] == [True]
