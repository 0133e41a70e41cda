"""A software's deposit within its case: how many pages, which kind, what it costs, and what is said of bad ones."""

from __future__ import annotations

import io
from typing import Any

import pytest
from gateway.forms.testing import Elements
from materials.testing.sample_files import zip_of

from tests.forms import deposits
from tests.forms.deposits import ROWS, build, draft, said, take_over, use
from tests.forms.filers import Filer

OURS = {"owners": [{"name": "长江文化有限公司", "kind": "organisation", "applicant": True}]}


@pytest.mark.requirement("F-04")
@pytest.mark.parametrize(("pages", "deposited"), [(1, 1), (59, 59), (60, 60), (61, 60)])
def test_below_sixty_pages_the_whole_program_is_deposited(person: Filer, pages: int, deposited: int) -> None:
    case = draft(person, source_lines=None)
    filed = take_over(person, use(person, case, build(person, case, deposits.program(pages * ROWS), deposits.manual())))
    assert deposits.pages_of(filed) == deposited
    assert filed["form"]["source_lines"] == pages * ROWS
    assert said(filed) == {}


@pytest.mark.requirement("F-04")
@pytest.mark.requirement("F-06")
@pytest.mark.parametrize("kind", [None, "masked"])
def test_what_was_checked_as_it_was_made_is_not_checked_again_in_the_case(person: Filer, kind: str | None) -> None:
    case = draft(person, **({"deposit_kind": "exceptional", "exceptional_kind": kind} if kind else {}))
    job = build(person, case, deposits.program(61 * ROWS), deposits.manual())
    person.post(f"/applications/{case}/deposits/{job['job_id']}")
    checks = [(item["role"], item["precheck"]["state"]) for item in deposits.view(person, case)["materials"]]
    assert sorted(checks) == [("document", "done"), ("program", "done")]


@pytest.mark.requirement("F-04")
@pytest.mark.parametrize(
    ("pages", "lines", "problem"),
    [(59, 59 * ROWS, ""), (59, 5000, "deposit_incomplete"), (60, 5000, ""), (61, 61 * ROWS, "")],
)
def test_a_deposit_made_elsewhere_is_the_whole_program_or_sixty_pages(
    person: Filer, pages: int, lines: int, problem: str
) -> None:
    case = draft(person, source_lines=lines)
    filed = deposits.attach(person, case, program=deposits.program_pdf(pages), document=deposits.manual_pdf())
    assert said(filed) == ({problem: "materials.program"} if problem else {})


@pytest.mark.requirement("F-04")
def test_code_of_blank_lines_and_a_manual_of_nothing_are_refused_with_the_reason(person: Filer) -> None:
    case = draft(person)
    blank = zip_of({"app.py": b"\n \n\t\n" * 4000})
    for job in (build(person, case, blank, deposits.manual()), build(person, case, document=b"\n \n" * 300)):
        assert job["state"] == "failed"
        page = person.browser.get(f"/registration/applications/{case}/builder?job={job['job_id']}").text
        assert job["refusal"]["message"] in page
    lines = deposits.program_pdf(59, rows=0)
    filed = deposits.attach(person, case, program=lines, document=deposits.manual_pdf())
    assert said(filed)["deposit_without_text"] == "materials.program"


@pytest.mark.requirement("F-04")
@pytest.mark.requirement("W-04")
@pytest.mark.parametrize("place", ["/registration/applications/{case}/builder", "/tools/deposit"])
def test_after_a_deposit_that_failed_files_and_options_are_still_in_the_form(person: Filer, place: str) -> None:
    """By a browser without script: nothing but the pages remembers what was sent."""
    case = draft(person, deposit_kind="exceptional", exceptional_kind="ten_fifty")
    address = place.format(case=case)
    entered = {"csrf_token": person.token, "leave_out": "old\ndocs", "first": "main.py", "strip_comments": "yes"}
    entered |= {"title": deposits.NAME, "version": deposits.VERSION, "mode": "ten_fifty", "start_page": "5"}
    files = {"source_file": (io.BytesIO(deposits.program(90 * ROWS)), "sources.zip")}
    early = person.browser.post(address, data=entered | files, content_type="multipart/form-data")
    assert early.status_code == 422
    assert 'href="#field-start_page"' in early.text
    kept = Elements(early.text).entries
    assert (kept["start_page"], bool(kept["source"])) == ("5", True)

    ordered = person.browser.post(address, data=kept.to_dict() | {"start_page": "500"})
    assert ordered.status_code == 303, ordered.text
    deposits.work(person)
    failed = person.browser.get(ordered.location.partition("#")[0]).text
    assert "所选例外交存方式需要至少" in failed
    if address.startswith("/tools"):
        failed = person.browser.get(next(link for link in Elements(failed).links if "job=" in link)).text
    again = Elements(failed).entries
    said = {name: again[name] for name in ("start_page", "leave_out", "first", "strip_comments", "source")}
    assert said == {name: kept[name] for name in said} | {"start_page": "500"}
    assert "mask_secrets" not in again
    made = person.browser.post(address, data=again.to_dict() | {"start_page": "20"})
    deposits.work(person)
    made_page = person.browser.get(made.location.partition("#")[0]).text
    assert "下载 PDF" in made_page
    assert "data-uploads-sent" not in made_page, "a script forgets nothing either"


@pytest.mark.requirement("F-04")
@pytest.mark.requirement("F-06")
def test_a_manual_that_was_scanned_is_asked_about_and_a_program_that_was_is_refused(person: Filer) -> None:
    case = draft(person)
    filed = deposits.attach(person, case, program=deposits.scanned_pdf(60), document=deposits.scanned_pdf(3))
    assert said(filed)["deposit_without_text"] == "materials.program"
    assert said(filed, "warning")["deposit_without_text"] == "materials.document"
    page = person.browser.get(f"/registration/applications/{case}/check").text
    assert "program.pdf" in page


@pytest.mark.requirement("F-05")
@pytest.mark.parametrize(
    ("changes", "roles"),
    [
        ({"development_mode": "commissioned"}, {"ownership_proof"}),
        ({"development_mode": "assigned"}, {"ownership_proof"}),
        ({"acquisition": "inheritance", "never_registered": True}, {"acquisition_proof"}),
        ({**OURS, "work_for_hire": True}, {"employment_contract", "creation_proof"}),
    ],
)
def test_a_missing_contract_is_named_by_the_api_and_on_the_pages(
    person: Filer, company: Filer, changes: dict[str, Any], roles: set[str]
) -> None:
    filer = company if "owners" in changes else person
    case = draft(filer, **changes)
    deposits.attach(filer, case, program=deposits.program_pdf(60), document=deposits.manual_pdf())
    refused = filer.me.post(f"/api/v1/applications/{case}/declaration", json={})
    named = {error["field"] for error in refused.get_json()["errors"]}
    assert (refused.status_code, named) == (422, {f"materials.{role}" for role in roles})
    checked = Elements(filer.browser.get(f"/registration/applications/{case}/check").text)
    files = Elements(filer.browser.get(f"/registration/applications/{case}/materials").text)
    for role in roles:
        assert any(link.endswith(f"#field-materials.{role}") for link in checked.links), role
        assert f"field-materials.{role}" in files.by_id, role
    filed = deposits.attach(filer, case, **{role: deposits.manual_pdf() for role in roles})
    assert said(filed) == {}


@pytest.mark.requirement("F-06")
@pytest.mark.parametrize("header", ["水居图书管理软件", "山居图书管理系统"])
def test_another_name_in_the_manual_is_told_with_its_page(person: Filer, header: str) -> None:
    case = draft(person)
    filed = deposits.attach(
        person, case, program=deposits.program_pdf(60), document=deposits.manual_pdf(f"{header} V1.0")
    )
    told = [item for item in filed["report"]["problems"] if item["code"].startswith("deposit_")]
    assert told, "nothing was said of another name"
    files = {f"materials.{item['material_id']}": item["role"] for item in filed["materials"]}
    assert {files[item["field"]] for item in told} == {"document"}
    assert all("page" in item["params"] for item in told if item["code"] == "deposit_name_differs")
    page = person.browser.get(f"/registration/applications/{case}/materials").text
    assert "document.pdf" in page


@pytest.mark.requirement("F-06")
def test_one_click_fills_what_is_empty_and_leaves_the_rest(person: Filer) -> None:
    """Code and manual name another version; the form's, which heads the pages, stays. Languages and lines are empty."""
    case = draft(person, version="V1.0", languages=[], source_lines=None)
    source = zip_of({"library/main.py": b"VERSION = '2.3'\n" + b"print('book')\n" * 3200})
    filed = use(person, case, build(person, case, source, deposits.manual(version="V2.3")))
    assert {"deposit_version_differs", "source_version_differs"} <= set(said(filed, "warning"))
    address = f"/registration/applications/{case}/builder"
    page = person.browser.get(address).text
    offered = page[page.index('id="suggested"') :].partition("</section>")[0]
    assert "Python" in offered
    assert "2.3" not in offered
    assert "您已经填写的（名称、版本号等）不会改动" in offered
    taken = person.browser.post(f"{address}/suggestions", data={"csrf_token": person.token})
    assert taken.status_code == 303
    deposits.work(person)
    after = deposits.view(person, case)
    assert (after["form"]["version"], after["form"]["languages"]) == ("V1.0", ["Python"])
    assert after["form"]["source_lines"] == 3201
    assert after["report"]["suggestions"] == {}
    assert 'id="suggested"' not in person.browser.get(address).text


@pytest.mark.requirement("F-06")
@pytest.mark.parametrize(
    "header", ["山居图书管理系统 V1.0", "山居图书管理软件 V2.0", "山居图书管理系统 V2.0", "图书王 V1.0"]
)
def test_what_the_pages_name_otherwise_is_told_and_not_put_into_the_form(person: Filer, header: str) -> None:
    case = draft(person)
    files = {"program": deposits.program_pdf(60, header), "document": deposits.manual_pdf(header)}
    filed = deposits.attach(person, case, **files)
    assert filed["report"]["suggestions"] == {}
    assert said(filed), "what differs keeps it from being filed"


EXCEPTIONAL = [("masked", 60), ("ten_fifty", 60), ("object_code", 80)]


@pytest.mark.requirement("F-04")
@pytest.mark.requirement("F-09")
@pytest.mark.requirement("F-11")
@pytest.mark.parametrize(("kind", "pages"), EXCEPTIONAL)
def test_an_exceptional_deposit_has_its_pages_and_its_fee_and_the_examiner_sees_which(
    company: Filer, kind: str, pages: int
) -> None:
    case = draft(company, **OURS, deposit_kind="exceptional", exceptional_kind=kind)
    asked: dict[str, Any] = {}
    if kind == "object_code":
        asked["object_code"] = company.upload(bytes(range(256)) * 400, "library.bin")
    job = build(company, case, deposits.program(90 * ROWS), deposits.manual(), **asked)
    filed = take_over(company, use(company, case, job))
    assert said(filed) == {}
    assert deposits.pages_of(filed) == pages
    assert (job["report"]["program"].get("meter") is not None) == (kind == "masked")

    serial_number = deposits.submit(company, case)
    order = company.get(f"/applications/{case}/order")
    assert order["amount"] == 25000 + 32000
    assert {line["code"] for line in order["lines"]} > {line["code"] for line in order["lines"][:1]}
    company.pay(order)
    company.act("intake", "/staff/paper-receipts", {"serial_number": serial_number})
    company.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
    seen = company.staff_get("examiner", f"/staff/examinations/{case}")
    assert (seen["form"]["deposit_kind"], seen["form"]["exceptional_kind"]) == ("exceptional", kind)
    words = next(
        choice.label
        for choice in company.described("software").field("exceptional_kind").choices  # type: ignore[union-attr]
        if choice.value == kind
    )
    page = company.staff_page("examiner", f"/staff/examinations/{case}")
    assert words in page
    assert "例外交存" in page


@pytest.mark.requirement("F-04")
@pytest.mark.parametrize(("kind", "opened"), [(None, False), *((kind, True) for kind, _ in EXCEPTIONAL)])
def test_what_an_exceptional_deposit_asks_for_stands_open_on_its_page(
    person: Filer, kind: str | None, opened: bool
) -> None:
    case = draft(person, deposit_kind="exceptional" if kind else "general", exceptional_kind=kind)
    page = person.browser.get(f"/registration/applications/{case}/builder").text
    assert ('<details class="tool-context" open>' in page) is opened


@pytest.mark.requirement("F-09")
def test_each_further_document_has_its_fee(person: Filer) -> None:
    case = draft(person, document_kinds="several", document_count=3)
    for number in range(3):
        deposits.attach(person, case, document=deposits.manual_pdf(pages=number + 1))
    filed = deposits.attach(person, case, program=deposits.program_pdf(60))
    assert said(filed) == {}
    deposits.submit(person, case)
    assert person.get(f"/applications/{case}/order")["amount"] == 25000 + 2 * 8000


@pytest.mark.requirement("F-12")
def test_a_correction_that_brings_the_same_deposit_is_told_so_on_its_pages(person: Filer) -> None:
    case = draft(person)
    source, document = deposits.program(90 * ROWS), deposits.manual()
    take_over(person, use(person, case, build(person, case, source, document)))
    serial_number = deposits.submit(person, case)
    person.pay(person.get(f"/applications/{case}/order"))
    person.act("intake", "/staff/paper-receipts", {"serial_number": serial_number})
    person.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
    defects = [{"target": "materials.program", "message": "请换上清楚的。"}]
    person.act("examiner", f"/staff/examinations/{case}/decision", {"decision": "correct", "defects": defects})
    place = f"/account/applications/{case}/correction/deposit"
    entered = {"csrf_token": person.token, "deposit": "build", "leave_out": "library", "mask_secrets": "yes"}
    files = {"source_file": (io.BytesIO(source), "sources.zip")}
    nothing = person.browser.post(place, data=entered | files, content_type="multipart/form-data")
    deposits.work(person)
    shown = Elements(person.browser.post(place, data=Elements(nothing.text).entries | {"deposit": "look"}).text)
    assert (shown.entries["leave_out"], bool(shown.entries["source"])) == ("library", True)
    later = Elements(person.browser.get(f"{place}?job={shown.entries['job']}").text).entries
    assert (later["leave_out"], "strip_blank_lines" in later) == ("library", False)
    again = build(person, case, source, document)
    used = {"csrf_token": person.token, "deposit": "use", "job": again["job_id"]}
    answer = person.browser.post(f"/account/applications/{case}/correction/deposit", data=used)
    assert answer.status_code == 409
    assert "完全一样" in answer.text
    file = {"csrf_token": person.token, "role": "program"}
    made = person.me.get(again["files"][0]["url"]).data
    answer = person.browser.post(
        f"/account/applications/{case}/correction/files",
        data=file | {"materials.program_file": (io.BytesIO(made), "program.pdf")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 409
    assert "完全一样" in answer.text
    by_api = person.me.post(f"/api/v1/applications/{case}/deposits/{again['job_id']}", json={})
    assert (by_api.status_code, by_api.get_json()["code"]) == (409, "material_unchanged")
    assert len(deposits.view(person, case)["materials"]) == 2


@pytest.mark.requirement("F-12")
@pytest.mark.requirement("F-06")
def test_a_correction_does_not_say_of_what_was_entered_what_was_found_of_what_was_filed(person: Filer) -> None:
    case = draft(person)
    use(person, case, build(person, case, deposits.program(90 * ROWS), deposits.manual()))
    view = deposits.view(person, case)
    changed, known = {"form": {"source_lines": 12000}}, {"If-Match": str(view["version"])}
    person.sent("PATCH", f"/applications/{case}", json=changed, headers=known)
    serial_number = deposits.submit(person, case)
    person.pay(person.get(f"/applications/{case}/order"))
    person.act("intake", "/staff/paper-receipts", {"serial_number": serial_number})
    person.act("examiner", f"/staff/examinations/{case}/claim", {"reason": "由测试领取"})
    defects = [{"target": "source_lines", "message": "请核对源程序量。"}]
    person.act("examiner", f"/staff/examinations/{case}/decision", {"decision": "correct", "defects": defects})
    here = f"/account/applications/{case}/correction"
    filed, told = person.browser.get(here).text, "填写的源程序量是 12000 行"
    assert told in filed
    entered = Elements(filed).entries.to_dict(flat=True) | {"csrf_token": person.token, "source_lines": str(90 * ROWS)}
    shown = person.browser.post(here, data=entered).text
    assert 'value="4500"' in shown
    assert told not in shown
