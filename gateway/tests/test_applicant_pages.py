"""The applicant's pages: closed to visitors, never leading elsewhere, and reading what was entered as it was meant."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from gateway.pages.access import local_path
from gateway.pages.work_steps import STEPS, flat, mask, read_creation, read_ownership, read_work, step_of
from gateway.testing import GatewayProcess
from werkzeug.datastructures import MultiDict

from gateway import pages


def addresses() -> list[tuple[str, str]]:
    """(method, address) of every page of applicants, with an id where one stands."""
    app = Flask(__name__)
    for blueprint in pages.BLUEPRINTS:
        app.register_blueprint(blueprint)
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(("/account", "/registration/applications")):
            address = re.sub(r"<any\((\w+)[^>]*>", r"\1", rule.rule)
            address = re.sub(r"<[^>]+>", "app-0", address)
            found += [(method, address) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    return sorted(found)


@pytest.mark.requirement("W-01")
def test_every_page_of_an_account_sends_visitors_to_sign_in_and_back(gateway: GatewayProcess) -> None:
    assert len(addresses()) > 30
    with gateway.client(None) as client:
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in").text)
        assert token
        for method, address in addresses():
            data = {"csrf_token": token[1]} if method == "POST" else None
            answer = client.request(method, address, data=data)
            assert (answer.status_code, answer.headers.get("Location", "")[:14]) == (303, "/sign-in?next="), address


@pytest.mark.requirement("W-01")
def test_forms_without_their_token_are_refused(gateway: GatewayProcess) -> None:
    with gateway.client(None) as client:
        for address in ("/sign-in", "/sign-up/person", "/sign-out", "/account/sessions/end"):
            answer = client.post(address, data={"login": "a", "password": "b"})
            assert answer.status_code == 400, address


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "evil", "", None]
)
def test_signing_in_never_leads_to_another_site(target: str | None) -> None:
    assert local_path(target, "/account") == "/account"


def test_signing_in_leads_back_to_where_one_came_from() -> None:
    assert local_path("/account/applications/app-1?x=1", "/account") == "/account/applications/app-1?x=1"


@pytest.mark.requirement("F-02")
def test_every_field_of_the_form_belongs_to_one_step() -> None:
    from contracts.forms import WorkForm

    owners = {name: [step.name for step in STEPS if step.owns(name)] for name in WorkForm.model_fields}
    assert {name for name, steps in owners.items() if len(steps) != 1} == set()
    owner = step_of("materials.sample")
    assert owner is not None
    assert owner.name == "materials"


@pytest.mark.requirement("F-03")
def test_what_does_not_apply_is_left_out_whatever_hidden_fields_say() -> None:
    work = read_work(
        MultiDict({"creation_nature": "original", "source_licence": "x", "composition": "single", "parts": "a\nb"}), {}
    )
    assert (work["source_licence"], work["parts"]) == ("", [])
    creation = read_creation(MultiDict({"publication": "unpublished", "publication_date": "2026-01-01"}), {})
    assert (creation["publication_date"], creation["publication_place"]) == (None, None)


def test_a_number_that_is_none_stays_as_typed_for_the_rules_to_refuse() -> None:
    assert read_work(MultiDict({"word_count": "85,000"}), {})["word_count"] == 85000
    assert read_work(MultiDict({"word_count": "about 9"}), {})["word_count"] == "about 9"
    assert read_work(MultiDict({"word_count": ""}), {})["word_count"] is None


@pytest.mark.requirement("I-12")
def test_another_owners_id_number_is_kept_masked_only() -> None:
    entries = MultiDict({"owners.0.name": "周安宁", "owners.0.masked_id_number": "11010519900307002X"})
    owner = read_ownership(entries, {})["owners"][0]
    assert owner["masked_id_number"] == "1101**********002X"
    assert mask("1101**********002X") == "1101**********002X"


def test_rows_keep_their_order_whatever_numbers_they_have() -> None:
    entries = MultiDict({"authors.10.name": "c", "authors.2.name": "b", "authors.0.name": "a"})
    assert [author["name"] for author in read_ownership(entries, {})["authors"]] == ["a", "b", "c"]


def test_a_forms_values_have_the_names_of_the_pages_fields() -> None:
    values = flat({"parts": ["一", "二"], "owners": [{"name": "a", "applicant": True}], "contact": {"name": "b"}})
    assert values == {"parts": "一\n二", "owners.0.name": "a", "owners.0.applicant": "1", "contact.name": "b"}
