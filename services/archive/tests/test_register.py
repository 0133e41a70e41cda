"""Entering approved applications into the register, on a real database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from archive.register.handlers import enter_registration
from archive.register.store import RegisterEntry
from chassis.clock import SHANGHAI
from chassis.errors import Problem
from contracts.archive import SEARCH_REGISTER, SearchRegister
from contracts.filing import APPLICATION_APPROVED
from sqlalchemy import func, select, text


def numbers(archive):
    with archive.uow() as uow:
        return list(
            uow.session.execute(select(RegisterEntry.registration_number).order_by(RegisterEntry.sequence)).scalars()
        )


def this_year(archive):
    with archive.uow() as uow:
        return uow.today().year


@pytest.mark.requirement("F-01")
def test_an_approved_work_is_registered_under_the_next_number_whatever_its_letter(archive, registered):
    year = this_year(archive)
    assert registered("app-1") == f"国作登字-{year}-A-00000001"
    assert registered("app-2", form={"category": "F"}) == f"国作登字-{year}-F-00000002"
    assert registered("app-3", kind="software", form_code="R11") == f"{year}SR0000001"


@pytest.mark.requirement("S-01")
def test_the_same_approval_delivered_twice_registers_once(archive, approve):
    data = approve()
    first = archive.deliver(APPLICATION_APPROVED, data)
    archive.deliver(APPLICATION_APPROVED, data, sequence=1, event_id=first)  # the broker delivers again
    archive.deliver(APPLICATION_APPROVED, data, sequence=2)  # filing says it again under another id
    assert len(numbers(archive)) == 1


@pytest.mark.requirement("S-01")
def test_numbers_are_gapless_when_many_register_at_once_and_some_fail(archive, approve):
    def register(index):
        try:
            with archive.uow() as uow:
                enter_registration(approve(f"app-{index % 20}"), uow)  # each application arrives twice
                if index % 5 == 4:
                    raise Problem("internal_error")
        except Problem:
            return

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(register, range(40)))
    year = this_year(archive)
    found = numbers(archive)
    assert found == [f"国作登字-{year}-A-{n:08d}" for n in range(1, len(found) + 1)]
    with archive.uow() as uow:
        applications = uow.session.execute(select(func.count(RegisterEntry.application_id.distinct()))).scalar_one()
    assert applications == len(found) >= 16


@pytest.mark.requirement("F-13")
def test_the_number_carries_the_legal_year_in_china(archive, registered):
    with archive.uow() as uow:
        today = uow.today()
        assert today == uow.now().astimezone(SHANGHAI).date()
    archive.advance((today.replace(month=12, day=31) - today).days + 1)
    assert registered("app-1") == f"国作登字-{today.year + 1}-A-00000001"


@pytest.mark.requirement("S-01")
def test_records_and_numbers_cannot_be_changed_or_deleted_by_the_service(archive, registered):
    registered()
    for statement in (
        "UPDATE register_records SET states = '{}'",
        "UPDATE register_records SET act = 'revoked'",
        "DELETE FROM register_records",
        "UPDATE register_entries SET registration_number = 'x'",
        "UPDATE register_entries SET certificate_number = 'x'",
        "UPDATE register_entries SET registered_on = '2000-01-01'",
        "DELETE FROM register_entries",
        "UPDATE documents SET title = 'x'",
        "UPDATE dossier_entries SET data = '{}'",
        "DELETE FROM dossier_entries",
        "DELETE FROM certificates",
    ):
        with (
            archive.runtime.engine.connect() as connection,
            pytest.raises(Exception, match="permission denied") as refused,
        ):
            connection.execute(text(statement))
        assert isinstance(refused.value.orig, psycopg.errors.InsufficientPrivilege)


@pytest.mark.requirement("A-06")
def test_the_register_is_searched_by_part_of_the_title_organisation_pen_name_or_number(archive, registered):
    firm = {"name": "北京百%分科技有限公司", "kind": "organisation"}
    poem = registered("app-1", form={"title": "长江边的石头"})
    manual = registered("app-2", form={"title": "百年手册", "owners": [firm]})
    story = registered(
        "app-3", form={"title": "夜雨", "authors": [{"name": "李雷", "signed_as": "pseudonym", "pseudonym": "江上客"}]}
    )

    def found(q, **more):
        reply = archive.call(SEARCH_REGISTER, SearchRegister(q=q, **more))
        return [item.registration_number for item in reply.items]

    assert found("江边") == [poem]
    assert found("百%分") == [manual]
    assert found("江上") == [story]
    assert found(story) == [story]
    assert found("王小明") == []  # persons are not found by name
    assert found("李雷") == []
    assert found("", category="B") == []
    assert set(found("")) == {poem, manual, story}
    assert "王小明" not in archive.call(SEARCH_REGISTER, SearchRegister(q="")).model_dump_json()


@pytest.mark.requirement("A-06")
def test_the_search_knows_neither_width_nor_traditional_characters(archive, registered):
    firm = {"name": "台灣長江（文化）有限公司", "kind": "organisation"}
    old = registered("app-1", form={"title": "月光下的長街", "owners": [firm]})
    cafe = registered("app-2", form={"title": "Ｃafé 手记 100%"})

    def found(q):
        return [item.registration_number for item in archive.call(SEARCH_REGISTER, SearchRegister(q=q)).items]

    for q in ("长街", "長街", "月光 下", "台湾长江", "長江(文化)", "长\u200b街", "⻓街"):
        assert found(q) == [old], q
    for q in ("café", "CAFE\u0301", "ｃａｆé", "手記", "100%"):
        assert found(q) == [cafe], q
    assert found(old.replace("-", "—") + "\u200b") == [old]
    assert found("_") == []


@pytest.mark.requirement("A-06")
def test_the_register_is_searched_by_the_day_of_registration(archive, registered):
    with archive.uow() as uow:
        first = uow.today()
    early = registered("app-1")
    archive.advance(3)
    late = registered("app-2")

    def found(**days):
        return [item.registration_number for item in archive.call(SEARCH_REGISTER, SearchRegister(**days)).items]

    assert found(registered_from=first, registered_to=first) == [early]
    assert found(registered_from=first + timedelta(days=1)) == [late]
    assert found(registered_to=first + timedelta(days=3)) == [late, early]
    assert found(registered_from=first + timedelta(days=4)) == []
    assert found(registered_from=first + timedelta(days=3), registered_to=first) == []


@pytest.mark.requirement("A-02")
def test_an_organisation_that_is_author_is_named_whatever_blanks_stand_about_its_name(archive, registered):
    firm = {"name": "长江文化有限公司", "kind": "organisation"}
    registered("app-1", form={"authors": [{"name": "长江文化有限公司 "}, {"name": "王小明"}], "owners": [firm]})
    [item] = archive.call(SEARCH_REGISTER, SearchRegister(q="")).items
    assert item.authors == ["长江文化有限公司", "王**"]


def test_the_search_is_paged_newest_first_and_refuses_a_made_up_cursor(archive, registered):
    all_of_them = [registered(f"app-{n}") for n in range(5)]
    seen, cursor = [], None
    while True:
        page = archive.call(SEARCH_REGISTER, SearchRegister(cursor=cursor, limit=2))
        seen += [item.registration_number for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == all_of_them[::-1]
    for forged in ("x", "WyJhIiwgImIiXQ==", "e30="):
        with pytest.raises(Problem) as refused:
            archive.call(SEARCH_REGISTER, SearchRegister(cursor=forged))
        assert refused.value.code == "request_invalid"


def test_an_approval_that_cannot_be_registered_waits_instead_of_being_lost(archive, approve):
    archive.deliver(APPLICATION_APPROVED, approve(form={"category": None}), handle=False)
    archive.handle_events()
    assert numbers(archive) == []
    with archive.runtime.engine.connect() as connection:
        row = connection.execute(text("SELECT attempts, error FROM inbox WHERE done_at IS NULL")).one()
    assert row.attempts >= 1
    assert "category" in row.error
