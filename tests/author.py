"""Somebody who goes the whole way from sign-up to the certificate, by the API, in the system of one process."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from chassis.actor import issue_access_token
from chassis.ids import new_id
from chassis.testing import service_actor, staff_actor
from contracts.enquiries import NOTE_ENQUIRY
from contracts.legacy import BETWEEN, CASES, account_record
from contracts.own_data import OWN_DATA, OwnData, ReadOwnData
from filing.batches.store import BatchRow
from filing.jobs.store import JobRow
from filing.prechecks.store import PrecheckRow
from flask.testing import FlaskClient
from identity.exports.export_worker import Exporting
from identity.verification.image_worker import check_one
from legacy_bridge.cases import bulk
from legacy_bridge.cases import store as old_cases
from legacy_bridge.imports.store import Import
from materials.testing.sample_files import numbered_pdf
from payment.providers.model import ProviderReport
from payment.settlement.handlers import settle
from registry_infra.demo.people import Applicant, new_applicant
from sqlalchemy import update

from contracts import identity
from tests.agreed import AGREED, FACE
from tests.faults.journey import form
from tests.one_process import System

TITLE = "别人不能看的书"
IMAGE = b"\xff\xd8\xff\xe0 an image, as far as anybody here looks"


def _import(import_id: str, at: datetime) -> Import:
    """One that is still read, so that it cannot be undone."""
    return Import(
        import_id=import_id,
        state="loading",
        mapping="cases",
        target="cases",
        source="cases.csv",
        asked=b"",
        fingerprint="",
        size=1,
        columns=list(CASES.fields),
        stated="CSV",
        dry_run=False,
        rate=0,
        rows=1,
        begun_at=at,
        begun_by="operator",
    )


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
        author.verify()
        author.register()
        author.ids["job_id"] = author._job()
        author.ids["batch_id"] = author._batch()
        author.draft_another()
        author.take_over()
        author.ask_for_recovery()
        author.be_noted()
        author.be_proposed_against()
        author.have_a_copy()
        return author

    def code(self, purpose: str) -> str:
        self.post("/otp", {"mobile": self.who.mobile, "purpose": purpose})
        return self.newest_code()

    def newest_code(self, mobile: str = "") -> str:
        """The code that was sent last, to the author's own number unless another is given."""
        messages = identity.SandboxMessages(to=mobile or self.who.mobile, limit=20)
        found = self.system.services["identity"].call(identity.SANDBOX_MESSAGES, messages, service_actor("gateway"))
        newest = max((item for item in found.items if item.template.startswith("otp")), key=lambda item: item.sent_at)
        return next(word for word in newest.body.replace("，", " ").split() if len(word) == 6 and word.isdigit())

    def belongings(self) -> dict[str, Any]:
        """All that is the author's, as it is now."""
        case = f"/applications/{self.ids['application_id']}"
        paths = (case, f"{case}/documents", f"{case}/order", f"/applications/{self.draft['application_id']}")
        paths += (f"/expedites/{self.ids['expedite_id']}",)
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

    def upload(self, data: bytes, name: str, purpose: str = "material") -> str:
        form = {"file": (io.BytesIO(data), name), "purpose": purpose}
        upload_id: str = self.sent("POST", "/uploads", data=form)["upload_id"]
        return upload_id

    def sign_up(self, **more: str) -> None:
        person_of = {"kind": "natural_person", "mobile": self.who.mobile, "otp": self.code("sign_up")}
        paper = {"name": self.who.name, "id_type": "resident_id", "id_number": self.who.id_number}
        opened = self.post("/accounts", person_of | paper | {"password": self.who.password} | AGREED | more)
        self.ids["account_id"] = opened["account_id"]
        tokens = self.post("/sessions", {"login": self.who.mobile, "password": self.who.password})
        self.me = self.system.client(tokens["access_token"])
        self.ids["session_id"] = self.get("/sessions")["items"][0]["session_id"]

    def verify(self, roles: tuple[str, ...] = ("id_front", "id_back", "handheld")) -> None:
        self.post("/consents", FACE)
        sent = {role: self.upload(IMAGE + role.encode(), f"{role}.jpg") for role in roles}
        self.ids["verification_id"] = self.post("/verifications", sent)["verification_id"]

        def look_at_images() -> None:
            check_one(self.system.services["identity"].runtime, lambda path, document: [])

        self.system.insist(look_at_images)
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
        self.system.insist(self._finish_checks)
        self.ids |= {
            "upload_id": upload_id,
            "material_id": material["material_id"],
            "precheck_id": material["precheck"]["precheck_id"],
        }

    def _finish_checks(self) -> None:
        """What the materials worker would have written; it has tests of its own."""
        with self.system.services["filing"].uow() as uow:
            done = {"state": "done", "verdict": "pass", "facts": {"type": "pdf", "pdf": {"pages": 2}}}
            uow.session.execute(update(PrecheckRow).where(PrecheckRow.state == "running").values(**done))

    def accepted(
        self, before_declaration: Callable[[str], None] = lambda path: None, *, paper: bool = True
    ) -> dict[str, str]:
        """A work that is filed and paid for, by the API: what it is known by. ``before_declaration`` gets the path of
        what is asked next; without ``paper`` that is awaited."""
        complete = form(1) | {"title": TITLE, "authors": [{"name": self.who.name}]}
        complete |= {"owners": [{"name": self.who.name, "applicant": True}]}
        self.form = complete
        case = self.post("/applications", {"kind": "work", "form": complete})["application_id"]
        self._attach(case)
        before_declaration(f"/applications/{case}/declaration")
        self.post(f"/applications/{case}/declaration")
        filed = self.post(f"/applications/{case}/submission", {"otp": self.code("sign")})
        self.system.settle()
        order = self.get(f"/applications/{case}/order")
        begun = self.post(f"/orders/{order['order_id']}/payments", {"method": "bank"})
        self._transfer(begun["payment_id"], order["amount"])
        if paper:
            self.act("intake", "/staff/paper-receipts", {"serial_number": filed["serial_number"]})
        known = {"order_id": order["order_id"], "payment_id": begun["payment_id"], "number": filed["serial_number"]}
        return known | {"application_id": case}

    def register(self, before_declaration: Callable[[str], None] = lambda path: None) -> None:
        """The main job, to its certificate."""
        known = self.accepted(before_declaration)
        case = known["application_id"]
        self._hurry(case)
        self.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
        self.act("examiner", f"/staff/examinations/{case}/decision", {"decision": "approve"})
        self.system.settle()
        self.system.insist(self.system.services["archive"].run_worker)
        self.system.settle()
        self.ids |= known | {
            "document_id": self.get(f"/applications/{case}/documents")["items"][0]["document_id"],
            "message_id": self.get("/messages")["items"][0]["message_id"],
            "registration_number": self.get(f"/applications/{case}")["registration_number"],
            "document": "id_front",
            "name": "repaired",
            "page": "1",
            "side": "before",
            "kind": "work",
        }

    def _hurry(self, case: str) -> None:
        """Asks to hurry the case, with evidence; the decision about the case comes first, and ends the request."""
        asked = {"tier": "days_3", "because": "dispute", "reason": "开庭在即"}
        evidence = [self.upload(numbered_pdf(1), "传票.pdf")]
        request = self.post(f"/applications/{case}/expedites", asked | {"evidence": evidence})
        self.system.insist(self._finish_checks)
        self.ids |= {"expedite_id": request["expedite_id"], "evidence_id": request["evidence"][0]["file_id"]}

    def pay(self, order: dict[str, Any]) -> None:
        """By bank transfer, which arrives."""
        begun = self.post(f"/orders/{order['order_id']}/payments", {"method": "bank"})
        self._transfer(begun["payment_id"], order["amount"])

    def _transfer(self, payment_id: str, amount: int) -> None:
        report = ProviderReport("bank", payment_id, "paid", "statement", amount, transaction_id=f"t-{payment_id}")
        payment = self.system.services["payment"]

        def book() -> None:
            with payment.uow() as uow:
                settle(report, uow)

        def issue_receipts() -> None:
            payment.sweep("issue_receipts")

        self.system.insist(book)
        self.system.insist(issue_receipts)
        self.system.settle()

    def _batch(self) -> str:
        """A batch that waits for its signature, as the worker leaves it."""
        filing = self.system.services["filing"]
        sheet = filing.runtime.objects.put_bytes(b"PK a spreadsheet")
        declared = filing.runtime.objects.put_bytes(b"%PDF-1.7 a declaration")
        with filing.uow() as uow:
            row = BatchRow(
                id=new_id("bat"),
                account_id=self.get("/me")["account_id"],
                type="work_registration",
                name="别人的一批",
                organisation="张三",
                state="prepared",
                step="",
                version=1,
                spreadsheet_sha256=sheet.sha256,
                spreadsheet_size=sheet.size,
                spreadsheet_name="作品.xlsx",
                read_sheet=True,
                layout={"columns": {}, "others": []},
                notes=[],
                works=0,
                prepared_on=uow.today(),
                declaration={
                    "document_id": new_id("fil"),
                    "kind": "declaration",
                    "title": "声明",
                    "file_name": "声明.pdf",
                    "content_type": "application/pdf",
                    "object": declared.model_dump(),
                    "issued_at": uow.legal_now().isoformat(),
                },
                created_at=uow.legal_now(),
            )
            uow.session.add(row)
            return row.id

    def _job(self) -> str:
        """A finished repair, as the materials worker leaves it."""
        filing = self.system.services["filing"]
        ref = filing.runtime.objects.put_bytes(b"%PDF-1.7 repaired")
        made = {"name": "repaired", "sha256": ref.sha256, "size": ref.size, "file_name": "书-修复.pdf"}
        preview = {"page": 1, "before": ref.model_dump(), "after": None}
        with filing.uow() as uow:
            row = JobRow(
                id=new_id("job"),
                kind="repair",
                account_id=self.get("/me")["account_id"],
                params={"precheck_id": self.ids["precheck_id"]},
                state="done",
                attempts=1,
                queued_at=uow.now(),
                finished_at=uow.now(),
                result={
                    "files": [made | {"content_type": "application/pdf", "precheck_id": self.ids["precheck_id"]}],
                    "previews": [preview],
                },
            )
            uow.session.add(row)
            return row.id

    def take_over(self, state: str = "correction_due") -> str:
        """An old case of the author's comes, and the old account that filed it is the author's; its id."""
        bridge, account = self.system.services["legacy_bridge"], self.get("/me")["account_id"]
        login, now = f"old-{account}", datetime.now(UTC)
        values = dict.fromkeys(CASES.fields, "") | {
            "serial_number": "2019R110000077",
            "login": login,
            "kind": "software",
            "title": "别人不能看的旧业务",
            "state": state,
            "filed_on": "2019-03-01",
            "fee_fen": "25000",
            "correction": "请补交权属证明",
        }
        case_id = f"leg-{hashlib.sha256(account.encode()).hexdigest()[:32]}"
        with bridge.uow() as uow:
            uow.session.add(_import(import_id := new_id("imp"), now))
            said = BETWEEN.join(values[name] for name in CASES.fields)
            bulk.load(uow.session, import_id, [(1, case_id, said)])
            old_cases.link(uow.session, account_record(login), account, now)
        ref = bridge.runtime.objects.put_bytes(b"%PDF-1.7 an old proof")
        with bridge.uow() as uow:
            kept = {"file_name": "旧.pdf", "sha256": ref.sha256, "size": ref.size, "sent_at": now}
            uow.session.add(old_cases.LegacyFileRow(file_id=(file_id := new_id("lgf")), record_id=case_id, **kept))
        known = {"file_id": file_id, "link_id": "lnk-joined-in-the-bridge-only", "import_id": import_id}
        self.ids |= {"case_id": case_id, **known}
        return case_id

    def ask_for_recovery(self) -> None:
        """Somebody asks for the author's account by a number of the author's; the office has not looked yet."""
        new = new_applicant().mobile
        self.post("/otp", {"mobile": new, "purpose": "recover"})
        asked = {"number": self.ids["number"], "mobile": new, "otp": self.newest_code(new)}
        self.post("/recoveries", asked)
        office = staff_actor("customer_service", id="acc-service")
        waiting = self.system.services["identity"].call(identity.LIST_RECOVERIES, identity.ListRecoveries(), office)
        self.ids["recovery_id"] = next(item.recovery_id for item in waiting.items if item.contact == new)

    def be_proposed_against(self) -> None:
        """The office proposes to revoke the author's registration, with evidence; nobody has confirmed it."""
        desk = self.system.client(self.system.token(staff_actor("archivist", id="acc-archivist")))
        sent = {"file": (io.BytesIO(numbered_pdf(1)), "说明.pdf"), "purpose": "proof"}
        upload = desk.post("/api/v1/uploads", data=sent).get_json()["upload_id"]
        asked = {
            "registration_number": self.ids["registration_number"],
            "ground": "untrue",
            "statement": "并非本人创作",
        }
        proposed = desk.post("/api/v1/staff/office-acts", json=asked | {"evidence": [upload]}).get_json()
        self.ids |= {"act_id": proposed["act_id"], "act_file_id": proposed["evidence"][0]["file_id"]}

    def be_noted(self) -> None:
        """Customer service notes what the author asked."""
        noted = {"subject": "account", "subject_id": self.ids["account_id"], "text": "问何时能下证"}
        note = NOTE_ENQUIRY.request.model_validate(noted | {"telephone": self.who.mobile})
        desk = staff_actor("customer_service", id="acc-service")
        self.ids["enquiry_id"] = self.system.services["identity"].call(NOTE_ENQUIRY, note, desk).enquiry_id

    def have_a_copy(self) -> None:
        """A copy of the author's data, made as the worker of identity makes it: with its own token."""
        self.ids["export_id"] = self.post("/me/exports")["export_id"]
        own = self.system.services["identity"].runtime

        def ask(service: str, request: ReadOwnData) -> OwnData:
            token = issue_access_token(own.signer, own.own_actor, 60)
            told: OwnData = self.system.corridor.call(OWN_DATA[service], request, token=token)
            return told

        self.system.insist(lambda: Exporting(ask).step(own))

    def draft_another(self) -> None:
        draft = self.post("/applications", {"kind": "work", "form": self.form | {"title": "草稿"}})["application_id"]
        kept = dict(self.ids)
        self._attach(draft)
        self.draft = {"application_id": draft, "material_id": self.ids["material_id"]}
        self.ids = kept
