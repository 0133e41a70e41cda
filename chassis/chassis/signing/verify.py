"""Checking a sealed certificate offline: is it whole, sealed by a trusted office, and when.

The chains are judged at the time of the trusted timestamp with the revocation data inside the document, so that a
certificate stays verifiable after the seal's own certificate has expired. Files come from anyone: the size is
bounded and whatever a parser throws becomes a problem in the report, but parsing may still cost memory and time, so
callers with a service to protect run this in a sandboxed process.
"""

import asyncio
import datetime as dt
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from asn1crypto import crl as asn1_crl
from asn1crypto import parser, pem
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESFailure, AdESIndeterminate
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.general import NonexistentAttributeError, find_unique_cms_attribute
from pyhanko.sign.validation import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature, async_validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel, SignatureStatus
from pyhanko_certvalidator import ValidationContext

# What pyHanko would log with a traceback is in the report, and files of strangers must not fill the log.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)

MAX_BYTES = 32 * 1024 * 1024
_CLOCKS_DIFFER = dt.timedelta(minutes=5)
_TRAILER = 1024
REGISTRATION_NUMBER = "registration-number="

PROBLEMS = {
    "too_large": "文件超过 32 MB，不是本机构签发的证书。",
    "not_a_pdf": "这不是 PDF 文件。",
    "damaged": "文件已损坏，或者结构异常，无法读取。",
    "encrypted": "文件已加密，本机构签发的证书不加密。",
    "no_signature": "文件没有数字签名。",
    "several_signatures": "文件含有不止一个签名，本机构签发的证书只有一个。",
    "altered": "文件内容在签名之后被改动，与签名不符。",
    "appended": "签名之后文件又被追加了内容。",
    "not_locked": "签名未锁定文件内容。",
    "signature_invalid": "数字签名本身无效。",
    "signer_untrusted": "签名证书不是由受信任的机构颁发的。",
    "signer_expired": "签名时，签名证书不在有效期内。",
    "signer_revoked": "签名时，签名证书已被吊销。",
    "revocation_unknown": "文件中没有签名证书的吊销信息，无法确认证书在签名时有效。",
    "no_timestamp": "签名没有时间戳，无法证明签署时间。",
    "timestamp_invalid": "时间戳无效，或者不属于此签名。",
    "timestamp_untrusted": "时间戳不是由受信任的机构签发的。",
    "timestamp_in_future": "时间戳晚于当前时间。",
}


@dataclass(frozen=True)
class Problem:
    """One reason for doubt: a stable code, and the sentence for it in Chinese."""

    code: str
    message: str


@dataclass
class VerificationReport:
    """What a sealed PDF proves. `registration_number` is only read from a document that is intact throughout."""

    intact: bool = False
    trusted: bool = False
    covers_whole_document: bool = False
    signer: str | None = None
    timestamp: dt.datetime | None = None
    registration_number: str | None = None
    problems: list[Problem] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        return self.intact and self.trusted and self.covers_whole_document and not self.problems

    def add(self, code: str) -> None:
        """Notes a problem, once however often it is found."""
        if all(problem.code != code for problem in self.problems):
            self.problems.append(Problem(code, PROBLEMS[code]))


def verify_certificate_pdf(
    pdf: bytes, trust_roots: Sequence[bytes], *, crls: Sequence[bytes] = ()
) -> VerificationReport:
    """Check a certificate against root certificates (PEM). Never raises because of the file; see `problems`.

    `crls` (DER) are revocation lists newer than those inside the document, where the caller has them. `valid` is true
    only for one signature that covers the file to its last byte, forbids changes, chains to a root and is timestamped
    by an authority that chains to a root. Raises `ValueError` for a root that is not PEM.
    """
    roots = [asn1_x509.Certificate.load(der) for root in trust_roots for _, _, der in pem.unarmor(root, multiple=True)]
    report = VerificationReport()
    if len(pdf) > MAX_BYTES:
        report.add("too_large")
    elif b"%PDF-" not in pdf[:1024]:
        report.add("not_a_pdf")
    else:
        try:
            asyncio.run(_verify(pdf, roots, crls, report))
        except Exception:
            # Whatever the parsers of PDF, CMS and X.509 throw at a hostile file says the same: it cannot be relied on.
            report.intact = report.trusted = report.covers_whole_document = False
            report.registration_number = None
            report.add("no_signature" if _whole_and_unsigned(pdf) else "damaged")
    return report


def _whole_and_unsigned(pdf: bytes) -> bool:
    """Whether a file that the strict parser does not take goes to its end and carries no signature, as many scanners
    and libraries write them. A signature's ``/ByteRange`` stands in no compressed stream (ISO 32000-2, 12.8.1)."""
    return b"%%EOF" in pdf[-_TRAILER:] and b"/ByteRange" not in pdf


async def _verify(
    pdf: bytes, roots: list[asn1_x509.Certificate], crls: Sequence[bytes], report: VerificationReport
) -> None:
    reader = PdfFileReader(io.BytesIO(pdf))
    if reader.encrypted:
        report.add("encrypted")
        return
    signatures = reader.embedded_signatures
    if not signatures:
        report.add("no_signature")
        return
    if len(signatures) > 1:
        report.add("several_signatures")
    signature = signatures[0]
    report.signer = signature.signer_cert.subject.native.get("common_name")
    report.timestamp = _claimed_time(signature)

    certificates, embedded_crls = _validation_data(reader)
    context = ValidationContext(
        trust_roots=roots,
        other_certs=certificates,
        crls=_latest([*embedded_crls, *crls]),
        moment=report.timestamp or dt.datetime.now(dt.UTC),
        allow_fetching=False,
        revocation_mode="require",
        retroactive_revinfo=True,  # a list from after the signature may say that the key was lost before it
    )
    # Nothing may follow the signature, so there is no difference to analyse: coverage decides.
    status = await async_validate_pdf_signature(signature, context, context, skip_diff=True)

    report.intact = bool(status.intact)
    report.covers_whole_document = signature.coverage == SignatureCoverageLevel.ENTIRE_FILE
    if not status.intact:
        report.add("altered")
    elif not status.valid:
        report.add("signature_invalid")
    if not report.covers_whole_document or not _has_only_zeros_behind(signature):
        report.add("appended")
    if signature.docmdp_level != MDPPerm.NO_CHANGES:
        report.add("not_locked")
    if status.intact and status.valid and not status.trusted:  # of a broken signature nobody's certificate is known
        report.add(_distrust(status))
    _judge_timestamp(status.timestamp_validity, report)
    report.trusted = bool(status.valid and status.trusted)
    if report.intact and report.covers_whole_document and len(signatures) == 1:
        report.registration_number = _registration_number(reader)


def _claimed_time(signature: EmbeddedPdfSignature) -> dt.datetime | None:
    try:
        token = find_unique_cms_attribute(signature.signer_info["unsigned_attrs"], "signature_time_stamp_token")
    except NonexistentAttributeError:
        return None
    time: dt.datetime = token["content"]["encap_content_info"]["content"].parsed["gen_time"].native
    return time


def _validation_data(reader: PdfFileReader) -> tuple[list[asn1_x509.Certificate], list[bytes]]:
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return [], []
    return list(store.load_certs()), [reference.get_object().data for reference in store.crls]


def _latest(lists: Sequence[bytes]) -> list[asn1_crl.CertificateList]:
    """The newest revocation list of each issuer: an older one must not hide what a newer one says."""
    newest: dict[bytes, asn1_crl.CertificateList] = {}
    for der in lists:
        candidate = asn1_crl.CertificateList.load(der)
        known = newest.get(candidate.issuer.dump())
        if known is None or _issued(candidate) > _issued(known):
            newest[candidate.issuer.dump()] = candidate
    return list(newest.values())


def _issued(crl: asn1_crl.CertificateList) -> dt.datetime:
    time: dt.datetime = crl["tbs_cert_list"]["this_update"].native
    return time


def _has_only_zeros_behind(signature: EmbeddedPdfSignature) -> bool:
    """Whether the space reserved for the signature holds nothing else: it is the one place no signature covers."""
    content = signature.pkcs7_content
    return not content[parser.peek(content) :].strip(b"\0")


def _distrust(status: SignatureStatus) -> str:
    match status.trust_problem_indic:
        case AdESFailure.REVOKED | AdESIndeterminate.REVOKED_NO_POE | AdESIndeterminate.REVOKED_CA_NO_POE:
            return "signer_revoked"
        case AdESIndeterminate.OUT_OF_BOUNDS_NO_POE | AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED:
            return "signer_expired"
        case AdESFailure.NOT_YET_VALID:
            return "signer_expired"
        case AdESIndeterminate.TRY_LATER | AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE:
            return "revocation_unknown"
        case _:
            return "signer_untrusted"


def _judge_timestamp(validity: SignatureStatus | None, report: VerificationReport) -> None:
    if validity is None or report.timestamp is None:
        report.add("no_timestamp")
    elif not (validity.intact and validity.valid):
        report.add("timestamp_invalid")
    elif not validity.trusted:
        report.add("timestamp_untrusted")
    elif report.timestamp > dt.datetime.now(dt.UTC) + _CLOCKS_DIFFER:
        report.add("timestamp_in_future")


def _registration_number(reader: PdfFileReader) -> str | None:
    keywords = str(reader.trailer["/Info"].get("/Keywords", "")) if "/Info" in reader.trailer else ""
    for keyword in keywords.split(", "):
        if keyword.startswith(REGISTRATION_NUMBER):
            return keyword.removeprefix(REGISTRATION_NUMBER)
    return None
