"""Builders for identity's tests: people who sign up, codes as they arrive, photographs that pass the check."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any

import pytest
from argon2 import PasswordHasher
from chassis.actor import Actor, authenticate
from chassis.clock import utc_now
from chassis.testing import Harness, anonymous, service_actor, staff_actor
from contracts.base import Empty
from contracts.identity import (
    DecideVerification,
    RegisterAccount,
    RequestOtp,
    SandboxMessages,
    SessionTokens,
    SignIn,
    SubmitVerification,
    VerificationView,
)
from contracts.identity.consents import GIVE_CONSENT, GiveConsent
from identity.accounts import passwords
from identity.consents import model as consents
from PIL import Image, ImageDraw
from stdnum.cn import ric, uscc

from chassis import clock
from contracts import identity

PASSWORD = "Ink-stone 27"
AGREED = {f"agreed_{text.name}": text.version for text in consents.versions() if text.name in consents.AT_SIGN_UP}
FACE = {"name": "face", "version": consents.of("face", consents.versions())[0].version}
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
QUICK_DECOY = QUICK.hash("nobody's")
_numbers = count(random.randrange(1_000, 500_000))


def resident_id(prefix: str = "110105", born: str = "19900307") -> str:
    """A resident ID nobody else in this test run has."""
    digits = f"{prefix}{born}{next(_numbers) % 1000:03d}"
    return digits + ric.calc_check_digit(digits + "0")


def credit_code() -> str:
    digits = f"91110105{next(_numbers):09d}"
    return digits + uscc.calc_check_digit(digits)


def mobile_number() -> str:
    return f"138{next(_numbers):08d}"


@cache
def photograph(seed: int = 0, size: tuple[int, int] = (1200, 900)) -> bytes:
    """A sharp picture before a plain wall: lines of "text" on a card."""
    picture = Image.new("RGB", size, (205, 208, 212))
    draw = ImageDraw.Draw(picture)
    width, height = size
    draw.rectangle((width // 6, height // 4, width * 5 // 6, height), fill=(150, 170, 190))
    chance = random.Random(seed)
    for y in range(height // 4 + 20, height - 20, 24):
        for x in range(width // 6 + 20, width * 5 // 6 - 20, 14):
            if chance.random() < 0.7:
                draw.rectangle((x, y, x + chance.randrange(3, 11), y + 12), fill=(20, 20, 30))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=90)
    return stream.getvalue()


@dataclass
class Person:
    """Somebody with an account."""

    account_id: str
    mobile: str
    id_number: str
    actor: Actor
    name: str = "张三"

    @property
    def says(self) -> dict[str, str]:
        """On the telephone, to who asks who it is."""
        return {"said_name": self.name, "said_id_number": self.id_number}


@dataclass
class Office:
    """Identity as its callers see it."""

    harness: Harness
    reviewer: Actor = field(default_factory=lambda: staff_actor("reviewer", id="acc-reviewer"))

    def call(self, method: Any, request: Any, actor: Actor | None = None, request_id: str | None = None) -> Any:
        return self.harness.call(method, request, actor or anonymous(), request_id)

    def messages(self, to: str | None = None) -> list[identity.MessageView]:
        reply = self.call(identity.SANDBOX_MESSAGES, SandboxMessages(to=to), service_actor("gateway"))
        return list(reply.items)

    def code_for(self, mobile: str, purpose: str, actor: Actor | None = None, client: str = "", **more: str) -> str:
        """Asks for a code and reads it where it arrives."""
        facts: dict[str, Any] = {"purpose": purpose, "mobile": mobile, "client": client, **more}
        self.call(identity.REQUEST_OTP, RequestOtp.model_validate(facts), actor)
        return self.code_in(self.messages(mobile)[0])

    @staticmethod
    def code_in(message: identity.MessageView) -> str:
        return next(word for word in message.body.replace("，", " ").replace(",", " ").split() if len(word) == 6)

    def registration(self, **changes: Any) -> RegisterAccount:
        facts: dict[str, Any] = {
            "kind": "natural_person",
            "mobile": mobile_number(),
            "otp": "",
            "password": PASSWORD,
            "name": "张三",
            "id_type": "resident_id",
            "id_number": resident_id(),
            **AGREED,
        }
        return RegisterAccount.model_validate(facts | changes)

    def sign_up(self, **changes: Any) -> Person:
        request = self.registration(**changes)
        request = request.model_copy(update={"otp": self.code_for(request.mobile, "sign_up", client=request.client)})
        account_id = self.call(identity.REGISTER_ACCOUNT, request).account_id
        person = Person(account_id, request.mobile, request.id_number, Actor(account_id, request.kind), request.name)
        self.call(GIVE_CONSENT, GiveConsent.model_validate(FACE), person.actor)
        return person

    def sign_up_organisation(self, **changes: Any) -> Person:
        seal = self.harness.sealed_receipt("visitor-1", photograph(99, (400, 400)), "seal.png")
        facts = {
            "kind": "organisation",
            "organisation_name": "北京墨石文化有限公司",
            "uscc": credit_code(),
            "seal_receipt": seal,
            "sign_up": "visitor-1",
        }
        return self.sign_up(**(facts | changes))

    def sign_in(
        self, login: str, password: str = PASSWORD, totp: str | None = None, client: str = "", device: str = ""
    ) -> SessionTokens:
        request = SignIn(login=login, password=password, totp=totp, client=client, device=device)
        return self.call(identity.SIGN_IN, request)

    def actor_of(self, tokens: SessionTokens) -> Actor:
        return authenticate(self.harness.runtime.trust, tokens.access_token)

    def images(self, person: Person, **changes: bytes) -> SubmitVerification:
        """Receipts for the images that this kind of account needs."""
        if person.actor.kind == "organisation":
            names = ["business_licence", "authorisation_letter", "legal_representative_id"]
        else:
            names = ["id_front", "id_back", "handheld"]
        documents = {
            name: self.harness.sealed_receipt(
                person.account_id, changes.get(name, photograph(seed + len(person.account_id))), f"{name}.jpg"
            )
            for seed, name in enumerate(names)
        }
        return SubmitVerification.model_validate({"documents": documents})

    def submit(self, person: Person, **changes: bytes) -> VerificationView:
        return self.call(identity.SUBMIT_VERIFICATION, self.images(person, **changes), person.actor)

    def decide(self, verification_id: str, decision: str, *reasons: str) -> VerificationView:
        request = DecideVerification(verification_id=verification_id, decision=decision, reasons=list(reasons))  # type: ignore[arg-type]
        return self.call(identity.DECIDE_VERIFICATION, request, self.reviewer)

    def verify(self, person: Person) -> VerificationView:
        submitted = self.submit(person)
        self.harness.run_worker()
        return self.decide(submitted.verification_id, "approve")

    def seed_staff(self) -> dict[str, identity.StaffAccount]:
        self.harness.sweep("seed_sandbox_staff")
        return {member.login: member for member in self.staff()}

    def staff(self) -> list[identity.StaffAccount]:
        return list(self.call(identity.SANDBOX_STAFF, Empty(), service_actor("gateway")).items)


@pytest.fixture
def office(service_harness: Callable[..., Harness]) -> Office:
    return Office(service_harness("identity"))


@pytest.fixture
def full_cost() -> None:
    """For tests of what a password's hash costs."""


@pytest.fixture(autouse=True)
def _quick_hashes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere it is as cheap as argon2id can be: each is meant to cost 20 ms, and a test makes or compares dozens."""
    if "full_cost" not in request.fixturenames:
        monkeypatch.setattr(passwords, "_HASHER", QUICK)
        monkeypatch.setattr(passwords, "_decoy", lambda: QUICK_DECOY)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Moves real time, as handlers see it."""
    passed = timedelta()

    def move(**step: float) -> None:
        nonlocal passed
        passed += timedelta(**step)

    monkeypatch.setattr(clock, "utc_now", lambda: utc_now() + passed)
    return move


@pytest.fixture(scope="session", autouse=True)
def _end_the_confined_processes() -> Iterator[None]:
    yield
    from identity.verification.inspection import close_confined

    close_confined()


@pytest.fixture
def make_photograph() -> Callable[[int], bytes]:
    return photograph
