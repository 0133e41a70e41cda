"""A photograph that comes with a recovery: sealed, bounded, seen beside what was verified by who works on it, gone."""

from __future__ import annotations

import base64
import io
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from chassis.clock import legal_date, utc_now
from chassis.errors import Problem
from chassis.objects import ObjectMissing
from chassis.testing import staff_actor
from contracts.identity import (
    DecideRecovery,
    ListRecoveries,
    ObjectToRecovery,
    OpenRecoveryPicture,
    RecoveryRef,
    RequestOtp,
    SubmitRecovery,
)
from identity.numbers import store as numbers
from identity.photos import model
from PIL import Image, ImageChops

from contracts import identity

pytestmark = pytest.mark.requirement("I-09")
FIRST, SECOND = (staff_actor("customer_service", id=f"acc-service-{number}") for number in (1, 2))
NEW = (f"135{number:08d}" for number in range(51_000_000, 52_000_000))
NUMBERS = (f"2026-A-{number:08d}" for number in range(70_000, 80_000))


class Desk:
    """Somebody without a way to sign in, and the office."""

    def __init__(self, office: Any, make_photograph: Any) -> None:
        self.office, self.photograph = office, make_photograph
        self._seeds = iter(range(1000, 9000))

    def receipt(self, data: bytes | None = None, owner: str = "visitor-7") -> str:
        return str(self.office.harness.sealed_receipt(owner, data or self.photograph(next(self._seeds)), "id.jpg"))

    def ask(self, contact: str, number: str = "", photo: str | None = None, client: str = "198.51.100.7") -> str:
        asked = {"email" if "@" in contact else "mobile": contact}
        self.office.call(identity.REQUEST_OTP, RequestOtp(purpose="recover", **asked))
        code = self.office.code_in(self.office.messages(contact)[0])
        request = SubmitRecovery(
            number=number or next(NUMBERS), otp=code, photo=photo, uploaded_by="visitor-7", client=client, **asked
        )
        receipt = str(self.office.call(identity.SUBMIT_RECOVERY, request).receipt)
        statement = "SELECT recovery_id FROM recoveries WHERE receipt = %s"
        return str(self.office.harness.as_owner(statement, receipt)[0][0])

    def owner(self, number: str) -> Any:
        """A verified person whose number it is."""
        person = self.office.sign_up()
        self.office.verify(person)
        with self.office.harness.runtime.sessions() as session:
            numbers.remember(session, number, person.account_id)
            session.commit()
        return person

    def claim(self, recovery_id: str, actor: Any = FIRST) -> Any:
        return self.office.call(identity.CLAIM_RECOVERY, RecoveryRef(recovery_id=recovery_id), actor)

    def get(self, recovery_id: str, actor: Any = FIRST) -> Any:
        return self.office.call(identity.GET_RECOVERY, RecoveryRef(recovery_id=recovery_id), actor)

    def step(self, recovery_id: str, step: str, actor: Any = FIRST, **more: Any) -> Any:
        request = DecideRecovery.model_validate({"recovery_id": recovery_id, "step": step, **more})
        return self.office.call(identity.DECIDE_RECOVERY, request, actor)

    def open(self, recovery_id: str, picture: str = "photo", actor: Any = FIRST) -> bytes:
        asked = OpenRecoveryPicture.model_validate({"recovery_id": recovery_id, "picture": picture})
        return base64.b64decode(self.office.call(identity.OPEN_RECOVERY_PICTURE, asked, actor).data)

    def row(self, recovery_id: str) -> Any:
        statement = """
            SELECT sealed_sha256, wrapped_key IS NOT NULL, discarded_at, removed_at FROM recovery_photos
            WHERE recovery_id = %s ORDER BY photo_id DESC LIMIT 1"""
        return self.office.harness.as_owner(statement, recovery_id)[0]

    def is_gone(self, recovery_id: str) -> bool:
        """Key destroyed, pictures deleted, and once the worker has been there the bytes removed."""
        sealed, has_key, discarded, _ = self.row(recovery_id)
        left = self.office.harness.as_owner(
            "SELECT count(*) FROM recovery_pictures JOIN recovery_photos USING (photo_id) WHERE recovery_id = %s",
            recovery_id,
        )
        if has_key or not discarded or left != [(0,)]:
            return False
        self.office.harness.run_worker()
        try:
            self.office.harness.runtime.sealed_objects.read(sealed, 1 << 25)
        except ObjectMissing:
            return self.row(recovery_id)[3] is not None
        return False


@pytest.fixture
def desk(office: Any, make_photograph: Any) -> Desk:
    return Desk(office, make_photograph)


def test_who_works_on_it_sees_it_marked_beside_what_was_verified(
    office: Any, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    number, sent = next(NUMBERS), desk.photograph(77)
    person = desk.owner(number)
    with caplog.at_level(logging.DEBUG):
        recovery_id = desk.ask(next(NEW), number, desk.receipt(sent))
        office.harness.run_worker()
    assert desk.get(recovery_id).photo is None, "nobody has claimed it"
    with pytest.raises(Problem, match="recovery_not_claimed"):
        desk.open(recovery_id)
    assert [item.photo for item in office.call(identity.LIST_RECOVERIES, ListRecoveries(), FIRST).items] == [None]
    assert desk.claim(recovery_id).photo.pictures == ["photo"]
    office.harness.run_worker()
    photo = desk.get(recovery_id).photo
    assert (photo.check, sorted(photo.pictures)) == ("done", ["id_back", "id_front", "photo"])
    assert [found for found in photo.findings if found.severity == "error"] == []
    shown = Image.open(io.BytesIO(desk.open(recovery_id)))
    plain = Image.open(io.BytesIO(sent)).convert("RGB").resize(shown.size)
    differing = sum(ImageChops.difference(plain, shown).convert("L").histogram()[40:])
    assert max(shown.size) == 1000
    assert differing > shown.width * shown.height / 100, "there is a mark all over it"
    assert not shown.getexif()
    assert Image.open(io.BytesIO(desk.open(recovery_id, "id_front"))).format == "JPEG"
    for actor in (office.reviewer, staff_actor("examiner"), None):
        with pytest.raises(Problem, match=r"forbidden|not_signed_in"):
            desk.open(recovery_id, actor=actor)
    with pytest.raises(Problem, match="recovery_not_claimed"):
        desk.open(recovery_id, actor=SECOND)
    audit = "SELECT count(*) FROM audit WHERE action = 'recovery.open_picture' AND subject = %s"
    assert office.harness.as_owner(audit, recovery_id) == [(2,)]
    assert "id.jpg" not in caplog.text
    desk.step(recovery_id, "compare", **person.says)
    desk.step(recovery_id, "propose", outcome="mobile_changed", checked="电话核对")
    assert desk.open(recovery_id, "id_front", SECOND), "who is to confirm compares, too"


def test_it_is_sealed_and_so_are_its_pictures(office: Any, desk: Desk) -> None:
    recovery_id = desk.ask(next(NEW), photo=desk.receipt(desk.photograph(78)))
    office.harness.run_worker()
    stored = office.harness.runtime.sealed_objects.read(desk.row(recovery_id)[0], 1 << 25)
    [(picture,)] = office.harness.as_owner("SELECT sealed FROM recovery_pictures")
    for data in (stored, bytes(picture)):
        assert b"JFIF" not in data
        assert not data.startswith(b"\xff\xd8")


@pytest.mark.parametrize("outcome", ["refused", "reregistration"])
def test_it_is_destroyed_when_the_request_comes_to_nothing(desk: Desk, outcome: str) -> None:
    recovery_id = desk.ask(next(NEW), photo=desk.receipt())
    desk.office.harness.run_worker()
    desk.claim(recovery_id)
    desk.step(
        recovery_id,
        "propose",
        outcome=outcome,
        checked="电话核对",
        reason="not_proven" if outcome == "refused" else None,
    )
    assert desk.is_gone(recovery_id)
    with pytest.raises(Problem, match="recovery_photo_gone"):
        desk.open(recovery_id)
    assert desk.get(recovery_id).photo is None


def test_of_what_took_effect_it_stays_until_nobody_can_dispute_it(office: Any, desk: Desk) -> None:
    number, new = next(NUMBERS), next(NEW)
    person = desk.owner(number)
    recovery_id = desk.ask(new, number, desk.receipt())
    desk.claim(recovery_id)
    office.harness.run_worker()
    desk.step(recovery_id, "compare", **person.says)
    desk.step(recovery_id, "propose", outcome="mobile_changed", checked="电话核对")
    desk.step(recovery_id, "confirm", SECOND)
    assert desk.get(recovery_id).photo.pictures == ["photo"], "what was verified is shown no more"

    def days_ago(days: int) -> None:
        day = legal_date(utc_now()) - timedelta(days=days)
        office.harness.as_owner("UPDATE recoveries SET waits_until = %s WHERE recovery_id = %s", day, recovery_id)

    days_ago(1)
    office.harness.sweep("apply_recoveries")
    days_ago(30)
    assert office.harness.sweep("forget_recovery_photos") == 0
    assert desk.open(recovery_id, actor=SECOND)
    days_ago(31)
    assert office.harness.sweep("forget_recovery_photos") == 1
    assert desk.is_gone(recovery_id)


def test_after_an_objection_it_stays_as_evidence(office: Any, desk: Desk) -> None:
    number, new = next(NUMBERS), next(NEW)
    person = desk.owner(number)
    recovery_id = desk.ask(new, number, desk.receipt())
    desk.claim(recovery_id)
    desk.step(recovery_id, "compare", **person.says)
    desk.step(recovery_id, "propose", outcome="mobile_changed", checked="电话核对")
    receipt = desk.step(recovery_id, "confirm", SECOND).receipt
    body = next(one.body for one in office.messages(person.mobile) if one.template == "recovery_announced")
    code = next(word for word in body.replace("。", " ").split() if len(word) == 12 and word.isalnum())
    office.call(identity.OBJECT_TO_RECOVERY, ObjectToRecovery(receipt=receipt, code=code))
    assert office.harness.sweep("forget_recovery_photos") == 0
    assert desk.row(recovery_id)[1]


def test_one_that_nobody_decides_goes_after_its_time(desk: Desk) -> None:
    recovery_id = desk.ask(next(NEW), photo=desk.receipt())
    for days, gone in ((model.LIFE.days - 1, 0), (model.LIFE.days + 1, 1)):
        desk.office.harness.as_owner(
            "UPDATE recovery_photos SET submitted_at = now() - make_interval(days => %s)", days
        )
        assert desk.office.harness.sweep("forget_recovery_photos") == gone
    assert desk.is_gone(recovery_id)


def test_an_address_has_one_at_a_time_and_another_for_the_same_request_takes_its_place(
    desk: Desk, later: Callable[..., None]
) -> None:
    contact, number = next(NEW), next(NUMBERS)
    first = desk.ask(contact, number, desk.receipt())
    before = desk.row(first)[0]
    assert desk.ask(contact, number, desk.receipt()) == first
    assert desk.row(first)[0] != before
    assert desk.office.harness.as_owner("SELECT count(*) FROM recovery_photos WHERE discarded_at IS NULL") == [(1,)]
    with pytest.raises(Problem, match="recovery_photo_elsewhere"):
        desk.ask(contact, photo=desk.receipt())
    later(seconds=61)
    assert desk.ask(contact), "without one it is taken"
    desk.office.harness.run_worker()
    with pytest.raises(ObjectMissing):
        desk.office.harness.runtime.sealed_objects.read(before, 1 << 25)


def test_a_network_and_all_together_have_a_bound(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "PER_NETWORK", 0.2)  # two in the sandbox
    for client in ("2001:db8::1", "2001:db8::2"):
        desk.ask(next(NEW), photo=desk.receipt(), client=client)
    with pytest.raises(Problem, match="recovery_photos_full"):
        desk.ask(next(NEW), photo=desk.receipt(), client="2001:db8:0:0:ffff::3")
    desk.ask(next(NEW), photo=desk.receipt(), client="2001:db8:0:1::1")
    monkeypatch.setattr(model, "IN_ALL", 1)
    with pytest.raises(Problem, match="recovery_photos_full"):
        desk.ask(next(NEW), photo=desk.receipt(), client="203.0.113.9")
    assert desk.ask(next(NEW), client="203.0.113.9")


@pytest.mark.parametrize("data", [b"%PDF-1.7 not a picture", b"GIF89a", b"<svg/>"])
def test_what_is_no_picture_is_refused_at_once(desk: Desk, data: bytes) -> None:
    with pytest.raises(Problem, match="recovery_photo_unreadable") as refused:
        desk.ask(next(NEW), photo=desk.receipt(data))
    assert [error.field for error in refused.value.errors] == ["photo"]


def test_one_upload_serves_one_request_and_anothers_serves_nobody(desk: Desk) -> None:
    mine = desk.receipt()
    desk.ask(next(NEW), photo=mine)
    with pytest.raises(Problem, match="recovery_photo_unreadable"):
        desk.ask(next(NEW), photo=mine)
    for foreign in (desk.receipt(owner="visitor-8"), desk.receipt(owner="acc-1"), "nonsense"):
        with pytest.raises(Problem, match="receipt_invalid"):
            desk.ask(next(NEW), photo=foreign)


def test_what_only_seems_a_picture_is_a_finding_and_nothing_is_shown(desk: Desk) -> None:
    recovery_id = desk.ask(next(NEW), photo=desk.receipt(b"\xff\xd8\xff\xe0 and then nonsense"))
    desk.office.harness.run_worker()
    photo = desk.claim(recovery_id).photo
    assert (photo.check, photo.pictures, [found.code for found in photo.findings]) == ("done", [], ["photo_damaged"])
    with pytest.raises(Problem, match="recovery_photo_gone"):
        desk.open(recovery_id)


def test_a_photograph_tells_no_more_of_whose_a_number_is(office: Any, desk: Desk) -> None:
    """Whether somebody has the number or not, the same is answered and the same is written."""
    number = next(NUMBERS)
    desk.owner(number)
    told = []
    for asked in (number, next(NUMBERS)):
        contact = next(NEW)
        recovery_id = desk.ask(contact, asked, desk.receipt(desk.photograph(5)))
        office.harness.run_worker()
        rows = "SELECT check_state, findings, compared_with FROM recovery_photos WHERE recovery_id = %s"
        told.append((office.harness.as_owner(rows, recovery_id), [one.template for one in office.messages(contact)]))
    assert told[0] == told[1]
