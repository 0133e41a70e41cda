"""Registrations are looked up by any of their numbers, by title or by owner, for a purpose."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from archive.legacy.store import LegacyRegistration
from chassis.actor import Actor
from chassis.errors import Problem
from chassis.testing import Harness, person, staff_actor
from chassis.testing.lists import multiply, tables_read_whole
from contracts.legacy import registration_record
from contracts.lookups import LOOK_UP_REGISTRATIONS, MOST_LOOKED_UP, LookUp, RegistrationFound

from .conftest import software

pytestmark = pytest.mark.requirement("F-14")
ARCHIVIST = staff_actor("archivist", id="acc-archivist")
MANY = 5000


def found(archive: Harness, text: str, actor: Actor = ARCHIVIST) -> list[RegistrationFound]:
    items: list[RegistrationFound] = archive.call(
        LOOK_UP_REGISTRATIONS, LookUp(text=text, purpose="records"), actor
    ).items
    return items


def test_a_registration_is_found_by_each_number_by_title_and_by_owner(
    archive: Harness, registered: Callable[..., str]
) -> None:
    work, program = registered(), registered("app-2", "acc-company", of=software)
    [entry] = found(archive, program)
    for text in (work, work.lower(), f" {work}", "app-1", "acc-person", "长江边", "王小明"):
        assert [item.registration_number for item in found(archive, text)] == [work], text
    assert entry.certificate_number is not None
    for text in (entry.certificate_number, "红叶", "红叶科技有限公司"):
        assert [item.registration_number for item in found(archive, text)] == [program], text
    for text in ("", "王", "小明", "%", "' OR ''='", '"}]'):
        assert found(archive, text) == [], text


@pytest.mark.requirement("I-12")
def test_owners_are_named_to_archivists_and_masked_for_administrators(
    archive: Harness, registered: Callable[..., str]
) -> None:
    number = registered()
    assert found(archive, number)[0].owners == ["王小明"]
    assert found(archive, number, staff_actor("customer_service"))[0].owners == ["王小明"]
    assert found(archive, number, staff_actor("administrator"))[0].owners == ["王**"]
    for actor in (person(), staff_actor("examiner"), staff_actor("cashier")):
        with pytest.raises(Problem, match="forbidden"):
            found(archive, number, actor)


def test_each_search_is_written_down(archive: Harness, registered: Callable[..., str]) -> None:
    number = registered()
    found(archive, number)
    audit: list[Any] = archive.as_owner("SELECT actor, facts FROM audit WHERE action = 'registration.look_up'")
    assert audit == [("acc-archivist", {"text": number, "purpose": "records", "found": 1})]


def test_of_many_the_newest_are_told_and_nothing_is_read_whole(
    archive: Harness, registered: Callable[..., str]
) -> None:
    registered()
    number, first = "'G-' || n", "model.registration_number NOT LIKE 'G-%'"
    multiply(archive, "register_records", MANY, first, registration_number=number)
    new = {"registration_number": number, "application_id": "'app-x' || n", "account_id": "'acc-' || n"}
    new |= {"title": "CASE WHEN n <= 50 THEN '同名' ELSE '题' || n END"}
    new |= {"owners": "jsonb_build_array(jsonb_build_object('name', '人' || n, 'kind', 'natural_person'))"}
    multiply(archive, "register_entries", MANY, first, sequence="n + 1", **new)
    reply = archive.call(LOOK_UP_REGISTRATIONS, LookUp(text="同名", purpose="records"), ARCHIVIST)
    assert len(reply.items) == MOST_LOOKED_UP
    assert reply.more

    def ask() -> None:
        for text in ("同名", "题777", "人778", "G-779", "app-x780", "acc-781"):
            found(archive, text)

    assert "register_entries" not in tables_read_whole(archive, ask)


def test_a_registration_that_the_old_system_had_finished_is_found_as_the_public_query_finds_it(
    archive: Harness, registered: Callable[..., str]
) -> None:
    with archive.uow() as uow:
        uow.session.add(old_registration(1))
        uow.session.add(old_registration(2, owners="李四、红叶科技有限公司", certificate_number="", title="另一件"))
    for text in (
        "2014SR004711",
        " 2014sr004711",
        "软著登字第1488547号",
        "2014R110035795",
        "wang.wei",
        "王伟",
        "气象查询系统",
        registration_record("2014SR004711"),
    ):
        [item] = found(archive, text)
        assert (item.registration_number, item.old_system, item.status) == ("2014SR004711", True, "valid"), text
    assert found(archive, "2014SR004711")[0].owners == ["王伟"]
    assert found(archive, "2014SR004711", staff_actor("administrator"))[0].owners == ["王**"]
    for text in ("李四", "红叶科技有限公司"):
        [item] = found(archive, text, staff_actor("administrator"))
        assert (item.registration_number, item.owners) == ("2014SR004712", ["李**", "红叶科技有限公司"]), text
    for text in ("", "王", "伟", "%", "' OR ''='", "{王伟}", "2014SR004719"):
        assert found(archive, text) == [], text
    registered()
    taken_over = "UPDATE register_entries SET application_id = %s RETURNING 1"
    archive.as_owner(taken_over, registration_record("2014SR004711"))
    [item] = found(archive, "wang.wei")
    assert (item.old_system, item.title) == (False, "长江边的石头"), "taken over: as this register states it now"


def test_of_many_old_ones_nothing_is_read_whole(archive: Harness) -> None:
    with archive.uow() as uow:
        uow.session.add(old_registration(1))
    new = {"record_id": "'leg-x' || n", "number": "'X-' || n", "certificate_number": "'C-' || n", "row_number": "n + 9"}
    new |= {"serial_number": "'S-' || n", "login": "'login' || n", "title": "'题' || n", "owners": "'人' || n"}
    multiply(archive, "legacy_registrations", MANY, "model.number NOT LIKE 'X-%'", **new)
    assert [item.registration_number for item in found(archive, "人778")] == ["X-778"]

    def ask() -> None:
        for text in ("人777", "题778", "C-779", "S-780", "login781"):
            assert len(found(archive, text)) == 1, text

    assert "legacy_registrations" not in tables_read_whole(archive, ask)


def old_registration(n: int, **changes: Any) -> LegacyRegistration:
    texts = ("category", "classification", "short_name", "version", "authors", "earlier_number", "scans", "note")
    facts: dict[str, Any] = dict.fromkeys(texts, "") | {
        "import_id": "imp-1",
        "row_number": n,
        "number": f"2014SR00471{n}",
        "kind": "software",
        "certificate_number": "软著登字第1488547号",
        "title": "气象查询系统",
        "owners": "王伟",
        "registered_on": date(2014, 1, 2),
        "serial_number": "2014R110035795",
        "login": "wang.wei",
    }
    if n != 1:
        facts |= {"serial_number": "", "login": ""}
    facts |= changes
    return LegacyRegistration(record_id=registration_record(facts["number"]), **facts)
