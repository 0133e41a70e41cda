"""An organisation signs up with its seal, is verified by its papers, files, and pays by Alipay."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

import pytest
from materials.testing.sample_files import encoded, numbered_pdf, picture
from registry_infra.demo.people import new_applicant
from registry_infra.portal import Portal, wait_for

from tests.journeys.conftest import Problem
from tests.journeys.people import Person, Staff

NAME = "江边文化传播有限公司"
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def credit_code() -> str:
    """A unified social credit code with a right check character (GB 32100)."""
    body = "91110105MA" + "".join(random.choice(_ALPHABET) for _ in range(7))
    total = sum(_ALPHABET.index(letter) * pow(3, place, 31) for place, letter in enumerate(body))
    return body + _ALPHABET[(31 - total % 31) % 31]


@dataclass
class Organisation(Person):
    """Its operator acts; the organisation is the applicant."""

    def sign_up(self) -> Organisation:
        seal = self.visitor.upload(encoded(picture(600, 600, seed=5), "PNG"), "公章.png", "seal")
        company = {"organisation_name": NAME, "uscc": credit_code(), "seal_upload_id": seal}
        entry = self.entry(kind="organisation", otp=self.code("sign_up"), **company)
        self.account_id = self.visitor.post("/accounts", entry)["account_id"]
        self.sign_in()
        return self

    def send_images(self) -> str:
        sent = {
            "business_licence": self.me.upload(numbered_pdf(1), "营业执照.pdf", "id_image"),
            "authorisation_letter": self.me.upload(numbered_pdf(2), "授权书.pdf", "id_image"),
            "legal_representative_id": self.me.upload(encoded(picture(1400, 900)), "法人.jpg", "id_image"),
        }
        return str(self.me.post("/verifications", sent)["verification_id"])

    def change_operator(self) -> str:
        """Asks for another operator; the verification's id."""
        letter = self.me.upload(numbered_pdf(2), "授权书.pdf", "id_image")
        other = new_applicant()
        operator = {"name": other.name, "id_type": "resident_id", "id_number": other.id_number}
        asked = {"part": "operator", "authorisation_letter": letter, "operator": operator}
        return str(self.me.post("/organisation/replacements", asked)["verification_id"])

    def form(self, **changes: Any) -> dict[str, Any]:
        owned = {
            "authors": [{"name": NAME}],
            "owners": [{"name": NAME, "kind": "organisation", "applicant": True}],
            "ownership": "legal_person",
        }
        return super().form(**(owned | changes))


@pytest.mark.requirement("I-02")
@pytest.mark.requirement("I-06")
@pytest.mark.requirement("I-08")
@pytest.mark.requirement("P-02")
def test_an_organisation_files_under_its_seal_and_pays_by_alipay(visitor: Portal, staff: Staff) -> None:
    company = Organisation(visitor, staff)
    company.sign_up().verify()
    assert company.me.get("/me")["organisation_name"] == NAME
    application_id = company.draft(title="江边文化丛刊（第一辑）")
    company.attach(application_id, numbered_pdf(20))
    company.attach(application_id, numbered_pdf(2), "法人作品声明.pdf", "corporate_statement")
    company.declare(application_id)
    serial_number = company.submit(application_id)
    payment = company.start_payment(application_id, "alipay")
    company.provider(payment["payment_id"], times=2)
    assert company.wait_until(application_id, "acceptance_number")
    assert company.order(application_id)["state"] == "paid"
    progress = wait_for("progress", lambda: visitor.get(f"/progress/{serial_number}"))
    assert progress["kind"] == "work"


@pytest.mark.requirement("I-02")
def test_an_organisation_needs_a_right_credit_code_and_a_seal(visitor: Portal, staff: Staff, problem: Problem) -> None:
    company = Organisation(visitor, staff)
    code = credit_code()
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    entry = company.entry(kind="organisation", otp=company.code("sign_up"), organisation_name=NAME, uscc=wrong)
    refused = problem(visitor, "POST", "/accounts", entry)
    assert {error["field"]: error["code"] for error in refused["errors"]} == {
        "uscc": "uscc_invalid",
        "seal_upload_id": "seal_required",
    }


@pytest.mark.requirement("P-03")
def test_a_remittance_names_what_to_write_on_it(author: Person) -> None:
    application_id = author.ready_to_sign(pages=16, title="银行汇款的书")
    serial_number = author.submit(application_id)
    remittance = author.start_payment(application_id, "bank")["remittance"]
    assert serial_number in str(remittance)


@pytest.mark.requirement("W-04")
def test_problems_come_in_the_language_that_is_asked_for(visitor: Portal) -> None:
    english = Portal(visitor.url, language="en-GB,en;q=0.8")
    answer = english.send("GET", "/progress/2026Z11L999998").json()
    assert answer["title"] == "Nothing was found for this number."
    assert all(hint["message"].isascii() for hint in answer["hints"])
    english.close()
