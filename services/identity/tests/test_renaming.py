"""Another name in place of a verified one: handed in with proof, decided with both side by side; the number stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity import (
    GET_VERIFICATION,
    IDENTITY_VERIFIED,
    LIST_ID_PHOTOS,
    LIST_MY_VERIFICATIONS,
    ListVerifications,
    SubmitVerification,
    VerificationRef,
)
from contracts.identity.consents import WITHDRAW_CONSENT, WithdrawConsent

from contracts import identity

pytestmark = pytest.mark.requirement("I-07")


def renamed(office: Any, make_photograph: Any, person: Any, new_name: str, *without: str) -> Any:
    """The papers of a first verification and the proof, all anew; checked by the worker."""
    proof = office.harness.sealed_receipt(person.account_id, make_photograph(41), "曾用名.jpg")
    documents = office.images(person).documents | {"name_proof": proof}
    sent = {role: receipt for role, receipt in documents.items() if role not in without}
    request = SubmitVerification.model_validate({"documents": sent, "new_name": new_name})
    submitted = office.call(identity.SUBMIT_VERIFICATION, request, person.actor)
    office.harness.run_worker()
    return submitted


def account(office: Any, person: Any) -> Any:
    return office.call(identity.GET_ACCOUNT, Empty(), person.actor)


def test_the_old_name_holds_until_the_new_one_is_approved_and_then_everybody_hears(
    office: Any, make_photograph: Any
) -> None:
    person = office.sign_up()
    office.verify(person)
    submitted = renamed(office, make_photograph, person, "张 三丰")
    assert (account(office, person).name, account(office, person).verification) == ("张三", "approved")
    seen = office.call(GET_VERIFICATION, VerificationRef(verification_id=submitted.verification_id), office.reviewer)
    assert (seen.earlier_name, seen.new_name, seen.id_number) == ("张三", "张 三丰", person.id_number)
    assert "name_proof" in seen.documents
    assert [said.name for said in office.harness.events(IDENTITY_VERIFIED)] == ["张三"]
    office.decide(submitted.verification_id, "approve")
    now = account(office, person)
    assert (now.name, now.verification) == ("张 三丰", "approved")
    first, second = office.harness.events(IDENTITY_VERIFIED)
    assert (second.name, second.masked_id_number) == ("张 三丰", first.masked_id_number)
    assert second.verified_at > first.verified_at, "copies keep the newest"
    mine = office.call(LIST_MY_VERIFICATIONS, ListVerifications(), person.actor).items
    assert [(item.state, item.new_name) for item in mine] == [("approved", "张 三丰"), ("replaced", None)]
    told = office.messages(person.mobile)[0]
    assert told.template == "name_changed"
    assert "张 三丰" in told.body


def test_a_refusal_takes_nothing_away(office: Any, make_photograph: Any) -> None:
    person = office.sign_up()
    office.verify(person)
    submitted = renamed(office, make_photograph, person, "张三丰")
    office.decide(submitted.verification_id, "refuse", "证明没有写明由原来的姓名或名称改为新的，请补充。")
    assert (account(office, person).name, account(office, person).verification) == ("张三", "approved")
    assert office.messages(person.mobile)[0].template == "name_change_refused"
    again = renamed(office, make_photograph, person, "张三丰")
    office.decide(again.verification_id, "approve")
    assert account(office, person).name == "张三丰"


def test_an_organisation_keeps_its_code_and_its_operator(office: Any, make_photograph: Any) -> None:
    firm = office.sign_up_organisation()
    office.verify(firm)
    code = account(office, firm).uscc
    submitted = renamed(office, make_photograph, firm, "北京墨石科技有限公司")
    office.decide(submitted.verification_id, "approve")
    now = account(office, firm)
    assert (now.organisation_name, now.uscc, now.name) == ("北京墨石科技有限公司", code, "张三")
    assert office.harness.events(IDENTITY_VERIFIED)[-1].name == "北京墨石科技有限公司"


def test_it_takes_the_proof_another_name_and_a_verified_account(office: Any, make_photograph: Any) -> None:
    person, unverified = office.sign_up(), office.sign_up()
    with pytest.raises(Problem, match="rename_unverified"):
        renamed(office, make_photograph, unverified, "李四")
    office.verify(person)
    assert office.call(LIST_ID_PHOTOS, Empty(), person.actor).needed[-1] == "name_proof"
    for name, problem in (("张三", "rename_unchanged"), ("……", "name_invalid")):
        with pytest.raises(Problem, match=problem):
            renamed(office, make_photograph, person, name)
    with pytest.raises(Problem, match="verification_documents_missing"):
        renamed(office, make_photograph, person, "张三丰", "name_proof")
    with pytest.raises(Problem, match="verification_already_approved"):
        office.submit(person)
    renamed(office, make_photograph, person, "张三丰")
    with pytest.raises(Problem, match="verification_pending"):
        renamed(office, make_photograph, person, "张三封")


def test_a_consent_that_is_taken_back_stops_the_change_alone(office: Any, make_photograph: Any) -> None:
    person = office.sign_up()
    office.verify(person)
    submitted = renamed(office, make_photograph, person, "张三丰")
    office.call(WITHDRAW_CONSENT, WithdrawConsent(), person.actor)
    assert (account(office, person).name, account(office, person).verification) == ("张三", "approved")
    with pytest.raises(Problem, match="verification_decided"):
        office.decide(submitted.verification_id, "approve")


def test_a_death_before_the_decision_is_kept_changes_nothing(
    office: Any, make_photograph: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chassis import uow

    class Killed(BaseException):
        pass

    person = office.sign_up()
    office.verify(person)
    submitted = renamed(office, make_photograph, person, "张三丰")

    def failpoint(name: str) -> None:
        if name == "uow.before_commit":
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(uow, "failpoint", failpoint)
        with pytest.raises(Killed):
            office.decide(submitted.verification_id, "approve")
    assert account(office, person).name == "张三"
    office.decide(submitted.verification_id, "approve")
    assert account(office, person).name == "张三丰"


def test_photos_of_the_change_are_placed_one_by_one(office: Any, make_photograph: Callable[[int], bytes]) -> None:
    person = office.sign_up()
    office.verify(person)

    def place(document: str, rename: bool) -> Any:
        receipt = office.harness.sealed_receipt(person.account_id, make_photograph(len(document)), f"{document}.jpg")
        request = {"document": document, "receipt": receipt, "rename": rename}
        return office.call(identity.PLACE_ID_PHOTO, identity.PlaceIdPhoto.model_validate(request), person.actor)

    with pytest.raises(Problem, match="verification_already_approved"):
        place("id_front", False)
    for document in ("id_front", "id_back", "handheld", "name_proof"):
        place(document, True)
    office.harness.run_worker()
    request = SubmitVerification.model_validate({"new_name": "张三丰"})
    submitted = office.call(identity.SUBMIT_VERIFICATION, request, person.actor)
    office.harness.run_worker()
    assert office.decide(submitted.verification_id, "approve").state == "approved"
