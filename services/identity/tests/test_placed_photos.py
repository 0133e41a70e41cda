"""Photos of a verification come one by one: each is checked, seen by its owner alone, and replaced by itself."""

from __future__ import annotations

import base64
import io
import threading
from typing import Any

import pytest
from chassis.errors import Problem
from contracts.base import Empty
from contracts.identity import OpenIdPhoto, PlaceIdPhoto, SubmitVerification, VerificationRef
from identity.verification import placed
from identity.verification.placed import IdPhoto
from identity.verification.store import VerificationImage
from PIL import Image, ImageFilter
from sqlalchemy import select

from contracts import identity

PERSON = ("id_front", "id_back", "handheld")


def put(office: Any, person: Any, document: str, data: bytes, name: str = "照片.jpg", actor: Any = None) -> Any:
    receipt = office.harness.sealed_receipt(person.account_id, data, name)
    request = PlaceIdPhoto.model_validate({"document": document, "receipt": receipt})
    return office.call(identity.PLACE_ID_PHOTO, request, actor or person.actor)


def shown(office: Any, person: Any) -> dict[str, Any]:
    found = office.call(identity.LIST_ID_PHOTOS, Empty(), person.actor)
    return {photo.document: photo for photo in found.items}


def work_off(office: Any) -> None:
    while office.harness.run_worker():
        pass


def hand_in(office: Any, person: Any) -> Any:
    return office.call(identity.SUBMIT_VERIFICATION, SubmitVerification(), person.actor)


def look(office: Any, actor: Any, document: str) -> bytes:
    found = office.call(identity.OPEN_ID_PHOTO, OpenIdPhoto.model_validate({"document": document}), actor)
    return base64.b64decode(found.data)


def kept_objects(office: Any) -> set[str]:
    with office.harness.uow() as uow:
        images = uow.session.scalars(select(VerificationImage.sealed_sha256)).all()
        photos = uow.session.scalars(select(IdPhoto.sealed_sha256)).all()
        return {sha256 for sha256 in {*images, *photos} if uow.sealed_objects.exists(sha256)}


def small() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (120, 90), (90, 140, 60)).save(stream, "JPEG")
    return stream.getvalue()


def blurred(picture: bytes) -> bytes:
    stream = io.BytesIO()
    Image.open(io.BytesIO(picture)).filter(ImageFilter.GaussianBlur(9)).save(stream, "JPEG")
    return stream.getvalue()


@pytest.mark.requirement("I-05")
def test_each_photo_is_checked_when_it_comes(office: Any, make_photograph: Any) -> None:
    person = office.sign_up()
    assert put(office, person, "id_front", make_photograph(1)).check == "running"
    put(office, person, "id_back", blurred(make_photograph(2)))
    put(office, person, "handheld", small())
    work_off(office)
    found = shown(office, person)
    assert list(found) == list(PERSON)
    assert [photo.check for photo in found.values()] == ["done"] * 3
    assert found["id_front"].findings == []
    assert [finding.code for finding in found["id_back"].findings] == ["photo_blurred"]
    assert "photo_too_small" in [finding.code for finding in found["handheld"].findings]
    with pytest.raises(Problem) as caught:
        hand_in(office, person)
    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("documents.handheld", "verification_image_unreadable")
    ]
    put(office, person, "handheld", make_photograph(3))
    submitted = hand_in(office, person)
    assert sorted(submitted.documents) == sorted(PERSON)
    assert shown(office, person) == {}, "what was handed in is the office's"
    work_off(office)
    assert office.decide(submitted.verification_id, "approve").state == "approved"


@pytest.mark.requirement("I-05")
def test_what_is_missing_is_named_and_what_is_there_stays(office: Any, make_photograph: Any) -> None:
    person = office.sign_up()
    with pytest.raises(Problem) as caught:
        hand_in(office, person)
    assert [(error.field, error.code) for error in caught.value.errors] == [
        (f"documents.{name}", "material_missing") for name in PERSON
    ]
    put(office, person, "id_back", make_photograph(1))
    with pytest.raises(Problem) as caught:
        hand_in(office, person)
    assert caught.value.params["documents"] == "id_front,handheld"
    assert list(shown(office, person)) == ["id_back"]


@pytest.mark.requirement("I-05")
@pytest.mark.requirement("I-07")
def test_after_a_refusal_one_photo_comes_again_and_the_others_are_kept(office: Any, make_photograph: Any) -> None:
    person = office.sign_up()
    first = office.submit(person)
    work_off(office)
    office.decide(first.verification_id, "refuse", "证件背面看不清")
    work_off(office)
    found = shown(office, person)
    assert list(found) == ["id_front", "id_back"], "the hand-held photo is destroyed with the decision"
    assert all(photo.kept and photo.thumbnail for photo in found.values())
    put(office, person, "id_back", make_photograph(8))
    put(office, person, "handheld", make_photograph(9))
    assert not shown(office, person)["id_back"].kept
    second = hand_in(office, person)
    work_off(office)
    with office.harness.uow() as uow:
        rows = {
            (row.verification_id, row.document): row.original_sha256
            for row in uow.session.scalars(select(VerificationImage))
        }
    same = [rows[(first.verification_id, name)] == rows[(second.verification_id, name)] for name in PERSON]
    assert same == [True, False, False]
    opened = identity.OpenVerificationImage(verification_id=second.verification_id, document="id_front")
    sealed = office.call(identity.OPEN_VERIFICATION_IMAGE, opened, office.reviewer)
    with office.harness.uow() as uow:
        assert uow.sealed_objects.exists(sealed.object.sha256), "its bytes are not removed with the earlier submission"
    assert office.decide(second.verification_id, "approve").state == "approved"


@pytest.mark.requirement("I-05")
def test_of_photos_that_nobody_can_read_the_others_are_kept(office: Any, make_photograph: Any) -> None:
    person = office.sign_up()
    first = office.submit(person, id_back=b"\xff\xd8\xff" + bytes(200))
    work_off(office)
    assert list(shown(office, person)) == ["id_front", "handheld"]
    put(office, person, "id_back", make_photograph(8))
    second = hand_in(office, person)
    state = office.call(
        identity.GET_VERIFICATION, VerificationRef(verification_id=first.verification_id), person.actor
    ).state
    assert state == "replaced"
    work_off(office)
    assert office.decide(second.verification_id, "approve").state == "approved"
    with office.harness.uow() as uow:
        assert uow.session.scalars(select(IdPhoto).where(IdPhoto.discarded_at.is_(None))).all() == []


@pytest.mark.requirement("I-05")
@pytest.mark.requirement("S-02")
def test_a_photo_is_seen_by_its_owner_alone(office: Any, make_photograph: Any) -> None:
    person, other = office.sign_up(), office.sign_up()
    put(office, person, "id_front", make_photograph(1))
    with pytest.raises(Problem, match="id_photo_unknown"):
        look(office, person.actor, "id_front")
    work_off(office)
    picture = Image.open(io.BytesIO(look(office, person.actor, "id_front")))
    assert max(picture.size) <= 480
    with pytest.raises(Problem, match="id_photo_unknown"):
        look(office, other.actor, "id_front")
    with pytest.raises(Problem, match="forbidden"):
        look(office, office.reviewer, "id_front")
    with pytest.raises(Problem, match="receipt_invalid"):
        put(office, person, "id_front", make_photograph(1), actor=other.actor)
    with pytest.raises(Problem, match="request_invalid"):
        put(office, person, "business_licence", make_photograph(1))
    with pytest.raises(Problem, match="verification_image_unreadable"):
        put(office, person, "id_front", b"PK\x03\x04 a renamed archive")


@pytest.mark.requirement("I-05")
def test_a_photo_that_is_replaced_or_never_handed_in_leaves_nothing(
    office: Any, make_photograph: Any, later: Any
) -> None:
    person = office.sign_up()
    put(office, person, "id_front", make_photograph(1))
    work_off(office)
    before = kept_objects(office)
    put(office, person, "id_front", make_photograph(2))
    work_off(office)
    after = kept_objects(office)
    assert len(after) == 1
    assert not before & after
    later(days=placed.LIFE.days + 1)
    assert office.harness.sweep("forget_id_photos") == 1
    assert shown(office, person) == {}
    work_off(office)
    assert kept_objects(office) == set()


@pytest.mark.requirement("S-01")
def test_the_same_photo_placed_in_two_tabs_at_once_is_one(office: Any, make_photograph: Any) -> None:
    person, failures = office.sign_up(), []

    def place(seed: int) -> None:
        try:
            put(office, person, "id_front", make_photograph(seed))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=place, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with office.harness.uow() as uow:
        assert len(uow.session.scalars(select(IdPhoto).where(IdPhoto.discarded_at.is_(None))).all()) == 1


@pytest.mark.requirement("S-01")
def test_a_verification_that_waits_takes_no_more_photos(office: Any, make_photograph: Any) -> None:
    person = office.sign_up()
    submitted = office.submit(person)
    with pytest.raises(Problem, match="verification_pending"):
        put(office, person, "id_front", make_photograph(1))
    work_off(office)
    office.decide(submitted.verification_id, "approve")
    with pytest.raises(Problem, match="verification_already_approved"):
        put(office, person, "id_front", make_photograph(1))


@pytest.mark.requirement("I-05")
def test_a_file_that_breaks_its_reader_is_checked_when_it_is_handed_in(office: Any, make_photograph: Any) -> None:
    """What the worker has died of five times goes on unchecked."""
    person = office.sign_up()
    put(office, person, "id_front", make_photograph(1))
    with office.harness.uow() as uow:
        [photo] = uow.session.scalars(select(IdPhoto))
        photo.attempts = IdPhoto.TERMS.attempts
    work_off(office)
    [found] = shown(office, person).values()
    assert [finding.code for finding in found.findings] == ["photo_not_checked"]


def test_unread_messages_are_counted_without_being_fetched(office: Any) -> None:
    person = office.sign_up()
    office.submit(person)
    assert office.call(identity.COUNT_UNREAD, Empty(), person.actor).unread == 2
    office.call(identity.READ_ALL_MESSAGES, Empty(), person.actor)
    assert office.call(identity.COUNT_UNREAD, Empty(), person.actor).unread == 0
