"""Every page can be reached by following links, no link is broken, and every page is valid HTML in both languages.

The people: a visitor, somebody who has just signed up, an applicant with applications at every point, and staff of each
role. Accessibility and looks are for a browser: ``tests/browser``.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import html5lib
import httpx
import pytest
from contracts.base import STAFF_ROLES
from materials.testing.sample_files import numbered_pdf
from registry_infra.node import Node
from registry_infra.portal import Portal, wait_for
from registry_infra.testing import Stack

import gateway
from tests.journeys.people import Person
from tests.legacy.html4 import faults
from tests.legacy.running import import_some
from tests.lives import Lives
from tests.staff import Staff
from tests.structure.crawl import Crawl, page_routes, route_of

pytestmark = pytest.mark.stack

OLD_ENTRY = "/legacy"
"""Its pages are HTML 4.01, and have a validator of their own."""
OLD_CASE_ROUTES = (
    "/legacy/cases/<case_id>",
    "/legacy/cases/<case_id>/files/<file_id>",
    "/legacy/cases/<case_id>/payment",
    "/legacy/cases/<case_id>/payment/<payment_id>/code.png",
    "/legacy/documents/<document_id>",
    "/account/history/old/<record_id>/<file_id>",
    "/staff/old-cases/<case_id>",
    "/staff/old-cases/<case_id>/files/<file_id>",
)
NOT_BY_A_LINK = {
    "/staff/examinations/<application_id>/corrections/<correction_id>/<material_id>": "replaced files",
    "/account/applications/<application_id>/correction/deposit": "a button of the correction's form, which goes along",
    "/healthz": "for programs",
    **dict.fromkeys(OLD_CASE_ROUTES, "of an old case, which has none here: tests/security/test_old_entry.py"),
    "/readyz": "for programs",
    "/tools": "a short address; leads on to the pre-check",
    "/verify/": "typed from a certificate without its number",
    "/staff-set-up": "from the sign-in page as staff see it",
    "/sign-up/code": "the next step of sign-up",
    "/registration/applications/<application_id>/declaration": "after its check",
    "/registration/applications/<application_id>/submitted": "after the signature",
    "/tools/jobs/<job_id>": "after a file was sent, or its repair was asked for",
}
WHERE_THERE_ARE_ANY = {
    "/registration/applications/<application_id>/templates/<name>.pdf",  # tests/pages/test_proof_templates.py
    "/account/history/old/undo/<link_id>",  # tests/pages/test_old_account_joins.py
    "/staff/guide-texts/<text_id>",  # tests/pages/test_guide_texts.py
    "/staff/mailing/batches/<batch_id>",  # tests/browser/test_mailing.py
    "/staff/mailing/batches/<batch_id>/<part>.pdf",  # the same
    "/staff/mailing/certificates/<document_id>.pdf",  # the same
    "/gazette/<day>",  # tests/browser/test_every_page.py
    "/gazette/<day>.atom",  # tests/journeys/test_gazette.py
    "/gazette/<day>/<int:volume>.pdf",  # the same
    "/account/verification/photos/<document>",  # tests/browser/test_verification_photos.py
    "/account/organisation",  # tests/pages/test_holding.py: organisations only
    "/account/organisation/seal",  # the same
    "/account/organisation/seal/asked",  # the same
    "/staff/orders/<order_id>/write-off",  # tests/pages/test_staff_bank.py
    "/registration/<any(work, software):subject>/begun",  # tests/browser/test_drafts.py
    "/account/batches/<batch_id>",  # tests/browser/test_every_page.py
    "/account/batches/<batch_id>/declaration.pdf",  # the same
    "/account/batches/<batch_id>/numbers.csv",  # tests/journeys/test_batch.py
    "/account/batches/<batch_id>/papers",  # tests/pages/test_batch_papers.py
    "/account/batches/<batch_id>/papers.pdf",  # the same
    "/account/batches/<batch_id>/sheet.xlsx",  # tests/browser/test_every_page.py
    "/account/batches/templates/<type>.xlsx",  # the same: organisations only
    "/staff/batches/<batch_id>",  # the same
    "/account/applications/<application_id>/expedite/evidence/<evidence_id>",  # tests/journeys/test_expedite.py
    "/staff/expedites/<expedite_id>",  # the same
    "/account/office-acts/<act_id>",  # tests/pages/test_office_acts.py
    "/account/office-acts/<act_id>/files/<act_file_id>",  # the same
    "/account/office-acts/new",  # the same
    "/staff/office-acts/<act_id>",  # the same
    "/staff/office-acts/<act_id>/files/<act_file_id>",  # the same
    "/staff/office-acts/<act_id>/documents/<document_id>",  # the same
    "/staff/office-acts/new",  # the same
    "/staff/seals/<application_id>",  # tests/pages/test_seals.py
    "/staff/seals/<application_id>/materials/<material_id>",  # the same
    "/staff/expedites/<expedite_id>/evidence/<evidence_id>",  # the same
    "/staff/recoveries/<recovery_id>",  # tests/browser/test_recovery.py
    "/staff/recoveries/<recovery_id>/pictures/<picture>",  # the same
    "/staff/bank/statements/<statement_id>",  # gateway and services/payment/tests/test_statements.py
    "/staff/bank/rows/<row_id>",  # the same
    "/staff/lookups/cases/<application_id>",  # tests/pages/test_office_desks.py: looked for by words
    "/staff/lookups/cases/<application_id>/documents/<document_id>",  # the same
    "/staff/lookups/cases/<application_id>/materials/<material_id>",  # the same
    "/staff/lookups/accounts/<account_id>",  # the same
    "/staff/enquiries/<enquiry_id>",  # tests/browser/test_office_desks.py
    "/staff/orders",  # tests/browser/test_cashier.py
    "/staff/orders/<order_id>",  # the same
    "/staff/orders/<order_id>/receipt.pdf",  # the same
    "/staff/orders/<order_id>/invoice.xml",  # the same
    "/progress/<number>",  # the QR code of a notice; from an order of the cashier's
    "/staff/refunds/<refund_id>",  # tests/browser/test_every_page.py
    "/staff/refunds/orders/<order_id>",  # tests/browser/test_every_page.py: orders are looked for by words
    "/staff/refunds/files/<file_id>",  # services/payment/tests/test_refunds_by_bank.py
    "/staff/refunds/files/<file_id>.xml",  # the same
    "/staff/reconciliations/<method>/<day>.csv",  # tests/browser/test_every_page.py
    "/account/applications/<application_id>/payment/invoice.json",  # tests/journeys/test_refunds.py
    "/account/applications/<application_id>/payment/invoice.xml",  # the same
}
"""Led to from a list that may be empty here, each with the test that fills it."""
SOURCE = "".join(f"print({line})\n" for line in range(200)).encode()


class Browser:
    """Somebody at a browser without script."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=60)

    def post(self, address: str, **fields: str) -> httpx.Response:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/sign-in").text)
        if token is None:
            token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/account/sessions").text)
        assert token
        return self.client.post(address, data={"csrf_token": token[1], **fields})

    def in_english(self, addresses: list[str]) -> dict[str, str]:
        self.client.cookies.set("lang", "en")
        answers = {address: self.client.get(address) for address in addresses}
        self.client.cookies.delete("lang")
        return {address: answer.text for address, answer in answers.items() if answer.status_code == 200}


@pytest.fixture(scope="module")
def browser(stack: Stack) -> Iterator[Callable[[], Browser]]:
    with ExitStack() as opened:

        def open_one() -> Browser:
            found = Browser(stack.url)
            opened.callback(found.client.close)
            return found

        yield open_one


def signed_in(browser: Browser, login: str, password: str, totp: str = "") -> Browser | None:
    answer = browser.post("/sign-in", login=login, password=password, totp=totp)
    return browser if answer.status_code == 303 else None


@pytest.fixture(scope="module")
def walks(
    browser: Callable[[], Browser],
    stack: Stack,
    visitor: Portal,
    staff: Staff,
    lives: Lives,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, tuple[Browser, Crawl]]:
    """Who went where: from the home page, or (staff, but for one role) from the workbench and not beyond."""

    def member(role: str) -> Browser:
        def sign_in() -> Browser | None:
            account = next(item for item in visitor.get("/sandbox/staff")["items"] if role in item["roles"])
            return signed_in(browser(), account["login"], account["password"], account["totp"])

        return wait_for(f"the sign-in of a {role}", sign_in, 40)

    import_some(stack, tmp_path_factory.mktemp("imports"), 800_001)
    found = {"visitor": browser()}
    for name, person in {"newcomer": Person(visitor, staff).sign_up(), "applicant": lives.person}.items():
        signed = signed_in(browser(), person.who.mobile, person.who.password)
        assert signed, name
        found[name] = signed
    found |= {role: member(role) for role in STAFF_ROLES}
    beginnings: dict[str, tuple[str, ...]] = dict.fromkeys(set(STAFF_ROLES) - {"administrator"}, ("/staff",))
    # Other tests' applications are on the applicant's lists too, and before these.
    beginnings["applicant"] = ("/", *(f"/registration/applications/{case}" for case in lives.all))
    return {name: (person, walk(person, *beginnings.get(name, ("/",)))) for name, person in found.items()}


def walk(person: Browser, *beginnings: str) -> Crawl:
    return Crawl(person.client, beginnings[0]).start(*beginnings)


@pytest.fixture(scope="module")
def further(walks: dict[str, tuple[Browser, Crawl]], lives: Lives) -> Crawl:
    """The applicant's pages that come after a form or a QR code."""
    person = lives.person
    file, source = person.me.upload(numbered_pdf(3), "试.pdf"), person.me.upload(SOURCE, "main.py")
    check = person.me.post("/prechecks", {"upload_id": file, "profile": "text_pdf"})
    job = person.me.post("/deposits", {"title": "程序", "version": "V1.0", "source": [source]})
    crawl = Crawl(walks["applicant"][0].client)
    crawl.start(
        "/verify/",
        f"/progress/{person.case(lives.registered)['acceptance_number']}",
        f"/registration/applications/{lives.draft}/declaration",
        f"/registration/applications/{lives.to_pay}/submitted",
        f"/tools/precheck/checks/{check['precheck_id']}",
        f"/tools/jobs/{job['job_id']}",
    )
    return crawl


@pytest.mark.requirement("W-01")
def test_every_page_is_reached_by_following_links(walks: dict[str, tuple[Browser, Crawl]]) -> None:
    reached = set().union(*(crawl.routes for _, crawl in walks.values()))
    assert sorted(page_routes() - reached - WHERE_THERE_ARE_ANY) == sorted(NOT_BY_A_LINK)


@pytest.mark.requirement("W-01")
def test_no_link_is_broken(walks: dict[str, tuple[Browser, Crawl]], further: Crawl) -> None:
    assert [f"{name}: {wrong}" for name, (_, crawl) in walks.items() for wrong in crawl.wrong] == []
    assert further.wrong == []


@pytest.mark.requirement("W-01")
def test_every_page_is_valid_html_in_both_languages(
    walks: dict[str, tuple[Browser, Crawl]], further: Crawl, node: Node
) -> None:
    pages = {}
    for name, (person, crawl) in [*walks.items(), ("applicant", (walks["applicant"][0], further))]:
        pages |= {f"{name} zh {address}": html for address, html in crawl.pages.items()}
        pages |= {f"{name} en {address}": html for address, html in person.in_english(list(crawl.pages)).items()}
    assert len(pages) > 2 * len(page_routes())
    problems = problems_of(pages, node)
    assert problems == [], "\n".join(problems)


@pytest.mark.requirement("W-01")
def test_pages_that_explain_what_went_wrong_are_valid_html_too(
    walks: dict[str, tuple[Browser, Crawl]], lives: Lives, node: Node
) -> None:
    draft = f"/registration/applications/{lives.draft}"
    correction = f"/account/applications/{lives.to_correct}/correction"
    refused = {
        "visitor": (
            *("/sign-in", "/sign-in/code", "/sign-up/person", "/sign-up/organisation"),
            *("/certificate-check", "/tools/deposit", "/nowhere"),
        ),
        "newcomer": ("/account/email", "/account/email/confirmation", "/staff"),
        "applicant": (f"{draft}/work", correction),
    }
    pages = {}
    for name, addresses in refused.items():
        for address in addresses:
            answer = walks[name][0].post(address, title="长" * 300, idempotency_key=uuid.uuid4().hex)
            assert 400 <= answer.status_code < 500, (address, answer.status_code)
            pages[f"{name} {address}"] = answer.text
    saved = walks["applicant"][0].post(f"{draft}/ownership", title="长" * 300)
    led_to = {  # where a submission without photos, and saving a step that lacks something, leads
        "newcomer": "/account/verification?new=1&check=1",
        "applicant": saved.headers["Location"],
    }
    for name, address in led_to.items():
        pages[f"{name} {address}"] = walks[name][0].client.get(address).text
        assert "error-summary" in pages[f"{name} {address}"]
    problems = problems_of(pages, node)
    assert problems == [], "\n".join(problems)


def test_an_invalid_page_would_be_noticed(node: Node) -> None:
    page = '<!doctype html><html lang="en"><head><title>T</title></head><body>%s</body></html>'
    faults = {
        "unclosed": "<p><b>x</p>",
        "duplicate": '<p id="a">x</p><p id="a">y</p>',
        "no label": '<form><input type="text" name="x"></form>',
        "nested": "<ul><p>x</p></ul>",
        "nowhere": '<label for="nothing">x</label>',
    }
    said = problems_of({f"{name} /": page % fault for name, fault in faults.items()}, node)
    assert {problem.split(" /:")[0] for problem in said} == set(faults)
    assert problems_of({"well /": page % '<p id="a">x</p>'}, node) == []


def problems_of(pages: dict[str, str], node: Node) -> list[str]:
    """What the HTML standard has against pages: how they are parsed, and what may stand where.

    Parsing as the standard says takes long in Python: one page of each kind, by each person and in each language.
    """
    plain = {name: html for name, html in pages.items() if name.split()[-1].startswith(OLD_ENTRY)}
    pages = {name: html for name, html in pages.items() if name not in plain}
    kinds = {(*name.split()[:-1], route_of(name.split()[-1])): name for name in pages}
    problems = [f"{name}: {fault}" for name, html in plain.items() for fault in faults(html)]
    problems += [f"{name}: {error}" for name in kinds.values() for error in parse_errors(pages[name])]
    validator = node.start(Path(__file__).with_name("validate_html.cjs"))
    asked = "".join(f"{json.dumps({'name': name, 'html': html})}\n" for name, html in pages.items())
    said, _ = validator.communicate(asked, timeout=300)
    answers = [json.loads(line) for line in said.splitlines()]
    assert {answer["name"] for answer in answers} == set(pages)
    return problems + [f"{answer['name']}: {problem}" for answer in answers for problem in answer["problems"]]


def parse_errors(html: str) -> list[str]:
    parser = html5lib.HTMLParser()
    parser.parse(html)
    return [f"{code} at {line}:{column}" for (line, column), code, _ in parser.errors]


@pytest.mark.requirement("W-01")
def test_no_page_reloads_by_itself_while_somebody_reads_it() -> None:
    """WCAG 2.2, 2.2.1 (failure F41): parts are renewed by script, and without it by a link that people follow."""
    templates = Path(gateway.__file__).parent / "templates"
    pages = {str(file): file.read_text("utf-8").lower() for file in templates.rglob("*.html")}
    assert [name for name, text in pages.items() if re.search(r"http-equiv=.?refresh", text)] == []
