"""Real-name verification: submission, check, sealing, decision."""

from __future__ import annotations

import base64
import hashlib
import io
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from chassis.calendar import add_working_days
from chassis.clock import legal_date, utc_now
from chassis.confinement import ConfinementLost
from chassis.errors import Problem
from chassis.objects import ObjectMissing
from chassis.objects.sealing import decrypt
from chassis.testing import staff_actor
from chassis.testing.confined_deaths import killed_from_outside
from contracts.base import Empty
from contracts.identity import (
    DecideVerification,
    ListVerifications,
    OpenVerificationImage,
    SubmitVerification,
    VerificationRef,
)
from filing.documents.issue import renderer
from identity.verification.store import Verification
from identity.worker import WORKER
from PIL import Image, ImageDraw
from sqlalchemy import text

from contracts import identity


def _blank() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (1200, 900), (250, 250, 250)).save(stream, "JPEG")
    return stream.getvalue()


def _get(office: Any, verification_id: str, actor: Any) -> Any:
    return office.call(identity.GET_VERIFICATION, VerificationRef(verification_id=verification_id), actor)


def _open(office: Any, verification_id: str, document: str) -> Any:
    request = OpenVerificationImage(verification_id=verification_id, document=document)
    return office.call(identity.OPEN_VERIFICATION_IMAGE, request, office.reviewer)


@pytest.mark.requirement("I-05")
def test_a_person_is_verified(office: Any) -> None:
    person = office.sign_up()
    submitted = office.submit(person)
    assert (submitted.state, submitted.check) == ("pending", "running")
    assert sorted(submitted.documents) == ["handheld", "id_back", "id_front"]
    assert office.call(identity.GET_ACCOUNT, Empty(), person.actor).verification == "pending"
    assert office.harness.run_worker()
    checked = _get(office, submitted.verification_id, person.actor)
    assert checked.check == "done"
    assert [finding for finding in checked.findings if finding.severity == "error"] == []
    decided = office.decide(submitted.verification_id, "approve")
    assert decided.state == "approved"
    assert office.call(identity.GET_ACCOUNT, Empty(), person.actor).verification == "approved"
    (event,) = office.harness.events(identity.IDENTITY_VERIFIED)
    assert (event.name, event.kind, event.id_type) == ("张三", "natural_person", "resident_id")
    assert event.masked_id_number == f"{person.id_number[:4]}**********{person.id_number[-4:]}"
    templates = [message.template for message in office.messages(person.account_id)]
    assert templates == ["verification_approved", "verification_submitted", "account_registered"]


@pytest.mark.requirement("I-06")
def test_an_organisation_is_verified_with_its_papers(office: Any) -> None:
    company = office.sign_up_organisation()
    with pytest.raises(Problem) as caught:
        office.call(identity.SUBMIT_VERIFICATION, SubmitVerification(documents={}), company.actor)
    assert caught.value.code == "verification_documents_missing"
    assert "authorisation_letter" in str(caught.value.params["documents"])
    office.verify(company)
    (event,) = office.harness.events(identity.IDENTITY_VERIFIED)
    assert (event.name, event.operator_name, event.id_type) == ("北京墨石文化有限公司", "张三", "uscc")
    told = office.messages(company.account_id)[0]
    assert (told.template, "照" in told.body) == ("organisation_approved", False), "nobody held anything beside a face"


def _letter(*, sealed: bool) -> bytes:
    """A page of something like print, with the round red seal of an organisation or a square that is none."""
    page = Image.new("RGB", (1240, 1754), (255, 255, 255))
    draw = ImageDraw.Draw(page)
    for line in range(150, 1300, 40):
        for place in range(120, 1100, 28):
            draw.rectangle((place, line, place + 10 + (line * place) % 14, line + 22), outline=(40, 40, 40))
    red, (x, y) = (200, 40, 50), (760, 1180)
    if not sealed:
        draw.rectangle((x, y, x + 124, y + 124), outline=red, width=5)
    else:
        draw.ellipse((x - 124, y - 124, x + 124, y + 124), outline=red, width=7)
        draw.regular_polygon((x, y, 38), 5, fill=red)
        for letter in range(14):
            angle = math.pi * (0.8 + 1.4 * letter / 13)
            at = x + 94 * math.cos(angle), y + 94 * math.sin(angle)
            draw.rectangle((at[0] - 10, at[1] - 10, at[0] + 10, at[1] + 10), outline=red, width=3)
    stream = io.BytesIO()
    page.save(stream, "JPEG", quality=85)
    return stream.getvalue()


@pytest.mark.requirement("I-06")
@pytest.mark.parametrize(
    ("letter", "found"),
    [
        (partial(_letter, sealed=True), {"proof_seal_seen": "info"}),
        (partial(_letter, sealed=False), {"proof_seal_not_seen": "warning"}),
        (partial(renderer().render, "authorisation_letter", {}), {"proof_form_empty": "error"}),
    ],
    ids=["sealed", "unsealed", "empty-form"],
)
def test_a_letter_of_authorisation_is_looked_at_like_a_proof(
    office: Any, letter: Callable[[], bytes], found: dict[str, str]
) -> None:
    company = office.sign_up_organisation()
    submitted = office.submit(company, authorisation_letter=letter())
    office.harness.run_worker()
    for actor in (company.actor, office.reviewer):
        seen = _get(office, submitted.verification_id, actor).findings
        told = {one.code: one.severity for one in seen if one.code.startswith("proof_")}
        assert told == found
        assert {one.document for one in seen if one.code in found} == {"authorisation_letter"}
    if "error" in found.values():
        again = office.submit(company, authorisation_letter=_letter(sealed=True))
        assert again.check == "running", "another is sent at once"


@pytest.mark.requirement("I-05")
def test_missing_foreign_and_unreadable_images_are_refused(office: Any) -> None:
    person, other = office.sign_up(), office.sign_up()
    complete = office.images(person)
    without = {name: token for name, token in complete.documents.items() if name != "handheld"}
    with pytest.raises(Problem) as caught:
        office.call(identity.SUBMIT_VERIFICATION, SubmitVerification(documents=without), person.actor)
    assert caught.value.params["documents"] == "handheld"
    with pytest.raises(Problem, match="receipt_invalid"):
        office.call(identity.SUBMIT_VERIFICATION, complete, other.actor)
    with pytest.raises(Problem) as caught:
        office.submit(person, id_back=b"PK\x03\x04 a renamed archive", handheld=b"")
    assert caught.value.code == "verification_image_unreadable"
    assert {error.field for error in caught.value.errors} == {"documents.id_back", "documents.handheld"}
    strange = SubmitVerification(documents={**complete.documents, "business_licence": complete.documents["id_back"]})
    with pytest.raises(Problem, match="request_invalid"):
        office.call(identity.SUBMIT_VERIFICATION, strange, person.actor)


def test_a_passport_has_one_side(office: Any) -> None:
    person = office.sign_up(id_type="passport", id_number="E12345678")
    documents = {name: token for name, token in office.images(person).documents.items() if name != "id_back"}
    submitted = office.call(identity.SUBMIT_VERIFICATION, SubmitVerification(documents=documents), person.actor)
    assert sorted(submitted.documents) == ["handheld", "id_front"]


@pytest.mark.requirement("I-05")
def test_images_nobody_can_read_are_found_and_may_be_replaced_at_once(office: Any) -> None:
    person = office.sign_up()
    truncated = office.images(person)
    first = office.submit(person, id_front=_blank(), id_back=b"\xff\xd8\xff" + bytes(200))
    with pytest.raises(Problem, match="verification_pending"):
        office.call(identity.SUBMIT_VERIFICATION, truncated, person.actor)
    office.harness.run_worker()
    checked = _get(office, first.verification_id, person.actor)
    errors = {finding.document for finding in checked.findings if finding.severity == "error"}
    assert errors == {"id_front", "id_back"}
    assert checked.state == "pending"
    assert office.messages(person.account_id)[0].template == "verification_images_unusable"
    second = office.submit(person)
    assert _get(office, first.verification_id, person.actor).state == "replaced"
    office.harness.run_worker()
    with pytest.raises(Problem, match="verification_pending"):
        office.submit(person)
    assert office.decide(second.verification_id, "approve").state == "approved"


def test_the_same_file_twice_is_pointed_out_to_the_reviewer(office: Any) -> None:
    person = office.sign_up()
    from_camera = office.images(person).documents["id_front"]
    documents = dict.fromkeys(("id_front", "id_back", "handheld"), from_camera)
    submitted = office.call(identity.SUBMIT_VERIFICATION, SubmitVerification(documents=documents), person.actor)
    office.harness.run_worker()
    found = _get(office, submitted.verification_id, office.reviewer).findings
    assert [finding.code for finding in found].count("photo_repeated") == 2


@pytest.mark.requirement("I-07")
def test_a_refusal_carries_reasons_and_can_be_resubmitted(office: Any) -> None:
    person = office.sign_up()
    first = office.submit(person)
    office.harness.run_worker()
    with pytest.raises(Problem, match="verification_reasons_required"):
        office.decide(first.verification_id, "refuse", " ")
    refused = office.decide(first.verification_id, "refuse", "证件照片反光", "姓名看不清")
    assert (refused.state, refused.reasons) == ("refused", ["证件照片反光", "姓名看不清"])
    (event,) = office.harness.events(identity.VERIFICATION_REFUSED)
    assert event.reasons == ["证件照片反光", "姓名看不清"]
    assert "证件照片反光；姓名看不清" in office.messages(person.account_id)[0].body
    assert office.call(identity.GET_ACCOUNT, Empty(), person.actor).verification == "refused"
    second = office.submit(person)
    office.harness.run_worker()
    assert office.decide(second.verification_id, "approve").state == "approved"
    mine = office.call(identity.LIST_MY_VERIFICATIONS, ListVerifications(), person.actor).items
    assert [item.state for item in mine] == ["approved", "refused"]
    with pytest.raises(Problem, match="verification_already_approved"):
        office.submit(person)


@pytest.mark.requirement("I-07")
def test_reasons_to_refuse_do_not_go_with_an_approval(office: Any) -> None:
    """Walk: approved although "expired" was ticked."""
    submitted = office.submit(office.sign_up())
    office.harness.run_worker()
    with pytest.raises(Problem, match="verification_reasons_unasked"):
        office.decide(submitted.verification_id, "approve", "证件已过有效期，请使用有效证件。")
    assert _get(office, submitted.verification_id, office.reviewer).state == "pending"


@pytest.mark.requirement("I-07")
def test_reviewers_see_who_decided_and_what_was_decided_last_first(office: Any) -> None:
    reviewer = office.seed_staff()["reviewer"]
    ((reviewer_id,),) = office.harness.as_owner("SELECT account_id FROM accounts WHERE name = %s", reviewer.name)
    people = [office.sign_up() for _ in range(3)]
    decided = []
    for person in people:
        submitted = office.submit(person)
        office.harness.run_worker()
        decided.append(submitted.verification_id)
        request = DecideVerification(verification_id=submitted.verification_id, decision="approve")
        office.call(identity.DECIDE_VERIFICATION, request, staff_actor("reviewer", id=reviewer_id))
    listed, cursor = [], None
    while not listed or cursor:
        page = office.call(
            identity.LIST_VERIFICATION_QUEUE,
            ListVerifications(state="approved", limit=2, cursor=cursor),
            office.reviewer,
        )
        listed, cursor = [*listed, *(item.verification_id for item in page.items)], page.next_cursor
    assert listed == decided[::-1]
    assert _get(office, decided[0], office.reviewer).decided_by == reviewer.name
    assert _get(office, decided[0], people[0].actor).decided_by is None, "the applicant deals with the office"


@pytest.mark.requirement("I-07")
def test_it_is_due_after_three_working_days_and_an_overdue_one_alarms_reviewers_once(office: Any) -> None:
    reviewers = office.seed_staff()
    person = office.sign_up()
    submitted = office.submit(person)
    assert submitted.due_on == add_working_days(legal_date(utc_now()), 3)
    assert not submitted.overdue
    assert office.harness.sweep("alarm_overdue") == 0
    office.harness.advance(20)
    (queued,) = office.call(identity.LIST_VERIFICATION_QUEUE, ListVerifications(), office.reviewer).items
    assert queued.overdue
    assert office.harness.sweep("alarm_overdue") == 1
    assert office.harness.sweep("alarm_overdue") == 0
    alarms = [message for message in office.messages() if message.template == "verification_overdue"]
    assert len(alarms) == len([member for member in reviewers.values() if "reviewer" in member.roles])


@pytest.mark.requirement("I-07")
def test_the_queue_is_paged_by_due_date(office: Any) -> None:
    submitted = []
    for _ in range(3):
        submitted.append(office.submit(office.sign_up()).verification_id)
        office.harness.advance(7)
    seen, cursor = [], None
    while True:
        page = office.call(identity.LIST_VERIFICATION_QUEUE, ListVerifications(limit=2, cursor=cursor), office.reviewer)
        seen += [item.verification_id for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == submitted
    with pytest.raises(Problem, match="request_invalid"):
        office.call(identity.LIST_VERIFICATION_QUEUE, ListVerifications(cursor="x"), office.reviewer)


def test_a_decision_is_made_once(office: Any) -> None:
    person = office.sign_up()
    submitted = office.submit(person)
    with pytest.raises(Problem, match="verification_check_running"):
        office.decide(submitted.verification_id, "approve")
    office.harness.run_worker()

    def decide(decision: str) -> str:
        try:
            office.decide(submitted.verification_id, decision, *(["理由"] if decision == "refuse" else []))
        except Problem as problem:
            return problem.code
        return "decided"

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(decide, ["approve", "refuse", "approve", "refuse"]))
    assert answers == ["decided"] + ["verification_decided"] * 3
    with pytest.raises(Problem, match="verification_unknown"):
        office.decide("ver-none", "approve")


@pytest.mark.requirement("I-05")
@pytest.mark.parametrize("kind", ["natural_person", "organisation"])
def test_an_identity_belongs_to_who_was_verified_first(office: Any, kind: str) -> None:
    """Signing up with another's number takes nothing from them; the reviewer sees who holds it, and they are told."""
    squatter = office.sign_up() if kind == "natural_person" else office.sign_up_organisation()
    same: dict[str, Any] = {"id_number": squatter.id_number}
    if kind == "organisation":
        same = {"uscc": office.call(identity.GET_ACCOUNT, Empty(), squatter.actor).uscc}
    first = office.sign_up(**same) if kind == "natural_person" else office.sign_up_organisation(**same)
    assert office.verify(first).state == "approved"
    submitted = office.submit(squatter)
    office.harness.run_worker()
    seen = _get(office, submitted.verification_id, office.reviewer)
    assert seen.holder.account_id == first.account_id
    assert seen.holder.verified_at is not None
    mine = _get(office, submitted.verification_id, squatter.actor)
    assert (mine.holder, mine.taken) == (None, True)
    photos = [office.call(identity.LIST_ID_PHOTOS, Empty(), one.actor).taken for one in (squatter, first)]
    assert photos == [True, False], "said before anything is uploaded, and to nobody about their own"
    for _ in range(2):
        with pytest.raises(Problem, match="identity_disputed"):
            office.decide(submitted.verification_id, "approve")
    refused = office.decide(submitted.verification_id, "refuse", "这个身份已由另一账号认证。")
    assert (refused.state, office.call(identity.GET_ACCOUNT, Empty(), first.actor).verification) == (
        "refused",
        "approved",
    )
    told = [message.template for message in office.messages(first.account_id)]
    disputed, taken = {
        "natural_person": ("identity_disputed", "verification_taken"),
        "organisation": ("organisation_disputed", "verification_taken_organisation"),
    }[kind]
    assert told.count(disputed) == 1
    [last] = [one for one in office.messages(squatter.mobile) if one.template.startswith("verification_taken")]
    assert last.template == taken
    assert "010-61092299" in last.body
    assert "没有次数限制" not in last.body
    assert _get(office, submitted.verification_id, squatter.actor).taken


@pytest.mark.requirement("S-01")
def test_of_two_approvals_at_once_of_one_identity_one_stands(office: Any) -> None:
    first = office.sign_up()
    people = [first, office.sign_up(id_number=first.id_number)]
    submitted = [office.submit(person) for person in people]
    office.harness.run_worker()

    def approve(verification_id: str) -> str:
        try:
            return str(office.decide(verification_id, "approve").state)
        except Problem as problem:
            return problem.code

    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(approve, [view.verification_id for view in submitted])
        assert sorted(answers) == ["approved", "identity_disputed"]


def test_two_submissions_at_once_leave_one(office: Any) -> None:
    person = office.sign_up()
    requests = [office.images(person) for _ in range(3)]

    def submit(request: SubmitVerification) -> str:
        try:
            office.call(identity.SUBMIT_VERIFICATION, request, person.actor)
        except Problem as problem:
            return problem.code
        return "submitted"

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(submit, requests)) == ["submitted"] + ["verification_pending"] * 2


@pytest.mark.requirement("I-12")
def test_only_the_owner_and_reviewers_see_a_verification(office: Any) -> None:
    person, other = office.sign_up(), office.sign_up()
    submitted = office.submit(person)
    with pytest.raises(Problem, match="verification_unknown"):
        _get(office, submitted.verification_id, other.actor)
    for role in ("examiner", "cashier", "administrator"):
        with pytest.raises(Problem, match="verification_unknown"):
            _get(office, submitted.verification_id, staff_actor(role))
    own = _get(office, submitted.verification_id, person.actor)
    assert own.id_number == f"{person.id_number[:4]}**********{person.id_number[-4:]}"
    assert _get(office, submitted.verification_id, office.reviewer).id_number == person.id_number
    request = DecideVerification(verification_id=submitted.verification_id, decision="approve")
    for actor in (person.actor, staff_actor("senior_examiner")):
        with pytest.raises(Problem, match="forbidden"):
            office.call(identity.DECIDE_VERIFICATION, request, actor)
    with office.harness.uow() as uow:
        looks = uow.session.execute(text("SELECT actor FROM audit WHERE action = 'verification.open'")).scalars().all()
    assert looks == [office.reviewer.subject]


@pytest.mark.requirement("I-12")
def test_images_are_sealed_and_a_reviewer_opens_them_on_the_record(office: Any) -> None:
    person = office.sign_up()
    submitted = office.submit(person)
    with pytest.raises(Problem, match="verification_check_running"):
        _open(office, submitted.verification_id, "id_front")
    office.harness.run_worker()
    opened = _open(office, submitted.verification_id, "id_front")
    stored = office.harness.runtime.sealed_objects.read(opened.object.sha256, 1 << 24)
    assert not stored.startswith(b"\xff\xd8\xff")
    plain = decrypt(stored, base64.b64decode(opened.key))
    assert plain.startswith(b"\xff\xd8\xff")
    assert opened.content_type == "image/jpeg"
    with office.harness.uow() as uow:
        facts = uow.session.execute(text("SELECT facts FROM audit WHERE action = 'verification.open_image'")).scalars()
        assert [row["document"] for row in facts] == ["id_front"]
    with pytest.raises(Problem, match="verification_image_gone"):
        _open(office, submitted.verification_id, "business_licence")


@pytest.mark.requirement("I-12")
def test_the_handheld_photo_goes_with_the_decision_and_its_hash_stays(
    office: Any, make_photograph: Callable[[int], bytes]
) -> None:
    person, handheld = office.sign_up(), make_photograph(500)
    submitted = office.submit(person, handheld=handheld)
    office.harness.run_worker()
    sealed = _open(office, submitted.verification_id, "handheld").object.sha256
    assert office.decide(submitted.verification_id, "approve").documents == ["id_back", "id_front"]
    with pytest.raises(Problem, match="verification_image_gone"):
        _open(office, submitted.verification_id, "handheld")
    office.harness.run_worker()
    with pytest.raises(ObjectMissing):
        office.harness.runtime.sealed_objects.size(sealed)
    with office.harness.uow() as uow:
        row = uow.session.execute(
            text("SELECT original_sha256, wrapped_key FROM verification_images WHERE document = 'handheld'")
        ).one()
    assert row.original_sha256 == hashlib.sha256(handheld).hexdigest()
    assert row.wrapped_key is None


@pytest.mark.requirement("I-12")
def test_identity_takes_nothing_from_the_common_space_and_removes_nothing_there(
    office: Any, make_photograph: Callable[[int], bytes]
) -> None:
    """Red when identity takes plain receipts, or deletes by the hash of what was sent."""
    person, photo = office.sign_up(), make_photograph(501)
    theirs = office.harness.runtime.objects.put_bytes(photo)  # the same picture is somebody's work
    plain = office.harness.receipt(person.account_id, photo, "photo.jpg")
    documents = {**office.images(person).documents, "handheld": plain}
    with pytest.raises(Problem, match="receipt_invalid"):
        office.call(identity.SUBMIT_VERIFICATION, SubmitVerification(documents=documents), person.actor)
    submitted = office.submit(person, handheld=photo)
    office.harness.run_worker()
    office.decide(submitted.verification_id, "refuse", "看不清")
    office.harness.run_worker()
    assert office.harness.runtime.objects.read(theirs.sha256, len(photo)) == photo


@pytest.mark.requirement("I-12")
def test_the_same_photo_uploaded_twice_is_sealed_twice_and_each_goes_with_its_own_decision(
    office: Any, make_photograph: Callable[[int], bytes]
) -> None:
    first, second, photo = office.sign_up(), office.sign_up(), make_photograph(502)
    one, two = office.submit(first, handheld=photo), office.submit(second, handheld=photo)
    office.harness.run_worker()
    theirs, ours = (_open(office, each.verification_id, "handheld").object.sha256 for each in (one, two))
    office.decide(one.verification_id, "approve")
    office.harness.run_worker()
    sealed = office.harness.runtime.sealed_objects
    assert (sealed.exists(theirs), sealed.exists(ours)) == (False, True)


@pytest.mark.requirement("I-12")
def test_an_upload_submitted_again_goes_with_the_last_submission_that_has_it(
    office: Any, make_photograph: Callable[[int], bytes]
) -> None:
    """Red when discarding one row removes the object that the next one stands on."""
    person = office.sign_up()
    documents = office.images(person, id_back=b"\xff\xd8\xff" + bytes(200)).documents
    office.call(identity.SUBMIT_VERIFICATION, SubmitVerification(documents=documents), person.actor)
    office.harness.run_worker()
    again = {**documents, "id_back": office.images(person).documents["id_back"]}
    submitted = office.call(identity.SUBMIT_VERIFICATION, SubmitVerification(documents=again), person.actor)
    office.harness.run_worker()
    assert [f for f in _get(office, submitted.verification_id, person.actor).findings if f.severity == "error"] == []
    sealed = _open(office, submitted.verification_id, "handheld").object.sha256
    office.decide(submitted.verification_id, "refuse", "看不清")
    office.harness.run_worker()
    assert not office.harness.runtime.sealed_objects.exists(sealed)
    with pytest.raises(Problem, match="verification_image_unreadable") as caught:
        office.call(identity.SUBMIT_VERIFICATION, SubmitVerification(documents=again), person.actor)
    assert [error.field for error in caught.value.errors] == ["documents.handheld"]


@pytest.mark.requirement("I-12")
def test_nothing_that_identity_received_lies_in_clear(office: Any, make_photograph: Callable[[int], bytes]) -> None:
    person = office.sign_up()
    company = office.sign_up_organisation()
    photos = {name: make_photograph(seed) for seed, name in enumerate(("id_front", "id_back", "handheld"), 510)}
    submitted = office.submit(person, **photos)
    office.submit(company)
    office.harness.run_worker()
    office.decide(submitted.verification_id, "approve")
    office.harness.run_worker()
    root = office.harness.runtime.objects.root  # the folder of everything that is stored
    files = [file.read_bytes() for file in root.rglob("*") if file.is_file()]
    assert len(files) >= 6
    assert [data[:4] for data in files if data.startswith(b"\xff\xd8\xff")] == []


def test_a_check_that_fails_is_repeated_after_a_pause_and_goes_to_the_reviewer_in_the_end(
    office: Any,
) -> None:
    from identity.verification import image_worker

    person = office.sign_up()
    submitted = office.submit(person)

    def dies(*_: Any) -> list[dict[str, Any]]:
        raise RuntimeError("the confined processes do not start")

    runtime = office.harness.runtime
    for _ in range(image_worker.ATTEMPTS - 1):
        with pytest.raises(RuntimeError):
            image_worker.check_one(runtime, dies)
        assert not image_worker.check_one(runtime, dies), "it is not tried again at once"
        office.harness.as_owner("UPDATE verifications SET leased_until = now()")
    assert image_worker.check_one(runtime, dies)
    checked = _get(office, submitted.verification_id, office.reviewer)
    assert checked.check == "done"
    assert {finding.code for finding in checked.findings} == {"photo_not_checked"}
    assert office.decide(submitted.verification_id, "approve").state == "approved"


@pytest.mark.requirement("S-01")
def test_images_whose_sandbox_is_killed_from_outside_are_not_called_damaged(office: Any) -> None:
    """Checked on another process; when that is killed too, again later; in the end a person looks."""
    lucky, unlucky = office.submit(office.sign_up()), office.submit(office.sign_up())
    with killed_from_outside(times=1) as died:
        assert any(hand.step(office.harness.runtime) for hand in WORKER.hands)
    assert len(died) == 1
    assert _get(office, lucky.verification_id, office.reviewer).check == "done"
    assert "photo_damaged" not in _codes(office, lucky)
    with killed_from_outside():
        for _ in range(Verification.TERMS.attempts - 1):
            with pytest.raises(ConfinementLost):
                WORKER.hands[0].step(office.harness.runtime)
            office.harness.as_owner("UPDATE verifications SET leased_until = now()")
        assert WORKER.hands[0].step(office.harness.runtime)
    assert _codes(office, unlucky) == {"photo_not_checked"}
    assert office.decide(unlucky.verification_id, "approve").state == "approved"


def _codes(office: Any, submitted: Any) -> set[str]:
    return {finding.code for finding in _get(office, submitted.verification_id, office.reviewer).findings}


@pytest.mark.requirement("I-07")
def test_a_reviewer_compares_the_seal_and_sees_what_was_refused_before(office: Any) -> None:
    company = office.sign_up_organisation()
    first = office.submit(company)
    assert not _get(office, first.verification_id, office.reviewer).seal, "nobody looks before the confined process has"
    with pytest.raises(Problem, match="verification_image_gone"):
        _open(office, first.verification_id, "seal")
    office.harness.run_worker()
    office.decide(first.verification_id, "refuse", "盖章不清楚。")
    second = office.submit(company)
    office.harness.run_worker()
    seen = _get(office, second.verification_id, office.reviewer)
    assert (seen.seal, [one.reasons for one in seen.refusals]) == (True, [["盖章不清楚。"]])
    assert set(seen.pictures) == set(seen.documents) != set(), "a licence as a picture is fitted like any picture"
    opened = _open(office, second.verification_id, "seal")
    stored = office.harness.runtime.sealed_objects.read(opened.object.sha256, 1 << 24)
    assert decrypt(stored, base64.b64decode(opened.key)).startswith(b"\xff\xd8\xff")
    statement = "SELECT facts FROM audit WHERE action = 'verification.open_image'"
    assert office.harness.as_owner(statement) == [({"document": "seal"},)]
    own = _get(office, second.verification_id, company.actor)
    assert (own.seal, own.refusals) == (False, [])
    person = office.submit(office.sign_up())
    office.harness.run_worker()
    with pytest.raises(Problem, match="verification_image_gone"):
        _open(office, person.verification_id, "seal")


@pytest.mark.requirement("I-07")
def test_a_submission_is_found_within_the_queue_by_name_or_number(office: Any) -> None:
    one, other = office.sign_up(name="欧阳小雨"), office.sign_up_organisation()
    for person in (one, other):
        office.submit(person)

    def found(text: str, state: str = "pending") -> list[str]:
        asked = ListVerifications.model_validate({"state": state, "text": text})
        queue = office.call(identity.LIST_VERIFICATION_QUEUE, asked, office.reviewer)
        return [item.account_id for item in queue.items]

    assert found("欧阳") == [one.account_id]
    assert found("北京墨石") == [other.account_id]
    assert (found("阳"), found("%"), found("欧阳", "approved")) == ([], [], [])
