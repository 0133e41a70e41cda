"""People of the journeys: applicants who take one step at a time, and the staff of the sandbox."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from materials.testing.sample_files import numbered_pdf
from registry_infra.demo.people import Applicant, handheld, id_back, id_front, new_applicant
from registry_infra.demo.work import WorkFiling
from registry_infra.portal import Portal, newest_code, unless, wait_for

from tests.agreed import AGREED, FACE
from tests.staff import SIGNED_IN, Staff

IMAGES: dict[str, Callable[[Applicant], bytes]] = {
    "id_front": id_front,
    "id_back": lambda applicant: id_back(),
    "handheld": handheld,
}


@dataclass
class Person:
    """An applicant. Every method is one step of the main job, done as a careful client does it."""

    visitor: Portal
    staff: Staff
    who: Applicant = field(default_factory=new_applicant)
    account_id: str = ""
    _me: Portal = field(init=False)
    _since: float = 0.0

    @property
    def me(self) -> Portal:
        """The portal as this person; access tokens live a quarter of an hour."""
        if time.monotonic() - self._since > SIGNED_IN:
            self.sign_in()
        return self._me

    def code(self, purpose: str) -> str:
        """A fresh SMS code, read from the sandbox's outbox."""
        caller = self.me if purpose == "sign" else self.visitor
        caller.post("/otp", {"mobile": self.who.mobile, "purpose": purpose})
        return newest_code(self.visitor, self.who.mobile)

    def entry(self, **changes: Any) -> dict[str, Any]:
        """What is entered to sign up."""
        return {
            "kind": "natural_person",
            "mobile": self.who.mobile,
            "otp": "000000",
            "password": self.who.password,
            "name": self.who.name,
            "id_type": "resident_id",
            "id_number": self.who.id_number,
            **AGREED,
        } | changes

    def sign_up(self) -> Person:
        self.account_id = self.visitor.post("/accounts", self.entry(otp=self.code("sign_up")))["account_id"]
        return self.sign_in()

    def sign_in(self) -> Person:
        tokens = self.visitor.post("/sessions", {"login": self.who.mobile, "password": self.who.password})
        self._me = self.visitor.as_account(tokens["access_token"])
        self._since = time.monotonic()
        return self

    def send_images(self) -> str:
        self.me.post("/consents", FACE)
        sent = {role: self.me.upload(draw(self.who), f"{role}.jpg", "id_image") for role, draw in IMAGES.items()}
        return str(self.me.post("/verifications", sent)["verification_id"])

    def checked_images(self, verification_id: str) -> dict[str, Any]:
        def done() -> dict[str, Any] | None:
            view: dict[str, Any] = self.me.get(f"/verifications/{verification_id}")
            return view if view["check"] == "done" else None

        return wait_for("the check of the images", done, 120)

    def verify(self) -> Person:
        verification_id = self.send_images()
        self.checked_images(verification_id)
        self.staff("reviewer").post(f"/staff/verifications/{verification_id}/decision", {"decision": "approve"})
        return self

    def form(self, **changes: Any) -> dict[str, Any]:
        whole: dict[str, Any] = {}
        for step in WorkFiling().form(self.who):
            whole |= step
        return whole | changes

    def draft(self, **changes: Any) -> str:
        return str(self.me.post("/applications", {"kind": "work", "form": self.form(**changes)})["application_id"])

    def case(self, application_id: str) -> dict[str, Any]:
        view: dict[str, Any] = self.me.get(f"/applications/{application_id}")
        return view

    def attach(self, application_id: str, data: bytes, name: str = "作品.pdf", role: str = "sample") -> dict[str, Any]:
        """Uploads and attaches a file; its finished check."""
        body = {"role": role, "upload_id": self.me.upload(data, name)}
        material_id = self.me.post(f"/applications/{application_id}/materials", body)["material_id"]

        def done() -> dict[str, Any] | None:
            materials = self.case(application_id)["materials"]
            check: dict[str, Any] = next(m["precheck"] for m in materials if m["material_id"] == material_id)
            return check if check["state"] == "done" else None

        return wait_for("the pre-check", done, 120)

    def declare(self, application_id: str) -> dict[str, Any]:
        """The declaration; the verified name may reach filing a moment after the decision."""
        path = f"/applications/{application_id}/declaration"
        return wait_for("the declaration", lambda: unless("not_verified", lambda: self.me.post(path)))

    def ready_to_sign(self, pages: int = 3, **changes: Any) -> str:
        application_id = self.draft(**changes)
        self.attach(application_id, numbered_pdf(pages))
        self.declare(application_id)
        return application_id

    def submit(self, application_id: str) -> str:
        filed = self.me.post(f"/applications/{application_id}/submission", {"otp": self.code("sign")})
        return str(filed["serial_number"])

    def order(self, application_id: str) -> dict[str, Any]:
        path = f"/applications/{application_id}/order"
        return wait_for("the order", lambda: unless("order_pending", lambda: self.me.get(path)))

    def start_payment(self, application_id: str, method: str = "wechat") -> dict[str, Any]:
        order_id = self.order(application_id)["order_id"]
        started: dict[str, Any] = self.me.post(f"/orders/{order_id}/payments", {"method": method})
        return started

    def provider(self, payment_id: str, **behaviour: Any) -> None:
        """What the simulated payment provider does."""
        self.visitor.post(f"/sandbox/payments/{payment_id}/pay", behaviour)

    def pay(self, application_id: str) -> str:
        self.provider(self.start_payment(application_id)["payment_id"])
        return self.wait_until(application_id, "acceptance_number")

    def accepted_with_paper(self, **changes: Any) -> str:
        """A case that an examiner can claim."""
        application_id = self.ready_to_sign(**changes)
        serial_number = self.submit(application_id)
        self.pay(application_id)
        self.staff("intake").post("/staff/paper-receipts", {"serial_number": serial_number})
        return application_id

    def wait_until(self, application_id: str, field_name: str, value: Any = None) -> Any:
        """Until a field of the case is there, or is ``value``."""

        def there() -> Any:
            found = self.case(application_id)[field_name]
            return found if (found == value if value is not None else found) else None

        return wait_for(f"{field_name} {value or ''}", there)

    def documents(self, application_id: str) -> dict[str, dict[str, Any]]:
        items = self.me.get(f"/applications/{application_id}/documents")["items"]
        return {document["kind"]: document for document in items}

    def sms(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.visitor.get(f"/sandbox/messages?to={self.who.mobile}&limit=500")["items"]
        return found


def decide(examiner: Portal, application_id: str, decision: str, **details: Any) -> dict[str, Any]:
    body = {"decision": decision, **details}
    view: dict[str, Any] = examiner.post(f"/staff/examinations/{application_id}/decision", body)
    return view
