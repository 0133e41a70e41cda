"""A work and a program are registered and then changed, each with its proof, by the API in the running system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from materials.testing.sample_files import encoded, numbered_pdf, picture
from registry_infra.demo import Demo
from registry_infra.demo.software import NAME, SoftwareFiling
from registry_infra.demo.work import WorkFiling
from registry_infra.testing import Stack

from tests.staff import Staff

pytestmark = [pytest.mark.requirement("F-01"), pytest.mark.requirement("A-03")]
PLACE = {"country": "中国", "province": "北京", "city": "北京"}
OF_WORK: dict[str, Any] = {
    "change_items": ["title", "authors"],
    "title": "改了名的书",
    "authors": [{"name": "王小名"}],
    "name_reason": "misspelt",
    "change_reason": "登记时书名和作者姓名书写有误",
}
OF_SOFTWARE: dict[str, Any] = {
    "change_items": ["version", "publication"],
    "version": "1.0",
    "publication_date": "2026-07-01",
    "publication_place": PLACE,
    "change_reason": "版本号不带字母；软件已经发表",
}
PROOFS = {
    "name_change_proof": ("证明.jpg", encoded(picture(1200, 1600))),
    "publication_proof": ("网页.pdf", numbered_pdf(1)),
}


class Owner(Demo):
    """The demonstration's applicant, without its report."""

    def step(self, text: str) -> None:
        pass

    def change(self, filing_type: str, number: str, form: dict[str, Any], *roles: str) -> Path:
        """A change, from its draft to the proof, which is checked and verified like a certificate."""
        asked = {"type": filing_type, "registration_number": number, "form": form}
        self.application_id = self.me.post("/applications", asked)["application_id"]
        for role in roles:
            name, data = PROOFS[role]
            material = {"role": role, "upload_id": self.me.upload(data, name, "proof")}
            self.me.post(f"{self.path}/materials", material)
        self.checked()
        return self.file_draft()

    def file_draft(self) -> Path:
        serial_number = self.submit()
        acceptance_number = self.pay()
        self.examine(serial_number)
        return self.certificate(acceptance_number)


@pytest.fixture(scope="module")
def owner(stack: Stack, staff: Staff, tmp_path_factory: pytest.TempPathFactory) -> Owner:
    owner = Owner(stack.url, tmp_path_factory.mktemp("papers"), stack.data)
    owner.staff = staff
    owner.arrive()
    return owner


@pytest.mark.parametrize(
    ("filing", "filing_type", "form", "roles", "changed"),
    [
        (WorkFiling, "work_change", OF_WORK, ("name_change_proof",), {"title": "改了名的书", "authors": "王**"}),
        (
            SoftwareFiling,
            "software_change",
            OF_SOFTWARE,
            ("publication_proof",),
            {"version": "1.0", "publication_date": "2026-07-01"},
        ),
    ],
    ids=["work", "software"],
)
def test_what_is_registered_is_changed_and_proved(
    owner: Owner, filing: Any, filing_type: str, form: dict[str, Any], roles: tuple[str, ...], changed: dict[str, str]
) -> None:
    certificate = owner.file(filing())
    number = owner.me.get(owner.path)["registration_number"]
    before = owner.visitor.get(f"/certificates/{number}")
    proof = owner.change(filing_type, number, form, *roles)
    after = owner.visitor.get(f"/certificates/{number}")
    assert (before["changes"], after["status"]) == ([], "valid")
    [change] = after["changes"]
    assert {item["field"]: item["after"] for item in change["items"]} == changed
    assert owner.visitor.get(f"/certificates/{change['number']}")["registration_number"] == number
    for paper in (certificate, proof):
        headers = {"Content-Type": "application/pdf"}
        told = owner.visitor.call("POST", "/certificate-checks", content=paper.read_bytes(), headers=headers)
        assert (told["file_matches"], told["changes"]) == (True, after["changes"])
    assert NAME in after["title"] or after["title"] == "改了名的书"
