"""What people agree to, with version and time; the face by itself, and taken back at any moment (PIPL 14-17, 28-29)."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity import PlaceIdPhoto, SubmitVerification
from contracts.identity.consents import (
    GIVE_CONSENT,
    LIST_CONSENTS,
    NOTICES_IN_FORCE,
    READ_NOTICE,
    WITHDRAW_CONSENT,
    GiveConsent,
    ReadNotice,
    WithdrawConsent,
)
from identity.consents import model, store
from identity.consents.giving import keep
from identity.verification.store import VerificationImage
from sqlalchemy import select

from contracts import identity

AGREED = {f"agreed_{text.name}": text.version for text in model.versions() if text.name in model.AT_SIGN_UP}
FACE = GiveConsent(name="face", version=model.of("face", model.versions())[0].version)
PERSON = ("id_front", "id_back", "handheld")
pytestmark = pytest.mark.requirement("S-01")


def consents(office: Any, person: Any) -> list[tuple[str, str]]:
    found = office.call(LIST_CONSENTS, Empty(), person.actor)
    return [(step.name, step.state) for step in found.items]


def put(office: Any, person: Any, document: str, data: bytes) -> None:
    receipt = office.harness.sealed_receipt(person.account_id, data, "照片.jpg")
    request = PlaceIdPhoto.model_validate({"document": document, "receipt": receipt})
    office.call(identity.PLACE_ID_PHOTO, request, person.actor)


def shown(office: Any, person: Any) -> set[str]:
    return {photo.document for photo in office.call(identity.LIST_ID_PHOTOS, Empty(), person.actor).items}


def work_off(office: Any) -> None:
    while office.harness.run_worker():
        pass


def withdraw(office: Any, person: Any) -> Any:
    return office.call(WITHDRAW_CONSENT, WithdrawConsent(), person.actor)


@pytest.mark.parametrize("missing", ["agreed_privacy", "agreed_terms"])
@pytest.mark.parametrize("instead", ["", "2020-01-01"])
def test_nobody_has_an_account_without_agreeing_to_the_texts_in_force(office: Any, missing: str, instead: str) -> None:
    with pytest.raises(Problem) as refused:
        office.sign_up(**{missing: instead})
    assert refused.value.code == "agreement_required"
    assert [(error.field, error.params["version"]) for error in refused.value.errors] == [(missing, AGREED[missing])]


def test_who_was_not_shown_the_texts_yet_is_asked_at_the_next_sign_in(office: Any) -> None:
    """By a program that does not know of them: nothing counts as agreed to that nobody has shown."""
    person = office.sign_up(agreed_privacy=None, agreed_terms=None)
    assert {name for name, _ in consents(office, person)} <= {"face"}
    found = office.call(LIST_CONSENTS, Empty(), person.actor)
    assert {text.name for text in found.to_agree} == {"privacy", "terms"}


def test_a_program_that_sends_the_face_states_the_consent_to_it(office: Any, make_photograph: Any) -> None:
    person = office.sign_up()
    withdraw(office, person)
    tokens = {
        document: office.harness.sealed_receipt(person.account_id, make_photograph(seed), "照片.jpg")
        for seed, document in enumerate(PERSON)
    }
    asked = SubmitVerification.model_validate({"documents": tokens, "face_consented": True})
    office.call(identity.SUBMIT_VERIFICATION, asked, person.actor)
    assert consents(office, person)[0] == ("face", "given")


def test_a_sign_up_keeps_which_version_was_agreed_to_when_and_from_where(office: Any) -> None:
    person = office.sign_up(client="203.0.113.7")
    with office.harness.uow() as uow:
        kept = {step.notice: step for step in store.history(uow.session, person.account_id)}
    texts = {text.name: text for text in model.versions()}
    for name in ("privacy", "terms"):
        assert kept[name].version == texts[name].version
        assert kept[name].sha256 == texts[name].sha256, "the text as it was, so that nobody can change it afterwards"
        assert kept[name].client == "203.0.113.7"
    audited = office.harness.as_owner("SELECT action FROM audit WHERE subject = %s", person.account_id)
    assert [action for (action,) in audited].count("consent.given") == 3


def test_without_the_separate_consent_no_photograph_of_a_face_is_taken_in(office: Any, make_photograph: Any) -> None:
    person = office.sign_up()
    withdraw(office, person)
    put(office, person, "id_front", make_photograph(1))
    for attempt in (
        lambda: put(office, person, "handheld", make_photograph(2)),
        lambda: office.submit(person),
    ):
        with pytest.raises(Problem, match="face_consent_required"):
            attempt()
    assert shown(office, person) == {"id_front"}
    office.call(GIVE_CONSENT, FACE, person.actor)
    assert office.submit(person).state == "pending"


def test_an_organisation_is_not_asked_for_a_face(office: Any) -> None:
    company = office.sign_up_organisation()
    withdraw(office, company)
    assert office.submit(company).state == "pending"
    withdraw(office, company)
    assert office.call(identity.GET_ACCOUNT, Empty(), company.actor).verification == "pending"


@pytest.mark.parametrize("checked", [True, False])
def test_who_takes_the_consent_back_has_the_photograph_destroyed_and_the_verification_stopped(
    office: Any, make_photograph: Any, checked: bool
) -> None:
    person = office.sign_up()
    for seed, document in enumerate(PERSON):
        put(office, person, document, make_photograph(seed))
    work_off(office)
    verification_id = office.call(identity.SUBMIT_VERIFICATION, SubmitVerification(), person.actor).verification_id
    if checked:
        work_off(office)
    withdraw(office, person)
    withdraw(office, person)
    assert consents(office, person)[:2] == [("face", "withdrawn"), ("face", "given")], "twice is once"
    account = office.call(identity.GET_ACCOUNT, Empty(), person.actor)
    assert account.verification == "none"
    work_off(office)
    assert shown(office, person) == {"id_front", "id_back"}, "the others need not come again"
    with office.harness.uow() as uow:
        image = uow.session.get(VerificationImage, (verification_id, "handheld"))
        assert image is not None
        assert (image.wrapped_key, uow.sealed_objects.exists(image.sealed_sha256)) == (None, False)
        assert uow.session.scalars(select(VerificationImage.wrapped_key)).all().count(None) >= 3
    with pytest.raises(Problem, match="verification_decided"):
        office.decide(verification_id, "approve")
    office.call(GIVE_CONSENT, FACE, person.actor)
    put(office, person, "handheld", make_photograph(9))
    again = office.call(identity.SUBMIT_VERIFICATION, SubmitVerification(), person.actor)
    work_off(office)
    assert office.decide(again.verification_id, "approve").state == "approved"
    withdraw(office, person)
    assert office.call(identity.GET_ACCOUNT, Empty(), person.actor).verification == "approved"


def test_two_windows_that_agree_at_once_leave_one_step(office: Any) -> None:
    person = office.sign_up()
    withdraw(office, person)
    request = FACE
    windows = [threading.Thread(target=office.call, args=(GIVE_CONSENT, request, person.actor)) for _ in range(3)]
    for window in windows:
        window.start()
    for window in windows:
        window.join()
    assert consents(office, person)[:3] == [("face", "given"), ("face", "withdrawn"), ("face", "given")]


def test_a_version_that_was_not_shown_is_not_agreed_to(office: Any) -> None:
    person = office.sign_up()
    with pytest.raises(Problem, match="notice_outdated"):
        office.call(GIVE_CONSENT, GiveConsent(name="privacy", version="2020-01-01"), person.actor)


def test_whoever_agreed_to_an_earlier_version_is_asked_at_the_next_sign_in(office: Any) -> None:
    person = office.sign_up()
    assert office.sign_in(person.mobile).account.to_agree == []
    earlier = model.Version("terms", "2020-01-01", date(2020, 1, 1), "0" * 64, {})
    with office.harness.uow() as uow:
        keep(uow, person.account_id, earlier, "given")
    asked = office.sign_in(person.mobile).account.to_agree
    assert [(text.name, text.version) for text in asked] == [("terms", AGREED["agreed_terms"])]
    request = GiveConsent(name="terms", version=AGREED["agreed_terms"])
    assert office.call(GIVE_CONSENT, request, person.actor).to_agree == []
    assert office.sign_in(person.mobile).account.to_agree == []


def test_a_new_version_holds_from_its_day_and_the_old_one_can_still_be_read(tmp_path: Path) -> None:
    for version in ("2026-01-01", "2027-01-01"):
        (tmp_path / f"terms-{version}.toml").write_text(f"in_force_from = {version}\n")
    texts = model.versions(tmp_path)
    assert model.in_force("terms", date(2026, 12, 31), texts).version == "2026-01-01"
    assert model.in_force("terms", date(2027, 1, 1), texts).version == "2027-01-01"
    assert model.in_force("terms", date(2020, 1, 1), texts).version == "2026-01-01"
    assert [text.version for text in model.of("terms", texts)] == ["2027-01-01", "2026-01-01"]


def test_every_text_can_be_read_by_anybody_in_both_languages(office: Any) -> None:
    for text in office.call(NOTICES_IN_FORCE, Empty()).items:
        chinese, english = (office.call(READ_NOTICE, ReadNotice(name=text.name, language=to)) for to in ("zh", "en"))
        assert chinese.current
        assert chinese.version == text.version
        assert len(chinese.sections) == len(english.sections) > 3
        for one, other in zip(chinese.sections, english.sections, strict=True):
            assert len(one.paragraphs) == len(other.paragraphs)
            assert {len(row) for row in (*one.rows, *other.rows)} <= {len(one.columns)}
    with pytest.raises(Problem, match="notice_unknown"):
        office.call(READ_NOTICE, ReadNotice(name="face", version="1999-01-01"))
