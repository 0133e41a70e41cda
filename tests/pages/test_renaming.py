"""姓名/名称有误或已变更: from the page to the reviewer with both names side by side, and on to filing's copy."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from chassis.signing import create_sandbox_pki
from chassis.testing import staff_actor
from chassis.testing.databases import DatabaseFactory
from identity.verification.image_worker import check_one

from tests.author import IMAGE
from tests.one_process import System, running_system
from tests.pages.test_closing import TOKEN, newcomer, signed_in

HERE = "/account/verification"
ROLES = ("id_front", "id_back", "handheld", "name_proof")


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


def looked_at(system: System) -> None:
    assert check_one(system.services["identity"].runtime, lambda path, document: [])


@pytest.mark.requirement("I-05")
@pytest.mark.requirement("I-07")
def test_a_verified_name_is_changed_on_the_pages_and_drafts_follow(system: System) -> None:
    author = newcomer(system)
    draft = author.post("/applications", {"kind": "work", "form": {"title": "草稿"}})["application_id"]
    browser = signed_in(author)
    assert "姓名（名称）有误或已变更" in browser.get(HERE).text
    asked = browser.get(f"{HERE}?new=1").text
    for said in ("更改姓名（名称）", "新的姓名", "姓名或名称变更的证明", "不能这样改"):
        assert said in asked
    token = TOKEN.search(asked)
    assert token
    files = {f"documents.{role}_file": (io.BytesIO(IMAGE + role.encode()), f"{role}.jpg") for role in ROLES}
    lacking = browser.post(HERE, data={"csrf_token": token[1], "new_name": author.who.name})
    assert lacking.status_code == 422
    assert author.who.name in lacking.text
    browser.post(HERE, data=files | {"csrf_token": token[1], "new_name": "新名字"}, follow_redirects=True)
    shown = browser.get(HERE).text
    assert "姓名（名称）更改已提交" in shown
    assert "新名字" in shown
    looked_at(system)
    [latest, _first] = author.get("/verifications")["items"]
    assert (latest["earlier_name"], latest["new_name"], latest["state"]) == (author.who.name, "新名字", "pending")
    assert author.get("/me")["verification"] == "approved", "what is verified holds"
    reviewer = system.client(system.token(staff_actor("reviewer", id="acc-reviewer")))
    found = reviewer.get(f"/api/v1/verifications/{latest['verification_id']}").get_json()
    assert (found["earlier_name"], found["new_name"]) == (author.who.name, "新名字")
    author.act("reviewer", f"/staff/verifications/{latest['verification_id']}/decision", {"decision": "approve"})
    system.settle()
    assert author.get("/me")["name"] == "新名字"
    form = author.get(f"/applications/{draft}")["form"]
    assert [owner["name"] for owner in form["owners"] if owner["applicant"]] == ["新名字"]
    assert "已通过实名认证" in browser.get(HERE).text


@pytest.mark.requirement("I-07")
def test_programs_change_a_name_in_one_request(system: System) -> None:
    author = newcomer(system)
    sent: dict[str, Any] = {role: author.upload(IMAGE + role.encode(), f"{role}.jpg") for role in ROLES}
    answer = author.me.post("/api/v1/verifications", json=sent | {"new_name": author.who.name})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "rename_unchanged")
    assert author.post("/verifications", sent | {"new_name": "新名字"})["new_name"] == "新名字"
    assert author.get("/me")["name"] == author.who.name
