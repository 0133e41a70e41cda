"""An applicant whose applications stand at every point where people meet one."""

from __future__ import annotations

from dataclasses import dataclass

from materials.testing.sample_files import text_pdf
from registry_infra.portal import Portal

from tests.journeys.people import Person, decide
from tests.staff import Staff

ONE_WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch" * 3
"""What a title may hold, and no line can be broken at."""


@dataclass(frozen=True)
class Lives:
    """Ids of applications by where they stand; the material of the draft has a blank page, which can be repaired."""

    person: Person
    draft: str
    to_pay: str
    to_correct: str
    registered: str

    @property
    def all(self) -> tuple[str, ...]:
        return self.draft, self.to_pay, self.to_correct, self.registered


def lead_lives(visitor: Portal, staff: Staff) -> Lives:
    person = Person(visitor, staff).sign_up().verify()
    registered = examined(person.accepted_with_paper(title=f"已经登记的书{ONE_WORD}"), person, "approve")
    to_correct = examined(
        person.accepted_with_paper(title=f"需要补正的书{ONE_WORD}"),
        person,
        "correct",
        defects=[{"target": "title", "message": "请写明卷次。"}],
    )
    to_pay = person.ready_to_sign(title=f"还没有缴费的书{ONE_WORD}")
    person.submit(to_pay)
    person.start_payment(to_pay)
    draft = person.draft(title=f"还没有提交的书{ONE_WORD}")
    person.attach(draft, text_pdf(["First", "", "Third"]))
    person.declare(draft)
    person.me.post("/applications", {"kind": "software"})
    person.wait_until(registered, "registration_number")
    return Lives(person, draft, to_pay, to_correct, registered)


def examined(application_id: str, person: Person, decision: str, **details: object) -> str:
    examiner = person.staff("examiner")
    examiner.post(f"/staff/examinations/{application_id}/claim")
    decide(examiner, application_id, decision, **details)
    return application_id
