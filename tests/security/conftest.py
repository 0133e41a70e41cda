"""The whole system in one process, and somebody in it who has something of everything."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from chassis.actor import Actor
from chassis.signing.pki import create_sandbox_pki
from chassis.testing import service_actor, staff_actor
from chassis.testing.databases import DatabaseFactory
from chassis.testing.sample_files import numbered_pdf
from contracts.base import STAFF_ROLES
from filing.jobs.store import JobRow
from filing.prechecks.store import PrecheckRow
from flask.testing import FlaskClient
from identity.verification.sealing_worker import check_one
from payment.providers.model import ProviderReport
from payment.settlement.handlers import settle
from registry_infra.demo_people import Applicant, new_applicant
from sqlalchemy import update

from contracts import identity
from tests.faults.journey import form
from tests.one_process import System, running_system

TITLE = "别人不能看的书"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
IMAGE = b"\xff\xd8\xff\xe0 an image, as far as anybody here looks"


@pytest.fixture(scope="session")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as made:
        yield made


@dataclass
class Author:
    """Signed up, verified, with one registered work and a draft; ``ids`` are the identifiers of all of it."""

    system: System
    who: Applicant
    me: FlaskClient
    ids: dict[str, str]

    @classmethod
    def settled(cls, system: System) -> Author:
        who = new_applicant()
        author = cls(system, who, system.client(), {})
        author.sign_up()
        author._verify()
        author._register()
        author._draft()
        return author

    def code(self, purpose: str) -> str:
        self.post("/otp", {"mobile": self.who.mobile, "purpose": purpose})
        messages = identity.SandboxMessages(to=self.who.mobile, limit=20)
        found = self.system.services["identity"].call(identity.SANDBOX_MESSAGES, messages, service_actor("gateway"))
        newest = max((item for item in found.items if item.template.startswith("otp")), key=lambda item: item.sent_at)
        return next(word for word in newest.body.replace("，", " ").split() if len(word) == 6 and word.isdigit())

    def belongings(self) -> dict[str, Any]:
        """All that is the author's, as it is now."""
        case = f"/applications/{self.ids['application_id']}"
        paths = (case, f"{case}/documents", f"{case}/order", f"/applications/{self.draft['application_id']}")
        paths += (f"/verifications/{self.ids['verification_id']}", "/messages", "/applications", "/orders", "/me")
        return {path: self.get(path) for path in paths}

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.sent("POST", path, json=body or {}, headers=headers)

    def get(self, path: str) -> Any:
        return self.sent("GET", path)

    def sent(self, method: str, path: str, **options: Any) -> Any:
        answer = self.me.open(f"/api/v1{path}", method=method, **options)
        assert answer.status_code < 300, (path, answer.text)
        return answer.get_json()

    def upload(self, data: bytes, name: str) -> str:
        upload_id: str = self.sent("POST", "/uploads", data={"file": (io.BytesIO(data), name)})["upload_id"]
        return upload_id

    def sign_up(self) -> None:
        person_of = {"kind": "natural_person", "mobile": self.who.mobile, "otp": self.code("sign_up")}
        paper = {"name": self.who.name, "id_type": "resident_id", "id_number": self.who.id_number}
        self.post("/accounts", person_of | paper | {"password": self.who.password})
        tokens = self.post("/sessions", {"login": self.who.mobile, "password": self.who.password})
        self.me = self.system.client(tokens["access_token"])
        self.ids["session_id"] = self.get("/sessions")["items"][0]["session_id"]

    def _verify(self) -> None:
        roles = ("id_front", "id_back", "handheld")
        sent = {role: self.upload(IMAGE + role.encode(), f"{role}.jpg") for role in roles}
        self.ids["verification_id"] = self.post("/verifications", sent)["verification_id"]
        check_one(self.system.services["identity"].runtime, lambda path, document: [])
        self.act("reviewer", f"/staff/verifications/{self.ids['verification_id']}/decision", {"decision": "approve"})
        self.system.settle()

    def act(self, role: str, path: str, body: Any = None) -> None:
        answer = self.system.client(self.system.token(staff_actor(role, id=f"acc-{role}"))).post(
            f"/api/v1{path}", json=body or {}
        )
        assert answer.status_code < 300, (path, answer.text)

    def _attach(self, application_id: str) -> None:
        upload_id = self.upload(numbered_pdf(2), "自己的.pdf")
        material = self.post(f"/applications/{application_id}/materials", {"role": "sample", "upload_id": upload_id})
        with self.system.services["filing"].uow() as uow:
            done = {"state": "done", "verdict": "pass", "facts": {"type": "pdf", "pdf": {"pages": 2}}}
            uow.session.execute(update(PrecheckRow).where(PrecheckRow.state == "running").values(**done))
        self.ids |= {
            "upload_id": upload_id,
            "material_id": material["material_id"],
            "precheck_id": material["precheck"]["precheck_id"],
        }

    def _register(self) -> None:
        """The main job, by the API."""
        complete = form(1) | {"title": TITLE, "authors": [{"name": self.who.name}]}
        complete |= {"owners": [{"name": self.who.name, "applicant": True}]}
        self.form = complete
        case = self.post("/applications", {"kind": "work", "form": complete})["application_id"]
        self._attach(case)
        self.post(f"/applications/{case}/declaration")
        filed = self.post(f"/applications/{case}/submission", {"otp": self.code("sign")})
        self.system.settle()
        order = self.get(f"/applications/{case}/order")
        begun = self.post(f"/orders/{order['order_id']}/payments", {"method": "bank"})
        self._transfer(begun["payment_id"], order["amount"])
        self.act("intake", "/staff/paper-receipts", {"serial_number": filed["serial_number"]})
        self.act("examiner", f"/staff/examinations/{case}/claim")
        self.act("examiner", f"/staff/examinations/{case}/decision", {"decision": "approve"})
        self.system.settle()
        self.system.services["archive"].run_worker()
        self.system.settle()
        self.ids |= {
            "application_id": case,
            "order_id": order["order_id"],
            "payment_id": begun["payment_id"],
            "document_id": self.get(f"/applications/{case}/documents")["items"][0]["document_id"],
            "message_id": self.get("/messages")["items"][0]["message_id"],
            "registration_number": self.get(f"/applications/{case}")["registration_number"],
            "number": filed["serial_number"],
            "job_id": self._job(),
            "document": "id_front",
            "name": "repaired",
            "page": "1",
            "side": "before",
            "kind": "work",
        }

    def _transfer(self, payment_id: str, amount: int) -> None:
        report = ProviderReport("bank", payment_id, "paid", "statement", amount, transaction_id=f"t-{payment_id}")
        payment = self.system.services["payment"]
        with payment.uow() as uow:
            assert settle(report, uow) == "paid_order"
        payment.sweep("issue_receipts")
        self.system.settle()

    def _job(self) -> str:
        """A finished repair, as the materials worker leaves it."""
        filing = self.system.services["filing"]
        ref = filing.runtime.objects.put_bytes(b"%PDF-1.7 repaired")
        made = {"name": "repaired", "sha256": ref.sha256, "size": ref.size, "file_name": "书-修复.pdf"}
        preview = {"page": 1, "before": ref.model_dump(), "after": None}
        with filing.uow() as uow:
            row = JobRow(
                id="job-01m80000000000000000000000",
                kind="repair",
                account_id=self.get("/me")["account_id"],
                params={"precheck_id": self.ids["precheck_id"]},
                state="done",
                attempts=1,
                created_at=uow.now(),
                finished_at=uow.now(),
                result={
                    "files": [made | {"content_type": "application/pdf", "precheck_id": self.ids["precheck_id"]}],
                    "previews": [preview],
                },
            )
            uow.session.add(row)
        return "job-01m80000000000000000000000"

    def _draft(self) -> None:
        draft = self.post("/applications", {"kind": "work", "form": self.form | {"title": "草稿"}})["application_id"]
        kept = dict(self.ids)
        self._attach(draft)
        self.draft = {"application_id": draft, "material_id": self.ids["material_id"]}
        self.ids = kept


@pytest.fixture(scope="session")
def author(system: System) -> Author:
    return Author.settled(system)


@pytest.fixture(scope="module")
def people(system: System) -> dict[str, FlaskClient]:
    """Everybody who is not the author, by what they are."""
    another = Author(system, new_applicant(), system.client(), {})
    another.sign_up()
    actors: dict[str, Actor] = {role: staff_actor(role, id=f"acc-other-{role}") for role in STAFF_ROLES}
    visitor = system.client(cookies=True)
    token = TOKEN.search(visitor.get("/sign-in").text)
    assert token is not None
    visitor.environ_base["HTTP_X_CSRFTOKEN"] = token[1]
    staff = {role: system.client(system.token(who)) for role, who in actors.items()}
    return {"visitor": visitor, "another applicant": another.me, **staff}
