"""The main job over HTTP against a running stack, from sign-up to a verified certificate.

A new applicant each time, real files, one line per step with its time.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from registry_infra import verify
from registry_infra.demo.people import Applicant, handheld, id_back, id_front, new_applicant
from registry_infra.portal import Portal, TooLate, newest_code, staff_member, unless, wait_for

T = TypeVar("T")
BROKEN_AT = 20_000
"""Bytes after which the demonstration's upload breaks off, to be resumed."""
PATIENCE = 20.0
"""Seconds for which a step is repeated while a part of the system is being started again."""


class Filing(Protocol):
    """One thing that is filed: what its form says, and the files that go with it."""

    kind: str
    words: str

    def form(self, person: Applicant) -> list[dict[str, Any]]:
        """The wizard's steps, each saved by itself."""
        ...

    def send(self, demo: Demo) -> None:
        """Uploads the files, attaches them to the draft and tells a step for each."""
        ...


class Demo:
    """One run. Each method is a stage of the job; ``step`` prints a line when it is done.

    ``pause``: seconds before something that is not there yet is looked for again.
    """

    pause = 0.05

    def __init__(self, url: str, folder: Path, data: Path | None, root: Path | None = None) -> None:
        self.visitor = Portal(url, patience=PATIENCE)
        self.folder = folder
        self.data = data
        self.root = root
        self.applicant: Applicant = new_applicant()
        self.me = self.visitor
        self.staff: Callable[[str], Portal] = partial(staff_member, self.visitor)
        self.application_id = ""
        self.started = time.monotonic()

    def step(self, text: str) -> None:
        print(f" {time.monotonic() - self.started:6.1f} s  {text}", flush=True)

    def wait(self, what: str, look: Callable[[], T | None], seconds: float = 60) -> T:
        return wait_for(what, look, seconds, self.pause)

    def images(self) -> dict[str, bytes]:
        """Photographs of the identity card and of its holder."""
        person = self.applicant
        return {"id_front": id_front(person), "id_back": id_back(), "handheld": handheld(person)}

    def run(self, filings: Sequence[Filing]) -> list[Path]:
        """Somebody new files one after the other; the certificates."""
        Portal(self.visitor.url).get("/sandbox/staff")  # without patience: is this a sandbox that runs?
        self.arrive()
        return [self.file(filing) for filing in filings]

    def arrive(self) -> None:
        """Somebody new, until they may file."""
        self.sign_up()
        self.verify_identity()

    def file(self, filing: Filing) -> Path:
        """One filing, until its certificate is there and checked."""
        self.draft(filing)
        serial_number = self.submit()
        acceptance_number = self.pay()
        self.examine(serial_number)
        return self.certificate(acceptance_number)

    def sign_up(self) -> None:
        person = self.applicant
        self.visitor.post("/otp", {"mobile": person.mobile, "purpose": "sign_up"})
        entry = {
            "kind": "natural_person",
            "mobile": person.mobile,
            "otp": newest_code(self.visitor, person.mobile),
            "password": person.password,
            "name": person.name,
            "id_type": "resident_id",
            "id_number": person.id_number,
            "agreed_privacy": self.notice("privacy"),
            "agreed_terms": self.notice("terms"),
        }
        self.visitor.post("/accounts", entry)
        self.step(f"注册 Signed up: {person.name}, mobile {person.mobile}, with an SMS code")
        tokens = self.visitor.post("/sessions", {"login": person.mobile, "password": person.password})
        self.me = self.visitor.as_account(tokens["access_token"])
        self.step("登录 Signed in with the password")

    def notice(self, name: str) -> str:
        """The version in force of a text that is agreed to."""
        return next(str(text["version"]) for text in self.visitor.get("/notices")["items"] if text["name"] == name)

    def agree_to_face(self) -> None:
        self.me.post("/consents", {"name": "face", "version": self.notice("face")})

    def verify_identity(self) -> None:
        self.agree_to_face()
        sent = {role: self.me.upload(image, f"{role}.jpg", "id_image") for role, image in self.images().items()}
        number = self.me.post("/verifications", sent)["verification_id"]
        self.step("实名认证 Sent three images for real-name verification")

        def checked() -> dict[str, Any] | None:
            view: dict[str, Any] = self.me.get(f"/verifications/{number}")
            return view if view["check"] == "done" else None

        view = self.wait("the automatic check of the images", checked, 120)
        if any(note["severity"] == "error" for note in view["notes"]):
            raise TooLate("; ".join(note["message"] for note in view["notes"]))
        reviewer = self.staff("reviewer")
        reviewer.fetch(f"/staff/verifications/{number}/images/id_front")
        reviewer.post(f"/staff/verifications/{number}/decision", {"decision": "approve"})
        self.step("审核 A reviewer (password and TOTP) looked at them and approved")

    def draft(self, filing: Filing) -> None:
        draft = self.me.post("/applications", {"kind": filing.kind})
        self.application_id = draft["application_id"]
        for form in filing.form(self.applicant):
            draft = self.me.call("PATCH", self.path, {"form": form}, headers={"If-Match": f'"{draft["version"]}"'})
        self.step(f"填写 Drafted {filing.words} “{draft['title']}” (version {draft['version']})")
        filing.send(self)
        self.checked()

    @property
    def path(self) -> str:
        """Of the case in the API."""
        return f"/applications/{self.application_id}"

    def checked(self) -> None:
        """Waits for the pre-check of every file of the case."""

        def done() -> list[dict[str, Any]] | None:
            checks = [material["precheck"] for material in self.me.get(self.path)["materials"]]
            return checks if all(check["state"] == "done" for check in checks) else None

        for check in self.wait("the pre-check", done, 120):
            if check["verdict"] == "fail":
                raise TooLate("; ".join(finding["message"] for finding in check["findings"]))
            pages = (check["facts"].get("pdf") or {}).get("pages")
            self.step(f"预检 Pre-checked {check['file_name']}: {check['verdict']}{f', {pages} pages' if pages else ''}")

    def submit(self) -> str:
        path = f"/applications/{self.application_id}"
        # The verified name reaches filing by event, a moment after the decision.
        declaration = self.wait(
            "the verified name in filing",
            lambda: unless("not_verified", lambda: self.me.post(f"{path}/declaration")),
        )
        self._save("declaration.pdf", self.me.fetch(f"/documents/{declaration['document_id']}"))
        self.me.post("/otp", {"purpose": "sign"})
        code = newest_code(self.visitor, self.applicant.mobile)
        filed = self.me.post(f"{path}/submission", {"otp": code, "sha256": declaration["sha256"]})
        self.step(f"提交 Signed the declaration by SMS code and filed: 流水号 {filed['serial_number']}")
        return str(filed["serial_number"])

    def pay(self) -> str:
        path = f"/applications/{self.application_id}"
        order = self.wait("the order", lambda: unless("order_pending", lambda: self.me.get(f"{path}/order")))
        payment = self.me.post(f"/orders/{order['order_id']}/payments", {"method": "wechat"})
        self.visitor.post(f"/sandbox/payments/{payment['payment_id']}/pay", {})
        self.step(f"缴费 Paid ¥{order['amount'] / 100:.2f} by WeChat Pay; the provider called back")

        def accepted() -> str | None:
            number: str | None = self.me.get(path)["acceptance_number"]
            return number

        number = self.wait("acceptance", accepted)
        notice = self.wait("the acceptance notice", lambda: self._document("acceptance_notice"))
        self._save("acceptance-notice.pdf", self.me.fetch(f"/documents/{notice['document_id']}"))
        self.step(f"受理 Accepted: 受理号 {number}, with the notice as PDF")
        return number

    def examine(self, serial_number: str) -> None:
        case = self.me.get(f"/applications/{self.application_id}")
        if case["paper_required"] and not case["paper_received_at"]:
            cover = self.wait("the cover sheet", lambda: self._document("cover_sheet"))
            self._save("cover-sheet.pdf", self.me.fetch(f"/documents/{cover['document_id']}"))
            intake = self.staff("intake")
            intake.post("/staff/paper-receipts", {"serial_number": serial_number})
            self.step("收件 Intake scanned the cover sheet: the paper is here")
        examiner = self.staff("examiner")
        path = f"/staff/examinations/{self.application_id}"
        examiner.post(f"{path}/claim")
        examined = examiner.get(path)
        material = examined["materials"][0]["material_id"]
        examiner.fetch(f"/applications/{self.application_id}/materials/{material}/file")
        examiner.post(f"{path}/decision", {"decision": "approve"})
        self.step("审查 An examiner claimed the case, read form and work, and approved")

    def certificate(self, acceptance_number: str) -> Path:
        def issued() -> dict[str, Any] | None:
            view: dict[str, Any] = self.me.get(f"/applications/{self.application_id}")
            return view if view["registration_number"] and view["certificate_document_id"] else None

        case = self.wait("the certificate", issued, 120)
        number = case["registration_number"]
        pdf = self.me.fetch(f"/documents/{case['certificate_document_id']}")
        path = self._save(f"{number}.pdf", pdf)
        self.step(f"制证 Certificate issued: 登记号 {number}")
        progress = self.visitor.get(f"/progress/{acceptance_number}")
        nodes = "—".join(f"{node['name']}{'✓' if node['state'] == 'done' else ''}" for node in progress["nodes"])
        self.step(f"查询 Anyone sees the progress: {nodes}")
        checked = self.visitor.call(
            "POST", "/certificate-checks", content=pdf, headers={"Content-Type": "application/pdf"}
        )
        by_number = self.visitor.get(f"/certificates/{number}")
        if (checked["status"], checked["file_matches"], by_number["status"]) != ("valid", True, "valid"):
            raise TooLate(f"the register calls the certificate {checked['status']} ({checked['problems']})")
        self.step("核验 Anyone can check it: valid by its number, and the file is the one that was issued")
        self._verify_offline(path)
        return path

    def _verify_offline(self, path: Path) -> None:
        if self.data is None and self.root is None:
            self.step("验签 Not verified offline: name that sandbox's root certificate with --root")
            return
        report = io.StringIO()
        with redirect_stdout(report):
            status = verify.run(path, root=self.root, data=self.data)
        if status:
            raise TooLate(f"the certificate does not verify:\n{report.getvalue()}")
        self.step("验签 Verified offline: seal, timestamp and content (./registry verify)")
        if program := shutil.which("pdfsig"):
            said = subprocess.run([program, "-nocert", str(path)], capture_output=True, text=True)
            if "Signature is Valid" not in said.stdout:
                raise TooLate(f"pdfsig does not call the signature valid:\n{said.stdout}{said.stderr}")
            self.step("pdfsig calls the signature valid")

    def _document(self, kind: str) -> dict[str, Any] | None:
        items: list[dict[str, Any]] = self.me.get(f"/applications/{self.application_id}/documents")["items"]
        return next((document for document in items if document["kind"] == kind), None)

    def _save(self, name: str, content: bytes) -> Path:
        path = self.folder / f"{self.application_id}-{name}"
        path.write_bytes(content)
        return path
