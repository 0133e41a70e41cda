"""The layers hold: pure models, no service knows another, one way to publish, one way to write a status."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.structure.source import nodes

ROOT = Path(__file__).resolve().parents[2]
SERVICES = {
    "identity": "services/identity",
    "filing": "services/filing",
    "payment": "services/payment",
    "archive": "services/archive",
    "legacy_bridge": "services/legacy-bridge",
}
LAYERS = {"model": 0, "store": 1, "handlers": 2, "worker": 3, "service": 4}
"""Each imports only from those below it; what has another name may stand anywhere below the handlers."""
PACKAGES = {
    **SERVICES,
    "contracts": "contracts",
    "chassis": "chassis",
    "materials": "materials",
    "gateway": "gateway",
    "registry_infra": "infra",
}
EDGES = {"nameko", "eventlet", "kombu", "amqp"}
ENGINES_REST_ON = {
    "chassis.catalogues",  # words for people
    "chassis.confinement",  # where a stranger's bytes are opened
    "chassis.documents",  # a deposit is typeset, and what no font has is said
    "chassis.signing",  # what a digital signature is worth
    "contracts.text",  # words are compared as they are everywhere
}
LONGEST = 300
"""Lines of a module."""
STATE_COLUMNS = {"state", "status", "verification"}


def modules(package: str) -> Iterator[Path]:
    folder = ROOT / PACKAGES[package] / package
    return (file for file in sorted(folder.rglob("*.py")) if "versions" not in file.parts)


def imports(file: Path) -> set[str]:
    found = set()
    for node in nodes(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def top_level(file: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(file)}


@pytest.mark.parametrize("package", SERVICES)
def test_no_service_imports_another(package: str) -> None:
    others = set(SERVICES) - {package} | {"gateway", "registry_infra"}
    assert {str(file): found for file in modules(package) if (found := top_level(file) & others)} == {}


def test_the_gateway_knows_services_only_through_contracts() -> None:
    forbidden = {*SERVICES, "registry_infra"}
    assert {str(file): found for file in modules("gateway") if (found := top_level(file) & forbidden)} == {}


def test_the_chassis_carries_services_and_knows_none() -> None:
    forbidden = {*SERVICES, "materials", "gateway", "registry_infra"}
    assert {str(file): found for file in modules("chassis") if (found := top_level(file) & forbidden)} == {}


def test_engines_know_files_and_nothing_else() -> None:
    """No case, no account, no database, no broker; of the chassis only what ``ENGINES_REST_ON`` says."""
    below = {"materials", "chassis", "contracts"}
    forbidden = {*PACKAGES, *EDGES, "sqlalchemy", "psycopg", "flask", "requests"} - below
    assert {str(file): found for file in modules("materials") if (found := top_level(file) & forbidden)} == {}
    rest_on = {
        ".".join(name.split(".")[:2])
        for file in modules("materials")
        for name in imports(file)
        if name.split(".")[0] in ("chassis", "contracts")
    }
    assert rest_on == ENGINES_REST_ON


def test_what_runs_the_system_knows_no_service() -> None:
    forbidden = {*SERVICES, "materials", "gateway"}
    assert {str(file): found for file in modules("registry_infra") if (found := top_level(file) & forbidden)} == {}


def test_contracts_know_nobody() -> None:
    forbidden = {*PACKAGES, "nameko", "sqlalchemy", "flask", "kombu"} - {"contracts"}
    assert {str(file): found for file in modules("contracts") if (found := top_level(file) & forbidden)} == {}


@pytest.mark.parametrize("package", SERVICES)
def test_models_are_pure(package: str) -> None:
    forbidden = {"nameko", "sqlalchemy", "kombu", "eventlet", "flask", "psycopg", "requests"}
    impure = {
        str(file): found
        for file in modules(package)
        if file.name == "model.py" and (found := top_level(file) & forbidden)
    }
    assert impure == {}


@pytest.mark.parametrize("package", SERVICES)
def test_layers_rest_on_those_below(package: str) -> None:
    """model ← store ← handlers ← worker, service."""
    upwards = {
        f"{file.relative_to(ROOT)} imports {name}"
        for file in modules(package)
        for name in imports(file)
        if name.split(".")[0] == package and LAYERS.get(name.split(".")[-1], 0) > LAYERS.get(file.stem, 2)
    }
    assert upwards == set()


@pytest.mark.parametrize("package", SERVICES)
def test_nameko_and_eventlet_stay_at_the_edge(package: str) -> None:
    assert {str(file): found for file in modules(package) if (found := top_level(file) & EDGES)} == {}


@pytest.mark.parametrize("package", [*SERVICES, "gateway"])
def test_nothing_publishes_but_the_outbox(package: str) -> None:
    publishers = {"chassis.outbox", "chassis.outbox.relay", "chassis.outbox.store", "chassis.rpc.connection", "amqp"}
    publishers |= {"chassis.tables", "chassis.tables.OutboxEvent"}
    assert {str(file): found for file in modules(package) if (found := imports(file) & publishers)} == {}


def test_one_module_publishes_events_and_two_speak_rpc() -> None:
    """Of everything that runs: who sends a message to the broker, and to which exchange."""
    sent = {
        (file.relative_to(ROOT).as_posix(), ast.unparse(word.value))
        for package in PACKAGES
        for file in modules(package)
        for call in nodes(file)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith(("basic_publish", "basic_publish_confirm"))
        for word in call.keywords
        if word.arg == "exchange"
    }
    assert sent == {
        ("chassis/chassis/outbox/relay.py", "exchange"),
        ("chassis/chassis/rpc/client.py", "wire.EXCHANGE"),
        ("chassis/chassis/serving/server.py", "wire.EXCHANGE"),
    }
    of_others = {"nameko.events", "nameko.messaging", "nameko.standalone.events", "nameko.rpc", "kombu", "pika"}
    assert {
        str(file): found for name in PACKAGES for file in modules(name) if (found := imports(file) & of_others)
    } == {}


def states_written(package: str) -> list[tuple[str, str]]:
    """(module, what is written) for everything that sets a ``state``, ``status`` or ``verification`` of a row."""
    found = []
    for file in modules(package):
        for node in nodes(file):
            place = file.relative_to(ROOT / SERVICES[package] / package).as_posix()
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in STATE_COLUMNS:
                found.append((place, ast.unparse(node)))
            elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in (
                "values",
                "setattr",
                "move",
                "_change",
            ):
                found += [(place, f"{word.arg}=") for word in node.keywords if word.arg in STATE_COLUMNS]
    return sorted(set(found))


def test_one_function_writes_the_status_of_a_case() -> None:
    """So it is of what else has a life with a history: orders, verifications, imports. The rest is short work."""
    assert {package: written for package in SERVICES if (written := states_written(package))} == {
        "identity": [
            ("closures/erasing.py", "account.verification"),
            ("closures/handlers.py", "closure.state"),
            ("exports/store.py", "export.state"),
            ("recoveries/steps.py", "recovery.state"),
            ("verification/handlers.py", "account.verification"),
            ("verification/handlers.py", "verification.state"),
        ],
        "filing": [
            ("batches/lifecycle.py", "batch.state"),
            ("batches/lifecycle.py", "work.state"),
            ("batches/store.py", "state="),
            ("cases/lifecycle.py", "case.state"),
            ("clocks/model.py", "deadline.state"),
            ("expedite/following.py", "row.state"),
            ("guides/handlers.py", "row.state"),
            ("jobs/store.py", "row.state"),
            ("moves/handlers.py", "move.state"),
            ("overdue/handlers.py", "row.state"),
            ("prechecks/store.py", "state="),
            ("seals/handlers.py", "row.state"),
        ],
        "payment": [
            ("orders/store.py", "order.state"),
            ("providers/handlers.py", "payment.state"),
            ("providers/store.py", "payment.state"),
            ("reconciliation/handlers.py", "row.state"),
            ("refunds/handlers.py", "refund.state"),
            ("settlement/handlers.py", "payment.state"),
            ("settlement/transfers.py", "payment.state"),
            ("statements/deciding.py", "row.state"),
            ("statements/handlers.py", "found.state"),
            ("statements/importing.py", "found.state"),
        ],
        "archive": [
            ("certificates/store.py", "state="),
            ("mailing/steps.py", "parcel.state"),
            ("office_acts/handlers.py", "row.state"),
            ("register/store.py", "self.status"),
            ("signatures/store.py", "state="),
        ],
        "legacy_bridge": [("imports/handlers.py", "row.state")],
    }
    writers = [
        function.name
        for file in (ROOT / "services/filing/filing").rglob("*.py")
        for function in nodes(file)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node) == "case.state"
    ]
    assert writers == ["move"]


def test_modules_can_be_read_at_one_sitting() -> None:
    """Migrations are read in another way."""
    long = {
        str(file.relative_to(ROOT)): lines
        for package in PACKAGES
        for file in modules(package)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long == {}
