"""Every route of the API against people it is not for: visitors, other applicants, staff with other roles.

The routes come from the OpenAPI document, so that a new one is tried without anybody remembering to.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from chassis.testing.sample_files import numbered_pdf
from gateway.api import GROUPS
from gateway.web.api import Operation
from registry_infra.portal import TUS, Portal

from tests.journeys.people import Person
from tests.staff import Staff

OPERATIONS = {f"{operation.method} {operation.path}": operation for group in GROUPS for operation in group.operations}
PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
PUBLIC_NUMBERS = {"number", "registration_number", "kind"}
NAMED = {
    name: operation
    for name, operation in OPERATIONS.items()
    if operation.method != "OPTIONS"
    and PARAMETER.findall(operation.path)
    and not set(PARAMETER.findall(operation.path)) & PUBLIC_NUMBERS
}
ROLES = (
    "reviewer",
    "intake",
    "examiner",
    "senior_examiner",
    "cashier",
    "archivist",
    "customer_service",
    "administrator",
)
STAFF_ONLY = {
    name: operation
    for name, operation in OPERATIONS.items()
    if operation.access.roles and not operation.access.accounts and not operation.access.anonymous
}
BODIES: dict[str, Any] = {
    "save_application": {"form": {"title": "别人改的"}},
    "answer_correction": {"answers": []},
    "attach_material": {"role": "sample", "upload_id": "mine"},
    "replace_material": {"upload_id": "mine"},
    "order_materials": {"material_ids": []},
    "submit_application": {"otp": "123456"},
    "start_payment": {"method": "wechat"},
    "create_repair": {"fix": ["pdf_truncated_recovered"]},
    "decide_verification": {"decision": "approve"},
    "decide_examination": {"decision": "approve"},
    "receive_paper": {"serial_number": "2026Z11S999999"},
}
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
    me = author.me
    upload_id = me.upload(numbered_pdf(2), "自己的.pdf")
    ids = {
        "application_id": application_id,
        "material_id": material["material_id"],
        "precheck_id": material["precheck"]["precheck_id"],
        "document_id": author.documents(application_id)["declaration"]["document_id"],
        "order_id": author.order(application_id)["order_id"],
        "payment_id": payment["payment_id"],
        "verification_id": me.get("/verifications")["items"][0]["verification_id"],
        "session_id": next(item for item in me.get("/sessions")["items"] if item["current"])["session_id"],
        "message_id": me.get("/messages")["items"][0]["message_id"],
        "upload_id": upload_id,
        "job_id": "job-01m80000000000000000000000",
        "document": "id_front",
        "name": "repaired",
        "page": "1",
        "side": "before",
    }
    return Belongings(ids)


def attempt(portal: Portal, operation: Operation, path: str, upload_id: str = "") -> int:
    body = BODIES.get(operation.name)
    if body and body.get("upload_id") == "mine":
        body = body | {"upload_id": upload_id}
    headers = {"If-Match": '"1"'} if operation.versioned else {}
    if path.startswith("/uploads"):
        headers |= {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        return portal.send(operation.method, path, headers=headers, content=b"").status_code
    if operation.method in ("POST", "PUT", "PATCH") and body is None:
        headers |= {"Content-Type": "application/json"}
    return portal.send(operation.method, path, body, headers=headers).status_code


@pytest.mark.requirement("I-12")
@pytest.mark.parametrize("name", NAMED)
def test_another_applicant_gets_nothing_by_knowing_an_identifier(
    name: str, belongings: Belongings, stranger: Person, author: Person
) -> None:
    operation = NAMED[name]
    own_upload = stranger.me.upload(numbered_pdf(2), "他人的.pdf") if operation.name in BODIES else ""
    assert attempt(stranger.me, operation, belongings.path(operation), own_upload) in {403, 404}


@pytest.mark.requirement("I-12")
@pytest.mark.parametrize("name", NAMED)
def test_a_visitor_gets_nothing_by_knowing_an_identifier(name: str, belongings: Belongings, visitor: Portal) -> None:
    operation = NAMED[name]
    assert attempt(visitor, operation, belongings.path(operation)) in REFUSALS


@pytest.mark.requirement("I-12")
def test_the_owner_still_has_everything_afterwards(belongings: Belongings, author: Person) -> None:
    """Runs after the attempts above: none of them changed anything, and every identifier was a real one."""
    case = author.case(belongings.ids["application_id"])
    assert (case["state"], case["title"], len(case["materials"])) == ("submitted", "别人不能看的书", 1)
    for name in (
        "GET /applications/<application_id>",
        "GET /applications/<application_id>/order",
        "GET /applications/<application_id>/documents",
        "GET /applications/<application_id>/materials/<material_id>/file",
        "GET /documents/<document_id>",
        "GET /orders/<order_id>",
        "GET /payments/<payment_id>",
        "GET /prechecks/<precheck_id>",
        "GET /verifications/<verification_id>",
    ):
        assert attempt(author.me, OPERATIONS[name], belongings.path(OPERATIONS[name])) == 200, name


@pytest.mark.requirement("I-11")
@pytest.mark.parametrize("name", STAFF_ONLY)
def test_a_staff_route_lets_in_its_roles_only(
    name: str, belongings: Belongings, staff: Staff, author: Person, visitor: Portal
) -> None:
    operation = STAFF_ONLY[name]
    path = belongings.path(operation)
    assert attempt(visitor, operation, path) == 401
    assert attempt(author.me, operation, path) == 403
    for role in ROLES:
        if role not in operation.access.roles:
            assert attempt(staff(role), operation, path) == 403, role


@pytest.mark.requirement("I-11")
def test_staff_who_may_do_something_are_not_turned_away_at_the_door(staff: Staff) -> None:
    assert staff("reviewer").get("/staff/verifications")["items"] is not None
    assert "counts" in staff("examiner").get("/staff/examinations?queue=all")
    assert "counts" in staff("senior_examiner").get("/staff/examinations")
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
