"""Six programs in six languages, as they are out in the world, filed over the portal: what their sources say is taken
into the form, form, program and manual agree, and they are accepted; two go on to their certificates."""

from __future__ import annotations

from typing import Any

import pytest
from registry_infra.demo.software import SoftwareFiling
from registry_infra.portal import Portal, wait_for

from tests.journeys.people import Person, decide
from tests.journeys.real_programs import PROGRAMS, Program
from tests.staff import Staff

REGISTERED = ("flask", "greenlet")


def form_of(person: Person, program: Program) -> dict[str, Any]:
    """All but what the deposit knows better: languages and lines."""
    whole = {name: value for part in SoftwareFiling().form(person.who) for name, value in part.items()}
    return whole | {"full_name": program.name, "version": program.version, "languages": [], "source_lines": None}


def order_deposit(person: Person, program: Program) -> tuple[str, str]:
    """A draft whose deposit is being made: ids of application and job."""
    made = person.me.post("/applications", {"kind": "software", "form": form_of(person, program)})
    case = f"/applications/{made['application_id']}"
    if program.whole:  # as a folder: file by file
        source = [person.me.upload(data, path) for path, data in program.files()]
    else:
        source = [person.me.upload(program.archive(), f"{program.distribution}.zip")]
    asked = {"source": source, "document": person.me.upload(program.manual(), "用户手册.txt")}
    return made["application_id"], person.me.post(f"{case}/deposits", asked)["job_id"]


def use_deposit(person: Person, application_id: str, job_id: str) -> dict[str, Any]:
    """Puts what was made into the case; the case when its files are checked."""

    def made() -> dict[str, Any] | None:
        job: dict[str, Any] = person.me.get(f"/jobs/{job_id}")
        return job if job["state"] in ("done", "failed") else None

    assert wait_for("the deposit", made, 120)["state"] == "done"
    person.me.post(f"/applications/{application_id}/deposits/{job_id}")

    def checked() -> dict[str, Any] | None:
        case = person.case(application_id)
        return case if {item["precheck"]["state"] for item in case["materials"]} == {"done"} else None

    found: dict[str, Any] = wait_for("the checks", checked, 120)
    return found


def take_over(person: Person, case: dict[str, Any]) -> dict[str, Any]:
    """One save of what the deposit offers; the case after it."""
    path, version = f"/applications/{case['application_id']}", str(case["version"])
    offered = case["report"]["suggestions"]
    saved: dict[str, Any] = person.me.call("PATCH", path, {"form": offered}, headers={"If-Match": version})
    return saved


@pytest.fixture(scope="module")
def filed(author: Person) -> dict[str, dict[str, Any]]:
    """By distribution: the case before and after the form took over what the sources say. All are made at once."""
    ordered = {program.distribution: order_deposit(author, program) for program in PROGRAMS}
    found = {}
    for name, (application_id, job_id) in ordered.items():
        offered = use_deposit(author, application_id, job_id)
        found[name] = {"offered": offered, "taken": take_over(author, offered)}
    return found


@pytest.mark.requirement("F-04")
@pytest.mark.requirement("F-06")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.distribution)
def test_a_real_program_is_filed_with_what_its_sources_say(
    author: Person, filed: dict[str, dict[str, Any]], program: Program
) -> None:
    offered, taken = (filed[program.distribution][name] for name in ("offered", "taken"))
    suggested = offered["report"]["suggestions"]
    assert set(program.languages) <= set(suggested["languages"])
    told = {item["code"] for item in offered["report"]["problems"] if item["severity"] == "error"}
    assert told == {"required"}, "languages and lines are all that is missing"
    files = {material["role"]: material["precheck"] for material in taken["materials"]}
    assert {role: check["verdict"] for role, check in files.items()} == {"program": "pass", "document": "pass"}
    pages = files["program"]["facts"]["pdf"]["pages"]
    assert pages < 60 if program.whole else pages == 60
    assert taken["form"]["source_lines"] == suggested["source_lines"] > 300
    assert [item for item in taken["report"]["problems"] if item["severity"] == "error"] == []
    assert taken["report"]["suggestions"] == {}, "form, program and manual agree"

    application_id = taken["application_id"]
    author.declare(application_id)
    serial_number = author.submit(application_id)
    assert "R11" in serial_number
    assert author.order(application_id)["amount"] == 25000
    author.pay(application_id)
    assert author.case(application_id)["state"] == "accepted"


@pytest.mark.requirement("F-04")
@pytest.mark.requirement("A-01")
@pytest.mark.parametrize("name", REGISTERED)
def test_some_go_on_to_their_certificates(
    author: Person, staff: Staff, visitor: Portal, filed: dict[str, dict[str, Any]], name: str
) -> None:
    application_id = filed[name]["taken"]["application_id"]
    serial_number = author.case(application_id)["serial_number"]
    staff("intake").post("/staff/paper-receipts", {"serial_number": serial_number})
    examiner = staff("examiner")
    examiner.post(f"/staff/examinations/{application_id}/claim", {"reason": "由测试领取"})
    seen = examiner.get(f"/staff/examinations/{application_id}")
    assert {item["role"] for item in seen["materials"]} == {"program", "document"}
    decide(examiner, application_id, "approve")
    number = author.wait_until(application_id, "registration_number")
    assert "SR" in number
    assert visitor.get(f"/certificates/{number}")["status"] == "valid"
