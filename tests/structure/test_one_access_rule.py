"""Whose something is, one rule decides: ``chassis.access.may``. Nothing else compares an owner with who acts."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.structure.source import parsed
from tests.structure.test_layers import PACKAGES, ROOT, modules

RULE = {"chassis/chassis/access.py", "chassis/chassis/actor.py"}
WHO = {"subject", "party", "signed_in_as"}
"""Names of an actor: who acts, and for whom."""
OWNS = {"account_id", "owner", "party"}
"""Names under which things keep whose they are."""
QUERIES = {"where", "filter", "filter_by", "join", "select", "exists", "Index", "CheckConstraint", "options"}
NO_OWNERSHIP = {
    # whether a work is still of its batch's account, not who acts
    "services/filing/filing/batches/beside.py batch.account_id != case.account_id",
    "services/filing/filing/batches/beside.py Case.account_id == batch.account_id",
    # whose name an answer bears, not who acts
    "services/archive/archive/office_acts/answers.py account_id == entry.account_id",
    # whom a parcel is for, not who acts
    "services/archive/archive/mailing/asking.py parcel.account_id != keeper_of(uow.session, entry).account_id",
    "services/identity/identity/accounts/handlers.py code.account_id != account.account_id",  # a code of the account
    "services/identity/identity/numbers/store.py CaseNumber.account_id == account_id",  # a number of the account's case
}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for package in PACKAGES:
        for file in modules(package):
            place = file.relative_to(ROOT).as_posix()
            if place not in RULE and "/testing/" not in place:
                yield place, parsed(file)


def values(node: ast.AST) -> Iterator[ast.AST]:
    """The expression's parts, without what is given to a call: its result is another thing."""
    yield node
    for part in [node.func] if isinstance(node, ast.Call) else ast.iter_child_nodes(node):
        yield from values(part)


def names_an_actor(node: ast.AST, known: set[str]) -> bool:
    """Whether the expression says who acts or for whom: ``uow.actor.subject``, ``acting_for(…)``, or a name for it."""
    for part in values(node):
        if isinstance(part, ast.Attribute) and part.attr in WHO:
            base = ast.unparse(part.value).split(".")[-1].split("(")[0]
            if base.lstrip("_") in ("actor", "caller"):
                return True
        if isinstance(part, ast.Call) and ast.unparse(part.func).split(".")[-1] == "acting_for":
            return True
        if isinstance(part, ast.Name) and part.id in known:
            return True
    return False


def comparisons(tree: ast.Module) -> Iterator[ast.Compare]:
    """Of Python's own values: a condition in a statement of the database compares columns."""
    asked = {
        id(part)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1].split("(")[0] in QUERIES
        for part in ast.walk(call)
        if isinstance(part, ast.Compare)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and id(node) not in asked:
            yield node


def compared_with_actors(tree: ast.Module) -> Iterator[str]:
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef):
            continue
        known: set[str] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and names_an_actor(node.value, set()):
                known |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        for node in ast.walk(function):
            if isinstance(node, ast.Compare) and names_an_actor(node, known):
                yield ast.unparse(node)


def owners_compared(tree: ast.Module) -> Iterator[str]:
    for node in comparisons(tree):
        for side in (node.left, *node.comparators):
            kept = isinstance(side, ast.Attribute) and side.attr in OWNS
            if kept or ast.unparse(side).endswith((".get('sub')", "['sub']")):
                yield ast.unparse(node)


def test_only_the_access_rule_compares_who_acts() -> None:
    assert {f"{place} {found}" for place, tree in trees() for found in compared_with_actors(tree)} == set()


def test_only_the_access_rule_compares_whose_something_is() -> None:
    assert {f"{place} {found}" for place, tree in trees() for found in owners_compared(tree)} == NO_OWNERSHIP


def test_every_service_with_something_of_somebody_asks_the_rule() -> None:
    asking = {
        place.split("/")[1]
        for place, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "may"
    }
    assert asking == {"chassis", "identity", "filing", "payment", "archive", "legacy-bridge", "gateway"}


def test_the_net_is_fine_enough() -> None:
    """What stood in the services before there was a rule, and variants of it, are caught."""
    caught = """
def one(uow, row):
    if row.account_id != uow.actor.subject: ...
def two(uow, row):
    account = uow.actor.signed_in_as
    return account in (row.held_by, "x")
def three(actor, order):
    return order.holder == actor.party
def four(self, upload):
    return upload.name in {self._caller.actor.subject}
def five(uow, session):
    mine = acting_for(uow.actor, "read")
    return session.scalars(select(Case).where(Case.account_id == mine))
"""
    owned = """
def six(row, account): return row.account_id == account
def seven(claims, case): return claims.get("sub") != case.holder
def eight(upload, me): return me in (upload.owner,) or upload.owner == me
"""
    assert len(list(compared_with_actors(ast.parse(caught)))) == 5
    assert len(list(owners_compared(ast.parse(owned)))) == 3
