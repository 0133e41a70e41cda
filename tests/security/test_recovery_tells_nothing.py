"""Whoever asks for an account learns nothing of it: not by an answer, not by a header, not by a message.

Certificates are public, so that a stranger can name a number that has an account, and compare.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from chassis.testing import service_actor, staff_actor
from contracts.identity import (
    CLAIM_RECOVERY,
    DECIDE_RECOVERY,
    LIST_RECOVERIES,
    SANDBOX_MESSAGES,
    DecideRecovery,
    ListRecoveries,
    RecoveryRef,
    RecoveryView,
    SandboxMessages,
)
from contracts.simulator import MERCHANT
from identity.messages.store import Message
from identity.numbers.store import holder
from identity.wechat.settings import SANDBOX_KEYS
from registry_infra.demo.people import new_applicant
from registry_infra.provider.keys import ProviderKeys, create_provider_keys
from registry_infra.provider.official_account import Platform, Wish
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.author import Author
from tests.one_process import System
from tests.security.conftest import TOKEN

pytestmark = [pytest.mark.requirement("I-09"), pytest.mark.requirement("S-02")]

SERVICE = staff_actor("customer_service", id="acc-curious")
NO_RECEIPT = "ZH20261129AAAAAAAA"
FREE = "2026Z11S888888"
"""Nobody's number, of the same length as a serial number."""
RECEIPT = re.compile(r"ZH\d{8}[0-9A-Z]{8}")
CHANGING = [
    (RECEIPT, "RECEIPT"),
    (re.compile(r'(csrf[_-]token" (?:value|content)=)"[^"]+"'), r"\1"),
    (re.compile(r"\d{6}(?=，| is |\D{0,3}$)"), "CODE"),
    (re.compile(r'"request_id": "[^"]+"'), "ID"),
    (re.compile(r'value="\d{6}"'), "CODE"),
    (re.compile(r'(idempotency_key" value=)"[^"]+"'), r"\1"),
    (re.compile(r"\d{2}:\d{2}"), "TIME"),
]
OWN = {"X-RateLimit-Reset", "Set-Cookie", "Date", "X-Request-Id", "Idempotency-Key", "Server-Timing", "traceparent"}
Told = tuple[int, str, tuple[tuple[str, str], ...]]


def plain(text: str, *numbers: str) -> str:
    """Without what differs from one request to the next: numbers as typed, receipts, codes, tokens, the minute."""
    for number in numbers:
        text = text.replace(number, "NUMBER").replace(quote(number), "NUMBER")
    for pattern, instead in CHANGING:
        text = pattern.sub(instead, text)
    return text


class Stranger:
    """Somebody at an address and with a mobile number of their own, who knows ``number``."""

    def __init__(self, system: System, number: str, mobile: str = "") -> None:
        self.system, self.number, self.mobile = system, number, mobile or new_applicant().mobile
        self.api, self.page = system.client(), system.client(cookies=True)
        self.receipt = ""

    def told(self, answer: TestResponse, opened: str = "") -> Told:
        """Status, text and headers as they would be for any other; ``opened``: the text in an answer to a chat."""
        text = opened or answer.text
        found = RECEIPT.search(text)
        self.receipt = found[0] if found else self.receipt
        headers = tuple((name, plain(value)) for name, value in answer.headers if name not in OWN)
        return answer.status_code, plain(text, self.number, self.mobile), headers

    def messages(self) -> list[Any]:
        asked = SandboxMessages(to=self.mobile, limit=20)
        identity = self.system.services["identity"]
        return list(identity.call(SANDBOX_MESSAGES, asked, service_actor("gateway")).items)

    def texts(self) -> list[tuple[str, str, str]]:
        return [(each.template, plain(each.subject), plain(each.body, self.number)) for each in self.messages()]

    def code(self) -> str:
        sent = max((each for each in self.messages() if each.template == "otp_recover"), key=lambda each: each.sent_at)
        found = re.search(r"\d{6}", sent.body)
        assert found
        return found[0]

    def enter(self, path: str, **entry: str) -> Told:
        token = TOKEN.search(self.page.get(path).text)
        assert token
        return self.told(self.page.post(path, data={"csrf_token": token[1], "mobile": self.mobile} | entry))

    def by_api(self) -> Iterator[Told]:
        yield self.told(self.api.post("/api/v1/otp", json={"mobile": self.mobile, "purpose": "recover"}))
        asked = {"number": self.number, "mobile": self.mobile}
        yield self.told(self.api.post("/api/v1/recoveries", json=asked | {"otp": "000000"}))
        yield self.told(self.api.post("/api/v1/recoveries", json=asked | {"otp": self.code(), "lost": ["mobile"]}))

    def by_page(self) -> Iterator[Told]:
        yield self.told(self.page.get(f"/recovery/request?number={self.number}"))
        yield self.enter("/recovery/request", number=self.number, action="send")
        yield self.enter("/recovery/request", number=self.number, action="ask", otp="000000")
        yield self.enter("/recovery/request", number=self.number, action="ask", otp=self.code())

    def by_chat(self, platform: Platform) -> Iterator[Told]:
        openid = f"o{self.mobile}"
        for text in (f"找回 {self.number}", self.mobile, "000000", None):
            query, body = platform.request_of(Wish(openid, text or self.code(), encrypted=False))
            answer = self.api.post(
                "/api/v1/callbacks/wechat-oa", query_string=query, data=body, content_type="text/xml"
            )
            yield self.told(answer, platform.open(answer.text))

    def follow(self, receipt: str = "") -> Told:
        sent = self.enter("/recovery/progress", receipt=receipt or self.receipt, action="send")
        assert sent[0] == 200
        return self.enter("/recovery/progress", receipt=receipt or self.receipt, otp=self.code())

    def object(self, receipt: str) -> Told:
        return self.enter("/recovery/objection", receipt=receipt, code="A" * 12)


@pytest.fixture
def numbers(author: Author) -> dict[str, str]:
    """The author's serial and registration numbers, and for each one of the same shape that nobody has."""
    taken, registered = author.ids["number"], author.ids["registration_number"]
    return {taken: FREE, registered: re.sub(r"\d{8}$", "88888888", registered)}


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """Of an official account that takes plain messages too."""
    create_provider_keys(tmp_path)
    for name, file in SANDBOX_KEYS.items():
        monkeypatch.setenv(name, str(tmp_path / file))
    monkeypatch.setenv("REGISTRY_WECHAT_OA_APPID", MERCHANT["REGISTRY_WECHAT_OA_APPID"])
    monkeypatch.setenv("REGISTRY_WECHAT_OA_MODE", "plain")
    return Platform(ProviderKeys.load(tmp_path), "none")


def same(one: Stranger, other: Stranger, ask: Callable[[Stranger], Iterator[Told]]) -> list[Told]:
    """Both ask alike and are told alike, in answers and in messages; what they are told."""
    answers = list(ask(one))
    assert answers == list(ask(other))
    assert one.texts() == other.texts()
    assert one.receipt != other.receipt
    return answers


def test_a_number_that_has_an_account_is_answered_as_one_that_has_none(
    system: System, numbers: dict[str, str], platform: Platform
) -> None:
    before = told_to_all(system)
    for taken, free in numbers.items():
        with system.services["identity"].runtime.sessions() as session:
            assert (holder(session, taken) is None, holder(session, free)) == (False, None)
        found = same(Stranger(system, taken), Stranger(system, free), Stranger.by_api)
        assert [status for status, *_ in found] == [202, 422, 202]
        found = same(Stranger(system, taken), Stranger(system, free), Stranger.by_page)
        assert [status for status, *_ in found] == [200, 200, 422, 200]
        found = same(Stranger(system, taken), Stranger(system, free), lambda each: each.by_chat(platform))
        assert "RECEIPT" in found[-1][1]
    assert told_to_all(system) == before
    assert system.corridor.crashes == []


def told_to_all(system: System) -> int:
    """How many messages accounts have had: the holder of a number is not told that somebody asks."""
    with system.services["identity"].runtime.sessions() as session:
        return session.scalar(select(func.count()).select_from(Message).where(Message.account_id.is_not(None))) or 0


def test_an_address_that_is_an_accounts_is_answered_as_a_new_one(system: System) -> None:
    known = Author(system, new_applicant(), system.client(), {})
    known.sign_up()
    for ask in (Stranger.by_api, Stranger.by_page):
        one, other = Stranger(system, FREE, known.who.mobile), Stranger(system, FREE)
        assert list(ask(one)) == list(ask(other))
        known.who = new_applicant()
        known.sign_up()


def test_a_refusal_and_anothers_receipt_tell_nothing(system: System, numbers: dict[str, str]) -> None:
    taken, free = next(iter(numbers.items()))
    strangers = [Stranger(system, number) for number in (taken, free)]
    for each in strangers:
        list(each.by_page())
        refuse(system, each)
    one, other = strangers
    assert one.texts() == other.texts()
    assert one.follow() == other.follow()
    theirs, made_up = (stranger.follow(receipt) for stranger, receipt in ((one, other.receipt), (other, NO_RECEIPT)))
    assert theirs == made_up
    assert theirs[0] == 404
    objections = [each.object(receipt) for each, receipt in ((one, other.receipt), (other, NO_RECEIPT))]
    assert objections[0] == objections[1]
    assert objections[0][0] == 422


def refuse(system: System, stranger: Stranger) -> None:
    """Customer service looks whose the number is, and refuses."""
    identity, waiting = system.services["identity"], ListRecoveries(limit=200)
    found: list[RecoveryView] = identity.call(LIST_RECOVERIES, waiting, SERVICE).items
    recovery_id = next(each.recovery_id for each in found if each.receipt == stranger.receipt)
    identity.call(CLAIM_RECOVERY, RecoveryRef(recovery_id=recovery_id), SERVICE)
    decision = DecideRecovery(recovery_id=recovery_id, step="propose", outcome="refused", reason="not_proven")
    identity.call(DECIDE_RECOVERY, decision, SERVICE)
