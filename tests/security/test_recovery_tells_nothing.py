"""Whoever asks for an account learns nothing of it: not by an answer, not by a header, not by a message.

Certificates are public, so that a stranger can name a number that has an account, and compare.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from chassis.testing import service_actor, staff_actor
from contracts.identity import (
    SANDBOX_MESSAGES,
    SandboxMessages,
)
from registry_infra.demo.people import new_applicant
from registry_infra.provider.official_account import Platform, Wish
from werkzeug.test import TestResponse

from tests.author import Author
from tests.one_process import System
from tests.security.conftest import TOKEN

pytestmark = [pytest.mark.requirement("I-09"), pytest.mark.requirement("S-02")]

SERVICE = staff_actor("customer_service", id="acc-curious")
FREE = "2026Z11S888888"
"""Nobody's number, of the same length as a serial number."""
CHANGING = [
    (re.compile(r"ZH\d{8}[0-9A-Z]{8}"), "RECEIPT"),
    (re.compile(r'(csrf[_-]token" (?:value|content)=)"[^"]+"'), r"\1"),
    (re.compile(r"\b1[3-9]\d{9}\b"), "MOBILE"),
    (re.compile(r"\d{6}(?=，| is |\D{0,3}$)"), "CODE"),
    (re.compile(r'(?:req|nonce)[-_=][^"\s;]+'), "ID"),
    (re.compile(r"\d{2}:\d{2}"), "TIME"),
]
OWN = {"Set-Cookie", "Date", "X-Request-Id", "Idempotency-Key", "Server-Timing", "traceparent"}
Told = tuple[int, str, tuple[tuple[str, str], ...]]


def plain(text: str, *numbers: str) -> str:
    """Without what differs from one request to the next: numbers as typed, receipts, codes, tokens, the minute."""
    for number in numbers:
        text = text.replace(number, "NUMBER")
    for pattern, instead in CHANGING:
        text = pattern.sub(instead, text)
    return text


class Stranger:
    """Somebody at an address and with a mobile number of their own, who knows ``number``."""

    def __init__(self, system: System, number: str, mobile: str = "") -> None:
        self.system, self.number, self.mobile = system, number, mobile or new_applicant().mobile
        self.api, self.page = system.client(), system.client(cookies=True)
        self.receipt = ""

    def told(self, answer: TestResponse) -> Told:
        """Status, text and headers as they would be for any other."""
        found = re.search(CHANGING[0][0], answer.text)
        self.receipt = found[0] if found else self.receipt
        headers = tuple((name, plain(value)) for name, value in answer.headers if name not in OWN)
        return answer.status_code, plain(answer.text, self.number, self.mobile), headers

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
            yield answer.status_code, plain(platform.open(answer.text), self.number, self.mobile), ()

    def follow(self, receipt: str = "") -> Told:
        self.system.app.test_client()
        sent = self.enter("/recovery/progress", receipt=receipt or self.receipt, action="send")
        assert sent[0] == 200
        return self.enter("/recovery/progress", receipt=receipt or self.receipt, otp=self.code())


@pytest.fixture
def numbers(author: Author) -> list[str]:
    """A serial number and a registration number that have an account, in the same length ones that have none."""
    taken, registered = author.ids["number"], author.ids["registration_number"]
    digits = re.sub(r"\d{8}$", "88888888", registered)
    return [taken, FREE, registered, digits]
