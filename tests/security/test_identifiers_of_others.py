"""Somebody signed in who uses another person's identifiers learns no more than with identifiers that do not exist."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from chassis.actor import OWN_RIGHTS, Actor
from chassis.commands import execute_as
from chassis.errors import Problem
from chassis.service import methods
from chassis.testing import Harness, organisation, person
from contracts.base import RpcMethod
from contracts.catalogue import methods_of
from contracts.filing import APPLICATION_APPROVED
from pydantic import BaseModel

from contracts import filing
from tests.load.certificates import approved

OWNER = person("acc-person")
STRANGERS = (
    person("acc-stranger"),
    organisation("acc-company"),
    Actor("acc-agent", "natural_person", party="acc-company", rights=OWN_RIGHTS),
    Actor("acc-agent", "natural_person", party=OWNER.party, rights=frozenset()),
    Actor(OWNER.subject, "natural_person", party="acc-company", rights=OWN_RIGHTS),
)
"""The last ones act for another, for the owner without any right, and as the owner's own self for somebody else."""
UNKNOWN = "app-that-never-was"
SAMPLE_VALUES: dict[str, Any] = {
    "version": 1,
    "role": "sample",
    "receipt": "receipt",
    "form": {},
    "material_ids": [],
    "answers": [],
    "because": "dispute",
    "turn": 1,
}
"""For required fields; whose the application is must be looked at before any of them."""


def methods_about_applications(service: str) -> list[RpcMethod[Any, Any]]:
    return [
        method
        for method in methods_of(service)
        if method.access.accounts and not method.access.anonymous and "application_id" in method.request.model_fields
    ]


def outcome(harness: Harness, method: RpcMethod[Any, Any], application_id: str, actor: Actor) -> str:
    """The code of the refusal, or the reply without the identifier that was asked for."""
    payload = {"application_id": application_id, **required(method.request)}
    contract, handler = methods(harness.service)[method.name]
    try:
        return str(execute_as(harness.runtime, contract, handler, payload, actor, None)).replace(application_id, "")
    except Problem as problem:
        return problem.code


def required(model: type[BaseModel]) -> dict[str, Any]:
    names = [name for name, field in model.model_fields.items() if field.is_required() and name != "application_id"]
    return {name: SAMPLE_VALUES.get(name, "x") for name in names}


def leaks(harness: Harness, service: str, application_id: str) -> list[str]:
    return [
        f"{method.name} answers {stranger.subject} for {stranger.party} about another's application: {found}"
        for method in methods_about_applications(service)
        for stranger in STRANGERS
        if (found := outcome(harness, method, application_id, stranger)) != outcome(harness, method, UNKNOWN, stranger)
    ]


def test_applications_of_others_do_not_exist(service_harness: Callable[..., Harness]) -> None:
    harness = service_harness("filing")
    draft = harness.call(filing.CREATE_APPLICATION, filing.CreateApplication(type="work_registration", form={}), OWNER)
    about = methods_about_applications("filing")
    assert len(about) >= 10
    assert outcome(harness, filing.GET_APPLICATION, draft.application_id, OWNER) != outcome(
        harness, filing.GET_APPLICATION, UNKNOWN, OWNER
    )
    assert leaks(harness, "filing", draft.application_id) == []
    after = harness.call(filing.GET_APPLICATION, filing.ApplicationRef(application_id=draft.application_id), OWNER)
    assert (after.version, after.state) == (draft.version, "draft")


def test_register_files_of_others_do_not_exist(service_harness: Callable[..., Harness]) -> None:
    harness = service_harness("archive")
    harness.deliver(APPLICATION_APPROVED, approved(1))
    assert leaks(harness, "archive", "app-1") == []


def test_orders_of_others_do_not_exist(service_harness: Callable[..., Harness]) -> None:
    harness = service_harness("payment")
    harness.deliver(filing.APPLICATION_SUBMITTED, submitted("app-1"))
    assert leaks(harness, "payment", "app-1") == []


def submitted(application_id: str) -> filing.ApplicationSubmitted:
    basis = {"kind": "work", "form_code": "Z11", "category": "A", "applicant_kind": "natural_person"}
    return filing.ApplicationSubmitted.model_validate(
        {
            "application_id": application_id,
            "account_id": OWNER.subject,
            "kind": "work",
            "type": "work_registration",
            "form_code": "Z11",
            "title": "长江边的石头",
            "serial_number": "2026Z11S000001",
            "submitted_at": datetime.now(UTC),
            "applicant_name": "王小明",
            "fee_basis": basis | {"word_count": 1000, "parts": 1},
            "materials": [],
            "evidence": "",
        }
    )


@pytest.mark.parametrize("service", ["filing", "archive", "payment"])
def test_nothing_is_said_to_strangers_about_applications_that_never_were(
    service: str, service_harness: Callable[..., Harness]
) -> None:
    harness = service_harness(service)
    said = {
        method.name: outcome(harness, method, UNKNOWN, STRANGERS[0]) for method in methods_about_applications(service)
    }
    for name, found in said.items():
        assert found.endswith(("_unknown", "_pending", "not_found", "forbidden")) or found == "{'items': []}", (
            name,
            found,
        )
