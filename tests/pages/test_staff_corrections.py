"""What was noted wrongly at a desk is put right by its page, without script, and the person's own page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chassis.signing import create_sandbox_pki
from chassis.testing.databases import DatabaseFactory

from tests.author import Author
from tests.one_process import System, running_system
from tests.pages.test_office_desks import at_desk, seen, words


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("system")) as running:
        yield running


@pytest.fixture(scope="module")
def author(system: System) -> Author:
    return Author.settled(system)


@pytest.mark.requirement("F-10")
def test_the_counter_takes_back_what_it_scanned_for_the_wrong_case(system: System, author: Author) -> None:
    counter, case = at_desk(system, "intake"), author.accepted(paper=False)["application_id"]
    number = author.get(f"/applications/{case}")["serial_number"]
    assert counter.post("/staff/paper", data={"serial_number": number}).status_code == 303
    assert number in counter.get(f"/staff/paper?wrong={number}").text
    wrong = {"wrong_number": number, "step": "take_back", "wrong_reason": "扫错了封面"}
    for bad, told in (
        ({"wrong_reason": " "}, "原因"),
        ({"step": "another_day", "wrong_day": "2999-01-01"}, "不能晚于今天"),
        ({"wrong_number": "2026Z11S999999"}, "没有找到"),
    ):
        assert told in words(
            counter.post("/staff/paper/correction", data=wrong | bad),
            422 if "step" in bad or "wrong_reason" in bad else 404,
        )
    assert counter.post("/staff/paper/correction", data=wrong).status_code == 303
    system.settle()
    assert "等待纸质材料" in author.me.get(f"/account/applications/{case}").text
    [told] = [one for one in author.get("/messages")["items"] if "其实还没有收到" in one["subject"]]
    assert "扫错了封面" not in told["body"] + author.me.get(f"/account/applications/{case}").text
    assert "没有登记过收到" in words(counter.post("/staff/paper/correction", data=wrong), 409)


@pytest.mark.requirement("A-01")
def test_the_archive_puts_a_batch_back_and_corrects_what_became_of_a_parcel(system: System, author: Author) -> None:
    number = author.get(f"/applications/{author.ids['application_id']}")["registration_number"]
    place = f"/account/certificates/{number}/parcel"
    home = {"recipient": "王小明", "telephone": "13800138000", "province": "北京市", "city": "北京市西城区"}
    author.me.post(place, data=home | {"street": "天桥南大街1号", "postcode": "100050"})
    archive = at_desk(system, "archivist")
    batch = archive.post("/staff/mailing/batches").headers["Location"]
    assert "整批放回待打印" in words(archive.get(batch))
    assert archive.post(f"{batch}/put-back").status_code == 303
    assert archive.post(f"{batch}/put-back").status_code == 404
    batch = archive.post("/staff/mailing/batches").headers["Location"]
    parcel = seen(archive.get(batch)).xpath("string(.//td/code)")
    archive.post("/staff/mailing/tracking", data={"parcel_number": parcel, "tracking_number": "EE123456785CN"})
    assert "整批放回待打印" not in words(archive.get(batch))
    assert "不能整批放回" in words(archive.post(f"{batch}/put-back"), 409)
    archive.post("/staff/mailing/outcome", data={"number": parcel, "outcome": "returned", "reason": "refused"})
    assert "被退回" in author.me.get(place).text
    assert "核对地址，再次申请" in author.me.get("/account").text
    wrong = {"wrong_number": parcel, "wrong_outcome": "delivered", "wrong_why": "扫错了回执"}
    assert "为什么更正" in words(archive.post("/staff/mailing/outcome/correction", data=wrong | {"wrong_why": ""}), 422)
    done = archive.post("/staff/mailing/outcome/correction", data=wrong)
    assert done.status_code == 303
    shown = words(archive.get(done.headers["Location"]))
    assert "扫错了回执" in shown
    assert "更正前：" in shown
    assert "已妥投" in author.me.get(place).text
    system.settle()
    assert [one for one in author.get("/messages")["items"] if "更正" in one["subject"]]


@pytest.mark.requirement("F-14")
def test_the_archive_opens_a_file_of_a_registered_case_for_a_purpose(system: System, author: Author) -> None:
    case = author.get(f"/applications/{author.ids['application_id']}")
    archive, service = at_desk(system, "archivist"), at_desk(system, "customer_service")
    place = f"/staff/lookups/cases/{case['application_id']}"
    page = archive.get(f"{place}?purpose=records")
    assert "档案室的记载" in words(page)
    [address, *_] = seen(page).xpath(".//a[contains(@href, '/materials/')]/@href")
    assert archive.get(address).data.startswith((b"%PDF", b"\xff\xd8", b"\x89PNG"))
    assert archive.get(address.partition("?")[0]).status_code == 303, "not without a purpose"
    assert not seen(service.get(f"{place}?purpose=records")).xpath(".//a[contains(@href, '/materials/')]")
    assert service.get(address).status_code == 403


@pytest.mark.requirement("I-07")
def test_two_reviewers_withdraw_an_approval_and_the_person_submits_again(system: System, author: Author) -> None:
    """The last of this file: afterwards the author is nobody who was verified."""
    person = author
    ann, bea = (at_desk(system, "reviewer", id=f"acc-reviewer-{name}") for name in ("ann", "bea"))
    [mine, *_] = person.get("/verifications")["items"]
    place = f"/staff/verifications/{mine['verification_id']}"
    assert "提出撤回" in words(ann.get(place))
    empty = ann.post(f"{place}/reopening", data={"step": "propose", "reopen_reason": " "})
    assert empty.status_code == 422
    wrong = {"step": "propose", "reopen_reason": "手持照片不是本人"}
    assert ann.post(f"{place}/reopening", data=wrong).status_code == 303
    assert "撤回这件认证" not in words(ann.get(place))
    assert "待您复核的撤回 1" in words(bea.get("/staff"))
    assert mine["verification_id"] in bea.get("/staff/verifications?state=reopening").text
    assert "待复核的撤回 1" in words(bea.get("/staff/verifications"))
    assert "手持照片不是本人" in words(bea.get(place))
    assert bea.post(f"{place}/reopening", data={"step": "confirm"}).status_code == 303
    assert "撤回通过" in words(bea.get(place))
    assert "手持照片不是本人" in person.me.get("/account/verification").text
    system.settle()
    [told] = [one for one in person.get("/messages")["items"] if "需要重新提交" in one["subject"]]
    assert "手持照片不是本人" in told["body"]
