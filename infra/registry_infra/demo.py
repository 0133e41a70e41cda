"""`./registry demo`: the main job over HTTP against the running stack, from sign-up to a verified certificate.

A new applicant each time, real files, one line per step with its time. The last line is the certificate's path.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx

from registry_infra import verify
from registry_infra.demo_people import (
    TITLE,
    Applicant,
    essay,
    handheld,
    id_back,
    id_front,
    new_applicant,
    steps_of_the_form,
)
from registry_infra.folders import option_for
from registry_infra.portal import Portal, Refused, TooLate, newest_code, staff_member, unless, wait_for
from registry_infra.problems import StackProblem

T = TypeVar("T")
BROKEN_AT = 20_000
"""Bytes after which the demonstration's upload breaks off, to be resumed."""
PATIENCE = 20.0
"""Seconds for which a step is repeated while a part of the system is being started again."""


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

    def _wait(self, what: str, look: Callable[[], T | None], seconds: float = 60) -> T:
        return wait_for(what, look, seconds, self.pause)

    def images(self) -> dict[str, bytes]:
        """Photographs of the identity card and of its holder."""
        person = self.applicant
        return {"id_front": id_front(person), "id_back": id_back(), "handheld": handheld(person)}

    def work(self) -> bytes:
        """The text that is filed, as PDF."""
        return essay(self.applicant.name)

    def run(self) -> Path:
        Portal(self.visitor.url).get("/sandbox/staff")  # without patience: is this a sandbox that runs?
        self.arrive()
        return self.file()

    def arrive(self) -> None:
        """Somebody new, until they may file."""
        self.sign_up()
        self.verify_identity()

    def file(self) -> Path:
        """One work, until its certificate is there and checked."""
        self.draft()
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
        }
        self.visitor.post("/accounts", entry)
        self.step(f"注册 Signed up: {person.name}, mobile {person.mobile}, with an SMS code")
        tokens = self.visitor.post("/sessions", {"login": person.mobile, "password": person.password})
        self.me = self.visitor.as_account(tokens["access_token"])
        self.step("登录 Signed in with the password")

    def verify_identity(self) -> None:
        sent = {role: self.me.upload(image, f"{role}.jpg", "id_image") for role, image in self.images().items()}
        number = self.me.post("/verifications", sent)["verification_id"]
        self.step("实名认证 Sent three images for real-name verification")

        def checked() -> dict[str, Any] | None:
            view: dict[str, Any] = self.me.get(f"/verifications/{number}")
            return view if view["check"] == "done" else None

        view = self._wait("the automatic check of the images", checked, 120)
        if any(note["severity"] == "error" for note in view["notes"]):
            raise TooLate("; ".join(note["message"] for note in view["notes"]))
        reviewer = self.staff("reviewer")
        reviewer.fetch(f"/staff/verifications/{number}/images/id_front")
        reviewer.post(f"/staff/verifications/{number}/decision", {"decision": "approve"})
        self.step("审核 A reviewer (password and TOTP) looked at them and approved")

    def draft(self) -> None:
        draft = self.me.post("/applications", {"kind": "work"})
        self.application_id = draft["application_id"]
        path = f"/applications/{self.application_id}"
        for form in steps_of_the_form(self.applicant):
            draft = self.me.call("PATCH", path, {"form": form}, headers={"If-Match": f'"{draft["version"]}"'})
        self.step(f"填写 Drafted 作品登记 → 文字作品 “{TITLE}” (version {draft['version']})")
        pdf = self.work()
        upload_id = self.me.upload(pdf, f"{TITLE}.pdf", break_at=BROKEN_AT)
        self.me.post(f"{path}/materials", {"role": "sample", "upload_id": upload_id})
        self.step(f"上传 Uploaded the PDF by tus, {len(pdf) // 1024} KB, resumed after a break")

        def checked() -> dict[str, Any] | None:
            check: dict[str, Any] = self.me.get(path)["materials"][0]["precheck"]
            return check if check["state"] == "done" else None

        check = self._wait("the pre-check", checked, 120)
        if check["verdict"] == "fail":
            raise TooLate("; ".join(finding["message"] for finding in check["findings"]))
        self.step(f"预检 Pre-checked: {check['verdict']}, {check['facts']['pdf']['pages']} pages")

    def submit(self) -> str:
        path = f"/applications/{self.application_id}"
        # The verified name reaches filing by event, a moment after the decision.
        declaration = self._wait(
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
        order = self._wait("the order", lambda: unless("order_pending", lambda: self.me.get(f"{path}/order")))
        payment = self.me.post(f"/orders/{order['order_id']}/payments", {"method": "wechat"})
        self.visitor.post(f"/sandbox/payments/{payment['payment_id']}/pay", {})
        self.step(f"缴费 Paid ¥{order['amount'] / 100:.2f} by WeChat Pay; the provider called back")

        def accepted() -> str | None:
            number: str | None = self.me.get(path)["acceptance_number"]
            return number

        number = self._wait("acceptance", accepted)
        notice = self._wait("the acceptance notice", lambda: self._document("acceptance_notice"))
        self._save("acceptance-notice.pdf", self.me.fetch(f"/documents/{notice['document_id']}"))
        self.step(f"受理 Accepted: 受理号 {number}, with the notice as PDF")
        return number

    def examine(self, serial_number: str) -> None:
        case = self.me.get(f"/applications/{self.application_id}")
        if case["paper_required"] and not case["paper_received_at"]:
            cover = self._wait("the cover sheet", lambda: self._document("cover_sheet"))
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

        case = self._wait("the certificate", issued, 120)
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


def run(url: str, output: Path | None, data: Path | None, root: Path | None = None) -> int:
    """Runs the demonstration against the stack at ``url``; 0 when a verified certificate came of it.

    Files go to ``output``, by default the folder ``demo`` of the stack's data folder. A stack that is not on this
    machine has no data folder here: its certificate is verified with ``root``, if given. Raises StackProblem.
    """
    if not url.startswith(("http://", "https://")):
        raise StackProblem(f"{url} is no address. Name it with its scheme, like http://127.0.0.1:8000.")
    if root is not None and not root.is_file():
        raise StackProblem(f"there is no root certificate at {root}. Copy it from that sandbox, or leave --root out.")
    folder = output or (data or Path()) / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    print(f"Main job at {url}", flush=True)
    path = _told(lambda: Demo(url, folder, data, root).run(), url, data)
    print(path.absolute())
    return 0


def _told(job: Callable[[], T], url: str, data: Path | None) -> T:
    """One sentence and what to do, whatever went wrong."""
    option = option_for(data) if data else ""
    look = f"See ./registry status{option} and ./registry logs{option}, then run the demo again."
    if data is None:
        look = f"See whether it is well ({url}/readyz) and what its logs say, then run the demo again."
    try:
        return job()
    except Refused as refused:
        if refused.status == 404 and "/sandbox/" in str(refused):
            raise StackProblem(
                f"there is no sandbox at {url}, and the demo needs one. ./registry up starts one."
            ) from None
        raise StackProblem(f"the portal refused a step: {str(refused).rstrip('.。')}. {look}") from None
    except TooLate as late:
        raise StackProblem(f"{late}. {look}") from None
    except httpx.HTTPError as error:
        raise StackProblem(f"the portal at {url} does not answer ({type(error).__name__}). {look}") from None


def main(words: list[str] | None = None) -> int:
    """The command by itself: ``python -m registry_infra.demo``, with the arguments of ``./registry demo``."""
    from registry_infra.cli import main as registry

    return registry(["demo", *(sys.argv[1:] if words is None else words)])


if __name__ == "__main__":
    raise SystemExit(main())
