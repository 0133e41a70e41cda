"""An old account is joined to the account of the same person or organisation only, and parted by either side."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity import LegacyLinkRef, LinkLegacyAccount
from contracts.identity.joins import UNDO_LINK_BY_CODE, UndoLinkByCode
from contracts.legacy import ACCOUNTS, account_record
from identity.legacy import store as legacy
from identity.legacy.model import line_of
from identity.sealing import vault
from stdnum.cn import ric, uscc

from contracts import identity

OLD, NEW = "old-1-password", "Ink-stone 27"
_numbers = count(1)


def resident_id() -> str:
    digits = f"11010119610307{next(_numbers):03d}"
    return digits + ric.calc_check_digit(digits + "0")


@pytest.fixture
def add(office: Any) -> Callable[..., str]:
    def added(login: str, **facts: str) -> str:
        values = dict.fromkeys(ACCOUNTS.fields, "") | {
            "login": login,
            "salt": "s001",
            "password_md5": hashlib.md5(f"s001{OLD}".encode()).hexdigest(),  # noqa: S324 - as it did
            "kind": "natural_person",
            "name": "周玉兰",
            "email": f"{login}@example.com",
            "verification": "approved",
        }
        with office.harness.uow() as uow:
            row = (next(_numbers), account_record(login), tuple((values | facts).values()))
            legacy.load(uow.session, [line_of("imp-1", row, vault(uow.settings))])
        return account_record(login)

    return added


@pytest.fixture
def join(office: Any) -> Callable[..., Any]:
    def joined(actor: Any, login: str, password: str = OLD, code: str | None = None) -> Any:
        request = LinkLegacyAccount(login=login, password=password, code=code)
        return office.call(identity.LINK_LEGACY_ACCOUNT, request, actor)

    return joined


def links(office: Any, actor: Any) -> list[Any]:
    return list(office.call(identity.LIST_LEGACY_LINKS, Empty(), actor).items)


def code_in(office: Any, to: str, template: str) -> str:
    """The twelve letters of the last message of this kind."""
    message = next(one for one in office.messages(to) if one.template == template)
    words = message.body.replace("，", " ").replace("。", " ").split()
    return next(word for word in words if len(word) == 12 and word.isupper())


@pytest.mark.requirement("I-04")
@pytest.mark.parametrize("waits", [True, False])
@pytest.mark.parametrize("theirs", ["another number", "another name", "an organisation", "no number"])
def test_another_persons_old_account_is_not_joined_by_its_password(
    office: Any, add: Callable[..., str], join: Callable[..., Any], waits: bool, theirs: str
) -> None:
    taking = office.sign_up(name="王守信")
    office.verify(taking)
    facts = {
        "another number": {"id_number": resident_id(), "name": "王守信"},
        "another name": {"id_number": taking.id_number},
        "an organisation": {"kind": "organisation", "organisation_name": "王守信", "organisation_code": "00000001X"},
        "no number": {"id_number": ""},
    }[theirs]
    record = add("zhouyulan", **facts)
    owner = None if waits else office.actor_of(office.sign_in("zhouyulan", OLD))
    for _ in range(2):
        with pytest.raises(Problem) as refused:
            join(taking.actor, "zhouyulan")
        assert (refused.value.code, refused.value.params, refused.value.errors) == ("legacy_link_differs", {}, ())
    assert links(office, taking.actor) == []
    count_of = "SELECT count(*) FROM audit WHERE action = 'account.refuse_link' AND subject = %s"
    assert office.harness.as_owner(count_of, taking.account_id) == [(2,)]
    told = [one.template for one in office.messages("zhouyulan@example.com")]
    assert told.count("legacy_account_refused_elsewhere") == 1
    mine = office.sign_in("zhouyulan", OLD)
    if owner is not None:
        assert mine.account.account_id == owner.subject
        assert [one.template for one in office.messages(owner.subject)].count("legacy_account_refused") == 1
        [kept] = links(office, owner)
        assert (kept.how, kept.given) == ("signed_in", False)
    assert office.harness.as_owner("SELECT account_id FROM legacy_accounts WHERE record_id = %s", record) == [
        (mine.account.account_id,)
    ]


@pytest.mark.requirement("I-04")
def test_from_the_old_side_nothing_is_given_to_another_person(
    office: Any, add: Callable[..., str], join: Callable[..., Any]
) -> None:
    taking = office.sign_up(name="王守信")
    add("zhouyulan", id_number=resident_id())
    owner = office.actor_of(office.sign_in("zhouyulan", OLD))
    with pytest.raises(Problem, match="legacy_link_differs"):
        join(owner, taking.mobile, NEW)
    assert (len(links(office, owner)), links(office, taking.actor)) == (1, [])


@pytest.mark.requirement("I-04")
def test_an_organisation_is_known_by_its_codes_and_name(
    office: Any, add: Callable[..., str], join: Callable[..., Any]
) -> None:
    code = "91110105000000002"
    code += uscc.calc_check_digit(code)
    mine = office.sign_up_organisation(uscc=code)
    organisation = {"kind": "organisation", "organisation_name": "北京墨石文化有限公司"}
    add("same.code", **organisation, organisation_code=code)
    add("old.code", **organisation, organisation_code=f"{code[8:16]}-{code[16]}")
    add("licence", **organisation, organisation_code="110105000012345")
    add("other.code", **organisation, organisation_code="00000001X")
    add("other.name", kind="organisation", organisation_name="上海宣纸有限公司", organisation_code=code)
    for login in ("same.code", "old.code", "licence"):
        assert join(mine.actor, login).how == "proven"
    for login in ("other.code", "other.name"):
        with pytest.raises(Problem, match="legacy_link_differs"):
            join(mine.actor, login)


@pytest.mark.requirement("I-04")
def test_a_verified_old_account_is_joined_by_the_code_to_its_own_address_too(
    office: Any, add: Callable[..., str], join: Callable[..., Any]
) -> None:
    number = resident_id()
    add("mine", id_number=number)
    old = office.sign_in("mine", OLD)
    assert old.account.verification == "approved"
    taking = office.sign_up(name="周玉兰", id_number=number)
    for _ in range(2):
        with pytest.raises(Problem) as sent:
            join(taking.actor, "mine")
        assert (sent.value.code, sent.value.params) == ("legacy_link_code_sent", {"contact": "m***@example.com"})
    assert [one.template for one in office.messages("mine@example.com")].count("legacy_link_code") == 1
    assert office.messages(old.account.account_id)[0].template != "legacy_link_code"  # who has the password reads there
    with pytest.raises(Problem, match="legacy_link_code_wrong"):
        join(taking.actor, "mine", code="A" * 12)
    code = code_in(office, "mine@example.com", "legacy_link_code")
    stranger = office.sign_up(name="周玉兰", id_number=number)
    with pytest.raises(Problem, match="legacy_link_code_wrong"):
        join(stranger.actor, "mine", code=code)
    link = join(taking.actor, "mine", code=code)
    # The identity goes on with it: it can be verified for the other account now.
    office.verify(taking)
    office.call(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), office.actor_of(old))
    assert len(links(office, office.actor_of(old))) == 1


@pytest.mark.requirement("I-04")
def test_without_an_address_a_verified_old_account_comes_by_recovery(
    office: Any, add: Callable[..., str], join: Callable[..., Any]
) -> None:
    number = resident_id()
    add("bare", id_number=number, email="")
    office.sign_in("bare", OLD)
    taking = office.sign_up(name="周玉兰", id_number=number)
    with pytest.raises(Problem, match="legacy_link_unproven"):
        join(taking.actor, "bare")


@pytest.mark.requirement("I-04")
def test_who_had_signed_in_with_it_still_gets_in_and_undoes_the_join(
    office: Any, add: Callable[..., str], join: Callable[..., Any], later: Callable[..., None]
) -> None:
    """The record says nothing of whose it is; the name is none that an account here could have."""
    taking, stranger = office.sign_up(name="王守信"), office.sign_up()
    add("张三的账号", id_number="", verification="none", email="")
    owner = office.actor_of(office.sign_in("张三的账号", OLD))
    link = join(taking.actor, "张三的账号")
    again = office.sign_in("张三的账号", OLD)
    assert again.account.account_id == owner.subject
    assert office.sign_in("张三的账号", NEW).account.account_id == taking.account_id
    [shown] = links(office, owner)
    assert (shown.link_id, shown.given, shown.undo_until) == (link.link_id, True, link.undo_until)
    assert "legacy_account_linked" in [one.template for one in office.messages(owner.subject)]
    with pytest.raises(Problem, match="legacy_link_unknown"):
        office.call(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), stranger.actor)
    office.call(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), owner)
    with pytest.raises(Problem, match="legacy_link_unknown"):
        office.call(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), taking.actor)
    assert [one.given for one in links(office, owner)] == [False]
    assert office.harness.events(identity.LEGACY_HISTORY_HELD)[-1].account_id == owner.subject
    # Not once more by the password alone.
    with pytest.raises(Problem, match="legacy_link_unproven"):
        join(taking.actor, "张三的账号")


@pytest.mark.requirement("I-04")
def test_after_its_time_neither_side_undoes_it(
    office: Any, add: Callable[..., str], join: Callable[..., Any], later: Callable[..., None]
) -> None:
    taking = office.sign_up()
    add("late", id_number="", verification="none")
    owner = office.actor_of(office.sign_in("late", OLD))
    link = join(taking.actor, "late")
    code = code_in(office, "late@example.com", "legacy_account_linked_elsewhere")
    later(days=14, seconds=1)
    assert links(office, owner) == []
    for actor in (owner, taking.actor):
        with pytest.raises(Problem, match="legacy_link_final"):
            office.call(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), actor)
    with pytest.raises(Problem, match="legacy_link_final"):
        office.call(UNDO_LINK_BY_CODE, UndoLinkByCode(login="late", code=code))


@pytest.mark.requirement("I-04")
def test_the_code_at_the_old_address_undoes_a_join_and_nothing_else_does(
    office: Any, add: Callable[..., str], join: Callable[..., Any]
) -> None:
    taking = office.sign_up()
    add("waiting", id_number="", verification="none")
    add("other", id_number="", verification="none")
    join(taking.actor, "waiting")
    join(taking.actor, "other")
    code = code_in(office, "waiting@example.com", "legacy_account_linked_elsewhere")
    kept = "SELECT count(*) FROM messages WHERE template = %s AND (body IS NOT NULL OR params::text LIKE %s)"
    assert office.harness.as_owner(kept, "legacy_account_linked_elsewhere", f"%{code}%") == [(0,)]
    for login, typed in (("waiting", "A" * 12), ("other", code), ("nobody", code)):
        with pytest.raises(Problem, match="legacy_undo_wrong"):
            office.call(UNDO_LINK_BY_CODE, UndoLinkByCode(login=login, code=typed))
    for _ in range(2):  # said twice, it is said once
        office.call(UNDO_LINK_BY_CODE, UndoLinkByCode(login="waiting", code=code.lower()))
    assert [one.login for one in links(office, taking.actor)] == ["other"]
    assert len(office.harness.events(identity.LEGACY_ACCOUNT_UNLINKED)) == 1
    with pytest.raises(Problem, match="legacy_link_code_sent"):
        join(taking.actor, "waiting")
    again = join(taking.actor, "waiting", code=code_in(office, "waiting@example.com", "legacy_link_code"))
    assert again.how == "proven"
