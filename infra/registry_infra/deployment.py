"""The jobs of the containers that run once, before the services.

`python -m registry_infra.deployment secrets` makes what is missing below `/secrets` (a volume for each reader):

| folder | for | files |
|---|---|---|
| a service's name, `gateway` | its processes' `REGISTRY_KEYS_DIR` | keys, `trust.json`, `database-url`, `amqp-url` |
| `identity`, `archive`, `payment` | as above | also `data-key`; `pki/`; `provider/` |
| `postgres`, `rabbitmq` | the servers | `superuser-password`; `definitions.json` |
| `deployment` | the jobs of this module | all passwords; `listeners.json`: addresses for other teams |

`prepare` makes databases and roles as the superuser, brings every schema to this version as its owner, declares
exchanges, queues and bindings, and then says in `/run/prepared` which image did so, which its processes wait for.
Both may be repeated: what is there stays. `events [dead-letters|replay|republish] [SERVICE [NUMBER …]]` is
`./registry events`, `work [parked|release] [SERVICE [NAME …]]` is `./registry work`, `objects [check]` is
`./registry objects`; `point` tells after a restore what is in it.
"""

import argparse
import base64
import json
import os
import secrets
import sys
from pathlib import Path
from urllib.parse import quote

from chassis.migrate import upgrade
from chassis.signing.pki import create_sandbox_pki
from chassis.topology import declare

from registry_infra import work
from registry_infra.broker_definitions import SERVICES, TOPOLOGY, USERS, VHOST, definitions, listeners
from registry_infra.credentials import load_credentials
from registry_infra.events import EventBoxes, dead_letters, replay, republished, summary
from registry_infra.keys import prepare_keys
from registry_infra.objects import ObjectBooks
from registry_infra.point_facts import told
from registry_infra.postgres import DATABASES, SUPERUSER, databases_of, provide_databases
from registry_infra.private import UMASK, write_whole

DATABASE_SERVER = "postgres:5432"
BROKER = "rabbitmq:5672"
BUILD = Path("/opt/registry/build")
PREPARED = Path("/run/prepared/build")
_SUPERUSER_SECRET = "postgresql superuser"  # noqa: S105  the name of a secret


def prepare_secrets(folder: Path) -> None:
    """Keys, passwords and addresses of a sandbox; an office provides the same files itself."""
    passwords = _credentials(folder)
    prepare_keys(folder)
    create_sandbox_pki(folder / "archive" / "pki")
    data_key = folder / "identity" / "data-key"
    if not data_key.exists():
        write_whole(data_key, base64.b64encode(secrets.token_bytes(32)).decode())
    for name in DATABASES:
        write_whole(folder / name / "database-url", _database(passwords, name))
        write_whole(folder / name / "amqp-url", _address("amqp", name, passwords[f"broker {name}"], BROKER, VHOST))
    # The servers run as users of their own; nobody else has these two volumes.
    write_whole(folder / "postgres" / "superuser-password", passwords[_SUPERUSER_SECRET], mode=0o444)
    others = {user: _address("amqp", user, passwords[f"broker {user}"], BROKER, VHOST) for user in listeners()}
    write_whole(folder / "deployment" / "listeners.json", json.dumps(others, indent=1))
    users = {user: passwords[f"broker {user}"] for user in (*USERS, *others)}
    write_whole(folder / "rabbitmq" / "definitions.json", json.dumps(definitions(users), indent=1), mode=0o444)


def prepare_servers(folder: Path) -> None:
    """Databases, roles, schemas with their grants, and everything at the broker."""
    passwords = _credentials(folder)
    superuser = _address("postgresql", SUPERUSER, passwords[_SUPERUSER_SECRET], DATABASE_SERVER, "postgres")
    provide_databases(superuser, _credentials_file(folder))
    for name in DATABASES:
        owner = f"{name}_owner"
        address = _address("postgresql", owner, passwords[f"database {owner}"], DATABASE_SERVER, name)
        upgrade(name, address, f"{name}_app")
        print(f"database {name}: at this version", flush=True)
    queues = declare(_address("amqp", TOPOLOGY, passwords[f"broker {TOPOLOGY}"], BROKER, VHOST))
    print(f"broker: {queues} queues", flush=True)
    write_whole(PREPARED, BUILD.read_text(), mode=0o444)


def _credentials_file(folder: Path) -> Path:
    return folder / "deployment" / "credentials.json"


def _credentials(folder: Path) -> dict[str, str]:
    names = [f"database {name}_{role}" for name in DATABASES for role in ("owner", "app")]
    names += [f"broker {user}" for user in (*USERS, *listeners())] + [_SUPERUSER_SECRET]
    return load_credentials(_credentials_file(folder), names)


def _address(scheme: str, user: str, password: str, server: str, path: str) -> str:
    return f"{scheme}://{user}:{quote(password, safe='')}@{server}/{path}"


def show_events(folder: Path, action: str, service: str | None, ids: list[int]) -> None:
    """Events that wait or failed; `replay` handles failed ones again, `republish` publishes what the broker lost."""
    passwords = _credentials(folder)
    urls = {name: _database(passwords, name) for name in SERVICES}
    boxes = [EventBoxes(name, url) for name, url in urls.items() if service in (None, name)]
    if action == "republish":
        lines = republished(urls)
    else:
        lines = replay(boxes, ids) if action == "replay" else {"dead-letters": dead_letters}.get(action, summary)(boxes)
    print("\n".join(lines))


def show_work(folder: Path, action: str, service: str | None, keys: list[str]) -> None:
    """Work that waits or was parked; `release` has it tried again."""
    passwords = _credentials(folder)
    boxes = [EventBoxes(name, _database(passwords, name)) for name in SERVICES if service in (None, name)]
    print("\n".join(work.told(boxes, action, keys)))


def show_point(folder: Path) -> None:
    """What a restored database says of its moment."""
    superuser = _address("postgresql", SUPERUSER, _credentials(folder)[_SUPERUSER_SECRET], DATABASE_SERVER, "postgres")
    owners = {name: database.owner_url for name, database in databases_of(superuser, _credentials_file(folder)).items()}
    print("\n".join(told(owners)))


def show_objects(folder: Path, action: str) -> int:
    """What the daily rounds found, or a check now; 1 when something is wrong."""
    passwords = _credentials(folder)
    books = ObjectBooks({name: _database(passwords, name) for name in DATABASES}, os.environ["OBJECT_STORE_URL"])
    problems: list[str] = []
    for line in books.check(problems) if action == "check" else books.rounds():
        print(line)
    return 1 if problems else 0


def _database(passwords: dict[str, str], name: str) -> str:
    return _address("postgresql", f"{name}_app", passwords[f"database {name}_app"], DATABASE_SERVER, name)


def main() -> int:
    parser = argparse.ArgumentParser(description="Jobs of a containerised system.")
    parser.add_argument("--secrets", type=Path, default=Path("/secrets"), help="default: %(default)s")
    jobs = parser.add_subparsers(dest="job", required=True)
    jobs.add_parser("secrets", help="make the keys and passwords that are missing")
    jobs.add_parser("prepare", help="databases, schemas, broker")
    jobs.add_parser("point", help="after a restore: the last action and the last numbers that are in it")
    events = jobs.add_parser("events", help="events that wait or failed; handle failed ones again")
    events.add_argument(
        "action", nargs="?", choices=["summary", "dead-letters", "replay", "republish"], default="summary"
    )
    events.add_argument("service", nargs="?", choices=SERVICES)
    events.add_argument("ids", nargs="*", type=int)
    queues = jobs.add_parser("work", help="work that waits or was parked; have it tried again")
    queues.add_argument("action", nargs="?", choices=work.ACTIONS, default="summary")
    queues.add_argument("service", nargs="?", choices=SERVICES)
    queues.add_argument("keys", nargs="*")
    objects = jobs.add_parser("objects", help="whether every reference has its object, and every object a reference")
    objects.add_argument("action", nargs="?", choices=["summary", "check"], default="summary")
    arguments = parser.parse_args()
    os.umask(UMASK)
    if arguments.job == "objects":
        return show_objects(arguments.secrets, arguments.action)
    if arguments.job == "events":
        show_events(arguments.secrets, arguments.action, arguments.service, arguments.ids)
    elif arguments.job == "work":
        show_work(arguments.secrets, arguments.action, arguments.service, arguments.keys)
    elif arguments.job == "point":
        show_point(arguments.secrets)
    elif arguments.job == "prepare":
        prepare_servers(arguments.secrets)
    else:
        prepare_secrets(arguments.secrets)
    return 0


if __name__ == "__main__":
    sys.exit(main())
