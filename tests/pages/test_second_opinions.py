"""A second examiner's page asks for what that examiner may decide, and for each reason in a field of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.signing import create_sandbox_pki
from chassis.testing.databases import DatabaseFactory
from flask.testing import FlaskClient

from tests.author import Author
from tests.one_process import System, running_system
from tests.pages.test_office_desks import at_desk, seen, words

pytestmark = pytest.mark.requirement("F-11")


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="module")
def author(system: System) -> Author:
    return Author.settled(system)


def examiner(system: System, name: str) -> FlaskClient:
    return at_desk(system, "examiner", id=f"acc-examiner-{name}")


def test_who_would_register_writes_why_beside_the_reason_for_a_refusal(system: System, author: Author) -> None:
    case = author.accepted()["application_id"]
    place = f"/staff/examinations/{case}"
    one, other = examiner(system, "ann"), examiner(system, "bea")
    one.post(f"{place}/claim")
    refusal = {"action": "decide", "decision": "refuse", "reason": "样本不是作品", "basis": "in_the_reason"}
    assert one.post(f"{place}/decision", data=refusal).status_code == 303
    mine = one.get("/staff/examinations?queue=mine")
    assert "等同事复核" in words(mine)
    assert "另有 1 件在等" in words(mine)
    other.post(f"{place}/claim")
    page = seen(other.get(place))
    assert page.xpath("//label[@for='field-opposing_reason']")
    [prefilled] = page.xpath("//textarea[@id='field-reason']/text()")
    assert prefilled.strip() == "样本不是作品"
    approve = {"action": "decide", "decision": "approve", "reason": prefilled.strip(), "opposing_reason": ""}
    answer = seen(other.post(f"{place}/decision", data=approve), 422)
    assert answer.xpath("//*[@id='error-opposing_reason']")
    assert not answer.xpath("//*[@id='error-reason']"), "a reason stands there"
    given = approve | {"opposing_reason": "有独创性"}
    assert other.post(f"{place}/decision", data=given).status_code == 303
    assert "认为应当登记的理由：有独创性" in words(examiner(system, "cia").get(place)).replace(" ", "")
    one.post(f"{place}/claim")
    form = seen(one.get(place)).xpath("//form[@data-decision]")
    if form:  # who proposed it may agree to register, and nothing else
        assert form[0].xpath(".//input[@name='decision']/@value") == ["approve"]
        assert not form[0].xpath(".//*[@id='field-defects' or @id='field-reason' or @id='field-basis']")


def test_the_queue_counts_what_the_page_of_a_case_marks(system: System, author: Author) -> None:
    """The same file is in another case, which the page says."""
    case = author.accepted()["application_id"]
    desk = examiner(system, "dan")
    page = seen(desk.get(f"/staff/examinations/{case}"))
    marked = len(page.xpath("//ul[@class='findings']/li[contains(., '注意') or contains(., '错误')]"))
    assert marked
    [row] = seen(desk.get("/staff/examinations")).xpath(f"//tr[.//a[@href='/staff/examinations/{case}']]")
    assert f"{marked} 处" in row.text_content()
