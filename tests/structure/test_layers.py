"""The layers hold: pure models, no service knows another, one way to publish, one way to write a status."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = {
    "identity": "services/identity",
    "filing": "services/filing",
    "payment": "services/payment",
    "archive": "services/archive",
    "legacy_bridge": "services/legacy-bridge",
}
PACKAGES = {
    **SERVICES,
    "contracts": "contracts",
    "chassis": "chassis",
    "gateway": "gateway",
    "registry_infra": "infra",
}


def modules(package: str) -> Iterator[Path]:
    folder = ROOT / PACKAGES[package] / package
    return (file for file in sorted(folder.rglob("*.py")) if "versions" not in file.parts)


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
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
def test_nameko_and_eventlet_stay_at_the_edge(package: str) -> None:
    forbidden = {"nameko", "eventlet", "kombu", "amqp"}
    assert {str(file): found for file in modules(package) if (found := top_level(file) & forbidden)} == {}


@pytest.mark.parametrize("package", [*SERVICES, "gateway"])
def test_nothing_publishes_but_the_outbox(package: str) -> None:
    publishers = {"chassis.outbox", "chassis.outbox.relay", "chassis.outbox.store", "chassis.rpc.connection", "amqp"}
    assert {str(file): found for file in modules(package) if (found := imports(file) & publishers)} == {}


def test_one_function_writes_the_status_of_a_case() -> None:
    """``case.state = …`` stands in one place of filing."""
    places = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in modules("filing")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Assign) and "case.state" in [ast.unparse(target) for target in node.targets]
    ]
    assert len(places) == 1, places


def test_modules_can_be_read_at_one_sitting() -> None:
    """Rules of thumb say 300 lines; catalogues of contracts may be longer."""
    long = {
        str(file.relative_to(ROOT)): lines
        for package in PACKAGES
        if package != "contracts"
        for file in modules(package)
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > 330
    }
    assert long == {}
