"""Broker users and what each may do, generated as a RabbitMQ definitions file.

The same definitions serve the private node of `./registry up` and the brokers of containers and clusters
(`python -m registry_infra.broker_definitions`). infra/README.md explains the table.
"""

import argparse
import base64
import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from registry_infra.problems import StackProblem

VHOST = "registry"
SERVICES = ("identity", "filing", "payment", "archive", "legacy_bridge")
GATEWAY = "gateway"
TOPOLOGY = "topology"  # declares every exchange, queue and binding; no service runs as this user
USERS = (*SERVICES, GATEWAY, TOPOLOGY)
RPC_EXCHANGE = "nameko-rpc"
KEPT_FOR_LISTENERS = 100_000
"""Messages in one queue of another team's service; beyond them the oldest go, so that it cannot fill our broker."""
NAMEKO_REPLY = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
"""Where a stock nameko client (`nameko shell`) awaits its replies."""


def listeners(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """Services of other teams that may receive public events: names in `REGISTRY_LISTENERS`, between commas."""
    names = tuple(name.strip() for name in environ.get("REGISTRY_LISTENERS", "").split(",") if name.strip())
    for name in names:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name) or name in USERS:
            raise StackProblem(
                f"REGISTRY_LISTENERS names {name!r}. Use small letters, digits and _, and none of {', '.join(USERS)}."
            )
    return names


def permissions(user: str) -> dict[str, str]:
    """configure, write and read patterns. Binding a queue needs write on the queue and read on the exchange."""
    if user == TOPOLOGY:
        return {"configure": ".*", "write": ".*", "read": ".*"}
    name = re.escape(user)
    if user not in USERS:
        own = rf"evt-.*--{name}\..*"
        return {"configure": f"^{own}$", "write": f"^{own}$", "read": rf"^({own}|({'|'.join(SERVICES)})\.events)$"}
    replies = rf"rpc\.reply-{name}-.*"
    return {
        "configure": rf"^(rpc-{name}|{replies})$",
        "write": rf"^({name}\.events|{RPC_EXCHANGE}|rpc-{name}|{replies})$",
        "read": rf"^(rpc-{name}|evt-.*--{name}\..*|{RPC_EXCHANGE}|{replies})$",
    }


def topic_permissions(user: str) -> list[dict[str, str]]:
    """Which routing keys a user may publish (write) and bind (read).

    Without an entry for an exchange every key is allowed on it, hence one for each exchange a user can reach.
    The gateway calls services; a service publishes replies, and nobody binds another's calls or replies. Identity
    alone calls others, by two methods: what they keep of an account, for the copy that its holder asked for, and
    what of it is under way, before it is closed.
    """
    if user == TOPOLOGY:
        return []
    if user not in USERS:
        heard = public_events()
        return [
            {"exchange": f"{service}.events", "write": "^$", "read": f"^({'|'.join(heard.get(service, ()))})$"}
            for service in SERVICES
        ]
    name = re.escape(user)
    writes = {
        GATEWAY: rf"^({'|'.join(SERVICES)})\.[a-z_]+$",
        "identity": rf"^(reply\..*|{NAMEKO_REPLY}|({'|'.join(SERVICES[1:])})\.(own_data|account_ties))$",
    }
    return [
        {
            "exchange": RPC_EXCHANGE,
            "write": writes.get(user, rf"^(reply\..*|{NAMEKO_REPLY})$"),
            "read": rf"^({name}\.\*|reply\.{name}\..*)$",
        },
        {"exchange": f"{user}.events", "write": ".*", "read": "^$"},
    ]


def public_events() -> dict[str, list[str]]:
    """Names of the events that other teams' services may receive, by the service that says them."""
    # Imported here: the contracts take a third of a second, which the other commands need not pay.
    from contracts.catalogue import EVENTS

    found: dict[str, list[str]] = {}
    for event in EVENTS.values():
        if event.public:
            found.setdefault(event.source, []).append(event.name)
    return found


CALL_SECONDS = 30
"""A request that nobody took for so long is dropped; the gateway's own expire sooner, with their callers' patience."""
MOST_CALLS, MOST_EVENTS = 10_000, 1_000_000


def policies(vhost: str) -> list[dict[str, Any]]:
    """Bounds of queues. Of calls the oldest go, whose callers have left. Events too many are refused: they stay in the
    outbox of their service, and whoever does not consume them fills no disk that all need."""
    calls = {"message-ttl": CALL_SECONDS * 1000, "max-length": MOST_CALLS, "overflow": "drop-head"}
    events = {"max-length": MOST_EVENTS, "overflow": "reject-publish"}
    bounds = {"calls": ("^rpc[-.]", calls), "events": ("^evt-", events)}
    return [
        {"vhost": vhost, "name": name, "pattern": pattern, "apply-to": "queues", "priority": 0, "definition": bound}
        for name, (pattern, bound) in bounds.items()
    ]


def definitions(passwords: dict[str, str], vhost: str = VHOST) -> dict[str, Any]:
    """The definitions file: virtual host, bounds of queues, users with hashed passwords and their permissions.

    Whoever has a password and is not one of our users is a listener: another team's service.
    """
    others = [name for name in passwords if name not in USERS]
    users = (*USERS, *others)
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            {
                "name": user,
                "password_hash": password_hash(passwords[user]),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": "",
            }
            for user in users
        ],
        "permissions": [{"user": user, "vhost": vhost, **permissions(user)} for user in users],
        "topic_permissions": [
            {"user": user, "vhost": vhost, **entry} for user in users for entry in topic_permissions(user)
        ],
        "policies": [
            *policies(vhost),
            *(
                {
                    "name": f"listener {user}",
                    "vhost": vhost,
                    "pattern": rf"^evt-.*--{re.escape(user)}\.",
                    "apply-to": "queues",
                    "priority": 1,  # before the bound of events in general
                    "definition": {"max-length": KEPT_FOR_LISTENERS, "overflow": "drop-head"},
                }
                for user in others
            ),
        ],
    }


def password_hash(password: str) -> str:
    """RabbitMQ's salted SHA-256. The salt comes from the password, so that equal input gives an equal file."""
    salt = hashlib.sha256(b"salt " + password.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def main() -> None:
    parser = argparse.ArgumentParser(description="Write the broker's definitions for containers and clusters.")
    parser.add_argument("passwords", type=Path, help="a JSON object: broker user to password")
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()
    arguments.output.write_text(json.dumps(definitions(json.loads(arguments.passwords.read_text())), indent=1))


if __name__ == "__main__":
    main()
