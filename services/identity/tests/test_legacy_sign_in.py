"""Old accounts sign in with their old name and password, and are full accounts from then on."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity import (
    CompleteAccount,
    LegacyLinkRef,
    LinkLegacyAccount,
    RequestOtp,
    SignIn,
)
from contracts.legacy import ACCOUNTS, account_record
from identity.accounts import passwords
from identity.accounts import store as accounts
from identity.legacy import store as legacy
from identity.legacy.model import line_of
from identity.legacy.wrapping import Wrapping
from identity.links.moving import move_links
from identity.links.store import LegacyLink
from identity.sealing import vault
from identity.sessions import handlers
from stdnum.cn import ric, uscc

from contracts import identity

OLD_PASSWORD = "old-1-password"
_numbers = count(1)


def resident_id() -> str:
    digits = f"11010119{60 + next(_numbers) % 30}0307{next(_numbers) % 1000:03d}"
    return digits + ric.calc_check_digit(digits + "0")


@dataclass
class OldOffice:
    """Identity with old accounts that nobody has come for yet."""

    office: Any
    import_id: str = "imp-1"

    def add(self, login: str, **changes: str) -> str:
        """Loads an old account as an import does; its record's id."""
        salt = changes.pop("salt", "s001")
        password = changes.pop("password", OLD_PASSWORD)
        encoding = changes.pop("encoding", "utf-8")
        facts = dict.fromkeys(ACCOUNTS.fields, "") | {
            "login": login,
            "salt": salt,
            "password_md5": hashlib.md5((salt + password).encode(encoding)).hexdigest(),  # noqa: S324 - as it did
            "kind": "natural_person",
            "name": "张三",
            "id_type": "resident_id",
            "id_number": resident_id(),
            "verification": "approved",
        }
        values = tuple((facts | changes).values())
        with self.office.harness.uow() as uow:
            line = line_of(self.import_id, (next(_numbers), account_record(login), values), vault(uow.settings))
            legacy.load(uow.session, [line])
        return account_record(login)

    def wrap(self) -> None:
        wrapping = Wrapping(lambda _: None)
        while wrapping.step(self.office.harness.runtime):
            pass

    def kept(self, login: str) -> tuple[Any, ...]:
        query = "SELECT sealed_password, password_hash, account_id FROM legacy_accounts WHERE record_id = %s"
        [row] = self.office.harness.as_owner(query, account_record(login))
        return row


@pytest.fixture
def old(office: Any) -> OldOffice:
    return OldOffice(office)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every argon2 comparison."""
    work: list[str] = []
    verify = passwords._verify
    monkeypatch.setattr(passwords, "_verify", lambda stored, given: work.append(stored) or verify(stored, given))
    return work


@pytest.mark.requirement("I-04")
@pytest.mark.parametrize("wrapped", [False, True])
def test_an_old_name_and_password_open_a_full_account_at_the_first_try(old: OldOffice, wrapped: bool) -> None:
    number = resident_id()
    old.add("user.1", id_number=number, email="User.1@Example.com", mobile="13800000001")
    if wrapped:
        old.wrap()
    account = old.office.sign_in(" User.1", OLD_PASSWORD).account
    assert (account.kind, account.name, account.account_name) == ("natural_person", "张三", "user.1")
    assert account.id_number.endswith(number[-4:])
    assert (account.verification, account.missing, account.email_confirmed) == ("approved", ["mobile"], False)
    sealed, hashed, account_id = old.kept("user.1")
    assert (sealed, hashed, account_id) == (None, None, account.account_id)
    [(kept,)] = old.office.harness.as_owner("SELECT password_hash FROM accounts")
    assert kept.startswith("$argon2id$")
    assert passwords.verify_password(kept, OLD_PASSWORD)
    [linked] = old.office.harness.events(identity.LEGACY_ACCOUNT_LINKED)
    assert (linked.account_id, linked.record_id) == (account_id, account_record("user.1"))
    assert [event.account_id for event in old.office.harness.events(identity.IDENTITY_VERIFIED)] == [account_id]
    assert old.office.sign_in("user.1", OLD_PASSWORD).account.account_id == account_id
    assert len(old.office.harness.events(identity.LEGACY_ACCOUNT_LINKED)) == 1


@pytest.mark.requirement("I-04")
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_chinese_password_opens_in_whatever_encoding_it_was_kept(
    old: OldOffice, encoding: str, wrapped: bool
) -> None:
    old.add("user2", password="我的密码2008", encoding=encoding)
    if wrapped:
        old.wrap()
    assert old.office.sign_in("user2", "我的密码2008").account.name == "张三"


@pytest.mark.requirement("I-04")
@pytest.mark.parametrize("login", ["138", "13900000009", "a@b.cn", "0_x", "张三的账号"])
def test_names_that_are_no_account_names_today_go_on_signing_in(old: OldOffice, login: str) -> None:
    old.add(login)
    first = old.office.sign_in(login, OLD_PASSWORD).account.account_id
    assert old.office.sign_in(login, OLD_PASSWORD).account.account_id == first


@pytest.mark.requirement("I-04")
@pytest.mark.requirement("I-12")
@pytest.mark.parametrize("password", ["wrong password 1", "错误的密码8", "ｗｒｏｎｇ８"])
def test_what_is_behind_a_login_is_not_told_by_answer_or_work(
    old: OldOffice, compared: list[str], password: str
) -> None:
    person = old.office.sign_up(account_name="new.name")
    old.add("waiting")
    old.add("wrapped")
    both = old.office.sign_up(account_name="both.of.them")
    old.add("both.of.them")
    old.add("taken")
    old.office.sign_in("taken", OLD_PASSWORD)
    old.office.harness.as_owner(
        "UPDATE legacy_accounts SET sealed_password = NULL, password_hash = %s WHERE record_id = %s RETURNING 1",
        passwords.hash_password("0" * 32),
        account_record("wrapped"),
    )
    seen = {}
    for login in ("nobody", "new.name", person.mobile, "waiting", "wrapped", "both.of.them", both.mobile, "taken"):
        compared.clear()
        with pytest.raises(Problem) as refused:
            old.office.sign_in(login, password)
        seen[login] = (refused.value.code, refused.value.params, refused.value.errors, len(compared))
    assert len(set(map(str, seen.values()))) == 1, seen


@pytest.mark.requirement("I-04")
def test_a_name_that_two_have_opens_for_each_with_their_own_password(old: OldOffice) -> None:
    person = old.office.sign_up(account_name="same.name")
    old.add("same.name")
    old.add(person.mobile, password="old-2-password")
    assert old.office.sign_in("same.name").account.account_id == person.account_id
    theirs = old.office.sign_in("same.name", OLD_PASSWORD).account
    assert theirs.account_id != person.account_id
    assert theirs.account_name is None
    assert old.office.sign_in("same.name", OLD_PASSWORD).account.account_id == theirs.account_id
    assert old.office.sign_in("same.name").account.account_id == person.account_id
    third = old.office.sign_in(person.mobile, "old-2-password").account.account_id
    assert third not in (person.account_id, theirs.account_id)


@pytest.mark.requirement("I-04")
def test_guesses_at_an_old_name_are_slowed_like_all(old: OldOffice) -> None:
    old.add("guessed")
    for _ in range(5):
        with pytest.raises(Problem, match="sign_in_failed"):
            old.office.sign_in("guessed", "wrong password 1", client="10.0.0.1")
    with pytest.raises(Problem, match="sign_in_slowed"):
        old.office.sign_in("guessed", OLD_PASSWORD, client="10.0.0.1")
    person = old.office.sign_up()
    with pytest.raises(Problem, match="sign_in_slowed"):
        _link(old, person.actor, "guessed", client="10.0.0.1")


@pytest.mark.requirement("I-04")
@pytest.mark.usefixtures("full_cost")
def test_two_who_sign_in_at_the_same_time_are_in_one_account(old: OldOffice) -> None:
    old.add("twice")
    with ThreadPoolExecutor(4) as pool:
        tokens = list(pool.map(lambda n: old.office.sign_in("twice", OLD_PASSWORD, client=f"10.0.{n}.1"), range(4)))
    assert len({one.account.account_id for one in tokens}) == 1
    assert old.office.harness.as_owner("SELECT count(*) FROM accounts") == [(1,)]


@pytest.mark.requirement("I-04")
def test_killed_midway_the_old_account_is_as_it_was(old: OldOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    old.add("killed")
    before = old.kept("killed")

    class Died(BaseException):
        pass

    def die(*_: Any) -> None:
        raise Died

    monkeypatch.setattr(handlers, "_open", die)
    with pytest.raises(Died):
        old.office.sign_in("killed", OLD_PASSWORD)
    monkeypatch.undo()
    assert old.kept("killed") == before
    assert old.office.harness.as_owner("SELECT count(*) FROM accounts") == [(0,)]
    assert old.office.sign_in("killed", OLD_PASSWORD).account.account_name == "killed"


@pytest.mark.requirement("I-04")
@pytest.mark.requirement("L-03")
def test_a_verified_state_is_carried_over_only_where_it_is_sound(old: OldOffice) -> None:
    shared = resident_id()
    here = old.office.sign_up()
    old.office.verify(here)
    old.add("looked.at", verification="none")
    old.add("shared.1", id_number=shared)
    old.add("shared.2", id_number=shared)
    old.add("verified.here", id_number=here.id_number)
    old.add("no.number", id_number="")
    old.add("no.such.province", id_number="990101196003070019")
    for login in ("looked.at", "shared.1", "shared.2", "verified.here", "no.number", "no.such.province"):
        tokens = old.office.sign_in(login, OLD_PASSWORD)
        assert tokens.account.verification == "none", login
        [link] = _links(old, old.office.actor_of(tokens))
        assert "verification" in link.to_do
        assert "verification" not in link.carried
        assert link.verified_elsewhere == (login == "verified.here")
        assert ("id_number" in link.to_do) == login.startswith("no.") == ("id_number" in tokens.account.missing)


@pytest.mark.requirement("I-04")
def test_nobody_learns_from_a_number_they_typed_in_whether_it_is_verified(old: OldOffice) -> None:
    here = old.office.sign_up()
    old.office.verify(here)
    old.add("bare.number", id_number="")
    actor = old.office.actor_of(old.office.sign_in("bare.number", OLD_PASSWORD))
    request = CompleteAccount(id_type="resident_id", id_number=here.id_number)
    old.office.call(identity.COMPLETE_ACCOUNT, request, actor)
    [link] = _links(old, actor)
    assert not link.verified_elsewhere


@pytest.mark.requirement("I-04")
def test_an_address_that_was_taken_over_is_to_be_confirmed_not_given_again(old: OldOffice) -> None:
    old.add("with.address", email="old@example.com")
    old.add("without", email="")
    [brought] = _links(old, old.office.actor_of(old.office.sign_in("with.address", OLD_PASSWORD)))
    [lacking] = _links(old, old.office.actor_of(old.office.sign_in("without", OLD_PASSWORD)))
    assert ("email" in brought.carried, "email_confirmation" in brought.to_do) == (True, True)
    assert ("email" in lacking.carried, "email" in lacking.to_do) == (False, True)
    assert not set(brought.carried) & set(brought.to_do)
    with old.office.harness.uow() as uow:  # as it was written before there was a word for it
        row = uow.session.get(LegacyLink, brought.link_id)
        row.to_do = ["mobile", "email"]
    [told] = _links(old, old.office.actor_of(old.office.sign_in("with.address", OLD_PASSWORD)))
    assert told.to_do == ["mobile", "email_confirmation"]


@pytest.mark.requirement("I-04")
def test_an_organisation_brings_what_holds_and_adds_the_rest(old: OldOffice) -> None:
    organisation = {"kind": "organisation", "organisation_name": "墨石有限公司"}
    code = "91110105000000001"
    code += uscc.calc_check_digit(code)
    old.add("firm.new", **organisation, organisation_code=code)
    old.add("firm.old", **organisation, organisation_code="00000001X")
    sound, bare = (old.office.sign_in(login, OLD_PASSWORD) for login in ("firm.new", "firm.old"))
    assert (sound.account.uscc, sound.account.verification) == (code, "approved")
    assert sound.account.missing == ["mobile", "seal"]
    assert (bare.account.uscc, bare.account.verification) == (None, "none")
    assert bare.account.missing == ["mobile", "uscc", "seal"]


def _code(old: OldOffice, mobile: str, actor: Any) -> str:
    old.office.call(identity.REQUEST_OTP, RequestOtp(purpose="sign_up", mobile=mobile), actor)
    return str(old.office.code_in(old.office.messages(mobile)[0]))


@pytest.mark.requirement("I-04")
def test_what_is_missing_is_added_by_proof_and_nothing_else_is_changed(old: OldOffice) -> None:
    taken = old.office.sign_up()
    old.add("bare", id_number="", verification="none")
    actor = old.office.actor_of(old.office.sign_in("bare", OLD_PASSWORD))
    with pytest.raises(Problem, match="otp_expired"):
        old.office.call(identity.COMPLETE_ACCOUNT, CompleteAccount(mobile="13812340001", otp="123456"), actor)
    code = _code(old, taken.mobile, actor)
    with pytest.raises(Problem, match="mobile_taken"):
        old.office.call(identity.COMPLETE_ACCOUNT, CompleteAccount(mobile=taken.mobile, otp=code), actor)
    request = CompleteAccount(
        mobile="13812340001", otp=_code(old, "13812340001", actor), id_type="resident_id", id_number=resident_id()
    )
    account = old.office.call(identity.COMPLETE_ACCOUNT, request, actor)
    assert (account.missing, account.mobile) == ([], "138****0001")
    again = CompleteAccount(id_type="resident_id", id_number=resident_id())
    with pytest.raises(Problem, match="request_invalid"):
        old.office.call(identity.COMPLETE_ACCOUNT, again, actor)
    with pytest.raises(Problem, match="request_invalid"):
        old.office.call(identity.COMPLETE_ACCOUNT, again, taken.actor)
    sign_in = SignIn(mobile="13812340001", otp=old.office.code_for("13812340001", "sign_in"))
    assert old.office.call(identity.SIGN_IN, sign_in).account.account_id == account.account_id


def _link(old: OldOffice, actor: Any, login: str, password: str = OLD_PASSWORD, client: str = "") -> Any:
    request = LinkLegacyAccount(login=login, password=password, client=client)
    return old.office.call(identity.LINK_LEGACY_ACCOUNT, request, actor)


def _links(old: OldOffice, actor: Any) -> list[Any]:
    return list(old.office.call(identity.LIST_LEGACY_LINKS, Empty(), actor).items)


@pytest.mark.requirement("I-04")
def test_an_old_account_is_joined_to_a_new_one_by_its_password_and_parted_again(
    old: OldOffice, later: Callable[..., None]
) -> None:
    person = old.office.sign_up()
    record = old.add("joined", email="joined@example.com", id_number=person.id_number)
    link = _link(old, person.actor, "joined")
    assert (link.login, link.how, link.undo_until - link.linked_at) == ("joined", "proven", timedelta(days=14))
    assert [one.link_id for one in _links(old, person.actor)] == [link.link_id]
    [said] = old.office.harness.events(identity.LEGACY_ACCOUNT_LINKED)
    assert (said.account_id, said.record_id) == (person.account_id, record)
    assert [event.account_id for event in old.office.harness.events(identity.LEGACY_HISTORY_HELD)] == [
        person.account_id
    ]
    assert old.office.messages("joined@example.com")[0].template == "legacy_account_linked_elsewhere"
    assert old.office.messages(person.mobile)[0].template == "legacy_account_linked"
    # The old name leads to the new account now, with the new account's password.
    assert old.office.sign_in("joined").account.account_id == person.account_id
    with pytest.raises(Problem, match="sign_in_failed"):
        old.office.sign_in("joined", OLD_PASSWORD)
    old.office.call(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), person.actor)
    assert _links(old, person.actor) == []
    assert [event.record_id for event in old.office.harness.events(identity.LEGACY_ACCOUNT_UNLINKED)] == [record]
    assert old.office.harness.events(identity.LEGACY_HISTORY_HELD)[-1].account_id is None
    assert old.office.sign_in("joined", OLD_PASSWORD).account.account_id != person.account_id


@pytest.mark.requirement("I-04")
def test_after_its_time_a_link_stands_and_the_old_hash_is_gone(old: OldOffice, later: Callable[..., None]) -> None:
    person = old.office.sign_up()
    old.add("final", id_number=person.id_number)
    link = _link(old, person.actor, "final")
    old.office.harness.sweep("forget_legacy_hashes")
    assert old.kept("final")[1].startswith("$argon2id$")
    later(days=14, seconds=1)
    with pytest.raises(Problem, match="legacy_link_final"):
        old.office.call(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), person.actor)
    old.office.harness.sweep("forget_legacy_hashes")
    assert old.kept("final") == (None, None, person.account_id)
    assert _links(old, person.actor)[0].undo_until is None


@pytest.mark.requirement("I-04")
def test_who_has_signed_in_with_the_old_name_joins_it_to_the_new_account(old: OldOffice) -> None:
    person = old.office.sign_up()
    for login in ("other.way", "this.way"):
        old.add(login, id_number=person.id_number, verification="none")
    mine = old.office.actor_of(old.office.sign_in("other.way", OLD_PASSWORD))
    link = _link(old, mine, person.mobile, "Ink-stone 27")
    assert [one.login for one in _links(old, person.actor)] == ["other.way"]
    assert [one.given for one in _links(old, mine)] == [True]
    assert old.office.sign_in("other.way").account.account_id == person.account_id
    old.office.call(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), person.actor)
    assert old.office.sign_in("other.way", OLD_PASSWORD).account.account_id == mine.subject
    assert [one.login for one in _links(old, mine)] == ["other.way"]
    # And from the new account, with the name and password of what the old one has become.
    old.office.sign_in("this.way", OLD_PASSWORD)
    _link(old, person.actor, "this.way")
    assert [one.login for one in _links(old, person.actor)] == ["this.way"]


@pytest.mark.requirement("I-09")
def test_links_go_with_the_cases_to_another_account_and_come_back(old: OldOffice) -> None:
    """What was parted meanwhile stays parted."""
    giving, taking = old.office.sign_up(), old.office.sign_up()
    for login in ("moved.one", "moved.two"):
        old.add(login, id_number=giving.id_number)
        _link(old, giving.actor, login)

    def move(source: Any, target: Any, only: list[str] | None = None) -> list[str]:
        with old.office.harness.uow() as uow:
            both = [accounts.get(uow.session, person.account_id, lock=True) for person in (source, target)]
            return move_links(uow, *both, only)  # type: ignore[arg-type]  # they are there

    moved = move(giving, taking)
    assert sorted(one.login for one in _links(old, taking.actor)) == ["moved.one", "moved.two"]
    assert _links(old, giving.actor) == []
    assert [said.account_id for said in old.office.harness.events(identity.LEGACY_HISTORY_HELD)[-2:]] == [
        taking.account_id
    ] * 2
    parted = next(one for one in _links(old, taking.actor) if one.login == "moved.two")
    old.office.call(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=parted.link_id), taking.actor)
    old.add("own", id_number=taking.id_number)
    _link(old, taking.actor, "own")
    assert move(taking, giving, moved) == [one.link_id for one in _links(old, giving.actor)]
    assert [one.login for one in _links(old, giving.actor)] == ["moved.one"]
    assert [one.login for one in _links(old, taking.actor)] == ["own"]


@pytest.mark.requirement("I-04")
def test_a_link_tells_strangers_nothing_and_is_its_holders_alone(old: OldOffice, compared: list[str]) -> None:
    person, stranger = old.office.sign_up(), old.office.sign_up()
    old.add("mine", id_number=person.id_number)
    old.add("not.yet", id_number=stranger.id_number)
    link = _link(old, person.actor, "mine")
    seen = {}
    tried = {
        "nobody": "wrong password 1",
        "not.yet": "wrong password 1",
        "mine": OLD_PASSWORD,
        person.mobile: "wrong password 1",
    }
    for login, password in tried.items():
        compared.clear()
        with pytest.raises(Problem) as refused:
            _link(old, stranger.actor, login, password)
        seen[login] = (refused.value.code, refused.value.params, len(compared))
    assert len(set(map(json.dumps, seen.values()))) == 1, seen
    with pytest.raises(Problem, match="legacy_link_unknown"):
        old.office.call(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), stranger.actor)
    assert _links(old, stranger.actor) == []


@pytest.mark.requirement("L-04")
@pytest.mark.usefixtures("full_cost")
def test_an_import_is_not_undone_under_somebody_who_signs_in(old: OldOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sign-in has its account and is not committed yet; the withdrawal waits for it, and then takes nothing out."""
    old.add("builds")
    old.add("untouched")
    harness = old.office.harness
    opened = handlers._open

    def meanwhile(request: Any, uow: Any, *rest: Any) -> Any:
        with ThreadPoolExecutor(1) as pool:
            withdrawal = pool.submit(_withdraw, old)
            _until_somebody_waits(harness)
            pending.append(withdrawal)
            uow_result = opened(request, uow, *rest)
            uow.session.commit()
        return uow_result

    pending: list[Any] = []
    monkeypatch.setattr(handlers, "_open", meanwhile)
    old.office.sign_in("builds", OLD_PASSWORD)
    assert pending[0].result() == (0, 1)
    assert harness.as_owner("SELECT count(*) FROM legacy_accounts") == [(2,)]


def _withdraw(old: OldOffice) -> tuple[int, int]:
    with old.office.harness.uow() as uow:
        return legacy.withdraw(uow.session, old.import_id)


def _until_somebody_waits(harness: Any) -> None:
    deadline = time.monotonic() + 30
    while harness.as_owner("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
        assert time.monotonic() < deadline, "the withdrawal does not wait"


@pytest.mark.requirement("L-04")
def test_an_import_that_nothing_is_built_on_is_undone(old: OldOffice) -> None:
    old.add("one")
    assert _withdraw(old) == (1, 0)
    with pytest.raises(Problem, match="sign_in_failed"):
        old.office.sign_in("one", OLD_PASSWORD)
