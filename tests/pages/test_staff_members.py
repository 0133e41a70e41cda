"""Staff accounts by their pages, without script: invited, set up with a code, given a role by two, deactivated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from chassis.clock import utc_now
from chassis.signing import create_sandbox_pki
from chassis.testing import staff_actor
from chassis.testing.databases import DatabaseFactory
from flask.testing import FlaskClient
from lxml import html
from registry_infra.portal import wait_for
from werkzeug.test import TestResponse

from tests.one_process import System, running_system

PASSWORD = "Bronze lantern 41"
pytestmark = pytest.mark.requirement("I-11")


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


def administrator(system: System, number: int) -> FlaskClient:
    return system.client(system.token(staff_actor("administrator", id=f"acc-admin-{number}")))


def main(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return html.fromstring(answer.text).find(".//main")


def send(client: FlaskClient, path: str, **filled: str) -> TestResponse:
    return send_at(client, path, path, **filled)


def send_at(client: FlaskClient, page: str, path: str, **filled: str) -> TestResponse:
    """As a browser does: with what the form of the page has hidden."""
    [token, *_] = html.fromstring(client.get(page).text).xpath("//input[@name='csrf_token']/@value")
    return client.post(path, data={"csrf_token": token, **filled})


def test_somebody_is_invited_gets_in_and_is_given_a_role_by_two(system: System) -> None:
    one, other, newcomer = administrator(system, 1), administrator(system, 2), system.client(cookies=True)
    newcomer.environ_base["HTTP_USER_AGENT"] = (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36"
    )
    asked = {"login": "gaoyuan", "name": "高远", "roles": ["intake", "cashier"], "reason": ""}
    assert "至少要 1 项" in main(one.post("/staff/members/new", data={**asked, "roles": []}), 422).text_content()
    assert main(one.post("/staff/members/new", data=asked), 422).find_class("error-summary")
    made = one.post("/staff/members/new", data={**asked, "reason": "新到收件岗"})
    page = made.headers["Location"]
    assert "等待确认" in main(one.get(page)).text_content()
    shown = one.post(f"{page}/code")
    assert shown.headers["Cache-Control"] == "no-store"
    code = main(shown).find_class("number")[0].text_content().split()[-1]

    assert main(send(newcomer, "/staff-set-up", code="wrong-code"), 422).find_class("error-summary")
    begun = main(send(newcomer, "/staff-set-up", code=code))
    secret = begun.find_class("number")[0].text_content().replace(" ", "")
    told = {"code": code, "action": "complete", "password": PASSWORD, "totp": "000000"}
    assert main(send(newcomer, "/staff-set-up", **told), 401).find_class("error-summary")
    told["totp"] = pyotp.TOTP(secret).now()
    assert send(newcomer, "/staff-set-up", **told).status_code == 303

    assert "高远" in main(other.get("/staff/members?waiting=1")).text_content()
    assert "待您确认的人员变更 1" in " ".join(main(other.get("/staff")).text_content().split())
    [change] = main(one.get(page)).xpath(".//input[@name='change_id']/@value")
    decision = {"change_id": change, "decision": "confirm"}
    assert one.post(f"{page}/decision", data=decision).status_code == 409
    assert other.post(f"{page}/decision", data=decision).status_code == 303
    assert "出纳" in main(other.get("/staff/members?text=高")).text_content()
    assert "没有等待确认的变更" in main(other.get("/staff/members?waiting=1")).text_content()

    filled = {"login": "gaoyuan", "password": PASSWORD, "totp": pyotp.TOTP(secret).at(utc_now(), counter_offset=1)}
    assert send(newcomer, "/sign-in", **filled).status_code == 303
    assert newcomer.get("/staff/refunds").status_code == 200
    own = main(newcomer.get("/staff/own"))
    assert "高远" in own.text_content()
    assert "收件员、出纳" in own.text_content()
    assert "这台设备" in own.text_content()
    told = main(one.get(page)).text_content()
    assert ("Chrome · Linux" in told, "Mozilla" in told) == (True, False)
    assert "最近登录或续期" in told, "what the moment is: nobody counts each page"
    assert "最近登录或续期" in main(one.get("/staff/members?text=高")).text_content()
    another = {"current": "a wrong one", "new": "Silver harbour 52"}
    assert main(send_at(newcomer, "/staff/own", "/staff/own/password", **another), 422).find_class("error-summary")
    assert send_at(newcomer, "/staff/own", "/staff/own/password", **another | {"current": PASSWORD}).status_code == 303
    desk = system.client(system.token(staff_actor("administrator", id="acc-admin-1")), cookies=True)
    clashing = desk.post(page, data={"step": "grant", "new_role": "examiner", "reason": "缺人"}, follow_redirects=True)
    assert "等另一位管理员确认后生效" in clashing.text
    assert "不相容岗位：审查员、出纳" in main(clashing).text_content()
    at_once = desk.post(
        page, data={"step": "grant", "new_role": "archivist", "reason": "兼管档案"}, follow_redirects=True
    )
    assert ("已生效" in at_once.text, "确认后生效" in at_once.text) == (True, False)
    answering = system.client(system.token(staff_actor("customer_service", id=page.rsplit("/", 1)[1])))
    searched = answering.get("/staff/lookups", query_string={"text": "浪花与海", "purpose": "complaint"})
    assert searched.status_code == 200
    log = main(one.get(page)).text_content()
    assert "处理投诉：“浪花与海”" in " ".join(log.split())
    assert not re.search(r"\b(account|staff|session|consent|otp)\.[a-z_]+", log), "what is logged has words"
    leaving = {"step": "deactivate", "reason": "离职"}
    asked = main(one.post(page, data=leaving))
    assert "停用高远的账号" in asked.text_content()
    assert "在用" in main(other.get(page)).text_content(), "nothing yet"
    assert one.post(page, data=leaving | {"confirmed": "1"}).status_code == 303
    assert not main(other.get(page)).xpath(".//input[@name='change_id']"), "nothing waits for an account out of use"
    system.settle()
    wait_for("the ended session to be known", lambda: newcomer.get("/staff/refunds").status_code != 200 or None, 10)
    history = main(one.get(page)).text_content()
    assert "停用账号" in history
    assert "离职" in history


def test_roles_that_do_not_go_together_are_named_before_they_are_confirmed(system: System) -> None:
    one, other = administrator(system, 1), administrator(system, 2)
    asked = {"login": "sunping", "name": "孙平", "roles": ["examiner", "cashier", "archivist"], "reason": "新到岗"}
    page = one.post("/staff/members/new", data=asked).headers["Location"]
    shown = main(other.get(page))
    sections = {part.get("aria-label"): part.text_content() for part in shown.xpath(".//section[@class='decision']")}
    assert len(shown.xpath(".//section[@class='decision']")) >= 2, sections
    warned = [part.text_content() for part in shown.xpath(".//section[@class='decision']")]
    assert sum("不相容岗位：审查员、出纳" in text for text in warned) == 2


def test_nobody_changes_their_own_and_others_have_no_such_page(system: System) -> None:
    clerk = system.client(system.token(staff_actor("cashier", id="acc-cashier")))
    assert clerk.get("/staff/members").status_code == 403
    assert "人员管理" not in clerk.get("/staff").text
