"""schemathesis calls every operation of the OpenAPI document, with what it allows and with what it does not.

Nothing may end in a server error, and every answer must be as documented. A few examples of each operation in the
normal tests; ``REGISTRY_FUZZ=200`` tries so many.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from materials.testing.sample_files import numbered_pdf
from registry_infra.portal import Portal
from registry_infra.testing import Stack
from requests.adapters import HTTPAdapter
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.journeys.people import Person
from tests.journeys.test_organisation import Organisation
from tests.staff import Staff

EXAMPLES = int(os.environ.get("REGISTRY_FUZZ", "4"))
CHECKS = (not_a_server_error, content_type_conformance, response_schema_conformance)
NOT_TRIED = {
    "POST /sandbox/clock/advance": "moves the legal clock of the system that all tests share",
}
ALWAYS_REFUSED = {
    "POST /api/v1/callbacks/alipay": "nobody guesses a provider's signature",
    "POST /api/v1/callbacks/wechatpay": "nobody guesses a provider's signature",
    "GET /api/v1/callbacks/wechat-oa": "nobody guesses the official account's signature",
    "POST /api/v1/callbacks/wechat-oa": "nobody guesses the official account's signature",
}
OF_ORGANISATIONS = "/api/v1/organisation"
ENDS_SESSIONS = "DELETE /api/v1/sessions"
AT_THE_DOOR = {401, 403, 412, 415, 428, 429}
"""What says that the call itself was not looked at."""


@schemathesis.serializer("application/offset+octet-stream")
def some_bytes(_context: Any, value: Any) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


class From(HTTPAdapter):
    """Calls from one of this machine's own addresses: rate limits count by address, and are not what is tried here."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *words: Any, **options: Any) -> None:
        super().init_poolmanager(*words, **options, source_address=(self._address, 0))


@dataclass
class Callers:
    """An applicant with a draft and an accepted case, an organisation whose operator is to change, and staff.
    ``draft``, ``accepted`` and ``held``: ids of what belongs to them, by the name of the parameter or field that takes
    one."""

    person: Person
    company: Organisation
    staff: Staff
    draft: dict[str, str]
    accepted: dict[str, str]
    held: dict[str, str]
    addresses: Iterator[int] = field(default_factory=count)

    def token_for(self, operation: APIOperation) -> str:
        """Of somebody whom the operation is for."""
        if operation.path.startswith("/api/v1/staff"):
            token = self.staff(operation.definition.raw["x-roles"][0]).token
        elif operation.label.startswith(ENDS_SESSIONS):
            token = self.person.sign_in().me.token
        elif operation.path.startswith(OF_ORGANISATIONS):
            token = self.company.me.token
        else:
            token = self.person.me.token
        assert token
        return token

    def things_for(self, operation: APIOperation) -> list[dict[str, str]]:
        """What to choose from: things that exist in three of four calls."""
        if operation.path.startswith("/api/v1/staff"):
            return [self.accepted, self.accepted, self.accepted, {}]
        if operation.path.startswith(OF_ORGANISATIONS):
            return [self.held, self.held, self.held, {}]
        return [self.draft, self.draft, self.accepted, {}]

    def session(self) -> requests.Session:
        session = requests.Session()
        number = next(self.addresses)
        session.mount("http://", From(f"127.1.{number // 250}.{number % 250 + 1}"))
        return session


@pytest.fixture(scope="module")
def callers(visitor: Portal, staff: Staff) -> Callers:
    person = Person(visitor, staff).sign_up().verify()
    accepted, draft = person.accepted_with_paper(), person.ready_to_sign()
    order = person.order(accepted)
    common = {
        "order_id": order["order_id"],
        "verification_id": person.me.get("/verifications")["items"][0]["verification_id"],
        "message_id": person.me.get("/messages")["items"][0]["message_id"],
        "number": person.case(accepted)["acceptance_number"],
        "serial_number": person.case(accepted)["serial_number"],
        "kind": "work",
        "document": "id_front",
        "mobile": person.who.mobile,
        "login": person.who.mobile,
    }
    of_draft, of_accepted = (
        {
            "application_id": application_id,
            "material_id": person.case(application_id)["materials"][0]["material_id"],
            "precheck_id": person.case(application_id)["materials"][0]["precheck"]["precheck_id"],
            "document_id": person.documents(application_id)["declaration"]["document_id"],
            "upload_id": person.me.upload(numbered_pdf(2), "自己的.pdf"),
        }
        for application_id in (draft, accepted)
    )
    company = Organisation(visitor, staff)
    company.sign_up().verify()
    held = {"verification_id": company.change_operator()}
    return Callers(person, company, staff, common | of_draft, common | of_accepted, held)


def attempt(operation: APIOperation, mode: GenerationMode, callers: Callers) -> tuple[set[int], list[str]]:
    """Answers to some examples, and what is wrong with them."""
    answered: set[int] = set()
    wrong: list[str] = []
    token, session = callers.token_for(operation), callers.session()
    anyone = {} in operation.definition.raw["security"]

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=mode),
        things=st.sampled_from(callers.things_for(operation)),
        signed_in=st.sampled_from([True, not anyone]),
    )
    def call(case: Case, things: dict[str, str], signed_in: bool) -> None:
        fill_in(case, things, callers.person)
        if signed_in:
            case.headers["Authorization"] = f"Bearer {token}"
        else:
            case.headers.pop("Authorization", None)
        response = case.call(session=session, timeout=30)
        answered.add(response.status_code)
        try:
            case.validate_response(response, checks=CHECKS)
        except FailureGroup as failures:
            wrong.append(f"{operation.label} ({mode.value}): {failures}")

    with session, suppress(Unsatisfiable):  # where nothing can be sent that is not allowed
        call()
    return answered, wrong


def fill_in(case: Case, things: dict[str, str], person: Person) -> None:
    """Things that exist, in place of made-up ones."""
    for place in (case.path_parameters, case.body):
        if isinstance(place, dict):
            place.update({name: things[name] for name in place if name in things})
    if things and "If-Match" in case.headers:
        case.headers["If-Match"] = str(person.case(things["application_id"])["version"])


@pytest.mark.requirement("W-06")
def test_no_call_ends_in_a_server_error(stack: Stack, callers: Callers) -> None:
    schema = schemathesis.openapi.from_url(f"{stack.url}/api/v1/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert {*NOT_TRIED, *ALWAYS_REFUSED} <= {operation.label for operation in operations}
    wrong, kept_out = [], set()
    # What takes things away comes last.
    for operation in sorted(operations, key=lambda each: (each.method == "delete", each.label)):
        if operation.label not in NOT_TRIED:
            answered: set[int] = set()
            for mode in GenerationMode.POSITIVE, GenerationMode.NEGATIVE:
                some, complaints = attempt(operation, mode, callers)
                answered |= some
                wrong += complaints
            if answered <= AT_THE_DOOR:
                kept_out.add(operation.label)
    assert wrong == [], "\n\n".join(wrong)
    assert kept_out == set(ALWAYS_REFUSED)
