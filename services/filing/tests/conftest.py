"""Data builders of filing's tests: an office with people in it, and cases brought to any point of their life."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from chassis.actor import Actor
from chassis.ids import new_id
from chassis.signing import covered_by
from chassis.testing import Harness, organisation, person, staff_actor
from chassis.tokens import TokenSigner
from filing.cases.facts import filed_by
from filing.cases.store import Case
from filing.documents.store import DocumentRow
from filing.materials.store import materials_of
from filing.prechecks.store import PrecheckRow
from filing.signatures.model import digest
from filing.signatures.store import signatures_of
from filing.types import TYPES
from sqlalchemy import select, update

from chassis import uow
from contracts import archive, examination, filing, identity, payment

SAMPLE = b"%PDF-1.4 a sample"


def form(**changes: Any) -> dict[str, Any]:
    """A complete form of a person's text work; keyword arguments replace top-level fields."""
    complete: dict[str, Any] = {
        "title": "长江边的石头",
        "category": "A",
        "creation_nature": "original",
        "completion_date": "2026-03-01",
        "completion_place": {"country": "中国", "province": "湖北", "city": "宜昌"},
        "publication": "published",
        "publication_date": "2026-05-20",
        "publication_place": {"country": "中国", "province": "北京", "city": "北京"},
        "word_count": 12000,
        "authors": [{"name": "王小明"}],
        "owners": [{"name": "王小明", "applicant": True}],
        "acquisition": "original",
        "ownership": "individual",
        "description": {"purpose": "记录长江", "process": "2025年冬天动笔", "originality": "独立创作"},
        "contact": {"name": "王小明", "mobile": "13800138000"},
    }
    return complete | changes


class Office:
    """Filing under test, with an applicant (王小明), an organisation and staff."""

    def __init__(self, harness: Harness, identity_signer: TokenSigner) -> None:
        self.harness = harness
        self._identity = identity_signer
        self.applicant = person("acc-wang")
        self.other = person("acc-other")
        self.company = organisation("acc-company")
        self.clerk = staff_actor("intake", id="acc-clerk")
        self.examiner = staff_actor("examiner", id="acc-examiner")
        self.second = staff_actor("examiner", id="acc-second")
        self.third = staff_actor("examiner", id="acc-third")
        self.verify(self.applicant, "王小明")
        self.verify(self.company, "长江文化有限公司")

    def call(self, method: Any, actor: Actor, request_id: str | None = None, **request: Any) -> Any:
        return self.harness.call(method, method.request(**request), actor, request_id)

    def verify(self, actor: Actor, name: str) -> None:
        self.harness.deliver(
            identity.IDENTITY_VERIFIED,
            identity.IdentityVerified(
                account_id=actor.subject,
                verification_id="ver-1",
                kind="organisation" if actor.kind == "organisation" else "natural_person",
                name=name,
                id_type="resident_id",
                masked_id_number="1101**********002X",
                verified_at=datetime.now(UTC),
            ),
        )

    def draft(self, actor: Actor | None = None, **changes: Any) -> filing.ApplicationView:
        actor = actor or self.applicant
        view: filing.ApplicationView = self.call(
            filing.CREATE_APPLICATION, actor, type="work_registration", form=form(**changes)
        )
        return view

    def attach(
        self,
        application_id: str,
        role: str = "sample",
        data: bytes = SAMPLE,
        actor: Actor | None = None,
        file_name: str = "样本.pdf",
    ) -> filing.MaterialView:
        actor = actor or self.applicant
        receipt = self.harness.receipt(actor.subject, data, file_name)
        view: filing.MaterialView = self.call(
            filing.ATTACH_MATERIAL, actor, application_id=application_id, role=role, receipt=receipt
        )
        return view

    def finish_checks(self, verdict: str = "pass", findings: list[dict[str, Any]] | None = None) -> None:
        """What the materials worker would have written; the worker itself has tests of its own."""
        with self.harness.uow() as uow:
            uow.session.execute(
                update(PrecheckRow)
                .where(PrecheckRow.state == "running")
                .values(
                    state="done", verdict=verdict, findings=findings or [], facts={"type": "pdf", "pdf": {"pages": 3}}
                )
            )

    def ready(self, actor: Actor | None = None, **changes: Any) -> str:
        """A complete draft whose sample is checked."""
        application_id = self.draft(actor, **changes).application_id
        self.attach(application_id, actor=actor)
        self.finish_checks()
        return application_id

    def prepare(self, application_id: str, actor: Actor | None = None) -> filing.Declaration:
        declaration: filing.Declaration = self.call(
            filing.PREPARE_SUBMISSION, actor or self.applicant, application_id=application_id
        )
        return declaration

    def evidence(
        self, declaration: filing.Declaration, signer: str = "acc-wang", audience: str = "evidence", **changes: Any
    ) -> str:
        """As identity signs it."""
        claims = {
            "jti": new_id("evi"),
            "sub": signer,
            "name": "王小明",
            "kind": "natural_person",
            "masked_id_number": "1101**********0011",
            "document_id": declaration.document_id,
            "sha256": declaration.sha256,
            "method": "sms_code",
            "signed_at": datetime.now(UTC).isoformat(),
        } | changes
        return self._identity.sign(claims, audience=audience, ttl=600)

    def submit(self, application_id: str, evidence: str, actor: Actor | None = None) -> filing.Submitted:
        submitted: filing.Submitted = self.call(
            filing.SUBMIT_APPLICATION, actor or self.applicant, application_id=application_id, evidence=evidence
        )
        return submitted

    def answer(self, application_id: str, **request: Any) -> filing.ApplicationView:
        """Answers the open correction as it is to be answered: prepared, signed, sent."""
        declaration: filing.Declaration = self.call(
            filing.PREPARE_CORRECTION, self.applicant, application_id=application_id, **request
        )
        evidence = self.evidence(declaration)
        view: filing.ApplicationView = self.call(
            filing.ANSWER_CORRECTION, self.applicant, application_id=application_id, evidence=evidence, **request
        )
        return view

    def submitted(self, **changes: Any) -> str:
        application_id = self.ready(**changes)
        self.submit(application_id, self.evidence(self.prepare(application_id)))
        return application_id

    def order(self, application_id: str, **changes: Any) -> None:
        case = self.view(application_id)
        facts: dict[str, Any] = {
            "order_id": f"ord-{application_id}",
            "application_id": application_id,
            "account_id": case.account_id,
            "serial_number": case.serial_number or "",
            "title": case.title,
            "amount": 30000,
            "lines": [],
            "created_at": self.now(),
            "pay_by": self.today() + timedelta(days=21),
        }
        self.harness.deliver(payment.ORDER_CREATED, payment.OrderCreated(**(facts | changes)))

    def pay(self, application_id: str, **changes: Any) -> None:
        case = self.view(application_id)
        facts: dict[str, Any] = {
            "order_id": f"ord-{application_id}",
            "application_id": application_id,
            "account_id": case.account_id,
            "serial_number": case.serial_number or "",
            "title": case.title,
            "amount": 30000,
            "method": "wechat",
            "payment_id": "pay-1",
            "paid_at": self.now(),
        }
        self.harness.deliver(payment.ORDER_PAID, payment.OrderPaid(**(facts | changes)))

    def accepted(self, **changes: Any) -> str:
        application_id = self.submitted(**changes)
        self.order(application_id)
        self.pay(application_id)
        return application_id

    def receive_paper(self, application_id: str) -> examination.PaperReceipt:
        serial = self.view(application_id).serial_number
        receipt: examination.PaperReceipt = self.call(examination.RECEIVE_PAPER, self.clerk, serial_number=serial)
        return receipt

    def claimed(self, **changes: Any) -> str:
        application_id = self.accepted(**changes)
        self.receive_paper(application_id)
        self.claim(application_id)
        return application_id

    def claim(self, application_id: str, examiner: Actor | None = None) -> filing.ApplicationView:
        view: filing.ApplicationView = self.call(
            examination.CLAIM_EXAMINATION, examiner or self.examiner, application_id=application_id
        )
        return view

    def decide(
        self, application_id: str, decision: str, examiner: Actor | None = None, **request: Any
    ) -> filing.ApplicationView:
        view: filing.ApplicationView = self.call(
            examination.DECIDE_EXAMINATION,
            examiner or self.examiner,
            application_id=application_id,
            decision=decision,
            **request,
        )
        return view

    def ask_correction(self, application_id: str, *targets: str) -> filing.CorrectionView:
        defects = [{"target": target, "message": f"请核对{target}"} for target in targets or ("completion_date",)]
        return self.decide(application_id, "correct", defects=defects).corrections[-1]

    def certify(self, application_id: str, number: str = "国作登字-2026-A-00000045") -> None:
        case = self.view(application_id)
        self.harness.deliver(
            archive.CERTIFICATE_ISSUED,
            archive.CertificateIssued(
                application_id=application_id,
                account_id=case.account_id,
                title=case.title,
                registration_number=number,
                registered_on=self.today(),
                certificate_sha256="ab" * 32,
                documents=[],
            ),
        )

    def view(self, application_id: str, actor: Actor | None = None) -> filing.ApplicationView:
        view: filing.ApplicationView = self.call(
            filing.GET_APPLICATION, actor or self.applicant, application_id=application_id
        )
        return view

    def today(self) -> date:
        """The legal date."""
        with self.harness.uow() as uow:
            day: date = uow.today()
        return day

    def now(self) -> datetime:
        with self.harness.uow() as uow:
            moment: datetime = uow.legal_now()
        return moment


@pytest.fixture
def office(service_harness: Callable[..., Harness], keys: Any) -> Iterator[Office]:
    """An office; whatever a test does in it, nothing is registered that was not signed."""
    office = Office(service_harness("filing"), TokenSigner.load(keys, "identity"))
    yield office
    assert unsigned(office.harness) == []


def unsigned(harness: Harness) -> list[str]:
    """Approved cases whose form or files are not those under the last signature; of all that were filed in the test."""
    found = []
    with harness.uow() as uow:
        filed = select(Case).where(Case.state.in_(("approved", "registered")), Case.applicant.is_not(None))
        for case in uow.session.scalars(filed):
            materials = [one for one in materials_of(uow.session, case.id) if one.superseded_by is None]
            last = signatures_of(uow.session, case.id)[-1:]
            content = digest(TYPES[case.type].fields.lasting(case.form), filed_by(case), materials)
            if [row.content for row in last] != [content]:
                found.append(case.id)
                continue
            declaration = uow.session.get_one(DocumentRow, last[0].declaration_id)
            covered = json.loads(covered_by(uow.objects.read(declaration.sha256, 1 << 25)))
            covered = next((one for one in covered.get("works", ()) if one["content"] == content), covered)
            signed = {one["sha256"] for one in covered.get("materials", ())}
            names = (covered.get("content"), declaration.sha256) != (content, last[0].sha256)
            if names or signed != {one.sha256 for one in materials}:
                found.append(case.id)
    return found


class Killed(BaseException):
    """Ends a process where it is, past every handler."""


@pytest.fixture
def insist(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Does something until it is done, dying at each point around a commit once."""
    deaths: list[str] = []

    def insist(act: Callable[[], Any]) -> Any:
        died: Counter[int] = Counter()
        while True:
            reached = count()

            def failpoint(name: str, reached: Any = reached, died: Counter[int] = died) -> None:
                point = next(reached)
                if name.startswith("uow.") and not died[point]:
                    died[point] += 1
                    deaths.append(name)
                    raise Killed

            with monkeypatch.context() as patched:
                patched.setattr(uow, "failpoint", failpoint)
                try:
                    return act()
                except Killed:
                    continue

    yield insist
    assert {"uow.before_commit", "uow.after_commit"} <= set(deaths)
