"""账号找回 of an account of the old system that nobody came for, from the web form to the second person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from archive.legacy.store import LegacyRegistration
from chassis.signing import create_sandbox_pki
from chassis.testing import service_actor
from chassis.testing.databases import DatabaseFactory
from contracts.identity import SANDBOX_MESSAGES, SandboxMessages
from contracts.legacy import ACCOUNTS, REGISTRATIONS, account_record, registration_record
from identity.legacy import store as legacy
from identity.legacy.model import line_of
from identity.sealing import vault

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


def old_account(system: System, login: str, number: str, **facts: str) -> None:
    """An account of the old system that nobody has come for, and the registration that it filed there."""
    kept = dict.fromkeys(ACCOUNTS.fields, "") | {"login": login, "kind": "natural_person", "verification": "approved"}
    values = tuple((kept | facts).values())
    with system.services["identity"].uow() as uow:
        legacy.load(uow.session, [line_of("imp-a", (1, account_record(login), values), vault(uow.settings))])
    registered: dict[str, Any] = dict.fromkeys(REGISTRATIONS.fields, "")
    registered |= {"number": number, "kind": "software", "title": "旧软件"}
    registered |= {"login": login, "owners": facts["name"], "registered_on": date(2014, 5, 6)}
    registered |= {"completion_date": None, "publication_date": None, "earlier_on": None}
    with system.services["archive"].uow() as uow:
        record = registration_record(number)
        uow.session.add(LegacyRegistration(record_id=record, import_id="imp-r", row_number=1, **registered))


def asked_for(system: System, number: str, contact: str) -> str:
    """Somebody without an account asks by the web form; where the desk finds it."""
    visitor, identity = system.client(), system.services["identity"]
    asked = {"email" if "@" in contact else "mobile": contact}
    assert visitor.post("/api/v1/otp", json={"purpose": "recover", **asked}).status_code == 202
    messages = identity.call(SANDBOX_MESSAGES, SandboxMessages(to=contact), service_actor("gateway"))
    code = next(word for word in messages.items[0].body.replace("，", " ").split() if len(word) == 6)
    answer = visitor.post("/api/v1/recoveries", json={"number": number, "otp": code, **asked})
    assert set(answer.get_json()) == {"receipt", "due_on"}
    system.settle()
    found = identity.as_owner("SELECT recovery_id FROM recoveries WHERE receipt = %s", answer.get_json()["receipt"])
    return f"/staff/recoveries/{found[0][0]}"


def test_an_account_of_the_old_system_that_nobody_came_for_is_found_by_the_number_it_had_registered(
    system: System, author: Author
) -> None:
    """The public query knows the number, so the desk must: shown by its record, and given back."""
    desk, other = (at_desk(system, "customer_service", id=f"acc-service-{name}") for name in ("fay", "gus"))
    facts = {"name": "王芳", "id_number": "11010519491231002X", "mobile": "13800004321", "registered_on": "2011-05-06"}
    old_account(system, "fay.old", "2014SR004711", **facts)
    for contact in ("13900006601", "fay.new@example.com"):
        place = asked_for(system, "2014SR004711", contact)
        desk.post(place, data={"step": "claim"})
        shown = words(desk.get(place))
        for told in ("旧系统的账号，还没有人在本系统登录过", "王*", "138****4321", "2011年5月6日", "请申请人重新注册"):
            assert told in shown, told
        assert "没有账号用过这个号码" not in shown
        assert "11010519491231002X" not in shown
        outcomes = seen(desk.get(place)).xpath(".//input[@name='outcome']/@value")
        assert ("mobile_changed" in outcomes, "email_changed" in outcomes) == ("@" not in contact, False)
        assert "旧系统的账号，还没有人" not in words(other.get(place)), "claimed by a colleague"
    place = asked_for(system, "2014SR004711", "13900006601")
    desk.post(place, data={"step": "claim"})
    desk.post(place, data={"step": "compare", "said_name": "王芳", "said_id_number": facts["id_number"]})
    assert desk.post(place, data={"step": "propose", "outcome": "mobile_changed", "checked": "电话"}).status_code == 303
    assert other.post(place, data={"step": "confirm"}).status_code == 303
    assert "异议期至" in words(desk.get(place))


def test_what_is_said_of_a_photograph_alone_is_true_of_the_account_above_it(system: System, author: Author) -> None:
    desk = at_desk(system, "customer_service", id="acc-service-hal")
    identity = system.services["identity"]
    old_account(system, "hal.old", "2014SR004712", name="赵六", mobile="13800004322")
    wanted = {
        author.ids["number"]: "这个账号没有留存证件照片",
        "2014SR004712": "旧系统的记录里没有证件照片",
        "2014SR999999": "没有账号用过这个号码，照片只能与填写的内容核对",
    }
    for n, (number, told) in enumerate(wanted.items()):
        place = asked_for(system, number, f"1390000770{n}")
        desk.post(place, data={"step": "claim"})
        identity.as_owner(
            """INSERT INTO recovery_photos (photo_id, recovery_id, network, check_state, original_sha256, original_size,
            sealed_sha256, sealed_size, wrapped_key, submitted_at) VALUES (%s, %s, '', 'done', 'a', 1, %s, 1, 'k',
            now())
            RETURNING 1""",
            *(f"pho-{n}", place.rpartition("/")[2], f"sha-{n}"),
        )
        identity.as_owner("INSERT INTO recovery_pictures VALUES (%s, 'photo', 'p') RETURNING 1", f"pho-{n}")
        shown = words(desk.get(place))
        assert [one for one in wanted.values() if one in shown] == [told]
        identity.as_owner("DELETE FROM recovery_pictures RETURNING 1")
        identity.as_owner("DELETE FROM recovery_photos RETURNING 1")


@pytest.mark.requirement("F-14")
def test_the_desks_find_what_the_old_system_had_as_the_public_query_does(system: System, author: Author) -> None:
    old_account(system, "ida.old", "2014SR004713", name="钱多多", mobile="13800004323")
    desk = at_desk(system, "customer_service", id="acc-service-ida")
    for text in ("2014SR004713", "钱多多", "ida.old"):
        page = seen(desk.get(f"/staff/lookups?purpose=enquiry&text={text}"))
        assert "/query?number=2014SR004713" in page.xpath(".//a/@href"), text
        assert "旧系统的登记" in page.text_content()
    for text in ("钱多多", "ida.old", "13800004323"):
        shown = words(desk.get(f"/staff/lookups?purpose=enquiry&text={text}"))
        assert "还没有人在本系统登录过" in shown, text
        assert "138****4323" in shown
        assert "没有找到" not in shown
