"""The main job from sign-up to certificate at the level of RPC: no HTTP, no browser, every step repeatable.

Each step carries a request id of its own and is repeated until it is answered, as a careful client does: what the
system does with repeated requests is part of what the campaign tries.
"""

from __future__ import annotations

import io
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from chassis.actor import Actor, issue_access_token, service_actor
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.objects import ObjectStore
from chassis.receipts import ReceiptSigner
from chassis.rpc.client import RpcClient
from chassis.testing import person, staff_actor
from chassis.testing.sample_files import numbered_pdf
from chassis.tokens import TokenSigner
from contracts.base import Model, RpcMethod
from contracts.objects import UploadReceipt
from PIL import Image, ImageDraw
from registry_infra.processes import Settings
from stdnum.cn import ric

from contracts import examination, filing, identity, payment

ReplyT = TypeVar("ReplyT", bound=Model)
PASSING = {"deadline_exceeded", "service_unavailable", "internal_error", "payment_provider_unavailable"}
"""Answers of a system that is being killed: ask again."""
NAME = "王小明"


class Unfinished(AssertionError):
    """A journey did not come to its end in time; the text says where it stands."""


@dataclass
class Office:
    """How a test reaches a running stack: the gateway's broker user and the sandbox's signing keys."""

    settings: Settings
    rpc: RpcClient = field(init=False)
    objects: ObjectStore = field(init=False)

    def __post_init__(self) -> None:
        self.rpc = RpcClient(self.settings.amqp_urls["gateway"], "gateway")
        self.objects = ObjectStore.from_url(self.settings.object_store_url)
        self._identity = TokenSigner.load(self.settings.keys / "identity", "identity")
        self._gateway = TokenSigner.load(self.settings.keys / "gateway", "gateway")
        self._receipts = ReceiptSigner(self._gateway)

    def token(self, actor: Actor) -> str:
        signer = self._gateway if actor.kind == "service" else self._identity
        return issue_access_token(signer, actor, 600)

    def receipt(self, account: str, data: bytes, file_name: str) -> str:
        upload = UploadReceipt(
            upload_id=new_id("up"),
            account=account,
            object=self.objects.put_bytes(data),
            file_name=file_name,
            expires=datetime.now(UTC) + timedelta(hours=1),
        )
        return self._receipts.issue(upload)

    def close(self) -> None:
        self.rpc.close()


@dataclass
class Journey:
    """One applicant's way. ``step`` says how far it came; ``application_id`` is known from the draft on."""

    office: Office
    number: int
    deadline: float
    stopping: threading.Event = field(default_factory=threading.Event)
    step: str = "not begun"
    account_id: str = ""
    application_id: str = ""
    seconds: float = 0.0
    failure: str = ""

    def run(self) -> None:
        """From sign-up to certificate; raises :class:`Unfinished` or an unexpected Problem."""
        started = time.monotonic()
        try:
            self._sign_up()
            self._verify()
            self._file()
            self._pay()
            self._examine()
            self._await("registered", lambda: self._view().registration_number is not None)
        except Exception as error:
            self.failure = f"journey {self.number} at {self.step}: {type(error).__name__} {error}"
            raise
        finally:
            self.seconds = time.monotonic() - started

    def call(self, method: RpcMethod[Any, ReplyT], actor: Actor | None, /, **request: Any) -> ReplyT:
        """Repeats one request, under one id, until it is answered."""
        request_id = new_id("req")
        self.step = method.full_name
        content = method.request.model_validate(request)
        while True:
            try:
                token = self.office.token(actor) if actor else None
                return self.office.rpc.call(method, content, token=token, request_id=request_id, timeout=5)
            except Problem as problem:
                if problem.code not in PASSING:
                    raise
                self._pause(0.3, problem.code)

    def _await(self, what: str, condition: Callable[[], object]) -> None:
        self.step = f"waiting until {what}"
        while not condition():
            self._pause(0.3, "")
            self.step = f"waiting until {what}"

    def _pause(self, seconds: float, reason: str) -> None:
        if time.monotonic() > self.deadline or self.stopping.is_set():
            raise Unfinished(f"{self.step} {reason}")
        time.sleep(seconds * random.uniform(0.7, 1.3))

    @property
    def _me(self) -> Actor:
        return person(self.account_id)

    def _view(self) -> filing.ApplicationView:
        return self.call(filing.GET_APPLICATION, self._me, application_id=self.application_id)

    def _code(self, purpose: str, mobile: str, actor: Actor | None) -> str:
        self.call(identity.REQUEST_OTP, actor, purpose=purpose, mobile=mobile)
        sent = self.call(identity.SANDBOX_MESSAGES, service_actor("gateway"), to=mobile, limit=20).items
        newest = max((m for m in sent if m.template.startswith("otp")), key=lambda m: m.sent_at)
        return next(word for word in newest.body.replace("，", " ").split() if len(word) == 6 and word.isdigit())

    def _sign_up(self) -> None:
        self._mobile = f"139{random.randrange(10**8):08d}"
        digits = f"110105{random.randrange(1960, 2000)}{random.randrange(1, 13):02d}{random.randrange(1, 28):02d}"
        digits += f"{random.randrange(1000):03d}"
        self.account_id = self.call(
            identity.REGISTER_ACCOUNT,
            None,
            kind="natural_person",
            mobile=self._mobile,
            otp=self._code("sign_up", self._mobile, None),
            password="Ink-stone 27",
            name=NAME,
            id_type="resident_id",
            id_number=digits + ric.calc_check_digit(digits + "0"),
        ).account_id

    def _verify(self) -> None:
        reviewer = staff_actor("reviewer", id="acc-reviewer")
        documents = {
            role: self.office.receipt(self.account_id, photograph(self.number * 3 + place), f"{role}.jpg")
            for place, role in enumerate(("id_front", "id_back", "handheld"))
        }
        verification = self.call(identity.SUBMIT_VERIFICATION, self._me, documents=documents)
        number = verification.verification_id
        self._await("the images are checked", lambda: self._check_of(number) == "done")
        self.call(identity.DECIDE_VERIFICATION, reviewer, verification_id=number, decision="approve")

    def _check_of(self, verification_id: str) -> str:
        return self.call(identity.GET_VERIFICATION, self._me, verification_id=verification_id).check

    def _file(self) -> None:
        draft = self.call(filing.CREATE_APPLICATION, self._me, kind="work", form=form(self.number))
        self.application_id = draft.application_id
        sample = numbered_pdf(3 + self.number % 5) + b"%% copy %d\n" % self.number
        receipt = self.office.receipt(self.account_id, sample, "sample.pdf")
        self.call(filing.ATTACH_MATERIAL, self._me, application_id=self.application_id, role="sample", receipt=receipt)
        self._await("the sample is checked", lambda: self._view().materials[0].precheck.state == "done")
        # The verified name travels by event: until filing has it, the rules say so.
        declaration: list[filing.Declaration] = []
        self._await("the declaration is made", lambda: self._prepared(declaration))
        code = self._code("sign", self._mobile, self._me)
        evidence = self.call(
            identity.SIGN_DOCUMENT,
            self._me,
            document_id=declaration[0].document_id,
            sha256=declaration[0].sha256,
            otp=code,
        )
        self.call(filing.SUBMIT_APPLICATION, self._me, application_id=self.application_id, evidence=evidence.token)

    def _prepared(self, found: list[filing.Declaration]) -> bool:
        try:
            found.append(self.call(filing.PREPARE_SUBMISSION, self._me, application_id=self.application_id))
        except Problem as problem:
            if problem.code not in ("not_verified", "identity_not_verified"):
                raise
        return bool(found)

    def _pay(self) -> None:
        orders: list[payment.OrderView] = []
        self._await("there is an order", lambda: self._order(orders))
        started = self.call(payment.START_PAYMENT, self._me, order_id=orders[0].order_id, method="wechat")
        self.call(payment.SANDBOX_PAY, service_actor("gateway"), payment_id=started.payment_id, times=2)
        self._await("it is accepted", lambda: self._view().acceptance_number is not None)

    def _order(self, found: list[payment.OrderView]) -> bool:
        try:
            found.append(self.call(payment.GET_ORDER, self._me, application_id=self.application_id))
        except Problem as problem:
            if problem.code != "order_pending":
                raise
        return bool(found)

    def _examine(self) -> None:
        case = self._view()
        if case.paper_required:
            clerk = staff_actor("intake", id="acc-clerk")
            self.call(examination.RECEIVE_PAPER, clerk, serial_number=case.serial_number)
        examiner = staff_actor("examiner", id=f"acc-examiner-{self.number % 3}")
        self.call(examination.CLAIM_EXAMINATION, examiner, application_id=self.application_id)
        self.call(examination.DECIDE_EXAMINATION, examiner, application_id=self.application_id, decision="approve")


def form(number: int) -> dict[str, Any]:
    """A complete form of a person's text work."""
    return {
        "title": f"长江边的石头 之{number}",
        "title_confirmed": True,
        "category": "A",
        "creation_nature": "original",
        "completion_date": "2026-03-01",
        "completion_place": {"country": "中国", "province": "湖北", "city": "宜昌"},
        "publication": "unpublished",
        "word_count": 12000,
        "authors": [{"name": NAME}],
        "owners": [{"name": NAME, "applicant": True}],
        "acquisition": "original",
        "ownership": "individual",
        "description": {"purpose": "记录长江", "process": "2025年冬天动笔", "originality": "独立创作"},
        "contact": {"name": NAME, "mobile": "13800138000"},
    }


def photograph(seed: int) -> bytes:
    """A sharp picture before a plain wall, different for each seed."""
    picture = Image.new("RGB", (1200, 900), (205, 208, 212))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((200, 225, 1000, 900), fill=(150, 170, 190))
    chance = random.Random(seed)
    for y in range(245, 880, 24):
        for x in range(220, 980, 14):
            if chance.random() < 0.7:
                draw.rectangle((x, y, x + chance.randrange(3, 11), y + 12), fill=(20, 20, 30))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=90)
    return stream.getvalue()
