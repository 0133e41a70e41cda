"""Signing with the office's seal: PAdES B-LT, certified against any later change, timestamped."""

import asyncio
import io
import logging
import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

from asn1crypto import crl as asn1_crl
from asn1crypto import pem, tsp
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, InnerScaling, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, fields, signers
from pyhanko.sign.attributes import CMSAttributeProvider, SignedAttributeProviderSpec
from pyhanko.sign.general import as_signing_certificate_v2
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, PreSignValidationStatus, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from chassis.signing.evidence import attach
from chassis.signing.timestamps import HttpTimeStamper, SandboxTimeStamper

FIELD = "RegistrySeal"
# pyHanko warns at every signature that revocation data is not fetched: ours is in the folder, on purpose.
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)
_VALIDATION_KEPT = 3600.0  # seconds for which chains and revocation lists once checked are embedded unchecked


_WHOLE = SimpleBoxLayoutRule(
    AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, inner_content_scaling=InnerScaling.NO_SCALING
)

Attachment = tuple[str, str, bytes, str]
"""File name, media type, content, description."""


class _Page(PdfContent):
    """The first page of a PDF, drawn into a signature's box."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        page = self._ensure_writer.import_page_as_xobject(PdfFileReader(io.BytesIO(self._pdf)))
        self.resources.xobject["/Page"] = page
        left, bottom, right, top = page.get_object()["/BBox"]
        self.box = BoxConstraints(width=right - left, height=top - bottom)
        return b"/Page Do"


class _KeptCertificate(CMSAttributeProvider):
    """Which certificate signs (RFC 5035), encoded once; pyHanko's own is built anew, and encoded four times over."""

    attribute_type = "signing_certificate_v2"

    def __init__(self, certificate: asn1_x509.Certificate) -> None:
        self._encoded = as_signing_certificate_v2(certificate).dump()

    async def build_attr_value(self, dry_run: bool = False) -> tsp.SigningCertificateV2:
        return tsp.SigningCertificateV2.load(self._encoded)


class _PadesAttributes(SignedAttributeProviderSpec):
    """What a PAdES signature (ETSI EN 319 142-1) signs besides content type and digest: its certificate, no time."""

    def __init__(self, certificate: asn1_x509.Certificate) -> None:
        self._providers = [_KeptCertificate(certificate)]

    def signed_attr_providers(self, data_digest: bytes, digest_algorithm: str) -> Iterable[CMSAttributeProvider]:
        return self._providers


class _KeptKeySigner(signers.Signer):
    """A P-256 signer that keeps its key object; pyHanko's own parses the key for every signature."""

    def __init__(self, certificate: asn1_x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        super().__init__(signing_cert=certificate, cert_registry=SimpleCertificateStore(), embed_roots=True)
        self.signed_attr_prov_spec = _PadesAttributes(certificate)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        if digest_algorithm != "sha256":
            raise ValueError(f"the seal signs SHA-256, not {digest_algorithm}")
        return self._key.sign(data, ec.ECDSA(hashes.SHA256()))


def _certificates(path: Path) -> list[asn1_x509.Certificate]:
    return [asn1_x509.Certificate.load(der) for _, _, der in pem.unarmor(path.read_bytes(), multiple=True)]


def _p256_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError(f"{path.name} is not a P-256 key")
    return key


class SealSigner:
    """The seal with its keys in memory. Make one per process; it may be used by several threads.

    pyHanko runs on asyncio: call `sign_pdf` from a plain thread, under eventlet through `eventlet.tpool`.
    """

    def __init__(self, folder: Path, timestamper: TimeStamper) -> None:
        self._folder = folder
        self._timestamper = timestamper
        self._signer = _KeptKeySigner(_certificates(folder / "seal.pem")[0], _p256_key(folder / "seal.key"))
        self._checked: tuple[float, PreSignValidationStatus | None, int] | None = None

    @classmethod
    def load(cls, folder: Path, *, tsa_url: str | None = None) -> Self:
        """The seal of a folder (see `chassis.signing.pki`).

        Timestamps come from `tsa_url`, else from REGISTRY_TSA_URL, else from the sandbox's authority in the folder.
        Raises `FileNotFoundError` or `ValueError` for a folder that cannot sign.
        """
        url = tsa_url or os.environ.get("REGISTRY_TSA_URL")
        if url:
            return cls(folder, HttpTimeStamper(url))
        return cls(folder, SandboxTimeStamper(_certificates(folder / "tsa.pem")[0], _p256_key(folder / "tsa.key")))

    def sign_pdf(
        self,
        pdf: bytes,
        *,
        reason: str,
        location: str,
        name: str,
        box: tuple[int, int, int, int] | None = None,
        page: int = 0,
        appearance: bytes | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> bytes:
        """The PDF with seal signature, timestamp and validation data: later changes of any kind are refused.

        `box` (points from the lower left corner of the first page) makes the drawn seal there the place to click for
        the signature's details; `page` is another one (-1: the last). `appearance`: a PDF whose first page is drawn
        into the box. `attachments` are added to the file, under the seal. The chains of seal and timestamp authority
        are checked against the revocation lists in the folder before they are embedded, at most once an hour. Raises
        pyHanko's `SigningError` or a path error when the seal's certificate is expired or revoked,
        `TimestampRequestError` when no timestamp is to be had.
        """
        style = StaticStampStyle(border_width=0)  # draws nothing: the seal is part of the page
        if appearance is not None:
            style = StaticStampStyle(border_width=0, background=_Page(appearance), background_layout=_WHOLE)
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        for attachment in attachments:
            attach(writer, *attachment)
        field = fields.SigFieldSpec(FIELD, on_page=page, box=box)
        return asyncio.run(self._sign(writer, reason, location, name, style, field))

    async def _sign(
        self,
        writer: IncrementalPdfFileWriter,
        reason: str,
        location: str,
        name: str,
        style: StaticStampStyle,
        field: fields.SigFieldSpec,
    ) -> bytes:
        checked = self._checked
        if checked is not None and checked[0] < time.monotonic():
            checked = None
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=reason,
            location=location,
            name=name,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            embed_validation_info=True,
            validation_context=None if checked else self._validation_context(),
            dss_settings=DSSContentSettings(
                include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
            ),
        )
        signer = signers.PdfSigner(
            metadata,
            self._signer,
            timestamper=self._timestamper,
            stamp_style=style,
            new_field_spec=field,
        )
        session = signer.init_signing_session(writer)
        if checked is None:
            status = await session.perform_presign_validation(writer)
            reserved = await session.estimate_signature_container_size(status)
            self._checked = checked = (time.monotonic() + _VALIDATION_KEPT, status, reserved)
        _, status, reserved = checked
        prepared = session.prepare_tbs_document(validation_info=status, bytes_reserved=reserved)
        output = io.BytesIO()
        digest, _ = prepared.digest_tbs_document(output=output)
        done = await prepared.perform_signature(
            document_digest=digest.document_digest,
            pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=session.system_time),
        )
        await done.post_signature_processing(output)
        return output.getvalue()

    def _validation_context(self) -> ValidationContext:
        roots = _certificates(self._folder / "root.pem")
        further = self._folder / "trusted.pem"
        if further.is_file():
            roots += _certificates(further)
        crls = [asn1_crl.CertificateList.load(path.read_bytes()) for path in sorted(self._folder.glob("*.crl"))]
        # "require": "hard-fail" would look only for what a certificate points at, and ours point nowhere.
        return ValidationContext(trust_roots=roots, crls=crls, allow_fetching=False, revocation_mode="require")
