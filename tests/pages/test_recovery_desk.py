"""账号找回 by its pages: what was compared stands before the second person, and the cards lead to where work waits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.signing import create_sandbox_pki
from chassis.testing.databases import DatabaseFactory

from tests.author import Author
from tests.one_process import System, running_system
from tests.pages.test_office_desks import at_desk, seen, words

pytestmark = pytest.mark.requirement("I-09")


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="module")
def author(system: System) -> Author:
    return Author.settled(system)


def test_the_second_person_reads_what_was_compared_and_the_card_leads_there(system: System, author: Author) -> None:
    one, other = (at_desk(system, "customer_service", id=f"acc-service-{name}") for name in ("ann", "bea"))
    [card] = seen(one.get("/staff")).xpath(".//a[.//span[text()='账号找回']]/@href")
    [place] = seen(one.get(card)).xpath(".//a[@data-row]/@href")
    assert "正在核对 1" in words(one.get(card))
    one.post(place, data={"step": "claim"})
    assert "姓名和证件号码都比对过，才能更换" in words(one.get(place))
    asked = {"step": "propose", "outcome": "mobile_changed", "checked": "致电核对"}
    assert "还没有比对姓名和证件号码" in words(one.post(place, data=asked), 409)
    said = {"step": "compare", "said_name": author.who.name, "said_id_number": "11010119900307002X"}
    assert "与账号不一致，不能更换" in words(one.post(place, data=said))
    assert "不一致，不能更换手机号" in words(one.post(place, data=asked), 409)
    one.post(place, data=said | {"said_id_number": author.who.id_number})
    assert one.post(place, data=asked).status_code == 303
    shown = words(other.get(place))
    assert "姓名或名称 一致" in shown
    assert "证件号码 一致" in shown
    assert "由 acc-service-ann 比对" in shown
    assert "复核同意" in shown
    assert place in seen(other.get(card)).xpath(".//a[@data-row]/@href"), "the tab in which something waits"
    assert "待复核 1" in words(other.get(card))
    assert place not in seen(other.get(f"{card}?state=open")).xpath(".//a[@data-row]/@href")
    identity = system.services["identity"]
    identity.as_owner("UPDATE recoveries SET said = '{}' WHERE recovery_id = %s", place.rpartition("/")[2])
    shown = words(other.get(place))
    assert "提出的同事没有比对过。" in shown
    assert "复核同意" not in shown


def test_a_request_for_cases_asks_for_no_comparison_that_only_a_change_of_address_needs(
    system: System, author: Author
) -> None:
    desk = at_desk(system, "customer_service", id="acc-service-cid")
    statement = """UPDATE recoveries SET state = 'open', outcome = NULL, said = '{}', claimed_by = NULL,
        claimed_at = NULL, proposed_by = NULL, checked = '', new_account_id = %s RETURNING recovery_id"""
    [[recovery_id]] = system.services["identity"].as_owner(statement, author.ids["account_id"])
    place = f"/staff/recoveries/{recovery_id}"
    desk.post(place, data={"step": "claim"})
    shown = words(desk.get(place))
    assert "要取回案件的新账号" in shown
    assert "没有比对" not in shown
    assert "与账号比对" not in shown


def test_a_request_after_an_objection_says_so_to_both(system: System, author: Author) -> None:
    """Seconds after its holder has stopped one, another is asked for with another new number."""
    one, other = (at_desk(system, "customer_service", id=f"acc-service-{name}") for name in ("dan", "eva"))
    identity = system.services["identity"]
    [[recovery_id, receipt]] = identity.as_owner(
        """UPDATE recoveries SET state = 'objected', outcome = 'mobile_changed', account_id = %s, new_account_id = NULL,
        contact = '13900007777', ended_at = now(), objected_at = now(), waits_until = current_date,
        proposed_by = 'acc-a', confirmed_by = 'acc-b' RETURNING recovery_id, receipt""",
        author.ids["account_id"],
    )
    identity.as_owner(
        """INSERT INTO recoveries (recovery_id, receipt, number, channel, contact, contact_kind, state, submitted_at,
        due_on, version) SELECT 'rec-again', 'ZH20261201AGAINAGA', number, channel, '13900008888', 'mobile', 'open',
        now(), current_date + 3, 1 FROM recoveries WHERE recovery_id = %s""",
        recovery_id,
    )
    place = "/staff/recoveries/rec-again"
    assert "持有人或客服阻止过" in words(one.get("/staff/recoveries?state=open"))
    shown = words(one.get(place))
    assert "这个账号已有 1 件找回申请被持有人异议" in shown
    assert "领取之后可以看到是哪几件" in shown
    assert receipt not in shown
    one.post(place, data={"step": "claim"})
    page = one.get(place)
    assert f"/staff/recoveries/{recovery_id}" in seen(page).xpath(".//table//a/@href")
    shown = words(page)
    for told in ("139****7777", "异议期内已停止", "提出异议", "起才能同意", "有过异议，为什么仍然同意"):
        assert told in shown, told
    assert "13900007777" not in shown
    one.post(
        place,
        data={"step": "compare", "said_name": author.who.name, "said_id_number": author.who.id_number},
    )
    asked = {"step": "propose", "outcome": "mobile_changed", "checked": "致电核对"}
    assert "账号持有人刚提出过异议" in words(one.post(place, data=asked), 409)
    identity.as_owner("UPDATE recoveries SET objected_at = now() - interval '30 days' WHERE state = 'objected'")
    assert "没有写明有过异议为什么仍然同意" in words(one.post(place, data=asked), 422)
    assert one.post(place, data=asked | {"despite": "持有人到场，异议是误操作"}).status_code == 303
    shown = words(other.get(place))
    for told in ("这个账号已有 1 件找回申请被持有人异议", "持有人到场，异议是误操作", receipt, "139****7777"):
        assert told in shown, told
    assert "没有写明有过异议为什么仍然同意" in words(other.post(place, data={"step": "confirm"}), 422)
    assert other.post(place, data={"step": "confirm", "despite": "看过身份证原件"}).status_code == 303
    assert "看过身份证原件" in words(one.get(place))
    in_english = one.get(place, headers={"Accept-Language": "en"})
    assert in_english.status_code == 200
