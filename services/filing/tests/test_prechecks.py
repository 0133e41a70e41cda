"""The pre-check as its own tool and the worker that does it, with the real confinement."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from chassis.errors import Problem
from chassis.testing import anonymous, person
from chassis.work import Rank
from chassis.work.store import claim
from filing.prechecks import handlers
from filing.prechecks.store import PrecheckRow
from materials.testing.sample_files import text_pdf
from pypdf import PdfWriter

from contracts import tools

from .conftest import Office
from .test_filing_a_case import refused


def pdf(pages: int) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def check(office: Office, data: bytes, name: str = "作品.pdf") -> tools.PrecheckView:
    receipt = office.harness.receipt("visitor-1", data, name)
    view: tools.PrecheckView = office.call(
        tools.CREATE_PRECHECK, anonymous(), receipt=receipt, profile="text_pdf", client="visitor-1"
    )
    return view


@pytest.mark.requirement("F-06")
def test_anybody_may_have_a_file_checked_apart_from_a_filing(office: Office) -> None:
    queued = check(office, pdf(2))
    renamed = check(office, b"PK\x03\x04 a renamed archive")
    assert queued.state == "running"
    assert office.harness.run_worker() == 2
    done = office.call(tools.GET_PRECHECK, anonymous(), precheck_id=queued.precheck_id)
    assert (done.state, done.facts["pdf"]["pages"]) == ("done", 2)
    english, chinese = (
        office.call(tools.GET_PRECHECK, anonymous(), precheck_id=renamed.precheck_id, language=language)
        for language in ("en", "zh")
    )
    assert english.verdict == "fail"
    assert all(finding.message and finding.remedy for finding in (*english.findings, *chinese.findings))
    assert english.findings[0].message != chinese.findings[0].message


def test_unknown_profiles_and_foreign_files_are_refused(office: Office) -> None:
    receipt = office.harness.receipt("visitor-1", pdf(1))
    request = {"receipt": receipt, "profile": "text_pdf", "client": "visitor-2"}
    refused("receipt_invalid", office.call, tools.CREATE_PRECHECK, anonymous(), **request)
    request = {"receipt": receipt, "profile": "horoscope", "client": "visitor-1"}
    refused("precheck_profile_unknown", office.call, tools.CREATE_PRECHECK, anonymous(), **request)


def test_an_accounts_check_is_not_for_others(office: Office) -> None:
    receipt = office.harness.receipt("acc-wang", pdf(1))
    mine = office.call(tools.CREATE_PRECHECK, office.applicant, receipt=receipt, profile="text_pdf")
    for actor in (anonymous(), person("acc-other")):
        refused("precheck_unknown", office.call, tools.GET_PRECHECK, actor, precheck_id=mine.precheck_id)
    assert office.call(tools.GET_PRECHECK, office.applicant, precheck_id=mine.precheck_id).state == "running"


@pytest.mark.requirement("S-01")
def test_a_job_whose_worker_died_comes_back_and_is_given_up_after_three_tries(office: Office) -> None:
    queued = check(office, pdf(1))
    ask = office.harness.runtime.ask
    for attempt in range(1, 4):
        job = claim(ask, PrecheckRow, Rank.VISITOR)
        assert job is not None
        assert job.attempts == attempt
        assert claim(ask, PrecheckRow, Rank.VISITOR) is None
        office.harness.as_owner("UPDATE prechecks SET leased_until = now() - interval '1 second'")
    assert handlers.work_off(office.harness.runtime)
    done = office.call(tools.GET_PRECHECK, anonymous(), precheck_id=queued.precheck_id)
    assert (done.verdict, [finding.code for finding in done.findings]) == ("uncertain", ["not_checked"])


@pytest.mark.requirement("S-02")
def test_two_workers_share_the_queue_and_check_each_file_once(office: Office) -> None:
    queued = [check(office, pdf(number)).precheck_id for number in range(1, 7)]

    def work() -> int:
        done = 0
        while handlers.work_off(office.harness.runtime):
            done += 1
        return done

    with ThreadPoolExecutor(2) as workers:
        shares = [future.result() for future in [workers.submit(work) for _ in range(2)]]
    assert sum(shares) == len(queued)
    with office.harness.uow() as uow:
        rows = [uow.session.get(PrecheckRow, precheck_id) for precheck_id in queued]
        assert [(row.state, row.attempts, row.facts["pdf"]["pages"]) for row in rows if row] == [
            ("done", 1, number) for number in range(1, 7)
        ]


@pytest.mark.requirement("F-04")
def test_the_worker_checks_the_sample_of_a_draft(office: Office) -> None:
    application_id = office.draft().application_id
    office.attach(application_id, data=b"not a PDF at all", file_name="样本.pdf")
    office.harness.run_worker()
    material = office.view(application_id).materials[0]
    assert (material.precheck.state, material.precheck.verdict) == ("done", "fail")
    with pytest.raises(Problem, match="application_incomplete"):
        office.prepare(application_id)


def checked_by(
    office: Office, account: str, data: bytes, *, name: str = "作品.pdf", title: str = ""
) -> tools.PrecheckView:
    receipt = office.harness.receipt(account, data, name)
    context = {"title": title} if title else {}
    view: tools.PrecheckView = office.call(
        tools.CREATE_PRECHECK, person(account), receipt=receipt, profile="text_pdf", context=context
    )
    return view


@pytest.mark.requirement("F-06")
def test_what_the_account_had_checked_a_moment_ago_has_its_result_at_once(office: Office) -> None:
    file = text_pdf(["One", "Two", "Three"])
    first = checked_by(office, "acc-wang", file)
    assert first.state == "running"
    office.harness.run_worker()
    again = checked_by(office, "acc-wang", file)
    assert (again.state, again.facts["pdf"]["pages"]) == ("done", 3)
    assert again.precheck_id != first.precheck_id
    done = office.call(tools.GET_PRECHECK, person("acc-wang"), precheck_id=first.precheck_id)
    assert (again.findings, again.facts) == (done.findings, done.facts)
    assert office.harness.run_worker() == 0


@pytest.mark.requirement("F-06")
def test_another_account_other_rules_and_an_old_or_unsettled_result_are_checked_anew(office: Office) -> None:
    file = text_pdf(["One", "Two", "Three"])
    checked_by(office, "acc-wang", file)
    office.harness.run_worker()
    # Whether somebody else has sent the same file is nobody's business.
    assert checked_by(office, "acc-li", file).state == "running"
    assert checked_by(office, "acc-wang", file, title="长江").state == "running"
    assert checked_by(office, "acc-wang", file, name="别名.pdf").state == "running"
    assert check(office, file).state == "running"
    office.harness.as_owner("UPDATE prechecks SET finished_at = finished_at - interval '61 minutes'")
    assert checked_by(office, "acc-wang", file).state == "running"
    office.harness.run_worker()
    # An error may be the check's own.
    broken = b"not a PDF at all"
    checked_by(office, "acc-wang", broken)
    office.harness.run_worker()
    assert checked_by(office, "acc-wang", broken).state == "running"
