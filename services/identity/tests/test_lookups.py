"""Accounts are looked up by whatever is known of them, for a purpose; how one stands is told, never how to get in."""

from __future__ import annotations

from typing import Any

import pytest
from chassis.actor import Actor
from chassis.errors import Problem
from chassis.testing import staff_actor
from chassis.testing.lists import multiply, tables_read_whole
from contracts.lookups import (
    LOOK_UP_ACCOUNTS,
    MOST_LOOKED_UP,
    OPEN_ACCOUNT_FILE,
    OPEN_CASE_CONTACT,
    AccountFile,
    AccountFound,
    LookUp,
    OpenAccountFile,
    OpenCaseContact,
)
from identity.numbers import store as numbers

from .test_legacy_sign_in import OLD_PASSWORD, OldOffice

pytestmark = pytest.mark.requirement("I-12")
SERVICE = staff_actor("customer_service", id="acc-service")
ARCHIVIST = staff_actor("archivist", id="acc-archivist")
ADMINISTRATOR = staff_actor("administrator", id="acc-administrator")
MANY = 5000


def found(office: Any, text: str, actor: Actor = SERVICE) -> list[AccountFound]:
    items: list[AccountFound] = office.call(LOOK_UP_ACCOUNTS, LookUp(text=text, purpose="enquiry"), actor).items
    return items


def opened(office: Any, account_id: str, actor: Actor = SERVICE) -> AccountFile:
    file: AccountFile = office.call(OPEN_ACCOUNT_FILE, OpenAccountFile(account_id=account_id, purpose="enquiry"), actor)
    return file


def written(office: Any, action: str) -> list[tuple[str, str, dict[str, Any]]]:
    statement = "SELECT actor, subject, facts FROM audit WHERE action = %s ORDER BY id"
    return list(office.harness.as_owner(statement, action))


def test_a_person_is_found_by_name_mobile_or_id_and_an_organisation_by_its_code_too(office: Any) -> None:
    somebody = office.sign_up(name="欧阳修远")
    company = office.sign_up_organisation(name="司马相如")
    file = opened(office, company.account_id)
    for text in (
        "欧阳修远",
        "欧阳",
        somebody.mobile,
        f"+86 {somebody.mobile[:3]}-{somebody.mobile[3:]}",
        somebody.account_id,
    ):
        assert [item.account_id for item in found(office, text)] == [somebody.account_id], text
    for text in (str(file.uscc), str(file.uscc).lower(), "北京墨石", "司马相如", company.mobile):
        assert [item.account_id for item in found(office, text)] == [company.account_id], text
    for text in ("", "欧", "修远", "%", "_欧阳", somebody.id_number, somebody.mobile[:8], "' OR ''='"):
        assert found(office, text) == [], text


def test_each_role_is_shown_what_its_work_needs(office: Any) -> None:
    somebody = office.sign_up(name="欧阳修远")
    masked = f"{somebody.mobile[:3]}****{somebody.mobile[-4:]}"
    told = {actor: found(office, "欧阳修远", actor)[0] for actor in (SERVICE, ARCHIVIST, ADMINISTRATOR)}
    assert [(told[actor].name, told[actor].mobile) for actor in told] == [
        ("欧阳修远", masked),
        ("欧阳修远", ""),
        ("欧**", masked),
    ]
    for actor in (somebody.actor, staff_actor("examiner"), staff_actor("cashier"), staff_actor("reviewer")):
        with pytest.raises(Problem, match="forbidden"):
            found(office, "欧阳修远", actor)
    for actor in (somebody.actor, ARCHIVIST, staff_actor("reviewer")):
        with pytest.raises(Problem, match="forbidden"):
            opened(office, somebody.account_id, actor)


def test_an_account_tells_how_it_stands_and_never_a_whole_number(office: Any) -> None:
    somebody = office.sign_up(email="Ouyang@Example.com")
    office.verify(somebody)
    for _ in range(2):
        tokens = office.sign_in(somebody.mobile)
    file = opened(office, somebody.account_id)
    assert (file.verification, file.sessions) == ("approved", 2)
    assert [one.state for one in file.verifications] == ["approved"]
    assert file.last_seen_at is not None
    assert (file.email, file.email_confirmed) == ("o***@example.com", False)
    told = file.model_dump_json()
    for secret in (somebody.mobile, somebody.id_number, "uyang@", tokens.access_token):
        assert secret not in told
    with pytest.raises(Problem, match="not_found"):
        opened(office, "acc-unknown")


def test_who_looked_at_whom_and_why_is_written_down(office: Any) -> None:
    somebody = office.sign_up()
    found(office, somebody.mobile)
    opened(office, somebody.account_id)
    assert written(office, "account.look_up") == [
        ("acc-service", "acc-service", {"text": somebody.mobile, "purpose": "enquiry", "found": 1})
    ]
    assert written(office, "account.open_file") == [("acc-service", somebody.account_id, {"purpose": "enquiry"})]


def test_a_number_is_told_with_a_case_of_its_own_account_only(office: Any) -> None:
    somebody, other = office.sign_up(), office.sign_up()
    with office.harness.uow() as uow:
        numbers.remember(uow.session, "2026Z11S000123", somebody.account_id, "app-1")

    def contact(account_id: str, application_id: str, actor: Actor = SERVICE) -> str:
        asked = {"application_id": application_id, "account_id": account_id, "purpose": "enquiry", "whole": True}
        return str(office.call(OPEN_CASE_CONTACT, OpenCaseContact.model_validate(asked), actor).mobile)

    assert contact(somebody.account_id, "app-1") == somebody.mobile
    for account_id, application_id in ((other.account_id, "app-1"), (somebody.account_id, "app-2"), ("acc-0", "app-1")):
        with pytest.raises(Problem, match="not_found"):
            contact(account_id, application_id)
    for actor in (ARCHIVIST, ADMINISTRATOR, staff_actor("examiner"), somebody.actor):
        with pytest.raises(Problem, match="forbidden"):
            contact(somebody.account_id, "app-1", actor)
    told = written(office, "account.open_contact")
    assert [(who, of, facts["application_id"]) for who, of, facts in told] == [
        ("acc-service", somebody.account_id, "app-1")
    ], "what was refused opened nothing"


def test_accounts_of_staff_are_for_administrators(office: Any) -> None:
    login = next(iter(office.seed_staff()))
    assert found(office, login) == []
    [item] = found(office, login, ADMINISTRATOR)
    assert item.kind == "staff"
    assert opened(office, item.account_id, ADMINISTRATOR).account_name == login
    with pytest.raises(Problem, match="not_found"):
        opened(office, item.account_id)


def test_of_many_namesakes_some_are_told_and_nothing_is_read_whole(office: Any) -> None:
    office.sign_up()
    new = {"mobile": "'139' || lpad(n::text, 8, '0')", "email": "null", "account_name": "null"}
    new |= {"account_id": "'acc-' || n", "name": "CASE WHEN n <= 50 THEN '李四' ELSE '人' || n END"}
    multiply(office.harness, "accounts", MANY, **new)
    reply = office.call(LOOK_UP_ACCOUNTS, LookUp(text="李四", purpose="enquiry"), SERVICE)
    assert len(reply.items) == MOST_LOOKED_UP
    assert reply.more

    def ask() -> None:
        for text in ("李四", "人4321", "13900000077", "acc-99", "a@example.com", "北京墨石"):
            found(office, text)
        opened(office, "acc-77")

    assert tables_read_whole(office.harness, ask) & {"accounts"} == set()


def looked_up(office: Any, text: str, actor: Actor = SERVICE) -> Any:
    return office.call(LOOK_UP_ACCOUNTS, LookUp(text=text, purpose="enquiry"), actor)


def test_an_account_of_the_old_system_is_found_before_its_owner_comes_and_after(office: Any) -> None:
    """On the telephone nobody is told that it does not exist."""
    old, known = OldOffice(office), {"mobile": "13800009111", "email": "ouyang@example.com", "name": "欧阳 修远"}
    record = old.add("Ouyang.Old".lower(), id_number="11010519491231002X", registered_on="2011-05-06", **known)
    company = {"kind": "organisation", "organisation_name": "北京墨石有限公司", "organisation_code": "600037341"}
    old.add("stone", name="李四", **company)
    for text in ("ouyang.old", "Ouyang.Old", "欧阳修远", "138-0000-9111", "Ouyang@example.com"):
        [item] = looked_up(office, text).old
        assert (item.record_id, item.login, item.verified) == (record, "ouyang.old", True), text
        assert (item.name, item.mobile, item.email) == ("欧阳 修远", "138****9111", "o***@example.com")
    for text in ("北京墨石有限公司", "60003734-1", "91110000600037341L"):
        [item] = looked_up(office, text).old
        assert (item.organisation_name, item.code) == ("北京墨石有限公司", "600037341"), text
    for text in ("", "欧阳", "11010519491231002X", "%", "' OR ''='", "138"):
        assert looked_up(office, text).old == [], text
    for actor, shown in ((ARCHIVIST, ("欧阳 修远", "", "", "")), (ADMINISTRATOR, ("欧**", "138****9111"))):
        [item] = looked_up(office, "欧阳修远", actor).old
        assert (item.name, item.mobile, item.email, item.login)[: len(shown)] == shown
    assert written(office, "account.look_up")[0][2] == {"text": "ouyang.old", "purpose": "enquiry", "found": 1}
    account = office.sign_in("ouyang.old", OLD_PASSWORD).account
    reply = looked_up(office, "13800009111")
    assert ([item.account_id for item in reply.items], reply.old) == ([account.account_id], []), "by what it had there"


def test_accounts_that_were_imported_before_get_their_keys(office: Any) -> None:
    OldOffice(office).add("imported.before")
    office.harness.as_owner("UPDATE legacy_accounts SET found_by = NULL RETURNING 1")
    assert looked_up(office, "imported.before").old == []
    office.harness.sweep("key_legacy_accounts")
    assert [item.login for item in looked_up(office, "imported.before").old] == ["imported.before"]


def test_of_many_old_accounts_nothing_is_read_whole(office: Any) -> None:
    OldOffice(office).add("among.many")
    more = {
        "record_id": "'leg-x' || n",
        "login_index": "'i' || n",
        "row_number": "n + 9",
        "found_by": "ARRAY[n::bigint]",
    }
    multiply(office.harness, "legacy_accounts", MANY, "model.record_id NOT LIKE 'leg-x%'", **more)
    assert "legacy_accounts" not in tables_read_whole(office.harness, lambda: looked_up(office, "among.many"))
