"""The mark of unread messages costs one short question a page, and none of the pages needs its answer; and every
message leads to a page that there is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from chassis.clock import utc_now
from chassis.errors import Problem
from chassis.testing import person
from chassis.testing.databases import DatabaseFactory
from contracts.identity import MessageView
from flask.testing import FlaskClient
from gateway.pages.message_places import place_of
from gateway.web import unread
from identity.messages import store
from identity.messages.model import TEXTS

from tests.one_process import Corridor, System, running_system

OF_CASES = re.compile(
    "application_|batch_|certificate_|change_|correction_|dealing_|deposit_|expedite_|legacy_case_|money_held_|order_|paper_"
    "|parcel_|refund_|registration_"
)
OF_STAFF_OR_STRANGERS = re.compile("otp_|wechat_|legacy_link_code|.*_overdue|.*_elsewhere")


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every method that a page calls."""
    said: list[str] = []
    call = Corridor.call

    def counting(self: Corridor, method: Any, *args: Any, **keywords: Any) -> Any:
        said.append(method.name)
        return call(self, method, *args, **keywords)

    monkeypatch.setattr(Corridor, "call", counting)
    monkeypatch.setattr(unread, "_pause", unread._Pause())
    return said


def somebody(system: System, account: str, messages: int) -> FlaskClient:
    with system.services["identity"].uow() as uow:
        sent = [
            store.Sent(
                f"msg-{account}-{number}",
                f"event-{account}-{number}",
                "in_app",
                account,
                "password_changed",
                "密码已更换",
                utc_now(),
                body="密码已更换。",
                account_id=account,
            )
            for number in range(messages)
        ]
        store.add(uow.session, sent)
    return system.client(system.token(person(account)))


def mark(page: str) -> str:
    found = re.search(r'class="unread-mark">([^<]*)<', page)
    return found[1] if found else ""


@pytest.mark.requirement("I-12")
def test_a_page_asks_once_and_a_page_that_lists_them_does_not_ask(system: System, asked: list[str]) -> None:
    client = somebody(system, "acc-some", 2)
    assert mark(client.get("/account/applications").text) == "2"
    assert asked.count("count_unread") == 1
    assert mark(client.get("/account/messages").text) == "2"
    client.get("/registration")
    client.get("/account/applications", headers={"HX-Request": "true"})
    assert asked.count("count_unread") == 1
    assert mark(somebody(system, "acc-none", 0).get("/account/applications").text) == ""
    assert mark(somebody(system, "acc-many", 140).get("/account/applications").text) == "99+"


@pytest.mark.requirement("S-01")
def test_a_page_does_without_the_mark_and_does_not_wait_for_it_twice(
    system: System, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    client, call = somebody(system, "acc-away", 2), Corridor.call

    def away(self: Corridor, method: Any, *args: Any, **keywords: Any) -> Any:
        if method.service == "identity":
            asked.append(f"{method.name} within {keywords['timeout']} s")
            raise Problem("service_unavailable")
        return call(self, method, *args, **keywords)

    with monkeypatch.context() as patched:
        patched.setattr(Corridor, "call", away)
        for _ in range(3):
            answer = client.get("/account/applications")
            assert answer.status_code == 200
            assert mark(answer.text) == ""
    assert [name for name in asked if "within" in name] == [f"count_unread within {unread.PATIENCE} s"]
    assert mark(client.get("/account/applications").text) == "", "nobody asks for a while"
    monkeypatch.setattr(unread, "_pause", unread._Pause())
    assert mark(client.get("/account/applications").text) == "2"


@pytest.mark.requirement("I-12")
def test_every_message_leads_to_a_page_that_there_is(system: System) -> None:
    with system.app.test_request_context("/account/messages"):
        addresses = system.app.url_map.bind("")
        without = set()
        for template in TEXTS.codes("subject"):
            if OF_STAFF_OR_STRANGERS.match(template):
                continue
            place = place_of(message(template, "app-1" if OF_CASES.match(template) else None))
            if place is None:
                without.add(template)
                continue
            addresses.match(urlsplit(place.url).path, method="GET")
            assert place.words
        assert without == set()
        for about, at in (
            ("bat-1", "/account/batches/"),
            ("leg-1", "/legacy/cases/"),
            ("app-1", "/account/applications/"),
        ):
            place = place_of(message("batch_accepted", about))
            assert place is not None
            assert place.url.endswith(at + about)


def message(template: str, about: str | None) -> MessageView:
    return MessageView(
        message_id="msg-1",
        channel="in_app",
        to="acc-1",
        subject="",
        body="",
        sent_at=utc_now(),
        application_id=about,
        template=template,
    )


@pytest.mark.requirement("I-12")
@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", ""])
def test_reading_a_message_leads_to_no_other_site(system: System, to: str) -> None:
    client = somebody(system, f"acc-to-{abs(hash(to))}", 1)
    number = re.search(r"/account/messages/([^/]+)/read", client.get("/account/messages").text)
    assert number
    answer = client.post(f"/account/messages/{number[1]}/read", data={"to": to})
    assert answer.headers["Location"].endswith("/account/messages")
