"""Another seal or operator in place of the one that is held of an organisation."""

from __future__ import annotations

import base64
import io
import random
from functools import partial
from typing import Any

import pytest
from chassis.errors import Problem
from chassis.objects.sealing import decrypt
from contracts.base import Empty
from contracts.identity import (
    IDENTITY_VERIFIED,
    LIST_MY_VERIFICATIONS,
    LIST_VERIFICATION_QUEUE,
    VERIFICATION_REFUSED,
    ListVerifications,
    OpenVerificationImage,
    SignDocument,
    VerificationRef,
)
from contracts.identity.events import SEAL_REPLACED
from contracts.identity.reopening import REOPEN_VERIFICATION, ReopenVerification
from contracts.identity.replacements import (
    ASK_REPLACEMENT,
    GET_HOLDING,
    OPEN_OWN_SEAL,
    WITHDRAW_REPLACEMENT,
    AskReplacement,
    OpenSeal,
)
from PIL import Image, ImageDraw
from sqlalchemy import text
from stdnum.cn import ric

from contracts import identity

pytestmark = pytest.mark.requirement("I-08")
SEAL = {"new_seal": (7, (400, 400)), "seal_statement": (8, (1200, 900))}


@pytest.fixture
def firm(office: Any) -> Any:
    firm = office.sign_up_organisation()
    office.verify(firm)
    return firm


def receipts(office: Any, make_photograph: Any, firm: Any, wanted: dict[str, Any]) -> dict[str, str]:
    return {
        role: office.harness.sealed_receipt(firm.account_id, make_photograph(*how), f"{role}.png")
        for role, how in wanted.items()
    }


def ask_seal(office: Any, make_photograph: Any, firm: Any, seed: int = 7, **more: Any) -> Any:
    documents = receipts(office, make_photograph, firm, SEAL | {"new_seal": (seed, (400, 400))})
    request = AskReplacement.model_validate({"part": "seal", "documents": documents, "why": "原公章磨损"} | more)
    asked = office.call(ASK_REPLACEMENT, request, firm.actor)
    office.harness.run_worker()
    return asked


def resident(born: str = "19850512") -> str:
    digits = f"110105{born}123"
    return digits + ric.calc_check_digit(digits + "0")


def ask_operator(office: Any, make_photograph: Any, firm: Any, name: str = "李四", number: str = "") -> Any:
    documents = receipts(office, make_photograph, firm, {"authorisation_letter": (9, (1200, 900))})
    operator = {"name": name, "id_type": "resident_id", "id_number": number or resident()}
    request = AskReplacement.model_validate({"part": "operator", "documents": documents, "operator": operator})
    asked = office.call(ASK_REPLACEMENT, request, firm.actor)
    office.harness.run_worker()
    return asked


def holding(office: Any, who: Any) -> Any:
    return office.call(GET_HOLDING, Empty(), who.actor)


def seen(office: Any, who: Any, which: Any = "held") -> bytes:
    return base64.b64decode(office.call(OPEN_OWN_SEAL, OpenSeal(which=which), who.actor).data)


def sign(office: Any, firm: Any, document: str) -> Any:
    code = office.code_for(firm.mobile, "sign", firm.actor)
    return office.call(
        identity.SIGN_DOCUMENT, SignDocument(document_id=document, sha256="ab" * 32, otp=code), firm.actor
    )


def of_reviewer(office: Any, verification_id: str) -> Any:
    return office.call(identity.GET_VERIFICATION, VerificationRef(verification_id=verification_id), office.reviewer)


def opened(office: Any, verification_id: str, document: str) -> bytes:
    request = OpenVerificationImage(verification_id=verification_id, document=document)
    found = office.call(identity.OPEN_VERIFICATION_IMAGE, request, office.reviewer)
    sealed = office.harness.runtime.sealed_objects.read(found.object.sha256, 30 << 20)
    return decrypt(sealed, base64.b64decode(found.key))


def test_an_organisation_sees_what_the_office_holds_of_it(office: Any, firm: Any) -> None:
    held = holding(office, firm)
    assert (held.organisation_name, held.operator_name) == ("北京墨石文化有限公司", "张三")
    assert "*" in held.operator_id_number
    assert firm.id_number not in held.model_dump_json()
    assert (held.seal.version, held.seal.verification_id, held.seal.picture) == (1, None, True)
    assert held.verification_id
    assert held.verified_at == held.operator_since
    assert seen(office, firm).startswith(b"\x89PNG")
    with office.harness.runtime.unit_of_work() as uow:
        looks = uow.session.execute(text("SELECT count(*) FROM audit WHERE action = 'seal.open_own'")).scalar_one()
    assert looks == 1


def test_a_person_holds_no_seal_and_sees_nobodys(office: Any, firm: Any) -> None:
    person = office.sign_up()
    office.verify(person)
    for method, request in ((GET_HOLDING, Empty()), (OPEN_OWN_SEAL, OpenSeal())):
        with pytest.raises(Problem, match="forbidden"):
            office.call(method, request, person.actor)
        with pytest.raises(Problem):
            office.call(method, request, office.reviewer)


def test_the_old_seal_signs_until_the_new_one_is_approved_and_keeps_what_it_signed(
    office: Any, firm: Any, make_photograph: Any
) -> None:
    old, old_picture = holding(office, firm).seal, seen(office, firm)
    asked = ask_seal(office, make_photograph, firm)
    assert (asked.part, asked.state, asked.why) == ("seal", "pending", "原公章磨损")
    queue = office.call(LIST_VERIFICATION_QUEUE, ListVerifications(), office.reviewer)
    assert [item.verification_id for item in queue.items] == [asked.verification_id], "the desk of all verifications"
    before = sign(office, firm, "app-before")
    assert before.seal_sha256 == old.sha256
    assert seen(office, firm) == old_picture
    assert seen(office, firm, "asked") != old_picture

    side_by_side = of_reviewer(office, asked.verification_id)
    assert side_by_side.seal
    assert sorted(side_by_side.documents) == ["new_seal", "seal_statement"]
    assert opened(office, asked.verification_id, "seal") != opened(office, asked.verification_id, "new_seal")

    office.decide(asked.verification_id, "approve")
    now = holding(office, firm)
    assert (now.seal.version, now.seal.verification_id) == (2, asked.verification_id)
    assert now.seal.held_since > old.held_since
    assert now.verification_id != asked.verification_id, "who it is was verified before"
    assert sign(office, firm, "app-after").seal_sha256 == now.seal.sha256 != old.sha256
    assert seen(office, firm) != old_picture
    with office.harness.runtime.unit_of_work() as uow:
        kept = uow.session.execute(text("SELECT seal_sha256 FROM signatures WHERE document_id = 'app-before'"))
        assert kept.scalar_one() == old.sha256
    later = of_reviewer(office, asked.verification_id)
    assert not later.seal
    assert sorted(later.documents) == ["former_seal", "new_seal", "seal_statement"], "both stay side by side"
    assert opened(office, asked.verification_id, "former_seal") == make_photograph(99, (400, 400))
    [event] = office.harness.events(SEAL_REPLACED)
    assert (event.seal_sha256, event.verification_id) == (now.seal.sha256, asked.verification_id)
    assert len(office.harness.events(IDENTITY_VERIFIED)) == 1
    templates = [message.template for message in office.messages(firm.account_id)]
    assert templates[:2] == ["seal_changed", "seal_change_asked"]


def test_a_refusal_tells_why_and_leaves_the_seal(office: Any, firm: Any, make_photograph: Any) -> None:
    old = holding(office, firm).seal
    asked = ask_seal(office, make_photograph, firm)
    with pytest.raises(Problem, match="verification_reasons_required"):
        office.decide(asked.verification_id, "refuse")
    office.decide(asked.verification_id, "refuse", "新公章与说明上盖的章不一致，请核对。")
    assert holding(office, firm).seal == old
    assert holding(office, firm).asked.reasons == ["新公章与说明上盖的章不一致，请核对。"]
    told = office.messages(firm.account_id)[0]
    assert (told.template, "新公章与说明上盖的章不一致" in told.body) == ("seal_change_refused", True)
    assert len(office.harness.events(VERIFICATION_REFUSED)) == 1
    assert office.call(identity.GET_ACCOUNT, Empty(), firm.actor).verification == "approved"
    mine = office.call(LIST_MY_VERIFICATIONS, ListVerifications(), firm.actor).items
    assert [item.part for item in mine] == ["identity"]
    again = ask_seal(office, make_photograph, firm)
    office.decide(again.verification_id, "approve")
    assert holding(office, firm).seal.version == 2


def test_one_request_at_a_time_and_it_can_be_withdrawn(office: Any, firm: Any, make_photograph: Any) -> None:
    asked, other = ask_seal(office, make_photograph, firm), office.sign_up_organisation()
    office.verify(other)
    with pytest.raises(Problem, match="verification_pending"):
        ask_seal(office, make_photograph, firm, 17)
    with pytest.raises(Problem, match="verification_pending"):
        ask_operator(office, make_photograph, firm)
    reference = VerificationRef(verification_id=asked.verification_id)
    with pytest.raises(Problem, match="verification_unknown"):
        office.call(WITHDRAW_REPLACEMENT, reference, other.actor)
    office.call(WITHDRAW_REPLACEMENT, reference, firm.actor)
    with pytest.raises(Problem, match="verification_decided"):
        office.call(WITHDRAW_REPLACEMENT, reference, firm.actor)
    with pytest.raises(Problem, match="verification_decided"):
        office.decide(asked.verification_id, "approve")
    with pytest.raises(Problem, match="verification_image_gone"):
        opened(office, asked.verification_id, "new_seal")
    with pytest.raises(Problem, match="verification_image_gone"):
        seen(office, firm, "asked")
    assert holding(office, firm).seal.version == 1
    ask_operator(office, make_photograph, firm)


def test_what_verified_it_first_is_not_withdrawn_this_way(office: Any, firm: Any, make_photograph: Any) -> None:
    reference = VerificationRef(verification_id=holding(office, firm).verification_id)
    with pytest.raises(Problem, match="verification_unknown"):
        office.call(WITHDRAW_REPLACEMENT, reference, firm.actor)
    asked = ask_seal(office, make_photograph, firm)
    office.decide(asked.verification_id, "approve")
    propose = ReopenVerification(verification_id=asked.verification_id, step="propose", reason="错")
    with pytest.raises(Problem, match="verification_not_approved"):
        office.call(REOPEN_VERIFICATION, propose, office.reviewer)


def test_it_takes_a_verified_organisation_all_papers_and_another_seal(
    office: Any, firm: Any, make_photograph: Any
) -> None:
    person, new = office.sign_up(), office.sign_up_organisation()
    office.verify(person)
    for who, problem in ((person, "forbidden"), (new, "not_verified")):
        with pytest.raises(Problem, match=problem):
            ask_seal(office, make_photograph, who)
    with pytest.raises(Problem, match="seal_unchanged"):
        ask_seal(office, make_photograph, firm, 99)
    for documents in ({}, {"new_seal": (7, (400, 400))}):
        with pytest.raises(Problem, match="verification_documents_missing"):
            ask_seal(office, make_photograph, firm, documents=receipts(office, make_photograph, firm, documents))
    strange = receipts(office, make_photograph, firm, SEAL | {"authorisation_letter": (3, (1200, 900))})
    with pytest.raises(Problem, match="request_invalid"):
        ask_seal(office, make_photograph, firm, documents=strange)
    operator = {"name": "李四", "id_type": "resident_id", "id_number": resident()}
    with pytest.raises(Problem, match="request_invalid"):
        ask_seal(office, make_photograph, firm, operator=operator)
    with pytest.raises(Problem, match="request_invalid"):
        office.call(ASK_REPLACEMENT, AskReplacement(part="operator"), firm.actor)


def test_a_seal_that_nobody_can_draw_cannot_be_approved_and_another_takes_its_place(
    office: Any, firm: Any, make_photograph: Any
) -> None:
    torn = make_photograph(5, (400, 400))[:900]
    documents = receipts(office, make_photograph, firm, SEAL)
    documents["new_seal"] = office.harness.sealed_receipt(firm.account_id, torn, "seal.jpg")
    request = AskReplacement.model_validate({"part": "seal", "documents": documents})
    asked = office.call(ASK_REPLACEMENT, request, firm.actor)
    office.harness.run_worker()
    assert [(one.document, one.code) for one in holding(office, firm).asked.findings if one.severity == "error"] == [
        ("new_seal", "photo_damaged")
    ]
    assert office.messages(firm.account_id)[0].template == "replacement_unusable"
    with pytest.raises(Problem, match="verification_image_unreadable"):
        office.decide(asked.verification_id, "approve")
    again = ask_seal(office, make_photograph, firm)
    assert of_reviewer(office, asked.verification_id).state == "replaced"
    office.decide(again.verification_id, "approve")


def test_a_death_before_the_decision_is_kept_leaves_the_old_seal(
    office: Any, firm: Any, make_photograph: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chassis import uow

    class Killed(BaseException):
        pass

    asked, old = ask_seal(office, make_photograph, firm), holding(office, firm).seal

    def failpoint(name: str) -> None:
        if name == "uow.before_commit":
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(uow, "failpoint", failpoint)
        with pytest.raises(Killed):
            office.decide(asked.verification_id, "approve")
    assert holding(office, firm).seal == old
    office.decide(asked.verification_id, "approve")
    assert holding(office, firm).seal.version == 2


def test_the_same_upload_that_was_a_seal_stays_while_it_is_one(office: Any, firm: Any, make_photograph: Any) -> None:
    first = ask_seal(office, make_photograph, firm)
    office.decide(first.verification_id, "approve")
    with office.harness.runtime.unit_of_work() as uow:
        uow.session.execute(
            text("UPDATE verification_images SET wrapped_key = NULL, discarded_at = now() WHERE document = 'new_seal'")
        )
    office.harness.run_worker()
    with office.harness.runtime.unit_of_work() as uow:
        [sha256] = uow.session.execute(
            text("SELECT sealed_sha256 FROM seals WHERE account_id = :account"), {"account": firm.account_id}
        ).scalars()
        gone = uow.session.execute(
            text("SELECT removed_at FROM verification_images WHERE document = 'new_seal'")
        ).scalar_one()
    assert gone is not None
    assert office.harness.runtime.sealed_objects.exists(sha256)


@pytest.mark.requirement("I-06")
def test_another_operator_is_seen_in_full_by_the_reviewer_alone_and_takes_over(
    office: Any, firm: Any, make_photograph: Any
) -> None:
    number = resident()
    asked = ask_operator(office, make_photograph, firm, number=number)
    assert (asked.operator.name, asked.operator.earlier_name) == ("李四", "张三")
    assert number not in asked.model_dump_json()
    shown = of_reviewer(office, asked.verification_id)
    assert (shown.operator.id_number, shown.id_number) == (number, firm.id_number)
    assert holding(office, firm).operator_name == "张三"
    office.decide(asked.verification_id, "approve")
    now = holding(office, firm)
    assert (now.operator_name, now.operator_verification_id) == ("李四", asked.verification_id)
    assert now.operator_since > now.verified_at
    assert now.seal.version == 1
    event = office.harness.events(IDENTITY_VERIFIED)[-1]
    assert (event.operator_name, event.name) == ("李四", "北京墨石文化有限公司")
    assert number not in of_reviewer(office, asked.verification_id).operator.model_dump_json(), "the account has it now"
    assert of_reviewer(office, asked.verification_id).id_number == number
    told = office.messages(firm.account_id)[0]
    assert (told.template, "李四" in told.body) == ("operator_changed", True)


@pytest.mark.requirement("I-06")
def test_a_refused_operator_leaves_the_present_one_and_its_number_goes(
    office: Any, firm: Any, make_photograph: Any
) -> None:
    with pytest.raises(Problem, match="operator_unchanged"):
        ask_operator(office, make_photograph, firm, "张三", firm.id_number)
    with pytest.raises(Problem, match="id_number_invalid"):
        ask_operator(office, make_photograph, firm, number="11010519850512123Y")
    asked = ask_operator(office, make_photograph, firm)
    office.decide(asked.verification_id, "refuse", "授权书没有写明经办人或授权范围，请补充。")
    assert holding(office, firm).operator_name == "张三"
    assert office.messages(firm.account_id)[0].template == "operator_change_refused"
    with office.harness.runtime.unit_of_work() as uow:
        assert uow.session.execute(text("SELECT sealed_id_number FROM operator_changes")).scalar_one() is None


def drawn_seal(colour: Any, *, oval: bool = False, beside: int = 0) -> bytes:
    """A seal's picture, which it fills or which shows it on a page; black when ``colour`` says so."""
    side, high = 400 + 2 * beside, 260 if oval else 400
    page = Image.new("RGBA", (side, high + 2 * beside), (255, 255, 255, 0))
    draw = ImageDraw.Draw(page)
    draw.ellipse((beside + 4, beside + 4, beside + 396, beside + high - 4), outline=colour, width=14)
    draw.regular_polygon((side // 2, beside + high // 2, 60), 5, fill=colour)
    stream = io.BytesIO()
    page.save(stream, "PNG")
    return stream.getvalue()


def noise() -> bytes:
    stream = io.BytesIO()
    Image.frombytes("RGB", (300, 300), random.Random(44).randbytes(270_000)).save(stream, "PNG")
    return stream.getvalue()


RED, BLUE, BLACK = (200, 40, 50, 255), (20, 40, 220, 255), (10, 10, 10, 255)
PICTURES = pytest.mark.parametrize(
    ("picture", "found"),
    [
        (partial(drawn_seal, RED), []),
        (partial(drawn_seal, RED, beside=150), []),
        (partial(drawn_seal, RED, beside=600), []),
        (partial(drawn_seal, BLUE), ["seal_not_seen"]),
        (partial(drawn_seal, RED, oval=True), ["seal_not_seen"]),
        (partial(drawn_seal, BLACK), ["seal_colourless"]),
        (noise, ["seal_not_seen"]),
    ],
    ids=["red", "with-margins", "on-a-page", "blue", "oval", "black", "noise"],
)


@PICTURES
def test_a_new_seal_that_does_not_look_like_one_is_pointed_out(
    office: Any, firm: Any, make_photograph: Any, picture: Any, found: list[str]
) -> None:
    documents = receipts(office, make_photograph, firm, {"seal_statement": (8, (1200, 900))})
    documents["new_seal"] = office.harness.sealed_receipt(firm.account_id, picture(), "seal.png")
    asked = ask_seal(office, make_photograph, firm, documents=documents)
    seen = of_reviewer(office, asked.verification_id).findings
    assert [(one.code, one.severity) for one in seen if one.document == "new_seal"] == [
        (code, "warning") for code in found
    ]
    assert holding(office, firm).asked.findings == seen, "the organisation reads it, too"
    office.decide(asked.verification_id, "approve")


@PICTURES
@pytest.mark.requirement("I-06")
def test_a_seal_of_the_sign_up_that_does_not_look_like_one_is_pointed_out_each_time(
    office: Any, picture: Any, found: list[str]
) -> None:
    receipt = office.harness.sealed_receipt("visitor-1", picture(), "seal.png")
    firm = office.sign_up_organisation(seal_receipt=receipt)
    for decision in ("refuse", "approve"):
        submitted = office.submit(firm)
        office.harness.run_worker()
        seen = of_reviewer(office, submitted.verification_id).findings
        assert [(one.code, one.severity) for one in seen if one.document == "seal"] == [
            (code, "warning") for code in found
        ]
        office.decide(submitted.verification_id, decision, *(["盖章不清楚"] if decision == "refuse" else []))


@pytest.mark.requirement("I-06")
def test_a_seal_of_the_sign_up_that_nobody_can_draw_is_pointed_out_and_holds_up_no_photographs(
    office: Any, make_photograph: Any
) -> None:
    torn = office.harness.sealed_receipt("visitor-1", make_photograph(5, (400, 400))[:900], "seal.jpg")
    firm = office.sign_up_organisation(seal_receipt=torn)
    submitted = office.submit(firm)
    office.harness.run_worker()
    seen = of_reviewer(office, submitted.verification_id).findings
    assert [(one.code, one.severity) for one in seen if one.document == "seal"] == [("photo_damaged", "warning")]


def test_a_statement_and_a_letter_without_a_seal_are_pointed_out(office: Any, firm: Any, make_photograph: Any) -> None:
    asked = ask_seal(office, make_photograph, firm)
    seen = {(one.document, one.code, one.severity) for one in of_reviewer(office, asked.verification_id).findings}
    assert ("seal_statement", "proof_seal_not_seen", "warning") in seen
    office.decide(asked.verification_id, "approve")
    asked = ask_operator(office, make_photograph, firm)
    seen = {(one.document, one.code, one.severity) for one in of_reviewer(office, asked.verification_id).findings}
    assert ("authorisation_letter", "proof_seal_not_seen", "warning") in seen


def test_former_seals_are_listed_with_their_days_and_shown_to_their_holder_alone(
    office: Any, firm: Any, make_photograph: Any
) -> None:
    assert holding(office, firm).former_seals == []
    first, asked = seen(office, firm), [ask_seal(office, make_photograph, firm, 7)]
    office.decide(asked[0].verification_id, "approve")
    asked.append(ask_seal(office, make_photograph, firm, 17))
    office.decide(asked[1].verification_id, "approve")
    held = holding(office, firm)
    assert [(one.version, one.verification_id, one.picture) for one in held.former_seals] == [
        (2, asked[1].verification_id, True),
        (1, asked[0].verification_id, True),
    ]
    second, oldest = held.former_seals
    assert (oldest.held_since, oldest.held_until, oldest.file_name) == (None, second.held_since, "seal.png")
    assert held.seal.version == 3
    assert base64.b64decode(_former(office, firm, 1)) == first
    other = office.sign_up_organisation()
    office.verify(other)
    for who, version in ((firm, 0), (firm, 3), (other, 1)):
        with pytest.raises(Problem, match="verification_image_gone"):
            _former(office, who, version)
    with office.harness.runtime.unit_of_work() as uow:
        uow.session.execute(text("UPDATE verification_images SET picture = NULL WHERE document = 'former_seal'"))
    assert [one.picture for one in holding(office, firm).former_seals] == [False, False]
    with pytest.raises(Problem, match="verification_image_gone"):
        _former(office, firm, 1)


def _former(office: Any, who: Any, version: int) -> str:
    request = OpenSeal(which="former", version=version)
    return str(office.call(OPEN_OWN_SEAL, request, who.actor).data)
