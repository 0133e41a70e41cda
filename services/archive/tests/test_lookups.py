"""Registrations are looked up by any of their numbers, by title or by owner, for a purpose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from chassis.actor import Actor
from chassis.errors import Problem
from chassis.testing import Harness, person, staff_actor
from chassis.testing.lists import multiply, tables_read_whole
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
