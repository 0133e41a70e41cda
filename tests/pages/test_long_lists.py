"""Every list of the pages goes on to its end by links that need no script, and shows each row once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.signing import create_sandbox_pki
from chassis.testing import staff_actor
from chassis.testing.databases import DatabaseFactory
from chassis.testing.lists import multiply
from flask.testing import FlaskClient
from lxml import html

from tests.author import Author
from tests.one_process import System, running_system

MANY = 120
NEW = "'X' || lpad(n::text, 3, '0')"


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="module")
def author(system: System) -> Author:
    """Somebody with so many drafts, withdrawn cases, certificates that are being made, messages and sessions; and the
    office with as many cases to examine, papers to wait for and people to verify."""
    author = Author.settled(system)
    filing, archive, identity = (system.services[name] for name in ("filing", "archive", "identity"))
    draft = f"model.id = '{author.draft['application_id']}'"
    filed = f"model.id = '{author.ids['application_id']}'"
    numbers = {"registration_number": "null", "applicant": "null", "title": NEW}
    multiply(filing, "cases", MANY, draft, id="'app-draft-' || n", title=NEW)
    for state, prefix, awaited in (("withdrawn", "W", "null"), ("accepted", "A", "now()"), ("accepted", "P", "null")):
        numbers |= {"id": f"'app-{prefix}-' || n", "state": f"'{state}'", "paper_received_at": awaited}
        numbers |= {"serial_number": f"'S{prefix}' || n", "acceptance_number": f"'L{prefix}' || n"}
        numbers |= {"account_id": "model.account_id" if state == "withdrawn" else "'acc-others'"}
        multiply(filing, "cases", MANY, filed, paper_required="true", **numbers)
    entry = {"registration_number": NEW, "application_id": NEW}
    multiply(archive, "register_records", MANY, **entry)
    multiply(archive, "register_entries", MANY, sequence="n + 100", title=NEW, **entry)
    making = {"certificate_id": NEW, "document_id": "'doc-' || n", "state": "'queued'", "issued_at": "null"}
    making |= {"candidate_sha256": "null", "candidate_size": "null", "log_index": "null"}
    multiply(archive, "certificates", MANY, **entry, **making)
    told = f"model.message_id = '{author.ids['message_id']}'"
    multiply(identity, "messages", MANY, told, message_id=NEW, event_id=NEW)
    multiply(identity, "sessions", MANY, "model.account_id NOT LIKE 'acc-X%'", session_id=NEW)
    account = f"model.account_id = '{author.get('/me')['account_id']}'"
    taken = {"account_id": "'acc-' || n", "mobile": "'138' || lpad(n::text, 8, '0')", "verification": "'pending'"}
    multiply(identity, "accounts", MANY, account, email="null", account_name="null", name=NEW, **taken)
    waiting = {"state": "'pending'", "decided_at": "null", "decided_by": "null", "account_id": "'acc-' || n"}
    multiply(identity, "verifications", MANY, account, verification_id=NEW, **waiting)
    return author


def rows_of(client: FlaskClient, address: str) -> tuple[list[str], int]:
    """What is listed of the many, page after page, and how many pages that were."""
    found: list[str] = []
    pages = 0
    following: str | None = address
    while following:
        answer = client.get(following)
        assert answer.status_code == 200, (following, answer.text)
        tree = html.fromstring(answer.text)
        main = html.tostring(tree.find(".//main"), encoding="unicode")
        found += dict.fromkeys(re.findall(r"\bX\d{3}\b", re.sub(r"\bafter=[^\"]*", "", main)))
        following = next(iter(tree.xpath("//a[@rel='next']/@href")), None)
        pages += 1
    return found, pages


@pytest.mark.requirement("W-01")
@pytest.mark.parametrize(
    ("address", "copies"),
    [
        ("/account/applications", 2),
        ("/account/applications?group=mine&text=X", 1),
        ("/account/history", 1),
        ("/account/dossiers", 1),
        ("/account/certificates", 1),
        ("/account/messages", 1),
        ("/account/sessions", 1),
        ("/tools/precheck/checks/{precheck_id}/use", 1),
    ],
)
def test_an_applicants_list_is_whole(author: Author, address: str, copies: int) -> None:
    found, pages = rows_of(author.me, address.format(**author.ids))
    assert len(found) == copies * MANY
    assert set(found) == {f"X{number + 1:03}" for number in range(MANY)}
    assert pages > 2


@pytest.mark.requirement("W-01")
def test_what_is_filed_is_chosen_without_script_and_kept_in_the_address(author: Author) -> None:
    page = html.fromstring(author.me.get("/account/applications?procedure=registration&kind=work&lang=en").text)
    assert page.xpath("//select[@name='procedure']/option[@selected]/text()") == ["First registration"]
    assert page.xpath("//form[@method='get'][.//select[@name='procedure']][.//button[@type='submit']]")
    onward = page.xpath("//a[@rel='next']/@href") + page.xpath("//nav[@class='ways']//a/@href")
    assert len(onward) == 5
    assert all("procedure=registration" in link and "kind=work" in link for link in onward)
    found, _ = rows_of(author.me, "/account/applications?procedure=registration&group=mine&lang=zh")
    assert len(found) == MANY
    for wanted in ("change", "assignment", "licence", "pledge", "release", "reissue", "cancellation"):
        answer = author.me.get(f"/account/applications?procedure={wanted}").text
        assert "没有符合条件的登记。" in answer, wanted
    assert author.me.get("/account/applications?procedure=' OR 1").status_code == 200


@pytest.mark.requirement("W-02")
@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("reviewer", "/staff/verifications"),
        ("examiner", "/staff/examinations?queue=unclaimed"),
        ("examiner", "/staff/examinations?queue=awaiting_paper&kind=work"),
        ("intake", "/staff/paper"),
        ("archivist", "/staff/issuing"),
    ],
)
def test_a_queue_of_the_office_is_whole(author: Author, role: str, address: str) -> None:
    client = author.system.client(author.system.token(staff_actor(role)))
    found, pages = rows_of(client, address)
    assert sorted(found) == [f"X{number + 1:03}" for number in range(MANY)]
    assert pages > 2


@pytest.mark.requirement("W-02")
def test_the_workbench_counts_whole_queues(author: Author) -> None:
    roles = ("reviewer", "examiner", "archivist")
    client = author.system.client(author.system.token(staff_actor(*roles)))
    tree = html.fromstring(client.get("/staff").text)
    titles = tree.xpath("//*[@class='queue-title']/text()")
    counts = dict(zip(titles, tree.xpath("//*[@class='queue-count']/text()"), strict=True))
    waiting = {
        "实名审核": "120",
        "待您复核的撤回": "0",
        "待领取": "120",
        "我承办的": "0",
        "待复核的不予登记": "0",
        "等待纸质材料": "120",
    }
    waiting |= {"旧系统业务": "0", "旧系统业务：待复核的不予登记": "0"}
    waiting |= {"撤销和更正": "1", "邮寄证书": "0", "启封查看": "0"}
    assert counts.pop("正在制证") in ("120", "121"), "the author's own is one of them, unless it has been made by now"
    assert counts == waiting


@pytest.mark.requirement("W-01")
def test_a_page_of_certificates_that_asks_again_asks_for_itself(author: Author) -> None:
    """One that asked for the first page would put that in the place of the page that is read."""
    second = next(iter(html.fromstring(author.me.get("/account/certificates").text).xpath("//a[@rel='next']/@href")))
    assert html.fromstring(author.me.get(second).text).xpath("//*[@id='certificates']/@hx-get") == [second]
