"""The office's electronic seal: signing certificates (PAdES with a trusted timestamp) and checking them offline."""

from chassis.signing.evidence import SignedContent, covered_by, may_be_signed, read_signed
from chassis.signing.pki import create_sandbox_pki
from chassis.signing.seal import SealSigner
from chassis.signing.types import prepare_types
from chassis.signing.verify import Problem, VerificationReport, verify_certificate_pdf

__all__ = [
    "Problem",
    "SealSigner",
    "SignedContent",
    "VerificationReport",
    "covered_by",
    "create_sandbox_pki",
    "may_be_signed",
    "read_signed",
    "verify_certificate_pdf",
]

prepare_types()
