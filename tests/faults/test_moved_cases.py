"""The cases of an account that cannot be got back go to the one its owner signed up anew, through all services, while
every process dies twice at each of its commits: nothing is lost, nothing happens twice, and it can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from chassis.signing.pki import create_sandbox_pki
from chassis.testing import service_actor, staff_actor
from chassis.testing.databases import DatabaseFactory
from contracts.base import RpcMethod
from registry_infra.demo.people import new_applicant

from chassis import uow
from contracts import identity
from tests.author import Author
from tests.faults.audit_of_books import Books
from tests.faults.test_every_commit import Reaper
from tests.one_process import System, running_system

pytestmark = [pytest.mark.requirement("I-09"), pytest.mark.requirement("S-01")]
FIRST, SECOND = (staff_actor("customer_service", id=f"acc-service-{number}") for number in (1, 2))
SWEPT = {
    "filing": "carry_on_moves",
    "identity": "follow_moved_cases",
    "payment": "follow_moved_orders",
    "archive": "follow_moved_cases",
}


@dataclass
class Move:
    """Somebody whose account is out of reach, with a registered work, and the account they signed up since."""

    system: System
    old: Author
    new: Author
    receipt: str = ""
    recovery_id: str = ""

    def call(self, method: RpcMethod[Any, Any], request: Any, actor: Any = None) -> Any:
        token = self.system.token(actor) if actor else None
        return self.system.corridor.call(method, request, token=token)

    def letters(self, to: str, template: str) -> list[str]:
        """Newest first."""
        asked = identity.SandboxMessages(to=to, limit=100)
        sent = self.system.services["identity"].call(identity.SANDBOX_MESSAGES, asked, service_actor("gateway")).items
        return [letter.body for letter in sent if letter.template == template]

    def code(self, to: str, template: str) -> str:
        words = self.letters(to, template)[0].replace("。", " ").replace("，", " ").split()
        return next(word for word in words if len(word) == 12 and word.isalnum() and word.isascii())

    def step(self, step: str, actor: Any, **more: Any) -> Any:
        if step == "put_back":
            more["why"] = "本人来电，没有申请过"
        request = identity.DecideRecovery.model_validate({"recovery_id": self.recovery_id, "step": step, **more})
        return self.call(identity.DECIDE_RECOVERY, request, actor)

    def decide(self, outcome: str) -> None:
        self.call(identity.CLAIM_RECOVERY, identity.RecoveryRef(recovery_id=self.recovery_id), FIRST)
        self.step("propose", FIRST, outcome=outcome, checked="电话核对")

    def advised(self) -> None:
        """The office has told its owner to sign up anew, and they have, and are verified."""
        mobile = self.new.who.mobile
        self.new.post("/otp", {"mobile": mobile, "purpose": "recover"})
        asked = {"number": self.old.ids["number"], "mobile": mobile, "otp": self.new.newest_code()}
        self.receipt = self.new.post("/recoveries", asked)["receipt"]
        queue = self.call(identity.LIST_RECOVERIES, identity.ListRecoveries(limit=100), FIRST).items
        self.recovery_id = next(item.recovery_id for item in queue if item.receipt == self.receipt)
        self.decide("reregistration")
        self.new.sign_up()
        self.new.verify()

    def moved(self) -> None:
        """Asked for, decided by two, not objected to, in effect, and heard of by everybody."""
        code = self.code(self.new.who.mobile, "recovery_advised")
        self.new.post("/recoveries/cases", {"receipt": self.receipt, "code": code})
        self.decide("cases_moved")
        self.step("confirm", SECOND)
        self.system.services["identity"].as_owner(
            "UPDATE recoveries SET waits_until = current_date - 2 WHERE recovery_id = %s", self.recovery_id
        )
        self.sweep("identity", "apply_recoveries")
        self.settle()

    def sweep(self, service: str, name: str) -> None:
        self.system.insist(lambda: self.system.services[service].sweep(name))

    def settle(self) -> None:
        for _ in range(2):
            self.system.settle()
            for service, name in SWEPT.items():
                self.sweep(service, name)
        self.system.settle()

    def object(self) -> str:
        code = self.code(self.old.who.mobile, "recovery_cases_announced")
        request = identity.ObjectToRecovery(receipt=self.receipt, code=code)
        state: str = self.call(identity.OBJECT_TO_RECOVERY, request).state
        self.settle()
        return state

    def has_all(self, author: Author) -> bool:
        """Whether the case with its order, documents, certificate, dossier and the draft are this account's; it has
        all of it or nothing."""
        case = self.old.ids["application_id"]
        draft = self.old.draft["application_id"]
        answers = [
            author.me.get(f"/api/v1/{path}").status_code == 200
            for path in (
                f"applications/{case}",
                f"applications/{draft}",
                f"applications/{case}/order",
                f"prechecks/{self.old.ids['precheck_id']}",
            )
        ]
        answers.append(case in author.me.get("/api/v1/orders").text)
        listed = author.me.get(f"/api/v1/applications/{case}/documents").text
        answers.append(self.old.ids["document_id"] in listed and "certificate" in listed)
        for page in (f"/account/dossiers/{case}", f"/account/documents/{self.old.ids['document_id']}"):
            answers.append(author.me.get(page).status_code == 200)
        told = author.me.get("/api/v1/messages?limit=100").text
        answers.append(case in told and "application_submitted" in told)
        certificates = author.me.get("/account/certificates").text
        answers.append(self.old.ids["registration_number"] in certificates)
        assert len(set(answers)) == 1, answers
        return answers[0]

    def audited(self, service: str, action: str) -> int:
        statement = "SELECT count(*) FROM audit WHERE action = %s AND subject = ANY(%s)"
        cases = [self.old.ids["application_id"], self.old.draft["application_id"]]
        return int(self.system.services[service].as_owner(statement, action, cases)[0][0])


@pytest.fixture(scope="module")
def system(databases: DatabaseFactory, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    create_sandbox_pki(keys / "pki")
    with running_system(databases, keys, tmp_path_factory.mktemp("moved")) as made:
        yield made


@pytest.fixture
def move(system: System) -> Move:
    old = Author(system, new_applicant(), system.client(), {})
    old.sign_up()
    old.verify()
    old.register()
    old.draft_another()
    same = replace(new_applicant(), name=old.who.name, id_number=old.who.id_number)
    made = Move(system, old, Author(system, same, system.client(), {}))
    made.advised()
    return made


def test_a_death_at_any_commit_moves_all_of_it_once_and_back_once(move: Move, monkeypatch: pytest.MonkeyPatch) -> None:
    reaper = Reaper(move.system)
    with monkeypatch.context() as patched:
        patched.setattr(uow, "failpoint", reaper.failpoint)
        patched.setattr(move.system.corridor, "insist", reaper.insist)
        move.moved()
        assert (move.has_all(move.old), move.has_all(move.new)) == (False, True)
        assert move.object() == "returned"
    assert (move.has_all(move.old), move.has_all(move.new)) == (True, False)
    assert {name.split()[0] for name in reaper.deaths} == {"identity", "filing", "payment", "archive"}
    assert [repr(crash) for crash in move.system.corridor.crashes] == []
    assert move.audited("filing", "application.move") == 4, "case and draft, there and back"
    for service in ("identity", "payment", "archive"):
        assert move.audited(service, "case.hold") == 2, service
    for to, template in (
        (move.old.who.mobile, "recovery_cases_announced"),
        (move.old.who.mobile, "recovery_cases_done_old"),
        (move.new.who.mobile, "recovery_cases_done"),
        (move.old.who.mobile, "recovery_returned"),
        (move.new.who.mobile, "recovery_returned"),
    ):
        assert len(move.letters(to, template)) == 1, template
    assert Books(move.system.owner_urls).unrest() == {}


def test_what_the_new_owner_has_gone_on_with_takes_two_people_to_move_back(move: Move) -> None:
    move.moved()
    assert move.has_all(move.new)
    draft = move.old.draft["application_id"]
    move.new.post(f"/applications/{draft}/declaration")
    filed = move.new.post(f"/applications/{draft}/submission", {"otp": move.new.code("sign")})
    move.settle()
    order = move.new.get(f"/applications/{draft}/order")
    assert filed["serial_number"]
    with pytest.raises(Exception, match="recovery_objection_late"):
        move.object()
    move.step("put_back", FIRST)
    assert move.has_all(move.new), "one alone puts nothing back"
    with pytest.raises(Exception, match="recovery_same_person"):
        move.step("put_back", FIRST)
    colleague = move.system.client(move.system.token(SECOND))
    page = colleague.get(f"/staff/recoveries/{move.recovery_id}").text
    assert "本人来电，没有申请过" in page, "whoever is to agree reads why"
    assert FIRST.subject in page
    assert move.step("put_back", SECOND).state == "returned"
    move.settle()
    assert move.has_all(move.old)
    assert move.old.get(f"/applications/{draft}/order")["order_id"] == order["order_id"], "of the meantime, too"
    assert move.new.me.get(f"/api/v1/applications/{draft}/order").status_code == 404
