"""Who may do what, in the running system. ``tests/security`` tries every route with everybody."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from gateway.api import GROUPS
from gateway.web.api import Operation
from registry_infra.portal import Portal, wait_for

from tests.journeys.people import Person
from tests.staff import Staff

OPERATIONS = {f"{operation.method} {operation.path}": operation for group in GROUPS for operation in group.operations}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
OWNED = (
    "GET /applications/<application_id>",
    "GET /applications/<application_id>/order",
    "GET /applications/<application_id>/documents",
    "GET /applications/<application_id>/materials/<material_id>/file",
    "GET /documents/<document_id>",
    "GET /orders/<order_id>",
    "GET /payments/<payment_id>",
    "GET /prechecks/<precheck_id>",
    "GET /verifications/<verification_id>",
)
REFUSALS = {401, 403, 404}


@dataclass(frozen=True)
class Belongings:
    """Identifiers of everything that the author has."""

    ids: dict[str, str]

    def path(self, operation: Operation) -> str:
        return PARAMETER.sub(lambda found: self.ids[found.group(1)], operation.path)


@pytest.fixture(scope="session")
def belongings(author: Person) -> Belongings:
    application_id = author.ready_to_sign(pages=15, title="别人不能看的书")
    author.submit(application_id)
    payment = author.start_payment(application_id)
    case = author.case(application_id)
    material = case["materials"][0]
    ids = {
        "application_id": application_id,
        "material_id": material["material_id"],
        "precheck_id": material["precheck"]["precheck_id"],
        "document_id": author.documents(application_id)["declaration"]["document_id"],
        "order_id": author.order(application_id)["order_id"],
        "payment_id": payment["payment_id"],
        "verification_id": author.me.get("/verifications")["items"][0]["verification_id"],
    }
    return Belongings(ids)


def attempt(portal: Portal, operation: Operation, path: str) -> int:
    return portal.send(operation.method, path).status_code


@pytest.mark.requirement("I-12")
@pytest.mark.parametrize("name", OWNED)
def test_knowing_an_identifier_opens_nothing(
    name: str, belongings: Belongings, stranger: Person, visitor: Portal, staff: Staff
) -> None:
    operation = OPERATIONS[name]
    path = belongings.path(operation)
    assert attempt(stranger.me, operation, path) == 404
    assert attempt(visitor, operation, path) in REFUSALS
    assert attempt(staff("intake"), operation, path) in REFUSALS


@pytest.mark.requirement("I-12")
def test_the_owner_still_has_everything_afterwards(belongings: Belongings, author: Person) -> None:
    """Runs after the attempts above: none of them changed anything, and every identifier was a real one."""
    case = author.case(belongings.ids["application_id"])
    assert (case["state"], case["title"], len(case["materials"])) == ("submitted", "别人不能看的书", 1)
    for name in OWNED:
        assert attempt(author.me, OPERATIONS[name], belongings.path(OPERATIONS[name])) == 200, name


@pytest.mark.requirement("I-11")
def test_staff_who_may_do_something_are_not_turned_away_at_the_door(staff: Staff) -> None:
    assert staff("reviewer").get("/staff/verifications")["items"] is not None
    assert "counts" in staff("examiner").get("/staff/examinations?queue=all")
    assert "counts" in staff("senior_examiner").get("/staff/examinations")
    assert staff("cashier").get("/staff/work-items")["items"]
    assert staff("cashier").get("/staff/orders?queue=mismatched")["items"] is not None
    assert "counts" in staff("intake").get("/staff/examinations?queue=awaiting_paper")


@pytest.mark.requirement("I-11")
def test_staff_cannot_sign_in_without_their_second_factor(visitor: Portal) -> None:
    account = visitor.get("/sandbox/staff")["items"][0]
    names = {name: account[name] for name in ("login", "password")}
    refused = visitor.send("POST", "/sessions", names)
    assert (refused.status_code, refused.json()["code"]) == (401, "totp_required")


@pytest.mark.requirement("W-06")
def test_every_route_names_who_may_call_it_in_the_openapi_document(visitor: Portal) -> None:
    document = visitor.get("/openapi.json")
    described = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, methods in document["paths"].items()
        for method in methods
        if path.startswith("/api/v1")
    }
    assert described == {
        (operation.method, PARAMETER.sub(r"{\1}", operation.path)) for operation in OPERATIONS.values()
    }
    decision = document["paths"]["/api/v1/staff/examinations/{application_id}/decision"]["post"]
    assert decision["x-roles"] == ["examiner", "senior_examiner"]


@pytest.mark.requirement("I-03")
def test_after_signing_out_no_worker_of_the_gateway_takes_an_upload(newcomer: Person) -> None:
    """What identity says reaches every worker, within a second or so on a machine that has time."""
    me = newcomer.sign_up().me
    start = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": "filename YS5wZGY="}

    def statuses() -> set[int]:
        """Of as many connections as reach both workers."""
        portals = [me.as_account(me.token or "") for _ in range(12)]
        answers = {portal.send("POST", "/uploads", headers=start).status_code for portal in portals}
        for portal in portals:
            portal.close()
        return answers

    assert statuses() == {201}
    me.call("DELETE", "/sessions/current")
    wait_for("the token to be refused", lambda: statuses() == {401} or None, seconds=10)
