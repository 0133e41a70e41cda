"""The processes of the system as data: what runs, in which package, with which settings.

The same table describes the local stack and the containers: a container runs the same command with the same variables.
"""

import importlib.util
import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from registry_infra.given import given_settings
from registry_infra.parts import STACK_VARIABLE, Job, NotReady, Part, Program
from registry_infra.private import write_whole

PYTHON = sys.executable
# Administrators' addresses are not for services; of what is named REGISTRY_… each service gets its own; and modules
# compiled once halve the time of the next start.
NOT_INHERITED = ("POSTGRES_URI", "RABBITMQ_URI", "OBJECT_STORE_URL", "PYTHONDONTWRITEBYTECODE")


@dataclass(frozen=True)
class Process:
    """`service` names whose database, broker user and keys it uses. `needs` are the modules it is made of."""

    name: str
    service: str
    command: tuple[str, ...]
    needs: tuple[str, ...]
    talks_to_broker: bool = True
    sandbox_only: bool = False

    @property
    def exists(self) -> bool:
        return all(importable(module) for module in self.needs) and migrations_exist(self.service)


def _service(package: str) -> Process:
    command = (PYTHON, "-m", "chassis.run", package)
    return Process(package, package, command, ("chassis.run", f"{package}.service"))


def _worker(name: str, package: str) -> Process:
    command = (PYTHON, "-m", "chassis.worker", package)
    needs = ("chassis.worker", f"{package}.worker")
    return Process(name, package, command, needs, talks_to_broker=False)


SERVICES = tuple(_service(name) for name in ("identity", "filing", "payment", "archive", "legacy_bridge"))
WORKERS = (
    _worker("identity-images", "identity"),
    _worker("filing-materials", "filing"),
    _worker("payment-statements", "payment"),
    _worker("archive-issuing", "archive"),
)
PROVIDER = Process(
    "provider",
    "payment",
    (PYTHON, "-m", "registry_infra.provider"),
    ("registry_infra.provider",),
    talks_to_broker=False,
    sandbox_only=True,
)
GATEWAY = Process("gateway", "gateway", (PYTHON, "-m", "gateway"), ("gateway.app", "gateway.__main__"))
PROCESSES = (*SERVICES, *WORKERS, PROVIDER, GATEWAY)
MIGRATED = ("identity", "filing", "payment", "archive", "legacy_bridge", "gateway")


def importable(module: str) -> bool:
    """Whether the module is there, without importing it; its parents are."""
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@dataclass(frozen=True)
class Settings:
    """What the processes of one stack need to know. Addresses are by service name."""

    stack_id: str
    profile: str
    public_url: str
    gateway_port: int
    database_urls: Mapping[str, str]
    owner_database_urls: Mapping[str, str]
    amqp_urls: Mapping[str, str]
    topology_amqp_url: str
    object_store_url: str
    keys: Path
    pki: Path
    folder: Path
    ports: Mapping[str, int]
    listener_amqp_urls: Mapping[str, str] = field(default_factory=dict)
    font_path: str = ""

    def save(self, file: Path) -> None:
        """Kept for commands that work on a running stack; holds secrets."""
        write_whole(file, json.dumps(asdict(self), default=str, indent=1))

    @classmethod
    def load(cls, file: Path) -> "Settings":
        """As `save` wrote them. OSError where nothing was saved."""
        kept = json.loads(file.read_text())
        return cls(**{**kept, **{name: Path(kept[name]) for name in ("keys", "pki", "folder")}})

    def environment(self, service: str) -> dict[str, str]:
        """The complete environment of a process that acts as `service`."""
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("REGISTRY_") and name not in NOT_INHERITED
        }
        own = {
            STACK_VARIABLE: self.stack_id,
            "REGISTRY_PROFILE": self.profile,
            "REGISTRY_SERVICE": service,
            "REGISTRY_DATABASE_URL": self.database_urls[service],
            "REGISTRY_AMQP_URL": self.amqp_urls[service],
            "REGISTRY_KEYS_DIR": str(self.keys / service),
            "REGISTRY_PUBLIC_URL": self.public_url,
            "REGISTRY_LOG_LEVEL": os.environ.get("REGISTRY_LOG_LEVEL", "INFO"),
            "OBJECT_STORE_URL": self.object_store_url,
            "PYTHONUNBUFFERED": "1",
            "TZ": "UTC",
        }
        if self.font_path:
            own["REGISTRY_FONT_PATH"] = self.font_path
        given = given_settings(service, self.profile)
        if service == "archive":
            own["REGISTRY_PKI_DIR"] = str(self.pki)
        if service == "payment" and self.profile == "sandbox":
            own |= self._simulated_providers()
        return inherited | given | own

    def _simulated_providers(self) -> dict[str, str]:
        """In production an operator gives the providers' own addresses, accounts and keys instead."""
        port = self.ports["provider"]
        return {"REGISTRY_PROVIDER_URL": f"http://127.0.0.1:{port}", "REGISTRY_PROVIDER_PORT": str(port)}

    def part(self, process: Process) -> Part:
        """How the supervisor runs a process: its command, its own environment, and when it counts as ready."""
        environment = self.environment(process.service)
        health_port = self.ports[f"{process.name} health"]
        environment["REGISTRY_HEALTH_PORT"] = str(health_port)
        if process is GATEWAY:
            environment["REGISTRY_BIND"] = f"127.0.0.1:{self.gateway_port}"
            environment["PROMETHEUS_MULTIPROC_DIR"] = str(self.folder / "gateway-metrics")
        program = Program(process.name, process.command, environment, self.folder)
        door = ("127.0.0.1", self.gateway_port) if process is GATEWAY else None
        check = ReadyCheck(f"http://127.0.0.1:{health_port}/readyz")
        return Part(program, check, health_port=health_port, door=door)

    def migration(self, package: str) -> Job:
        """The job that brings a package's database up to date, as its owner."""
        environment = self.environment(package)
        environment["REGISTRY_OWNER_DATABASE_URL"] = self.owner_database_urls[package]
        program = Program(f"migrate-{package}", (PYTHON, "-m", "chassis.migrate", package), environment, self.folder)
        return Job(program)

    def topology(self) -> Job:
        """The job that declares exchanges, queues and bindings, as the one user who may."""
        environment = self.environment("gateway")
        environment["REGISTRY_AMQP_URL"] = self.topology_amqp_url
        environment["REGISTRY_SERVICE"] = "topology"
        return Job(Program("topology", (PYTHON, "-m", "chassis.topology"), environment, self.folder))


def migrations_exist(package: str) -> bool:
    """Whether there is a first migration yet, of the package and of what every service has."""
    found = [importlib.util.find_spec(name) for name in ("chassis", package) if importable(name)]
    folders = [Path(place) for spec in found if spec for place in spec.submodule_search_locations or []]
    return all(any((folder / "migrations" / "versions").glob("*.py")) for folder in folders)


def topology_exists() -> bool:
    """Whether this version has such a job."""
    return importable("chassis.topology")


@dataclass(frozen=True)
class ReadyCheck:
    """Ready when the process says so at /readyz; what it says otherwise is the reason."""

    url: str

    def __call__(self) -> None:
        try:
            with urllib.request.urlopen(self.url, timeout=3):  # noqa: S310 - always http to this machine
                return
        except urllib.error.HTTPError as error:
            raise NotReady(f"it says {error.read(500).decode(errors='replace').strip()}") from None
        except OSError as error:
            raise NotReady(f"nothing answers at {self.url} ({error})") from None
