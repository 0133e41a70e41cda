"""What an applicant signed is sealed with its evidence: seen, kept in the dossier, and verifiable by anybody."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from archive.signatures import sealing
from archive.signatures.sealing import seal_next
from chassis.documents import DocumentRenderer
from chassis.signing import read_signed, verify_certificate_pdf
from chassis.testing import Harness, person
from chassis.tokens import TokenSigner
from contracts.archive import DOCUMENT_SIGNED, GET_DOSSIER, LIST_DOCUMENTS, GetDossier
from contracts.filing import APPLICATION_SUBMITTED, ApplicationSubmitted
from contracts.objects import DocumentRef, ListDocuments, ObjectRef
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import text

ANN = person("acc-person")


class Killed(BaseException):
    """The process ends here: nothing that runs after it catches it."""


FORM = """
#import "@registry/house:1.0.0": *
#show: letter.with(title: "作品著作权登记申请表")
#field("words", default: "")
#signature([确认], signer: (name: "王小明", kind: "自然人", id_number: "1101**********0011"))
"""
DECLARATION = (
    '#pdf.attach("signed.json", bytes(data.manifest), relationship: "data", mime-type: "application/json", '
    'description: "x")\n'
)


@pytest.fixture(scope="module")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> DocumentRenderer:
    folder = tmp_path_factory.mktemp("templates")
    head, _, rest = FORM.partition("#show")
    (folder / "form.typ").write_text(FORM, encoding="utf-8")
    (folder / "declaration.typ").write_text(head + DECLARATION + "#show" + rest, encoding="utf-8")
    return DocumentRenderer(folder)


@pytest.fixture(scope="module")
def papers(renderer: DocumentRenderer) -> tuple[bytes, bytes]:
    """A declaration and the application form that it names, as filing renders them."""
    form = renderer.render("form", {}, pdf_standard="a-3b")
    materials = [{"role": "sample", "sha256": "ab" * 32}]
    covered = {"application_form": hashlib.sha256(form).hexdigest(), "content": "cd" * 32, "materials": materials}
    return renderer.render("declaration", {"manifest": json.dumps(covered)}, pdf_standard="a-3b"), form


@pytest.fixture
def submit(archive: Harness, papers: tuple[bytes, bytes], keys: Path) -> Callable[..., None]:
    def document(kind: str, title: str, data: bytes) -> DocumentRef:
        with archive.uow() as uow:
            ref = uow.objects.put_bytes(data)
        return DocumentRef(
            document_id=f"fil-{kind}",
            kind=kind,
            title=title,
            file_name=f"{title}.pdf",
            content_type="application/pdf",
            object=ObjectRef(sha256=ref.sha256, size=ref.size),
            issued_at=datetime(2026, 11, 20, tzinfo=UTC),
        )

    def send(
        application_id: str = "app-1", papers: tuple[bytes, bytes] = papers, batch_id: str | None = None, **changes: Any
    ) -> None:
        declaration, form = papers
        claims = {
            "jti": "evi-1",
            "sub": "acc-person",
            "name": "王小明",
            "kind": "natural_person",
            "masked_id_number": "1101**********0011",
            "document_id": "fil-declaration",
            "sha256": hashlib.sha256(declaration).hexdigest(),
            "method": "sms_code",
            "signed_at": "2026-11-20T03:00:00+00:00",
        } | changes
        evidence = TokenSigner.load(keys, "identity").sign(claims, audience="evidence", ttl=600)
        archive.deliver(
            APPLICATION_SUBMITTED,
            ApplicationSubmitted(
                application_id=application_id,
                batch_id=batch_id,
                account_id="acc-person",
                kind="work",
                type="work_registration",
                form_code="Z11",
                title="长江边的石头",
                serial_number="2026Z11S000001",
                submitted_at=datetime(2026, 11, 20, 3, tzinfo=UTC),
                fee_basis={},
                materials=[],
                evidence=evidence,
                documents=[
                    document("declaration", "作品创作声明书", declaration),
                    document("application_form", "作品著作权登记申请表", form),
                ],
            ),
        )

    return send


def sealed(archive: Harness) -> dict[str, bytes]:
    """Sealed editions by kind, as the owner of the case gets them."""
    archive.run_worker()
    listed = archive.call(LIST_DOCUMENTS, ListDocuments(application_id="app-1"), ANN).items
    return {one.kind: archive.runtime.objects.read(one.object.sha256, 1 << 22) for one in listed}


@pytest.mark.requirement("I-08")
def test_declaration_and_form_are_sealed_with_the_evidence_of_one_signature(
    archive: Harness, submit: Callable[..., None], papers: tuple[bytes, bytes], keys: Path
) -> None:
    submit()
    editions = sealed(archive)
    assert set(editions) == {"signed_declaration", "signed_application_form"}
    root = (keys / "pki" / "root.pem").read_bytes()
    for pdf, original in zip(
        (editions["signed_declaration"], editions["signed_application_form"]), papers, strict=True
    ):
        report = verify_certificate_pdf(pdf, [root])
        assert report.problems == []
        assert report.valid
        assert report.registration_number is None, "no certificate"
        assert pdf.startswith(original), "what was signed is not touched"
        assert pdf != original
        signed = read_signed(pdf)
        assert signed is not None
        assert signed.covered
        assert signed.original_sha256 == hashlib.sha256(original).hexdigest()
        assert signed.declaration_sha256 == hashlib.sha256(papers[0]).hexdigest()
        assert signed.signer == "王小明"
        assert signed.materials == [{"role": "sample", "sha256": "ab" * 32}]


@pytest.mark.requirement("I-08")
def test_the_signature_is_seen_in_its_frame(archive: Harness, submit: Callable[..., None]) -> None:
    submit()
    page = PdfReader(io.BytesIO(sealed(archive)["signed_application_form"])).pages[-1]
    appearance = page["/Annots"][0].get_object()["/AP"]["/N"]
    assert [float(edge) for edge in page["/Annots"][0].get_object()["/Rect"]] == [68, 68, 527, 193]
    assert appearance["/Resources"]["/XObject"]


@pytest.mark.requirement("I-08")
def test_the_signature_names_the_case_for_what_was_signed_before_it_had_a_number(
    archive: Harness, submit: Callable[..., None]
) -> None:
    submit()
    editions = sealed(archive)
    said = {kind: drawn_text(pdf) for kind, pdf in editions.items()}
    assert "2026Z11S000001" in said["signed_application_form"]
    assert "2026Z11S000001" not in said["signed_declaration"], "the works of a batch share it"


def drawn_text(pdf: bytes) -> str:
    """All that the file shows, its signature included."""
    reader = pdfium.PdfDocument(pdf)
    reader.init_forms()
    page = reader[len(reader) - 1]
    pdfium.raw.FPDFPage_Flatten(page.raw, 0)
    reopened = reader[len(reader) - 1]
    return str(reopened.get_textpage().get_text_range())


@pytest.mark.requirement("I-08")
def test_an_organisations_seal_is_drawn_and_let_go_afterwards(archive: Harness, submit: Callable[..., None]) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (60, 60), (200, 30, 30, 120)).save(out, "PNG")
    with archive.uow() as uow:
        picture = uow.objects.put_bytes(out.getvalue()).sha256
    submit(method="electronic_seal", kind="organisation", seal_sha256="ef" * 32, seal_picture_sha256=picture)
    assert held(archive, picture)
    assert set(sealed(archive)) == {"signed_declaration", "signed_application_form"}
    assert not held(archive, picture)


def held(archive: Harness, sha256: str) -> bool:
    with archive.runtime.engine.begin() as connection:
        found = connection.execute(
            text("SELECT 1 FROM signed_documents WHERE picture_sha256 = :sha AND state = 'queued'"), {"sha": sha256}
        )
        return found.first() is not None


@pytest.mark.requirement("A-04")
def test_sealed_editions_are_in_the_dossier(archive: Harness, submit: Callable[..., None]) -> None:
    submit()
    archive.run_worker()
    for event in archive.events(DOCUMENT_SIGNED):
        archive.deliver(DOCUMENT_SIGNED, event)
    dossier = archive.call(GET_DOSSIER, GetDossier(application_id="app-1"), ANN)
    kinds = [document.kind for entry in dossier.entries for document in entry.documents]
    assert sorted(kinds) == ["application_form", "declaration", "signed_application_form", "signed_declaration"]


@pytest.mark.requirement("S-01")
@pytest.mark.parametrize("place", ["_sealed", "put_bytes", "_issue"])
def test_a_worker_killed_while_it_seals_seals_once_in_the_end(
    archive: Harness, submit: Callable[..., None], monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    """Before the file is made, while it is stored (its name is written down by then), and once it lies there."""

    def die(*_: Any, **__: Any) -> None:
        raise Killed

    submit()
    with monkeypatch.context() as patch:
        patch.setattr(type(archive.runtime.objects) if place == "put_bytes" else sealing, place, die)
        with pytest.raises(Killed):
            seal_next(archive.runtime)
    assert archive.events(DOCUMENT_SIGNED) == []
    with archive.runtime.engine.begin() as connection:
        connection.execute(text("UPDATE signed_documents SET leased_until = now() - interval '1 s'"))
    assert set(sealed(archive)) == {"signed_declaration", "signed_application_form"}
    told = [document.kind for event in archive.events(DOCUMENT_SIGNED) for document in event.documents]
    assert sorted(told) == ["signed_application_form", "signed_declaration"]


@pytest.mark.requirement("I-08")
def test_evidence_of_another_document_seals_nothing(archive: Harness, submit: Callable[..., None]) -> None:
    submit(sha256="00" * 32)
    assert sealed(archive) == {}
    assert not seal_next(archive.runtime)


@pytest.mark.requirement("I-08")
def test_a_changed_file_no_longer_says_that_it_was_signed(
    archive: Harness, submit: Callable[..., None], keys: Path
) -> None:
    submit()
    pdf = sealed(archive)["signed_application_form"]
    at = pdf.index(b"stream") + 20
    changed = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
    report = verify_certificate_pdf(changed, [(keys / "pki" / "root.pem").read_bytes()])
    assert not report.valid
    signed = read_signed(changed)
    assert signed is None or not signed.covered


@pytest.mark.requirement("F-15")
@pytest.mark.requirement("I-08")
def test_the_works_of_a_batch_share_one_sealed_declaration(
    archive: Harness, renderer: DocumentRenderer, submit: Callable[..., None], keys: Path
) -> None:
    forms = [renderer.render("form", {"words": f"form {number}"}, pdf_standard="a-3b") for number in (1, 2)]
    hashes = [hashlib.sha256(form).hexdigest() for form in forms]
    works = [
        {"content": "", "application_form": sha256, "materials": [{"role": "sample", "sha256": mark * 32}]}
        for sha256, mark in zip(hashes, ("aa", "bb"), strict=True)
    ]
    declaration = renderer.render("declaration", {"manifest": json.dumps({"works": works})}, pdf_standard="a-3b")
    for number, form in enumerate(forms, start=1):
        submit(f"app-{number}", (declaration, form), "bat-1")
    archive.run_worker()
    root = (keys / "pki" / "root.pem").read_bytes()
    shared = set()
    for number, form in enumerate(forms, start=1):
        listed = archive.call(LIST_DOCUMENTS, ListDocuments(application_id=f"app-{number}"), ANN).items
        editions = {one.kind: one.object.sha256 for one in listed}
        assert set(editions) == {"signed_declaration", "signed_application_form"}
        shared.add(editions["signed_declaration"])
        pdf = archive.runtime.objects.read(editions["signed_application_form"], 1 << 22)
        signed = read_signed(pdf)
        assert signed is not None
        assert signed.original_sha256 == hashlib.sha256(form).hexdigest()
        assert [one["sha256"] for one in signed.materials] == [("aa" if number == 1 else "bb") * 32]
        assert verify_certificate_pdf(pdf, [root]).valid
    assert len(shared) == 1
    whole = read_signed(archive.runtime.objects.read(shared.pop(), 1 << 22))
    assert whole is not None
    assert whole.covered
    assert [one["sha256"] for one in whole.materials] == ["aa" * 32, "bb" * 32]
