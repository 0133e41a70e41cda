"""旧系统账号 on the pages: joined to an account, undone by either side once asked, or by the code in the old mail."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
from archive.legacy.store import LegacyRegistration
from chassis.testing import service_actor
from contracts.identity import SANDBOX_MESSAGES, SandboxMessages
from contracts.legacy import ACCOUNTS, account_record, registration_record
from flask.testing import FlaskClient
from identity.legacy import store as legacy
from identity.legacy.model import line_of
from identity.sealing import vault

from tests.agreed import AGREED
from tests.author import Author
from tests.one_process import System
from tests.pages.test_agreements import post
from tests.pages.test_closing import newcomer, signed_in

pytestmark = pytest.mark.requirement("I-04")
HERE, OLD = "/account/history/old", "old-1-password"
MOVING = "旧账号的登记和业务正在转移"


def add(system: System, login: str, **facts: str) -> None:
    values = dict.fromkeys(ACCOUNTS.fields, "") | {
        "login": login,
        "salt": "s001",
        "password_md5": hashlib.md5(f"s001{OLD}".encode()).hexdigest(),  # noqa: S324 - as it did
        "kind": "natural_person",
        "name": "周玉兰",
        "email": f"{login}@example.com",
        "verification": "none",
    }
    with system.services["identity"].uow() as uow:
        row = (1, account_record(login), tuple((values | facts).values()))
        legacy.load(uow.session, [line_of("imp-1", row, vault(uow.settings))])


def old_owner(system: System, login: str) -> FlaskClient:
    browser = system.client(cookies=True)
    assert post(browser, "/sign-in", "/sign-in", login=login, password=OLD).status_code == 303
    assert post(browser, "/account/agreements", "/account/agreements", **AGREED).status_code == 303
    system.settle()
    return browser


def join(browser: FlaskClient, login: str, **more: str) -> Any:
    return post(browser, f"{HERE}/link", HERE, login=login, password=OLD, **more)


def the_link(author: Author) -> str:
    [link] = author.get("/old-accounts")["items"]
    return str(link["link_id"])


def told(system: System, to: str, template: str) -> str:
    """The code in the last message of this kind."""
    asked, gateway = SandboxMessages(to=to), service_actor("gateway")
    found = system.services["identity"].call(SANDBOX_MESSAGES, asked, gateway).items
    words = next(one.body for one in found if one.template == template).replace("，", " ").replace("。", " ").split()
    return next(str(word) for word in words if len(word) == 12 and word.isupper())


def test_who_had_it_before_undoes_a_join_once_asked_and_the_lists_say_that_they_are_late(system: System) -> None:
    add(system, "pages.before")
    owner, author = old_owner(system, "pages.before"), newcomer(system)
    browser = signed_in(author)
    assert MOVING not in owner.get(HERE).text
    answer = join(browser, "pages.before")
    assert answer.status_code == 303
    assert MOVING in browser.get(HERE).text, "just joined, and not here yet"
    assert MOVING in owner.get(HERE).text
    assert MOVING in browser.get("/account/history").text
    system.settle()
    assert MOVING not in browser.get("/account/history").text
    assert MOVING not in browser.get(HERE).text
    shown = owner.get(HERE).text
    assert MOVING not in shown
    assert "已凭密码关联到另一个账号" in shown
    page = f"{HERE}/undo/{the_link(author)}"
    assert f'href="{page}"' in shown
    asked = owner.get(page).text
    assert "撤销旧账号的关联？" in asked
    assert "回到现在这个账号" in asked
    assert "不能再提交" in browser.get(page).text
    assert len(author.get("/old-accounts")["items"]) == 1, "looking undoes nothing"
    stranger = signed_in(newcomer(system))
    assert stranger.get(page).status_code == 404
    assert post(stranger, f"{HERE}/undo", HERE, link_id=the_link(author)).status_code == 404
    assert post(owner, f"{HERE}/undo", page, link_id=the_link(author)).status_code == 303
    assert MOVING in owner.get(HERE).text
    system.settle()
    assert MOVING not in owner.get(HERE).text
    assert author.get("/old-accounts")["items"] == []


def test_the_code_of_the_message_undoes_it_without_signing_in(system: System) -> None:
    add(system, "pages.code")
    author, anybody, page = newcomer(system), system.client(cookies=True), "/recovery/old-account"
    assert join(signed_in(author), "pages.code").status_code == 303
    assert page in anybody.get("/recovery").text
    wrong = post(anybody, page, page, login="pages.code", code="A" * 12)
    assert wrong.status_code == 422
    assert "旧账号名或撤销码不对" in wrong.text
    code = told(system, "pages.code@example.com", "legacy_account_linked_elsewhere")
    assert "旧账号恢复原状" in post(anybody, page, page, login="pages.code", code=code).text
    assert author.get("/old-accounts")["items"] == []


def test_another_persons_is_refused_with_words_and_a_verified_one_asks_for_its_code(system: System) -> None:
    author = newcomer(system)
    browser = signed_in(author)
    add(system, "pages.other", verification="approved")
    refused = join(browser, "pages.other")
    assert refused.status_code == 409
    for words in ("与您现在的账号不一致，没有关联", "账号找回", "更名"):
        assert words in refused.text
    add(system, "pages.again", name=author.who.name)
    assert join(browser, "pages.again").status_code == 303
    assert post(browser, f"{HERE}/undo", HERE, link_id=the_link(author)).status_code == 303
    asked = join(browser, "pages.again")
    assert asked.status_code == 409
    assert 'name="code"' in asked.text
    assert "p***@example.com" in asked.text
    code = told(system, "pages.again@example.com", "legacy_link_code")
    assert join(browser, "pages.again", code=code).status_code == 303
    assert len(author.get("/old-accounts")["items"]) == 1


def registered(system: System, login: str, number: str) -> None:
    """What the old register has of an old account."""
    empty = (
        "certificate_number",
        "classification",
        "short_name",
        "version",
        "earlier_number",
        "scans",
        "serial_number",
    )
    with system.services["archive"].uow() as uow:
        row = LegacyRegistration(
            **dict.fromkeys(empty, ""),
            record_id=registration_record(number),
            import_id="imp-1",
            row_number=1,
            number=number,
            kind="work",
            category="F",
            title="荷塘月色图",
            authors="周玉兰",
            owners="周玉兰",
            registered_on=date(2010, 5, 4),
            login=login,
            note="",
        )
        uow.session.add(row)


@pytest.mark.requirement("L-03")
def test_a_draft_about_a_registration_that_went_back_says_so(system: System) -> None:
    number = "2010-F-024590"
    add(system, "pages.draft")
    registered(system, "pages.draft", number)
    author = newcomer(system)
    browser = signed_in(author)
    assert join(browser, "pages.draft").status_code == 303
    system.settle()
    start = f"/registration/procedures/work_reissue?number={number}"
    draft = post(browser, start.partition("?")[0], start, number=number).headers["Location"]
    assert "这份草稿现在不能提交" not in browser.get(draft).text
    assert post(browser, f"{HERE}/undo", HERE, link_id=the_link(author)).status_code == 303
    system.settle()
    shown = browser.get(draft).text
    assert "这份草稿现在不能提交" in shown
    assert number in shown
