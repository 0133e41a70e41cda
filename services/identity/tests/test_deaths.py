"""Joining an old account and getting one back, while the process dies twice at each of its commits: once just before
it and once just after. Whoever asked asks again under the same number, the next sweeper goes on; nothing is half done,
nothing is done or said twice. And the broken variants show it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from chassis.answers import Asked
from chassis.clock import legal_date, utc_now
from chassis.errors import Problem
from chassis.ids import new_id
from chassis.testing import staff_actor
from contracts.base import Empty
from contracts.identity import (
    DecideRecovery,
    LegacyLinkRef,
    LinkLegacyAccount,
    ObjectToRecovery,
    RecoveryRef,
    RequestOtp,
    SubmitRecovery,
)
from contracts.legacy import ACCOUNTS, account_record
from identity.legacy import store as legacy
from identity.legacy.model import line_of
from identity.links import handlers as links
from identity.numbers import store as numbers
from identity.recoveries import effects
from identity.sealing import vault
from identity.sessions import handlers as sessions

from chassis import uow
from contracts import identity

pytestmark = pytest.mark.requirement("S-01")
FIRST, SECOND = (staff_actor("customer_service", id=f"acc-service-{number}") for number in (1, 2))
OLD_PASSWORD, PASSWORD = "old-1-password", "Ink-stone 27"
_numbers = count(1)


class Killed(BaseException):
    """Ends a process where it is, past every handler."""


@dataclass
class Mortal:
    """Identity, whose processes die: at each commit of each piece of work just before it, and the next just after."""

    office: Any
    monkeypatch: pytest.MonkeyPatch
    deaths: int = 0
    _stages: Counter[tuple[str, int]] = field(default_factory=Counter)

    def do(self, method: Any, request: Any, actor: Any = None) -> Any:
        """A command, asked until it is answered; and once more, which must change nothing."""
        request_id = new_id("req")
        answers = [
            self._insist(request_id, lambda: self.office.call(method, request, actor, request_id)) for _ in range(2)
        ]
        assert answers[0] == answers[1]
        return answers[0]

    def sweep(self, name: str) -> None:
        for _ in range(2):
            self._insist(new_id(name), lambda: self.office.harness.sweep(name))

    def _insist(self, work: str, act: Callable[[], Any]) -> Any:
        while True:
            reached = count()

            def failpoint(name: str, reached: Any = reached) -> None:
                key = (work, next(reached))
                if name.startswith("uow.") and not self._stages[key]:
                    self._stages[key] += 1
                    self.deaths += 1
                    raise Killed

            with self.monkeypatch.context() as patched:
                patched.setattr(uow, "failpoint", failpoint)
                try:
                    return act()
                except Killed:
                    continue

    def said(self, event: Any) -> list[Any]:
        return list(self.office.harness.events(event))

    def letters(self, to: str) -> list[str]:
        return [message.template for message in self.office.messages(to)]

    def audited(self, action: str, subject: str) -> int:
        statement = "SELECT count(*) FROM audit WHERE action = %s AND subject = %s"
        return int(self.office.harness.as_owner(statement, action, subject)[0][0])

    def old_account(self, login: str) -> str:
        facts = dict.fromkeys(ACCOUNTS.fields, "") | {
            "login": login,
            "salt": "s001",
            "password_md5": hashlib.md5(f"s001{OLD_PASSWORD}".encode()).hexdigest(),  # noqa: S324 - as it did
            "kind": "natural_person",
            "name": "张三",
            "email": f"{login}@example.com",
        }
        with self.office.harness.uow() as work:
            row = (next(_numbers), account_record(login), tuple(facts.values()))
            legacy.load(work.session, [line_of("imp-1", row, vault(work.settings))])
        return account_record(login)

    def links(self, actor: Any) -> list[str]:
        found = self.office.call(identity.LIST_LEGACY_LINKS, Empty(), actor).items
        return [one.login for one in found if not one.given]


@pytest.fixture
def mortal(office: Any, monkeypatch: pytest.MonkeyPatch) -> Mortal:
    return Mortal(office, monkeypatch)


def joined_and_parted(mortal: Mortal) -> None:
    """One who never signed in with the old name, and the same again from the old name's side."""
    person, record = mortal.office.sign_up(), mortal.old_account("proven")
    asked = LinkLegacyAccount(login="proven", password=OLD_PASSWORD)
    link = mortal.do(identity.LINK_LEGACY_ACCOUNT, asked, person.actor)
    assert mortal.links(person.actor) == ["proven"]
    assert [event.record_id for event in mortal.said(identity.LEGACY_ACCOUNT_LINKED)] == [record]
    assert mortal.office.harness.as_owner("SELECT count(*) FROM legacy_links") == [(1,)]
    assert mortal.office.harness.as_owner("SELECT count(*) FROM sign_in_failures WHERE failures > 0") == [(0,)]
    assert mortal.letters(person.mobile).count("legacy_account_linked") == 1
    assert mortal.letters("proven@example.com").count("legacy_account_linked_elsewhere") == 1
    with pytest.raises(Problem, match="legacy_link_failed"):
        mortal.office.call(identity.LINK_LEGACY_ACCOUNT, asked, person.actor)
    mortal.do(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), person.actor)
    with pytest.raises(Problem, match="legacy_link_unknown"):
        mortal.office.call(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), person.actor)
    assert mortal.links(person.actor) == []
    assert [event.record_id for event in mortal.said(identity.LEGACY_ACCOUNT_UNLINKED)] == [record]
    assert [event.account_id for event in mortal.said(identity.LEGACY_HISTORY_HELD)] == [person.account_id, None]
    assert mortal.letters(person.mobile).count("legacy_account_unlinked") == 1
    became = mortal.office.actor_of(mortal.office.sign_in("proven", OLD_PASSWORD))
    with pytest.raises(Problem, match="legacy_link_code_sent"):  # it was parted from this account once
        mortal.office.call(
            identity.LINK_LEGACY_ACCOUNT, LinkLegacyAccount(login=person.mobile, password=PASSWORD), became
        )
    [letter] = [one for one in mortal.office.messages("proven@example.com") if one.template == "legacy_link_code"]
    code = next(word for word in letter.body.replace("，", " ").split() if len(word) == 12 and word.isupper())
    asked = LinkLegacyAccount(login=person.mobile, password=PASSWORD, code=code)
    link = mortal.do(identity.LINK_LEGACY_ACCOUNT, asked, became)
    assert (mortal.links(person.actor), mortal.links(became)) == (["proven"], [])
    mortal.do(identity.UNDO_LEGACY_LINK, LegacyLinkRef(link_id=link.link_id), person.actor)
    assert (mortal.links(person.actor), mortal.links(became)) == ([], ["proven"])
    assert mortal.office.sign_in("proven", OLD_PASSWORD).account.account_id == became.subject
    assert mortal.audited("account.link_legacy", person.account_id) == 2
    assert mortal.audited("account.unlink_legacy", person.account_id) == 2


@dataclass
class Change:
    """A change of the mobile or the e-mail address by a recovery."""

    mortal: Mortal
    outcome: str
    person: Any
    number: str
    new: str
    recovery_id: str = ""
    receipt: str = ""

    def code(self) -> str:
        office, asked = self.mortal.office, {"email" if "@" in self.new else "mobile": self.new}
        office.call(identity.REQUEST_OTP, RequestOtp(purpose="recover", **asked))
        return str(office.code_in(office.messages(self.new)[0]))

    def step(self, step: str, actor: Any, **more: Any) -> str:
        if step == "put_back":
            more["why"] = "本人来电，没有申请过"
        request = DecideRecovery.model_validate({"recovery_id": self.recovery_id, "step": step, **more})
        return str(self.mortal.do(identity.DECIDE_RECOVERY, request, actor).state)

    def granted(self) -> None:
        asked = {"email" if "@" in self.new else "mobile": self.new}
        photo = self.mortal.office.harness.sealed_receipt("visitor-7", b"\xff\xd8\xff of somebody", "id.jpg")
        request = SubmitRecovery(number=self.number, otp=self.code(), photo=photo, uploaded_by="visitor-7", **asked)
        self.receipt = self.mortal.do(identity.SUBMIT_RECOVERY, request).receipt
        statement = "SELECT recovery_id FROM recoveries WHERE receipt = %s"
        [(self.recovery_id,)] = self.mortal.office.harness.as_owner(statement, self.receipt)
        self.mortal.do(identity.CLAIM_RECOVERY, RecoveryRef(recovery_id=self.recovery_id), FIRST)
        self.step("compare", FIRST, **self.person.says)
        if self.step("propose", FIRST, outcome=self.outcome, checked="电话核对") == "proposed":
            assert self.step("confirm", SECOND) == "waiting"

    def in_effect(self) -> None:
        self.mortal.office.harness.as_owner(
            "UPDATE recoveries SET waits_until = %s WHERE recovery_id = %s",
            legal_date(utc_now()) - timedelta(days=1),
            self.recovery_id,
        )
        self.mortal.sweep("apply_recoveries")

    def objection_code(self) -> str:
        office = self.mortal.office
        body = next(one.body for one in office.messages(self.person.mobile) if one.template == "recovery_announced")
        return next(word for word in body.replace("。", " ").split() if len(word) == 12 and word.isalnum())

    def state(self) -> str:
        statement = "SELECT state FROM recoveries WHERE recovery_id = %s"
        return str(self.mortal.office.harness.as_owner(statement, self.recovery_id)[0][0])

    def photos(self) -> tuple[int, int]:
        """Kept, and destroyed."""
        statement = "SELECT count(wrapped_key), count(discarded_at) FROM recovery_photos WHERE recovery_id = %s"
        kept, gone = self.mortal.office.harness.as_owner(statement, self.recovery_id)[0]
        return int(kept), int(gone)

    def told(self, template: str) -> tuple[int, int]:
        """How often the new address, and the mobile that the account had."""
        return self.mortal.letters(self.new).count(template), self.mortal.letters(self.person.mobile).count(template)


def new_change(mortal: Mortal, outcome: str) -> Change:
    serial = next(_numbers)
    person, number = mortal.office.sign_up(), f"2026-A-{serial:08d}"
    with mortal.office.harness.runtime.sessions() as session:
        numbers.remember(session, number, person.account_id, f"app-{number}")
        session.commit()
    new = f"136{serial:08d}" if outcome == "mobile_changed" else f"new.box.{serial}@example.cn"
    return Change(mortal, outcome, person, number, new)


def changed_and_put_back(mortal: Mortal, outcome: str) -> None:
    """An address is changed; a late objection; two people put it back."""
    change = new_change(mortal, outcome)
    mortal.office.sign_in(change.person.mobile)
    change.granted()
    assert change.told("recovery_announced") == (0, 1)
    assert change.told("recovery_granted") == (1, 0)
    change.in_effect()
    assert change.state() == "done"
    assert mortal.audited("recovery.apply", change.recovery_id) == 1
    assert len(mortal.said(identity.SESSION_REVOKED)) == 1
    assert change.told("recovery_done")[0] == 1
    assert change.told("recovery_done_old")[1] == (1 if outcome == "mobile_changed" else 0)
    assert mortal.office.sign_in(change.new).account.account_id == change.person.account_id
    late = ObjectToRecovery(receipt=change.receipt, code=change.objection_code())
    for _ in range(2):
        with pytest.raises(Problem, match="recovery_objection_late"):
            mortal.do(identity.OBJECT_TO_RECOVERY, late)
    assert change.state() == "done"
    assert change.step("put_back", FIRST) == "done"
    assert change.photos() == (1, 0)
    assert change.step("put_back", SECOND) == "returned"
    assert change.photos() == (0, 1)
    assert mortal.audited("recovery.put_back", change.recovery_id) == 1
    assert len(mortal.said(identity.SESSION_REVOKED)) == 2
    assert change.told("recovery_returned") == (1, 1)
    with pytest.raises(Problem, match="sign_in_failed"):
        mortal.office.sign_in(change.new)
    assert mortal.office.sign_in(change.person.mobile).account.account_id == change.person.account_id
    mortal.sweep("apply_recoveries")
    assert change.state() == "returned"


def stopped(mortal: Mortal) -> None:
    """An objection in time stops it, once, and no sweeper takes it up again."""
    change = new_change(mortal, "mobile_changed")
    change.granted()
    objection = ObjectToRecovery(receipt=change.receipt, code=change.objection_code())
    assert mortal.do(identity.OBJECT_TO_RECOVERY, objection).state == "objected"
    change.in_effect()
    assert change.state() == "objected"
    assert change.told("recovery_stopped") == (1, 0)
    assert mortal.audited("recovery.object", change.recovery_id) == 1
    assert mortal.office.sign_in(change.person.mobile).account.account_id == change.person.account_id


@pytest.mark.requirement("I-04")
@pytest.mark.requirement("L-03")
def test_an_old_account_is_joined_and_parted_once_whenever_a_process_dies(mortal: Mortal) -> None:
    joined_and_parted(mortal)
    assert mortal.deaths == 8, "before and after the commit of each of four commands"


@pytest.mark.requirement("I-09")
@pytest.mark.parametrize(("outcome", "commands"), [("mobile_changed", 7), ("email_changed", 6)])
def test_an_address_is_changed_and_put_back_once_whenever_a_process_dies(
    mortal: Mortal, outcome: str, commands: int
) -> None:
    changed_and_put_back(mortal, outcome)
    assert mortal.deaths >= 2 * (commands + 1), "each command, and the sweeper"


@pytest.mark.requirement("I-09")
def test_an_objection_is_heard_once_whenever_a_process_dies(mortal: Mortal) -> None:
    stopped(mortal)


def test_without_memory_of_requests_it_would_show(mortal: Mortal, monkeypatch: pytest.MonkeyPatch) -> None:
    """Joined, and told that it failed."""
    monkeypatch.setattr(Asked, "recall", lambda *_: None)
    with pytest.raises(Problem, match="legacy_link_failed"):
        joined_and_parted(mortal)


@pytest.mark.parametrize(
    ("module", "name", "scenario"),
    [
        (links, "say_linked", joined_and_parted),
        (effects, "_set_address", lambda mortal: changed_and_put_back(mortal, "mobile_changed")),
        (effects, "_set_address", lambda mortal: changed_and_put_back(mortal, "email_changed")),
        (sessions, "end_all", lambda mortal: changed_and_put_back(mortal, "mobile_changed")),
    ],
)
def test_with_a_commit_in_the_middle_it_would_show(
    mortal: Mortal, monkeypatch: pytest.MonkeyPatch, module: Any, name: str, scenario: Callable[[Mortal], None]
) -> None:
    """Whoever dies there has done one half."""
    whole = getattr(module, name)

    def half(work: Any, *rest: Any) -> None:
        whole(work, *rest)
        work.session.commit()
        uow.failpoint("uow.after_commit")

    monkeypatch.setattr(module, name, half)
    with pytest.raises((AssertionError, Problem)):
        scenario(mortal)
