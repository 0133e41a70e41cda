"""schemathesis calls every operation of the OpenAPI document, with what it allows and with what it does not.

Nothing may end in a server error, and every answer must be as documented. A few examples of each operation in the
normal tests; ``REGISTRY_FUZZ=200`` tries so many.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
import requests
import schemathesis
from chassis.testing.sample_files import numbered_pdf
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from registry_infra.portal import Portal
from registry_infra.testing import Stack
from requests.adapters import HTTPAdapter
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.journeys.people import Person
from tests.staff import Staff

EXAMPLES = int(os.environ.get("REGISTRY_FUZZ", "4"))
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance)
NOT_TRIED = {
    "POST /sandbox/clock/advance": "moves the legal clock of the system that all tests share",
}
ENDS_SESSIONS = ("DELETE /api/v1/sessions",)
SELDOM_LET_IN = (401, 403, 429)


class From(HTTPAdapter):
    """Calls from one of this machine's own addresses: rate limits count by address, and are not what is tried here."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *words: Any, **options: Any) -> None:
        super().init_poolmanager(*words, **options, source_address=(self._address, 0))


@dataclass
class Caller:
    """Somebody, and what they have: ids by the name of the path parameter."""

    token: str | None
    ids: dict[str, str] = field(default_factory=dict)


@dataclass
class Callers:
    visitor: Caller
    applicant: Caller
    staff: Staff
    person: Person
    addresses: Iterator[int] = field(default_factory=lambda: count(2))

    def for_operation(self, operation: APIOperation) -> Caller:
        described = operation.definition.raw
        if {} in described["security"] and "uploads" not in operation.path:
            return self.visitor
        if (roles := described.get("x-roles")) and operation.path.startswith("/api/v1/staff"):
            return Caller(self.staff(roles[0]).token, self.applicant.ids)
        if operation.label.startswith(ENDS_SESSIONS):
            return Caller(self.person.sign_in().me.token, self.applicant.ids)
        return Caller(self.person.me.token, self.applicant.ids)

    def session(self) -> requests.Session:
        session = requests.Session()
        number = next(self.addresses)
        session.mount("http://", From(f"127.0.{number // 250}.{number % 250 + 2}"))
        return session


@pytest.fixture(scope="module")
def callers(visitor: Portal, staff: Staff) -> Callers:
    person = Person(visitor, staff).sign_up().verify()
    filed = person.accepted_with_paper()
    draft = person.ready_to_sign()
    material = person.case(draft)["materials"][0]
    order = person.order(filed)
    ids = {
        "application_id": draft,
        "material_id": material["material_id"],
        "precheck_id": material["precheck"]["precheck_id"],
        "document_id": person.documents(filed)["declaration"]["document_id"],
        "order_id": order["order_id"],
        "verification_id": person.me.get("/verifications")["items"][0]["verification_id"],
        "message_id": person.me.get("/messages")["items"][0]["message_id"],
        "upload_id": person.me.upload(numbered_pdf(2), "自己的.pdf"),
        "number": person.case(filed)["acceptance_number"],
        "serial_number": person.case(filed)["serial_number"],
        "kind": "work",
        "document": "id_front",
        "mobile": person.who.mobile,
        "login": person.who.mobile,
    }
    return Callers(Caller(None, ids), Caller(person.me.token, ids), staff, person)


def attempt(operation: APIOperation, mode: GenerationMode, caller: Caller, session: requests.Session) -> list[str]:
    """What is wrong with the answers to some examples; asserts that some got past the door."""
    wrong: list[str] = []
    answered: list[int] = []

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode), known=st.sampled_from([True, True, True, False]))
    def call(case: Case, known: bool) -> None:
        if known:
            use_ids(case, caller.ids)
        headers = {"Authorization": f"Bearer {caller.token}"} if caller.token else {}
        response = case.call(session=session, headers=headers, timeout=30)
        answered.append(response.status_code)
        try:
            case.validate_response(response, checks=CHECKS)
        except Exception as failure:
            wrong.append(f"{operation.label} {mode.value} {response.status_code}: {failure}")

    try:
        call()
    except Exception as failure:
        wrong.append(f"{operation.label} {mode.value}: {type(failure).__name__} {failure}")
    print(operation.label, mode.value, answered)
    return wrong


def use_ids(case: Case, ids: dict[str, str]) -> None:
    """Things that exist, in place of made-up ones."""
    for place in (case.path_parameters, case.body):
        if isinstance(place, dict):
            place.update({name: ids[name] for name in place if name in ids})


@pytest.mark.requirement("W-06")
def test_no_call_ends_in_a_server_error(stack: Stack, callers: Callers) -> None:
    schema = schemathesis.openapi.from_url(f"{stack.url}/api/v1/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    operations.sort(key=lambda operation: operation.label.startswith(ENDS_SESSIONS))
    assert set(NOT_TRIED) <= {operation.label for operation in operations}
    wrong = []
    for operation in operations:
        if operation.label not in NOT_TRIED:
            for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
                with callers.session() as session:
                    wrong += attempt(operation, mode, callers.for_operation(operation), session)
    assert wrong == [], "\n\n".join(wrong)
