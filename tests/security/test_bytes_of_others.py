"""Nobody removes what another refers to, by intent or by accident, and nothing personal lies in clear."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from identity.verification.image_worker import check_one, remove_one
from materials.testing.sample_files import numbered_pdf
from registry_infra.demo.people import new_applicant
from stdnum.cn import uscc

from tests.agreed import AGREED, FACE
from tests.author import IMAGE, Author
from tests.one_process import System

CREDIT_CODE = "91110105000000123" + uscc.calc_check_digit("91110105000000123")
pytestmark = [pytest.mark.requirement("I-12"), pytest.mark.requirement("S-01")]


def newcomer(system: System) -> Author:
    who = Author(system, new_applicant(), system.client(), {})
    who.sign_up()
    who.post("/consents", FACE)
    return who


def through(system: System, who: Author, documents: dict[str, str]) -> None:
    """Submits, has the images looked at, decides, and lets identity remove what it may."""
    number = who.post("/verifications", documents)["verification_id"]
    identity = system.services["identity"].runtime
    while check_one(identity, lambda path, document: []):
        pass
    who.act("reviewer", f"/staff/verifications/{number}/decision", {"decision": "refuse", "reasons": ["看不清"]})
    while remove_one(identity):
        pass


def stored(system: System) -> Iterator[tuple[Path, bytes]]:
    return ((file, file.read_bytes()) for file in system.objects.rglob("*") if file.is_file())


def lies_in_clear(system: System, data: bytes) -> list[str]:
    return [str(file.relative_to(system.objects)) for file, kept in stored(system) if data in kept]


def send(who: Author, data: bytes, name: str = "a.jpg", purpose: str = "id_image") -> str:
    file = {"file": (io.BytesIO(data), name), "purpose": purpose}
    upload_id: str = who.sent("POST", "/uploads", data=file)["upload_id"]
    return upload_id


@pytest.mark.parametrize("first", ["the thief", "the author"])
@pytest.mark.parametrize("purpose", ["id_image", "material"])
def test_sending_anothers_work_as_a_photograph_takes_nothing_from_them(
    system: System, author: Author, first: str, purpose: str
) -> None:
    """Red when identity deletes in the common space, as it did for whoever uploaded the bytes first."""
    work = IMAGE + f" of a picture that {first} has as {purpose}".encode()
    thief, victim = newcomer(system), author
    early = send(thief, work, purpose=purpose) if first == "the thief" else None
    draft = victim.post("/applications", {"kind": "work", "form": victim.form})["application_id"]
    body = {"role": "sample", "upload_id": victim.upload(work, "画.jpg")}
    victim.post(f"/applications/{draft}/materials", body)
    stolen = early or send(thief, work, purpose=purpose)
    others = {role: send(thief, IMAGE + role.encode()) for role in ("id_front", "id_back")}
    through(system, thief, others | {"handheld": stolen})
    assert system.services["filing"].runtime.objects.read(hashlib.sha256(work).hexdigest(), 1 << 20) == work


def test_the_same_photograph_in_ones_own_draft_and_verification_stays_in_the_draft(system: System) -> None:
    """By accident: one upload serves both. The second use says what to do, and breaks nothing."""
    who = newcomer(system)
    photo = IMAGE + b" both a work and a face"
    upload_id = who.upload(photo, "像.jpg")
    draft = who.post("/applications", {"kind": "work", "form": {"title": "自画像"}})["application_id"]
    who.post(f"/applications/{draft}/materials", {"role": "sample", "upload_id": upload_id})
    others = {role: send(who, IMAGE + role.encode() + b"!") for role in ("id_front", "id_back")}
    through(system, who, others | {"handheld": upload_id})
    assert system.services["filing"].runtime.objects.read(hashlib.sha256(photo).hexdigest(), 1 << 20) == photo
    again = who.me.post(f"/api/v1/applications/{draft}/materials", json={"role": "other", "upload_id": upload_id})
    assert (again.status_code, again.get_json()["code"]) == (409, "upload_sealed")


def test_a_made_file_sent_as_proof_of_identity_stays_with_those_it_was_made_for(system: System, author: Author) -> None:
    repaired = b"%PDF-1.7 repaired"
    thief = newcomer(system)
    others = {role: send(thief, IMAGE + role.encode() + b"?") for role in ("id_front", "id_back")}
    upload_id = send(thief, repaired, "licence.pdf")
    refused = thief.me.post("/api/v1/verifications", json=others | {"handheld": upload_id})
    assert refused.get_json()["code"] == "verification_image_unreadable"
    assert author.me.get(f"/api/v1/jobs/{author.ids['job_id']}/files/repaired").data == repaired


def test_a_photograph_is_in_clear_nowhere_after_it_arrived(system: System) -> None:
    """Red when the gateway puts an identity image, or any upload before its use, into the common space."""
    who = newcomer(system)
    faces = {role: IMAGE + f" of {role} nobody else may see".encode() for role in ("id_front", "id_back", "handheld")}
    sent = {role: send(who, face) for role, face in faces.items()}
    assert [place for face in faces.values() for place in lies_in_clear(system, face)] == []
    undeclared = IMAGE + b" sent without saying what for"
    sent["handheld"] = who.upload(undeclared, "手持.jpg")
    twice = send(who, faces["id_front"])
    unused = send(who, IMAGE + b" uploaded, never submitted")
    through(system, who, sent)
    faces["undeclared"] = undeclared
    faces["unused"] = IMAGE + b" uploaded, never submitted"
    assert [place for face in faces.values() for place in lies_in_clear(system, face)] == []
    assert who.get(f"/uploads/{twice}")["object"]["sha256"] == hashlib.sha256(faces["id_front"]).hexdigest()
    who.sent("DELETE", f"/uploads/{unused}", headers={"Tus-Resumable": "1.0.0"})


def test_only_their_owner_reads_the_files_of_unfinished_uploads(system: System) -> None:
    who = newcomer(system)
    created = who.me.post("/api/v1/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "100"})
    file = system.objects / "uploads" / f"{created.headers['Location'].rsplit('/', 1)[1]}.part"
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_an_organisations_seal_is_sealed_and_takes_no_works_along(system: System, author: Author) -> None:
    """The seal of a sign-up, sent by a visitor: the same way of taking another's bytes."""
    work = IMAGE + b" a work that somebody uses as a seal"
    draft = author.post("/applications", {"kind": "work", "form": author.form})["application_id"]
    author.post(f"/applications/{draft}/materials", {"role": "sample", "upload_id": author.upload(work, "画.jpg")})
    visitor = Author(system, new_applicant(), system.client(), {})
    seal = send(visitor, IMAGE + b" of a seal", "seal.jpg", "seal")
    assert lies_in_clear(system, IMAGE + b" of a seal") == []
    for upload_id in (seal, send(visitor, work, "seal.jpg", "material")):
        company = {"organisation_name": "北京墨石文化有限公司", "uscc": CREDIT_CODE, "seal_upload_id": upload_id}
        paper = {"name": visitor.who.name, "id_type": "resident_id", "id_number": visitor.who.id_number}
        person = {"kind": "organisation", "mobile": visitor.who.mobile, "otp": "000000", "password": "Ink-stone-27"}
        answer = visitor.me.post("/api/v1/accounts", json=company | paper | person | AGREED)
        assert answer.get_json()["code"] in ("otp_wrong", "otp_expired"), answer.text
    assert system.services["filing"].runtime.objects.read(hashlib.sha256(work).hexdigest(), 1 << 20) == work


def test_a_sealed_upload_serves_identity_alone(system: System) -> None:
    who = newcomer(system)
    upload_id = send(who, numbered_pdf(2), "licence.pdf")
    draft = who.post("/applications", {"kind": "work", "form": {"title": "书"}})["application_id"]
    answers = [
        who.me.post(f"/api/v1/applications/{draft}/materials", json={"role": "sample", "upload_id": upload_id}),
        who.me.post("/api/v1/prechecks", json={"upload_id": upload_id, "profile": "text_pdf"}),
        who.me.post("/api/v1/certificate-checks", json={"upload_id": upload_id}),
    ]
    assert [(answer.status_code, answer.get_json()["code"]) for answer in answers] == [(409, "upload_sealed")] * 3
