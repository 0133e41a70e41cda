"""The deposit within the wizard, over the pages without script and over the API: its owner's alone."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.author import Author
from tests.one_process import System
from tests.security.test_browser_sessions import form_token, sign_in

SOURCE = "\n".join(f"print('第 {n} 本书')" for n in range(400)).encode()
MANUAL = "\n".join(f"山居图书管理软件V1.0 用户手册第 {n} 行" for n in range(90)).encode()
FORM = {"full_name": "山居图书管理软件", "version": "V1.0", "languages": []}
JOB = re.compile(r"job=(job-?[\w-]+)")


@pytest.fixture(scope="module")
def draft(author: Author) -> str:
    application_id: str = author.post("/applications", {"kind": "software", "form": FORM})["application_id"]
    return application_id


def case(author: Author, draft: str) -> dict[str, Any]:
    found: dict[str, Any] = author.get(f"/applications/{draft}")
    return found


@pytest.mark.requirement("F-04")
@pytest.mark.requirement("F-02")
def test_the_wizard_builds_it_and_the_form_takes_over_what_the_code_says(
    system: System, author: Author, draft: str
) -> None:
    browser = system.client(cookies=True)
    sign_in(browser, author)
    steps = browser.get(f"/registration/applications/{draft}").text
    assert f"/registration/applications/{draft}/builder" in steps
    page = f"/registration/applications/{draft}/builder"
    entered = {"csrf_token": form_token(browser, page), "strip_blank_lines": "yes"}
    nothing = browser.post(page, data=entered)
    assert (nothing.status_code, "error-summary" in nothing.text) == (422, True)

    files = {"source_file": (io.BytesIO(SOURCE), "app.py"), "document_file": (io.BytesIO(MANUAL), "手册.txt")}
    ordered = browser.post(page, data={**entered, **files}, content_type="multipart/form-data")
    assert ordered.status_code == 303, ordered.text
    found = JOB.search(ordered.headers["Location"])
    assert found is not None
    assert "aria-busy" in browser.get(ordered.headers["Location"]).text
    system.services["filing"].run_worker()
    done = browser.get(ordered.headers["Location"]).text
    assert f'value="{found[1]}"' in done

    token = form_token(browser, page)
    used = browser.post(f"{page}/use", data={"csrf_token": token, "job": found[1]})
    assert used.status_code == 303
    system.services["filing"].run_worker()
    assert [material["role"] for material in case(author, draft)["materials"]] == ["program", "document"]
    offered = browser.get(page).text
    assert "Python" in offered
    technical = browser.get(f"/registration/applications/{draft}/technical").text
    assert f'href="{page}#suggested"' in technical, "the step that tells of the click leads to it"
    checked = browser.get(f"/registration/applications/{draft}/check").text
    assert "<small>源程序" in checked, "a file is told with what it is"
    assert browser.post(f"{page}/suggestions", data={"csrf_token": token}).status_code == 303
    taken = case(author, draft)
    assert (taken["form"]["languages"], taken["form"]["source_lines"]) == (["Python"], 400)
    assert taken["report"]["suggestions"] == {}
    assert "#suggested" not in browser.get(f"/registration/applications/{draft}/technical").text
    for step in ("software", "development", "rights", "deposit", "technical", "contact"):
        assert browser.get(f"/registration/applications/{draft}/{step}").status_code == 200, step
    assert browser.get(f"/registration/applications/{draft}/check").status_code == 200


@pytest.mark.requirement("W-06")
@pytest.mark.requirement("F-04")
def test_the_interface_does_the_same_and_nobody_else_may(
    system: System, author: Author, draft: str, people: dict[str, FlaskClient]
) -> None:
    asked = {"source": [author.upload(SOURCE, "app.py")]}
    job = author.post(f"/applications/{draft}/deposits", asked)["job_id"]
    system.services["filing"].run_worker()
    kept = author.post(f"/applications/{draft}/deposits/{job}")
    assert kept == author.post(f"/applications/{draft}/deposits/{job}")
    assert [material["role"] for material in kept["materials"]].count("program") == 1
    for name, somebody in people.items():
        for path, body in ((f"/applications/{draft}/deposits", {}), (f"/applications/{draft}/deposits/{job}", {})):
            answer = somebody.post(f"/api/v1{path}", json=body)
            assert answer.status_code in (401, 403, 404), (name, path, answer.text)
