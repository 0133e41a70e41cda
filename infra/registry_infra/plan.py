"""What a stack was told, and what its processes are given for it."""

import os
from dataclasses import dataclass
from pathlib import Path

from registry_infra import processes
from registry_infra.broker_definitions import TOPOLOGY, listeners
from registry_infra.folders import Folders
from registry_infra.ports import choose_ports
from registry_infra.postgres import DATABASES, Database
from registry_infra.rabbitmq import Broker


@dataclass(frozen=True)
class Options:
    """What `./registry up` was told."""

    data: Path
    port: int
    profile: str

    @property
    def url(self) -> str:
        return os.environ.get("REGISTRY_PUBLIC_URL") or f"http://127.0.0.1:{self.port}"


def settings_of(
    options: Options, folders: Folders, broker: Broker | None, databases: dict[str, Database]
) -> processes.Settings:
    """Addresses, ports and secrets of one stack's processes."""
    external = os.environ.get("RABBITMQ_URI", "")
    names = [f"{process.name} health" for process in processes.PROCESSES] + ["provider"]
    return processes.Settings(
        stack_id=folders.stack_id,
        profile=options.profile,
        public_url=options.url,
        gateway_port=options.port,
        database_urls={name: database.application_url for name, database in databases.items()},
        owner_database_urls={name: database.owner_url for name, database in databases.items()},
        amqp_urls={name: broker.uri(name) if broker else external for name in DATABASES},
        topology_amqp_url=broker.uri(TOPOLOGY) if broker else external,
        object_store_url=os.environ.get("OBJECT_STORE_URL") or folders.objects.as_uri(),
        keys=folders.keys,
        pki=_pki_folder(options, folders),
        folder=folders.data,
        ports=choose_ports(names, folders.data / "ports.json"),
        listener_amqp_urls={name: broker.uri(name) for name in listeners()} if broker else {},
    )


def _pki_folder(options: Options, folders: Folders) -> Path:
    """An office may keep its seal elsewhere."""
    given = os.environ.get("REGISTRY_PKI_DIR") if options.profile == "production" else None
    return Path(given).expanduser().absolute() if given else folders.pki


def planned_settings(options: Options, folders: Folders) -> processes.Settings:
    """As `up` would give them, without addresses of servers that do not run yet."""
    return settings_of(options, folders, None, {name: Database(name, "", "") for name in DATABASES})
