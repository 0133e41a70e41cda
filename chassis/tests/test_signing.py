"""The seal: a signature that readers call valid, and a verifier that finds every way of tampering with it."""

import datetime as dt
import io
import shutil
import stat
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from asn1crypto import tsp
from chassis.documents import DocumentRenderer
from chassis.signing import SealSigner, VerificationReport, create_sandbox_pki, verify_certificate_pdf
from chassis.signing import pki as pki_module
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pypdf import PdfReader, PdfWriter

pytestmark = pytest.mark.requirement("A-08")

TEMPLATE = """
#import "@registry/house:1.0.0": *
#certificate(title: "作品登记证书", number: data.number, rows: (("作品名称", "Title", "山海之间"),))
"""
NUMBER = "国作登字-2026-A-00000045"


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys") / "pki"
    create_sandbox_pki(folder)
    return folder


@pytest.fixture(scope="module")
def unsigned(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("templates")
    (folder / "certificate.typ").write_text(TEMPLATE, encoding="utf-8")
    data = {"number": NUMBER, "date": "2026-11-23", "keywords": ["a", f"registration-number={NUMBER}"]}
    return DocumentRenderer(folder).render("certificate", data)


@pytest.fixture(scope="module")
def signed(pki: Path, unsigned: bytes) -> bytes:
    return sign(SealSigner.load(pki), unsigned)


def sign(signer: SealSigner, pdf: bytes) -> bytes:
    return signer.sign_pdf(
        pdf, reason="作品登记", location="北京", name="国家版权登记中心（演示）", box=(352, 85, 471, 204)
    )


def check(pdf: bytes, pki: Path) -> VerificationReport:
    return verify_certificate_pdf(pdf, [(pki / "root.pem").read_bytes()])


def codes(report: VerificationReport) -> list[str]:
    return [problem.code for problem in report.problems]


def resign_seal(pki: Path, folder: Path, start: dt.datetime, end: dt.datetime) -> Path:
    """A copy of the keys whose seal certificate has another validity."""
    shutil.copytree(pki, folder)
    seal = x509.load_pem_x509_certificate((pki / "seal.pem").read_bytes())
    root = x509.load_pem_x509_certificate((pki / "root.pem").read_bytes())
    root_key = serialization.load_pem_private_key((pki / "root.key").read_bytes(), None)
    builder = x509.CertificateBuilder(root.subject, seal.subject, seal.public_key(), 7, start, end)
    for extension in seal.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    certificate = builder.sign(root_key, hashes.SHA256())
    (folder / "seal.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return folder


def test_a_sealed_certificate_is_valid_and_says_its_number_signer_and_time(signed: bytes, pki: Path) -> None:
    report = check(signed, pki)
    assert report.problems == []
    assert report.valid
    assert report.registration_number == NUMBER
    assert report.signer == "版权登记电子印章"
    assert report.timestamp is not None
    assert abs(report.timestamp - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=1)


def test_it_signs_content_type_digest_and_its_own_certificate_and_no_time_of_its_own(signed: bytes, pki: Path) -> None:
    """ETSI EN 319 142-1, 6.3: what PAdES asks for; signing-time is forbidden beside a timestamp's."""
    signature = PdfFileReader(io.BytesIO(signed)).embedded_signatures[0]
    signer_info = signature.signed_data["signer_infos"][0]
    found = {attribute["type"].native: attribute["values"] for attribute in signer_info["signed_attrs"]}
    assert set(found) == {"content_type", "message_digest", "signing_certificate_v2"}
    certificate = x509.load_pem_x509_certificate((pki / "seal.pem").read_bytes())
    (named,) = found["signing_certificate_v2"][0]["certs"]
    assert named["cert_hash"].native == certificate.fingerprint(hashes.SHA256())
    assert named["issuer_serial"]["serial_number"].native == certificate.serial_number


@pytest.mark.requirement("A-01")
@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (poppler-utils) is not installed")
def test_pdfsig_calls_the_signature_valid_and_the_whole_document_signed(signed: bytes, tmp_path: Path) -> None:
    file = tmp_path / "signed.pdf"
    file.write_bytes(signed)
    answer = subprocess.run(["pdfsig", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in answer
    assert "Total document signed" in answer


def test_signing_leaves_the_page_as_it_was(signed: bytes, unsigned: bytes) -> None:
    assert signed.startswith(unsigned)
    assert (
        PdfReader(io.BytesIO(signed)).pages[0].extract_text() == PdfReader(io.BytesIO(unsigned)).pages[0].extract_text()
    )


def test_several_threads_may_sign_at_once(pki: Path, unsigned: bytes) -> None:
    signer = SealSigner.load(pki)
    with ThreadPoolExecutor(4) as threads:
        assert all(check(pdf, pki).valid for pdf in threads.map(lambda _: sign(signer, unsigned), range(8)))


def test_every_type_of_a_signature_is_ready_before_threads_meet_it(pki: Path, unsigned: bytes, tmp_path: Path) -> None:
    """In a process of its own: here each was used long ago."""
    script = """
import sys
from pathlib import Path
from chassis.signing import SealSigner, verify_certificate_pdf
from asn1crypto import core
class Told(dict):
    def __setitem__(self, kind, value):
        print(kind.__name__)
        super().__setitem__(kind, value)
core._SETUP_CLASSES = Told(core._SETUP_CLASSES)
pki, unsigned = Path(sys.argv[1]), Path(sys.argv[2])
pdf = SealSigner.load(pki).sign_pdf(unsigned.read_bytes(), reason="r", location="l", name="n")
print(verify_certificate_pdf(pdf, [(pki / "root.pem").read_bytes()]).valid)
"""
    (tmp_path / "unsigned.pdf").write_bytes(unsigned)
    words = [sys.executable, "-c", script, str(pki), str(tmp_path / "unsigned.pdf")]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout.split() == ["True"]


def test_signing_through_eventlets_thread_pool_works() -> None:
    script = """
import eventlet; eventlet.monkey_patch()
import sys
from pathlib import Path
from eventlet import tpool
from chassis.signing import SealSigner, create_sandbox_pki, verify_certificate_pdf
from chassis.documents import DocumentRenderer
folder = Path(sys.argv[1]); create_sandbox_pki(folder / "pki"); signer = SealSigner.load(folder / "pki")
(folder / "t.typ").write_text('#import "@registry/house:1.0.0": *\\n#letter(title: "x")[x]')
renderer = DocumentRenderer(folder)
def make(_):
    pdf = tpool.execute(renderer.render, "t", {})
    return tpool.execute(lambda: signer.sign_pdf(pdf, reason="r", location="l", name="n"))
root = (folder / "pki" / "root.pem").read_bytes()
done = [tpool.execute(verify_certificate_pdf, pdf, [root]).valid for pdf in eventlet.GreenPool(4).imap(make, range(8))]
sys.exit(0 if done == [True] * 8 else 1)
"""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-W", "ignore", "-c", script, folder], check=True, timeout=60)


def test_any_changed_byte_is_noticed(signed: bytes, pki: Path) -> None:
    start = signed.rindex(b"/Contents <") + 10  # the signature itself ends before its range continues
    end = signed.index(b">", start)
    # Inside the container only what follows the signature proper: its envelope is DER that readers take leniently.
    places = [*range(9, start, start // 120), *range(end - 40, end), *range(end, len(signed), 40)]
    for place in places:
        changed = bytearray(signed)
        changed[place] ^= 0x01
        report = check(bytes(changed), pki)
        assert not report.valid, f"byte {place}"
        assert report.problems, f"byte {place}"


def test_a_changed_page_is_called_altered(signed: bytes, pki: Path) -> None:
    changed = bytearray(signed)
    changed[signed.index(b"stream\n") + 30] ^= 0x01
    report = check(bytes(changed), pki)
    assert not report.intact
    assert report.registration_number is None
    assert codes(report) in (["altered"], ["damaged"]), "one reason, and a true one"


def test_an_appended_revision_is_noticed(signed: bytes, pki: Path) -> None:
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.trailer["/Info"]["/Keywords"] = generic.pdf_string("registration-number=2026SR9999999")
    writer.update_container(writer.trailer["/Info"])
    output = io.BytesIO()
    writer.write(output)
    report = check(output.getvalue(), pki)
    assert not report.valid
    assert "appended" in codes(report)
    assert report.registration_number is None


def test_bytes_after_the_end_are_noticed(signed: bytes, pki: Path) -> None:
    assert codes(check(signed + b"\n% more", pki)) == ["appended"]


def test_a_second_signature_is_noticed(signed: bytes, pki: Path, tmp_path: Path) -> None:
    from pyhanko.sign import PdfSignatureMetadata, fields, signers

    other = tmp_path / "other"
    create_sandbox_pki(other)
    signer = signers.SimpleSigner.load(str(other / "seal.key"), str(other / "seal.pem"))
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    fields.append_signature_field(writer, fields.SigFieldSpec("Another"))
    session = signers.PdfSigner(PdfSignatureMetadata(field_name="Another"), signer)
    session._enforce_certification_constraints = lambda reader: None  # an attacker does not ask for permission
    report = check(session.sign_pdf(writer).getvalue(), pki)
    assert {"several_signatures", "appended"} <= set(codes(report))
    assert not report.valid


def test_a_seal_from_another_root_is_not_trusted(signed: bytes, tmp_path: Path) -> None:
    create_sandbox_pki(tmp_path / "other")
    report = check(signed, tmp_path / "other")
    assert report.intact
    assert not report.trusted
    assert codes(report) == ["signer_untrusted", "timestamp_untrusted"]


def test_an_expired_seal_cannot_sign(pki: Path, unsigned: bytes, tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    expired = resign_seal(pki, tmp_path / "expired", now - dt.timedelta(days=30), now - dt.timedelta(days=2))
    with pytest.raises(SigningError, match="could not be validated"):
        sign(SealSigner.load(expired), unsigned)


def test_a_signature_made_after_the_seal_expired_is_reported(pki: Path, unsigned: bytes, tmp_path: Path) -> None:
    now = dt.datetime.now(dt.UTC)
    folder = resign_seal(pki, tmp_path / "expired", now - dt.timedelta(days=30), now - dt.timedelta(days=2))
    valid, expired = SealSigner.load(pki), SealSigner.load(folder)
    sign(valid, unsigned)
    expired._checked = valid._checked  # a signer that skips the check before signing
    report = check(sign(expired, unsigned), pki)
    assert not report.trusted
    assert codes(report) == ["signer_expired"]


@pytest.mark.parametrize(("revoked_after", "expected"), [(-1, ["signer_revoked"]), (1, [])])
def test_a_seal_revoked_before_it_signed_is_reported(
    signed: bytes, pki: Path, revoked_after: int, expected: list[str]
) -> None:
    root = x509.load_pem_x509_certificate((pki / "root.pem").read_bytes())
    root_key = serialization.load_pem_private_key((pki / "root.key").read_bytes(), None)
    seal = x509.load_pem_x509_certificate((pki / "seal.pem").read_bytes())
    now = dt.datetime.now(dt.UTC)
    revoked = x509.RevokedCertificateBuilder(seal.serial_number, now + dt.timedelta(hours=revoked_after)).build()
    crl = (
        x509.CertificateRevocationListBuilder(root.subject, now, now + dt.timedelta(days=9), [], [revoked])
        .add_extension(x509.CRLNumber(2), False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), False)
        .sign(root_key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    assert codes(verify_certificate_pdf(signed, [(pki / "root.pem").read_bytes()], crls=[crl])) == expected


def test_a_seal_that_cannot_show_it_was_not_revoked_does_not_sign(pki: Path, unsigned: bytes, tmp_path: Path) -> None:
    shutil.copytree(pki, tmp_path / "pki")
    (tmp_path / "pki" / "root.crl").unlink()
    with pytest.raises(SigningError, match="could not be validated"):
        sign(SealSigner.load(tmp_path / "pki"), unsigned)


def test_files_that_are_no_certificates_are_explained(unsigned: bytes, signed: bytes, pki: Path) -> None:
    locked = PdfWriter(clone_from=io.BytesIO(unsigned))
    locked.encrypt("x", algorithm="AES-256")
    encrypted = io.BytesIO()
    locked.write(encrypted)
    assert codes(check(b"PK\x03\x04", pki)) == ["not_a_pdf"]
    assert codes(check(b"", pki)) == ["not_a_pdf"]
    assert codes(check(unsigned, pki)) == ["no_signature"]
    assert codes(check(encrypted.getvalue(), pki)) == ["encrypted"]
    assert codes(check(signed[: len(signed) // 2], pki)) == ["damaged"]
    assert codes(check(b"%PDF-1.7\n" + b"[" * 100_000, pki)) == ["damaged"]
    assert codes(check(b"%PDF-" + bytes(33 * 1024 * 1024), pki)) == ["too_large"]


def test_a_file_that_opens_in_every_reader_but_is_not_strict_is_unsigned_and_not_damaged(
    signed: bytes, pki: Path
) -> None:
    scan = io.BytesIO()
    Image.new("RGB", (300, 300)).save(scan, "PDF")
    assert codes(check(scan.getvalue(), pki)) == ["no_signature"]
    by_hand = b"%PDF-1.1\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
    assert codes(check(by_hand, pki)) == ["no_signature"]
    assert codes(check(by_hand.replace(b"%%EOF", b""), pki)) == ["damaged"], "it has no end"
    broken = signed.replace(b"startxref\n", b"startxref\n7")
    assert codes(check(broken, pki)) == ["damaged"], "it was signed, and cannot be read"


def test_the_sandbox_keys_are_private_and_made_once(pki: Path) -> None:
    before = {path.name: path.read_bytes() for path in pki.iterdir()}
    create_sandbox_pki(pki)
    assert {path.name: path.read_bytes() for path in pki.iterdir()} == before
    assert stat.S_IMODE(pki.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in pki.glob("*.key")} == {0o600}
    assert not list(pki.parent.glob(".pki-*"))


def test_keys_are_never_made_over_a_part_of_others(pki: Path, tmp_path: Path) -> None:
    (tmp_path / "seal.key").write_text("a real key")
    with pytest.raises(FileExistsError):
        create_sandbox_pki(tmp_path)
    assert (tmp_path / "seal.key").read_text() == "a real key"


def test_several_processes_making_the_keys_agree_on_one_set(tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda _: create_sandbox_pki(tmp_path / "pki"), range(6)))
    assert pki_module._is_complete(tmp_path / "pki")
    assert [path.name for path in tmp_path.iterdir()] == ["pki"]


def test_timestamps_can_come_from_an_authority_on_the_network(
    pki: Path, unsigned: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = SealSigner.load(pki)._timestamper

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(authority.respond(request).dump())

        def log_message(self, format: str, *args: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Authority)
    thread = Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setenv("REGISTRY_TSA_URL", f"http://127.0.0.1:{server.server_port}/tsa")
    try:
        signer = SealSigner.load(pki)
        assert check(sign(signer, unsigned), pki).valid
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    with pytest.raises(TimestampRequestError, match="does not answer"):
        sign(signer, unsigned)


def test_a_timestamp_authority_must_have_a_web_address(pki: Path) -> None:
    with pytest.raises(ValueError, match="web address"):
        SealSigner.load(pki, tsa_url="file:///etc/passwd")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_accepts_the_sandbox_authoritys_timestamps(pki: Path, tmp_path: Path) -> None:
    run = lambda *args: subprocess.run(["openssl", "ts", *args], cwd=tmp_path, capture_output=True, text=True)  # noqa: E731
    (tmp_path / "data").write_bytes(b"abc")
    run("-query", "-data", "data", "-sha256", "-cert", "-out", "query.tsq")
    request = tsp.TimeStampReq.load((tmp_path / "query.tsq").read_bytes())
    (tmp_path / "reply.tsr").write_bytes(SealSigner.load(pki)._timestamper.respond(request).dump())
    answer = run("-verify", "-data", "data", "-in", "reply.tsr", "-CAfile", str(pki / "root.pem"))
    assert "Verification: OK" in answer.stdout + answer.stderr
