"""Some of the rights went to somebody else: what each side is offered, refused and told, on the pages."""

from __future__ import annotations

import re

import pytest
from registry_infra.demo.people import new_applicant

from tests.one_process import System
from tests.pages.test_agreements import post, sign_in
from tests.pages.test_dealings import CONTRACT, Dealer

pytestmark = [pytest.mark.requirement("F-01"), pytest.mark.requirement("A-05")]
OFFERED = re.compile(r'href="/registration/procedures/work_(\w+)\?')
PART = {"rights_scope": "partial", "rights": ["reproduction", "distribution", "adaptation"]}


def dealer(system: System) -> Dealer:
    made = Dealer(system, new_applicant(), system.client(), {})
    made.sign_up()
    made.verify()
    return made


@pytest.fixture(scope="module")
def buyer(system: System) -> Dealer:
    return dealer(system)


@pytest.fixture(scope="module")
def bank(system: System) -> Dealer:
    return dealer(system)


@pytest.fixture(scope="module")
def author(system: System, buyer: Dealer) -> Dealer:
    """Whose work was registered, and three of its rights assigned."""
    made = dealer(system)
    made.register()
    form = {**CONTRACT, **PART, "contract_number": "部1", "grantees": [buyer.party()], "term_begins": "2026-11-02"}
    made.deal("work_assignment", made.ids["registration_number"], form)
    return made


def offered(who: Dealer) -> set[str]:
    return set(OFFERED.findall(sign_in(who)[0].get("/account/certificates").text))


def refused(who: Dealer, procedure: str, number: str) -> str:
    start = f"/registration/procedures/work_{procedure}?number={number}"
    told = post(sign_in(who)[0], start.partition("?")[0], start, number=number)
    assert told.status_code in (403, 409), told.headers
    summary = told.text.partition('id="error-summary"')[2].partition("</form>")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", summary).split())


def told(who: Dealer) -> str:
    return str(sign_in(who)[0].get("/account").text.partition("<main")[2])


def messages(who: Dealer) -> list[dict[str, str]]:
    return list(who.get("/messages")["items"])


def test_who_took_three_rights_over_is_offered_and_told_what_is_theirs(author: Dealer, buyer: Dealer) -> None:
    number = author.ids["registration_number"]
    assert offered(buyer) == {"assignment", "licence", "pledge"}
    for procedure in ("change", "reissue", "cancellation"):
        said = refused(buyer, procedure, number)
        for words in ("复制权、发行权、改编权", "只能由著作权人办理", "请著作权人办理"):
            assert words in said, (procedure, words)
    home = told(buyer)
    assert "还没有登记" not in home
    assert "您受让的权利：复制权、发行权、改编权" in home
    [message] = [one for one in messages(buyer) if number in one["body"]]
    assert message["subject"].startswith("您受让的部分权利已登记")
    assert "换发" not in message["body"]


def test_the_author_is_told_what_is_in_the_way_of_a_cancellation(author: Dealer) -> None:
    number = author.ids["registration_number"]
    assert offered(author) == {"change", "reissue", "assignment", "licence", "pledge"}
    said = refused(author, "cancellation", number)
    proof = next(one["number"] for one in author.get("/certificates")["items"] if one["paper"] == "dealing_proof")
    for words in (number, proof, "复制权、发行权、改编权", "请受让方把这些权利转让回来", "没有期限"):
        assert words in said, words
    page = sign_in(author)[0].get(f"/account/applications/{author.ids['application_id']}").text
    assert set(OFFERED.findall(page)) == offered(author)


def test_the_first_step_says_which_rights_are_whose(author: Dealer, buyer: Dealer) -> None:
    number = author.ids["registration_number"]
    for who, own in ((author, "translation"), (buyer, "adaptation")):
        browser, start = sign_in(who)[0], f"/registration/procedures/work_licence?number={number}"
        begun = post(browser, start.partition("?")[0], start, number=number).headers["Location"]
        page = browser.get(f"/registration/applications/{begun.rsplit('/', 1)[1]}/dealing").text
        record = page.partition("已登记的合同和质权")[2].partition("</section>")[0]
        for words in ("复制权、发行权、改编权", "全世界", "止 没有期限"):
            assert words in record, words
        marked = set(re.findall(r'for="field-rights-(\w+)">[^<]*<small>不在您名下', page))
        assert ("adaptation" in marked, "translation" in marked) == (own != "adaptation", own != "translation")
    form = {**CONTRACT, "contract_number": "部2", "term_begins": "2026-12-01", "grantees": [buyer.party()]}
    asked = {"type": "work_licence", "registration_number": number, "form": form}
    case = author.post("/applications", asked)["application_id"]
    author.prove(case, "contract")
    answer = author.me.post(f"/api/v1/applications/{case}/declaration", json={}).get_json()
    [error] = [one for one in answer["errors"] if one["code"] == "rights_not_held"]
    assert "复制权、发行权、改编权不全在您名下" in error["message"]


def test_another_s_case_is_not_told_by_its_number(author: Dealer, buyer: Dealer, bank: Dealer) -> None:
    number = author.ids["registration_number"]
    licence = {**CONTRACT, "contract_number": "部3", "term_begins": "2026-12-01", "grantees": [bank.party()]}
    licence |= {"rights_scope": "partial", "rights": ["translation"], "term_ends": "2027-11-30"}
    case = author.file("work_licence", number, licence)
    serial = author.get(f"/applications/{case}")["serial_number"]
    said = refused(buyer, "pledge", number)
    for words in ("另一位权利人", "还没有缴费", "010-61092299"):
        assert words in said, words
    assert serial not in said
    assert "撤回它" not in said
    own = refused(author, "pledge", number)
    assert serial in own
    start = f"/registration/procedures/work_pledge?number={number}"
    page = post(sign_in(author)[0], start.partition("?")[0], start, number=number).text
    assert f'href="/account/applications/{case}"' in page
    author.finish(case)
    assert "您是专有许可的被许可人" in told(bank)
    [message] = [one for one in messages(bank) if number in one["body"]]
    assert message["subject"].startswith("您获得的专有许可已登记")
    assert offered(bank) == {"termination"}
    assert "质权或者专有许可" in refused(bank, "change", number)


def test_a_new_owner_is_led_to_a_certificate_of_their_own(system: System, bank: Dealer) -> None:
    owner, heir = dealer(system), dealer(system)
    owner.register()
    number = owner.ids["registration_number"]
    form = {**CONTRACT, "contract_number": "全1", "grantees": [heir.party()], "term_begins": "2026-11-02"}
    owner.deal("work_assignment", number, form)
    home = told(heir)
    assert "全部权利已经转让给您，您是著作权人" in home
    assert "/registration/procedures/work_reissue?number=" in home
    [message] = [one for one in messages(heir) if number in one["body"]]
    assert message["subject"].startswith("著作权已转让给您并登记")
    assert "换发一张写您名字的证书" in message["body"]
    assert offered(owner) == set()
    assert "由登记的受让方办理" in sign_in(owner)[0].get("/account/certificates").text
    browser, start = sign_in(heir)[0], f"/registration/procedures/work_reissue?number={number}"
    begun = post(browser, start.partition("?")[0], start, number=number).headers["Location"]
    page = browser.get(f"/registration/applications/{begun.rsplit('/', 1)[1]}/reissue").text
    assert "变更、补充或者全部转让" in page
    claim = {"claim_amount": "1200000", "claim_begins": "2026-11-01", "claim_ends": "2027-10-31"}
    pledge = {**CONTRACT, "contract_number": "质9", "grantees": [bank.party()], **claim}
    heir.fee = 10_000
    heir.deal("work_pledge", number, pledge, ("contract", "main_contract"))
    home = told(bank)
    assert "您是质权人" in home
    assert "/registration/procedures/work_release?number=" in home
    assert any(one["subject"].startswith("您的质权已登记") for one in messages(bank))
